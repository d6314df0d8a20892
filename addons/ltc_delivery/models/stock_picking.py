from odoo import api, fields, models


class StockPicking(models.Model):
    _name = 'stock.picking'
    _inherit = ['stock.picking', 'ltc.flow.mixin']

    ltc_flow_id = fields.Many2one(copy=True)  # backorders, returns and exchanges are copies and stay in the case

    @api.constrains('state')
    def _check_ltc_handover(self):
        """Refuse a delivery that is set done past its moves."""
        self.filtered(lambda picking: picking.state == 'done').move_ids._ltc_check_handover()

    def _sanity_check(self, separate_pickings=True):
        self.move_ids._ltc_check_handover()
        return super()._sanity_check(separate_pickings=separate_pickings)

    def _set_sale_id(self):
        result = super()._set_sale_id()
        for picking in self:
            picking.ltc_flow_id = picking.sudo().sale_id.ltc_flow_id.id
        return result
