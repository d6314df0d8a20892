"""The company of the measurements with people for every role, and documents that passed their gates."""
from overhead.fixtures import LINES, LISTED, Company

from odoo import Command

ROLES = {
    'manager': ('sales_team.group_sale_manager', 'ltc_base.group_ltc_reviewer'),
    'deputy': ('sales_team.group_sale_manager', 'ltc_base.group_ltc_reviewer'),
    'presales': ('ltc_base.group_ltc_presales',),
    'delivery': ('ltc_base.group_ltc_delivery',),
    'finance': ('ltc_base.group_ltc_finance', 'ltc_base.group_ltc_commercial'),
    'legal': ('ltc_base.group_ltc_legal',),
}
NEVER = '2100-01-01 00:00:00'


class GatedCompany(Company):
    """The same documents in either profile; in *full* every one of them takes its gates by the real actions."""

    def __init__(self, env, profile):
        super().__init__(env)
        self.env = self.env(context={**self.env.context, 'mail_notify_force_send': False})
        self.profile = self.env.company.ltc_profile = profile
        for role, groups in ROLES.items():
            user = self._new_user(role, groups[0])
            user.group_ids = [Command.link(self.env.ref(group).id) for group in groups]
            setattr(self, role, user)

    def fill_lists(self):
        self.opportunities = self.new_opportunities(LISTED + 5)
        self.pass_gate(self.opportunities, 'ati')
        self.orders = self.new_orders(self.opportunities, lines=3)
        self.pass_gate(self.orders, 'atb')
        self.contracts = self.new_contracts(self.orders)
        self.pass_gate(self.contracts, 'atc')
        self.order = self.new_released_orders(1)
        self._next_opportunity = 0

    def lead_values(self, count, **values):
        return super().lead_values(
            count, **values, ltc_need="A packing line by spring.", ltc_sr_user_id=self.presales.id,
            ltc_fr_user_id=self.delivery.id)

    def new_contracts(self, orders):
        return self.as_user(self.sales)['ltc.contract'].create([{'order_id': order.id} for order in orders])

    def new_quotations(self, count, lines=LINES):
        """Return quotations of opportunities that passed; they are drawn in turn, so that cases are shared evenly."""
        chosen = [self.opportunities[number % len(self.opportunities)] for number in range(count)]
        return self.new_orders(chosen, lines=lines)

    def new_released_orders(self, count):
        orders = self.new_quotations(count)
        self.pass_gate(orders, 'atb')
        return orders

    # === GATES === #

    def submit(self, documents, code):
        """Submit as the salesperson, with the whole checklist ticked; return the rounds."""
        answers = self.answers(code)
        reviews = [document._ltc_submit(code, answers).id for document in documents.with_env(self.as_user(self.sales))]
        return self.env['ltc.gate.review'].browse(reviews)

    def answers(self, code):
        return {check.id: True for check in self.env['ltc.gate']._get_by_code(code).check_ids}

    def hear(self, reviews):
        for opinion in reviews.opinion_ids.filtered(lambda opinion: opinion.state == 'pending'):
            opinion.with_env(self.as_user(opinion.candidate_ids[:1])).action_give('agree', "Seen.")

    def decide(self, reviews):
        return reviews.with_env(self.as_user(self.manager)).action_decide('go')

    def new_heard_reviews(self, count):
        reviews = self.submit(self.new_quotations(count), 'atb')
        self.hear(reviews)
        return reviews

    def pass_gate(self, documents, code):
        if self.profile == 'light':
            return
        reviews = self.submit(documents, code)
        self.hear(reviews)
        self.decide(reviews)

    def suspend_contract_gate(self):
        """Let orders be confirmed by their button: under ATC the signature of the contract confirms them."""
        activation = self.env['ltc.gate.activation'].search([
            ('company_id', '=', self.env.company.id), ('gate_id.code', '=', 'atc')])
        since = activation.active_since
        activation.active_since = NEVER
        return lambda: activation.write({'active_since': since})
