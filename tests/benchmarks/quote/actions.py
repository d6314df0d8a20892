"""What is done with quotations; written like ``overhead/actions.py``.

The onchanges are those that the web client sends: of the form's own fields, for a quotation that is saved and for one
that is not.
"""
from overhead.actions import _screen

ACTIONS = []  # (label, kind, function)
QUOTATIONS = 'sale.action_quotations_with_onboarding'
TYPED = ('product_id', 'product_uom_id', 'product_uom_qty', 'price_unit', 'technical_price_unit', 'discount', 'name')


def action(label, kind='action'):
    def register(prepare):
        ACTIONS.append((label, kind, prepare))
        return prepare
    return register


@action("list of 80 quotations", 'list')
def list_quotations(company):
    screen = _screen(company, company.sales, QUOTATIONS, 'list', 'search')
    yield screen.read_list


@action("form: quotation, 10 lines", 'form')
def open_short(company):
    screen = _screen(company, company.sales, QUOTATIONS, 'form')
    yield lambda: screen.read_form(company.short)


@action("form: quotation, 200 lines", 'form')
def open_long(company):
    screen = _screen(company, company.sales, QUOTATIONS, 'form')
    yield lambda: screen.read_form(company.long)


# === TYPING === #

def _type(label, **values):
    @action(f"200 lines: {label} of a line (onchange)", 'onchange')
    def type_saved(company):
        screen = _screen(company, company.sales, QUOTATIONS, 'form')
        order = company.long.with_env(screen.model.env)
        commands = [(1, order.order_line[100].id, values)]
        yield lambda: order.onchange({'order_line': commands}, ['order_line'], screen.specs['form'])

    @action(f"200 new lines: {label} of a line (onchange)", 'onchange')
    def type_new(company):
        screen = _screen(company, company.sales, QUOTATIONS, 'form')
        order = company.long
        lines = order.order_line.read(TYPED, load='')
        commands = [(0, f'virtual_{number}', {
            **{name: line[name] for name in TYPED}, 'tax_ids': [],
            **(values if number == 100 else {})}) for number, line in enumerate(lines)]
        head = {'partner_id': order.partner_id.id, 'company_id': order.company_id.id, 'user_id': order.user_id.id,
                'currency_id': order.currency_id.id, 'state': 'draft', 'order_line': commands}
        yield lambda: screen.model.onchange(head, ['order_line'], screen.specs['form'])


_type("quantity", product_uom_qty=7)
_type("price", price_unit=91.0)
_type("discount", discount=3.0)


@action("200 lines: save the price of a line", 'typing')
def save_price(company):
    line = company.long.order_line[100].with_env(company.as_user(company.sales))
    company.serial_of_price = getattr(company, 'serial_of_price', 95.0) + 1
    commands = [(1, line.id, {'price_unit': company.serial_of_price})]
    yield lambda: line.order_id.write({'order_line': commands})


# === CONFIRMING === #

def _confirm(count):
    @action(f"confirm {count}", 'confirm')
    def confirm(company):
        orders = company.new_orders([None] * count)
        company.release(orders)
        yield orders.action_confirm
        assert set(orders.mapped('state')) == {'sale'}


for _count in (1, 5, 20):
    _confirm(_count)
