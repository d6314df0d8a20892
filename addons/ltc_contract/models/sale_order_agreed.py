from odoo import models

from .sale_order import BINDING_STATES

AMENDING = object()  # in the context while an amendment is applied; no client can send it


class SaleOrder(models.Model):
    """A contract takes the place of the Go that bound the prices of its order; an amendment changes both."""
    _inherit = 'sale.order'

    def _ltc_filter_bound_by_go(self):
        """Leave to the contract what a contract under gate ATC binds: the order equals it, line by line."""
        orders = super()._ltc_filter_bound_by_go()
        if self.env.context.get('ltc_amending') is AMENDING:
            return orders.browse()
        contracts_sudo = orders.sudo().ltc_contract_id.filtered(lambda contract: contract.state in BINDING_STATES)
        bound = contracts_sudo._ltc_is_gate_active('atc')
        return orders.filtered(lambda order: order.sudo().ltc_contract_id not in bound)

    def _ltc_get_agreed_lines(self):
        """Return the lines of the contract once an amendment changed what was decided on."""
        contract_sudo = self.sudo().ltc_contract_id
        if not contract_sudo.amendment_ids.filtered(lambda amendment: amendment.state == 'applied'):
            return super()._ltc_get_agreed_lines()
        return [[
            line.product_id.id, line.name, line.product_uom_id.id, line.quantity, line.price_unit, line.discount,
            sorted(line.tax_ids.ids),
        ] for line in contract_sudo.line_ids]

    def _ltc_apply_contract_lines(self, contract_lines):
        """Let an amendment lower prices: it was decided on."""
        amending = {'ltc_amending': AMENDING}
        return super(SaleOrder, self.with_context(**amending))._ltc_apply_contract_lines(
            contract_lines.with_context(**amending))
