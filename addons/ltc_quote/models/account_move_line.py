from odoo import models


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    def _sale_create_reinvoice_sale_line(self):
        """Let a vendor bill or an expense add its costs to a confirmed order: they were booked, nobody priced them."""
        with self.env['sale.order']._ltc_reinvoicing():
            return super()._sale_create_reinvoice_sale_line()
