from odoo import models


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    def _timesheet_create_project_prepare_values(self):
        return {**super()._timesheet_create_project_prepare_values(), 'ltc_flow_id': self.order_id.ltc_flow_id.id}
