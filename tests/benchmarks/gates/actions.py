"""What people do with gated documents; written like ``overhead/actions.py``.

An action of kind *gate* exists only where gates are in force.
"""
from overhead.actions import _screen

ACTIONS = []  # (label, kind, function)


def action(label, kind='action'):
    def register(prepare):
        ACTIONS.append((label, kind, prepare))
        return prepare
    return register


# === SCREENS === #

def _form(label, xmlid, documents):
    @action(f"form: {label}", 'form')
    def open_form(company):
        screen = _screen(company, company.sales, xmlid, 'form')
        record = getattr(company, documents)[:1]
        yield lambda: screen.read_form(record)


def _list(label, xmlid):
    @action(f"list of 80: {label}", 'list')
    def open_list(company):
        yield _screen(company, company.sales, xmlid, 'list', 'search').read_list


_form("opportunity", 'crm.crm_lead_action_pipeline', 'opportunities')
_form("order", 'sale.action_quotations_with_onboarding', 'order')
_form("contract", 'ltc_contract.ltc_contract_action', 'contracts')
_list("opportunities", 'crm.crm_lead_action_pipeline')
_list("orders", 'sale.action_quotations_with_onboarding')
_list("contracts", 'ltc_contract.ltc_contract_action')


# === WRITE === #

def _write(label, documents, field, count):
    @action(f"write one field: {count} {label}")
    def write(company):
        records = getattr(company, documents)[:count].with_env(company.as_user(company.sales))
        company.serial_of_write = getattr(company, 'serial_of_write', 0) + 1
        values = {field: f"Reference {company.serial_of_write}"}
        yield lambda: records.write(values)


for _count in (1, 80):
    _write("order(s)", 'orders', 'client_order_ref', _count)
    _write("opportunity(s)", 'opportunities', 'referred', _count)
    _write("contract(s)", 'contracts', 'acceptance_criteria', _count)


# === GATES === #

def _submit(count):
    @action(f"submit {count}", 'gate')
    def submit(company):
        orders = company.new_quotations(count).with_env(company.as_user(company.sales))
        answers = company.answers('atb')
        yield lambda: [order.ltc_submit('atb', answers) for order in orders]


def _decide(count):
    @action(f"decide {count}", 'gate')
    def decide(company):
        reviews = company.new_heard_reviews(count).with_env(company.as_user(company.manager))
        yield lambda: reviews.action_decide('go')
        assert set(reviews.mapped('decision')) == {'go'}


_submit(1)
_submit(80)


@action("give one opinion", 'gate')
def give_opinion(company):
    opinion = company.submit(company.new_quotations(1), 'atb').opinion_ids[:1]
    opinion = opinion.with_env(company.as_user(opinion.candidate_ids[:1]))
    yield lambda: opinion.action_give('agree', "Seen.")


_decide(1)
_decide(80)


@action("screen to decide on", 'gate')
def open_review(company):
    review = company.new_heard_reviews(1)
    screen = _screen(company, company.manager, 'ltc_base.ltc_gate_review_action', 'form')
    yield lambda: screen.read_form(review)


def _confirm(count):
    @action(f"confirm {count} order(s)")
    def confirm(company):
        resume = company.suspend_contract_gate()
        orders = company.new_released_orders(count).with_env(company.as_user(company.sales))
        yield orders.action_confirm
        assert set(orders.mapped('state')) == {'sale'}
        resume()


_confirm(1)
_confirm(40)
