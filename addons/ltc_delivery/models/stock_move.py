from odoo import api, models


class StockMove(models.Model):
    _inherit = 'stock.move'

    @api.constrains('state', 'sale_line_id')
    def _check_ltc_handover(self):
        """Refuse goods that leave before the contract's handover, by whichever route they are done."""
        self.filtered(lambda move: move.state == 'done')._ltc_check_handover()

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        orders_sudo = moves.sudo().sale_line_id.order_id  # a warehouse worker need not see the order
        if orders_sudo:
            orders_sudo._ltc_on_goods_moved()
        return moves

    def _ltc_check_handover(self):
        """Raise unless these moves may bring goods to the customer; free of queries in the light profile."""
        Gate = self.env['ltc.gate']
        leaving = self.filtered(
            lambda move: Gate._get_activations(move.company_id.id)
            and move.location_dest_id.usage == 'customer' and move.location_id.usage != 'customer')
        if leaving:
            leaving_sudo = leaving.sudo()  # a warehouse worker need not see the order
            (leaving_sudo.sale_line_id.order_id | leaving_sudo.picking_id.sale_id)._ltc_check_handover()
