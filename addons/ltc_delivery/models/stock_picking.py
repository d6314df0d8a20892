from odoo import api, fields, models


class StockPicking(models.Model):
    _name = 'stock.picking'
    _inherit = ['stock.picking', 'ltc.flow.mixin']

    ltc_flow_id = fields.Many2one(compute='_compute_ltc_flow_id', store=True)

    @api.depends('sale_id')
    def _compute_ltc_flow_id(self):
        """Follow the order: backorders, returns and exchanges stay in the case by its lines."""
        for picking in self:
            picking.ltc_flow_id = picking.sale_id.ltc_flow_id

    @api.constrains('state')
    def _check_ltc_handover(self):
        """Refuse a delivery that is set done past its moves."""
        self.filtered(lambda picking: picking.state == 'done').move_ids._ltc_check_handover()

    def _sanity_check(self, separate_pickings=True):
        self.move_ids._ltc_check_handover()
        return super()._sanity_check(separate_pickings=separate_pickings)
