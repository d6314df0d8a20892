from odoo import api, fields, models

from .ltc_contract import EFFECTIVE_STATES


class SaleOrder(models.Model):
    """Where gate ATC binds it, what follows the offer is its contract, not the confirmation."""
    _inherit = 'sale.order'

    ltc_awaits_contract = fields.Boolean(
        string="Awaits Contract", compute='_compute_ltc_awaits_contract',
        help="Only its signed contract makes an order of this quotation.")

    @api.depends('state', 'company_id', 'ltc_contract_id.state')
    @api.depends_context('uid')
    def _compute_ltc_awaits_contract(self):
        quotations = self if not self.env.user.share else self.browse()  # customers press none of these buttons
        bound = quotations.filtered(lambda order: order._ltc_is_open())._ltc_is_gate_active('atc')
        for order in self:
            order.ltc_awaits_contract = (
                order in bound and order.sudo().ltc_contract_id.state not in EFFECTIVE_STATES)
