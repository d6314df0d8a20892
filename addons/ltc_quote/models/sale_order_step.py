from odoo import api, fields, models

NEXT_STEPS = [
    ('read', "Nothing, the User Only Reads"),
    ('submit', "Submit to ATB"),
    ('review', "Wait for ATB"),
    ('send', "Send"),
    ('confirm', "Confirm"),
]


class SaleOrder(models.Model):
    """What comes next for whoever looks at the form, so that it offers no button that would be refused."""
    _inherit = 'sale.order'

    ltc_next_step = fields.Selection(
        NEXT_STEPS, string="Next Step", compute='_compute_ltc_next_step',
        help="What the form offers next; empty where Odoo's own buttons are right, and for customers.")

    @api.depends('state', 'company_id', 'ltc_gate_summary')
    @api.depends_context('uid')
    def _compute_ltc_next_step(self):
        if self.env.user.share:  # no customer asks for the cards of the gates
            self.ltc_next_step = False
            return
        writable = self._origin._filtered_access('write')
        bound = self.filtered(lambda order: order._ltc_is_open())._ltc_is_gate_active('atb')
        is_sales = self._ltc_is_offered_by_user()
        for order in self:
            if order._origin and order._origin not in writable or order in bound and not is_sales:
                order.ltc_next_step = 'read'
            else:
                order.ltc_next_step = order in bound and order._ltc_get_next_step()

    @api.model
    def _ltc_is_offered_by_user(self):
        """Return whether the user is of those who offer: who bills or delivers an order may write it, too."""
        return self.env.su or self.env.user.has_group('sales_team.group_sale_salesman')

    def _ltc_get_next_step(self):
        """Return the step of this quotation, which gate ATB binds, by the card that the banner shows anyway."""
        card = next((card for card in self.ltc_gate_summary or [] if card['code'] == 'atb'), {})
        if card.get('state') == 'review':
            return 'review'
        if card.get('state') not in ('go', 'conditional'):
            return 'submit'
        return 'confirm' if self.state == 'sent' else 'send'

    def _ltc_prepare_gate_card(self, code):
        """Say in the banner why nothing can be typed, and offer the submission to whom offers."""
        card = super()._ltc_prepare_gate_card(code)
        if code == 'atb':
            card['can_submit'] = card['can_submit'] and self._ltc_is_offered_by_user()
        if code == 'atb' and card['state'] == 'review' and self.has_access('write'):
            card['detail'] = ' '.join([card['detail'], self.env._(
                "Customer, lines, prices and terms are locked meanwhile; withdraw the review to change them.")])
        return card
