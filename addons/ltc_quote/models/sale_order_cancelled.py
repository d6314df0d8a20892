from odoo import fields, models
from odoo.tools import SQL


class SaleOrder(models.Model):
    """When a quotation was lost: nothing that is written later moves that day."""
    _inherit = 'sale.order'

    ltc_cancelled_on = fields.Datetime(
        string="Cancelled On", readonly=True, copy=False, groups='base.group_user',
        help="The moment of the cancellation; empty while the quotation or order lives.")

    def _init_column(self, column_name):
        """Date what is cancelled already by its last change: nothing better is known of it."""
        if column_name != 'ltc_cancelled_on':
            return super()._init_column(column_name)
        self.env.cr.execute(SQL("UPDATE sale_order SET ltc_cancelled_on = write_date WHERE state = 'cancel'"))
        return None

    def write(self, vals):
        vals = {name: value for name, value in vals.items() if name != 'ltc_cancelled_on'}  # the server's own
        is_cancelled = vals.get('state') == 'cancel'
        moving = self.filtered(lambda order: (order.state == 'cancel') != is_cancelled) if 'state' in vals else None
        result = super().write(vals)
        if moving:
            super(SaleOrder, moving.sudo()).write({'ltc_cancelled_on': is_cancelled and fields.Datetime.now()})
        return result
