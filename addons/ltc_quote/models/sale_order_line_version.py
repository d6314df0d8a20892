from odoo import models


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    def _ltc_prepare_snapshot(self):
        """Return this line as a version freezes it, JSON-able and without cost; extend the dict of ``super()``."""
        self.ensure_one()
        values = {'id': self.id, 'display_type': self.display_type or False, 'name': (self.name or '').strip()}
        if self.display_type:
            return values
        return {
            **values,
            'product': self.product_id.id,
            'uom': self.product_uom_id.id,
            'quantity': round(self.product_uom_qty, 6),
            'price': round(self.price_unit, 6),
            'discount': round(self.discount, 2),
            'taxes': sorted(self.tax_ids.ids),
            'subtotal': self.currency_id.round(self.price_subtotal),
        }
