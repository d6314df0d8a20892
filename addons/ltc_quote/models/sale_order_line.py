from odoo import models


class SaleOrderLine(models.Model):
    _name = 'sale.order.line'
    _inherit = ['sale.order.line', 'ltc.gate.line.mixin', 'ltc.customer.figure.mixin']

    def _get_linked_lines(self):
        # asked for each line whenever any line changes, and answered by looking at each line: where nothing is linked,
        # one look at all of them says so
        if not self.virtual_id and not (self._origin and self.order_id.order_line.linked_line_id):
            return self.browse()
        return super()._get_linked_lines()

    def _ltc_is_offered(self):
        """Return whether a decision on the order counts this line.

        The facts say so, not the flags, which a client may write: a down payment orders nothing, and a
        re-invoiced cost was booked.
        """
        self.ensure_one()
        if self.display_type or self.is_downpayment and not self.product_uom_qty:
            return False
        return not (self.is_expense and self.sudo().analytic_line_ids)

    def _ltc_get_figures(self):
        """Return what of this line a decision is based on, JSON-able; equal lists are equal lines.

        The order is that of ``sale.order._ltc_get_line_columns``; extend both together.
        """
        self.ensure_one()
        return [
            self.product_id.id,
            (self.name or '').strip(),
            self.product_uom_id.id,
            round(self.product_uom_qty, 6),
            round(self.price_unit, 6),
            round(self.discount, 2),
            sorted(self.tax_ids.ids),
        ]

    def _ltc_get_list_amount(self, strict=False):
        """Return the line's amount at list price; never below what is asked, and 0 for a line that deducts.

        A negative quantity deducts as well: what it is listed at would hide the discount of the others.

        :param bool strict: count what the price list says as well, for any client writes the line's own
        """
        self.ensure_one()
        listed = self._ltc_get_strict_list_price() if strict and self.price_unit >= 0 else 0.0
        return max(self.price_unit, self.technical_price_unit, listed, 0.0) * max(self.product_uom_qty, 0.0)

    def _ltc_get_net_amount(self):
        self.ensure_one()
        return self.price_unit * self.product_uom_qty * (1 - self.discount / 100)
