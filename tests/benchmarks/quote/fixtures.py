"""The company of the measurements with a long list of quotations, and one of two hundred lines."""
from gates.fixtures import GatedCompany
from lead.volume import clone
from overhead.fixtures import LINES, Company

from odoo import Command
from odoo.tools import SQL

LONG = 200  # lines of a long quotation
CLONED_LINES = 3


class QuoteCompany(Company):
    """Quotations by SQL, in either database alike."""

    def __init__(self, env, count):
        self.count = count
        super().__init__(env)

    def fill_lists(self):
        """Write the quotations of the list, and make by hand the one that is typed in."""
        self.short = self.new_orders([None])
        self.long = self.new_orders([None], lines=1)
        self.long.order_line = [Command.clear(), *self.line_commands(LONG)]
        template = self.new_orders([None], lines=CLONED_LINES)
        self.env.flush_all()
        first = clone(self.env, template, self.count, lambda first: {
            'name': SQL("'Q' || LPAD(n::text, 7, '0')"),
            'partner_id': SQL("(%s)[1 + n %% %s]", self.partners.ids, len(self.partners)),
            'date_order': SQL("NOW() AT TIME ZONE 'UTC' - n %% 400 * INTERVAL '1 day'"),
            'state': SQL("CASE WHEN n %% 5 = 0 THEN 'sent' ELSE 'draft' END"),
            'access_token': SQL("NULL"),
        })
        for line in template.order_line:
            clone(self.env, line, self.count, lambda _first: {'order_id': SQL("%s + n", first)})
        if 'ltc.quote.version' in self.env:
            version = template._ltc_keep_version('revised')
            clone(self.env, version, self.count, lambda _first: {'order_id': SQL("%s + n", first)})
        self.env.invalidate_all()

    def line_commands(self, count):
        return [Command.create({
            'product_id': self.products[number % LINES].id, 'product_uom_qty': 1 + number % 3,
        }) for number in range(count)]

    def release(self, orders):
        """Prepare ``orders`` for their confirmation: nothing is asked here."""


class GatedQuoteCompany(QuoteCompany, GatedCompany):
    """The same with price rules, option rules and gate ATB in force."""

    def __init__(self, env, count, profile):
        self.count = count
        GatedCompany.__init__(self, env, profile)
        self._set_rules()
        self.suspend_contract_gate()

    def _set_rules(self):
        """Rules that hold for every line, and few that are broken: what a company that uses them all pays."""
        goods, options = self.products[:6], self.products[6:8]
        self.env['ltc.price.rule'].create([
            {'name': "Everything", 'use_max_discount': True, 'max_discount': 5, 'use_floor_margin': True,
             'floor_margin': 10},
            *({'name': "Floor", 'product_tmpl_id': product.product_tmpl_id.id, 'use_floor_price': True,
               'floor_price': 80} for product in goods),
        ])
        self.env['ltc.option.rule'].create([
            {'product_tmpl_id': product.product_tmpl_id.id, 'option_product_id': option.id, 'quantity': 0.5,
             'is_binding': False}
            for product in goods for option in options])

    def release(self, orders):
        self.pass_gate(orders, 'atb')
