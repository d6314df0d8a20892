from odoo import models


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    def _timesheet_create_project(self):
        project = super()._timesheet_create_project()
        project.sudo().ltc_flow_id = self.order_id.ltc_flow_id  # the order hands its case over, whoever sold
        return project
