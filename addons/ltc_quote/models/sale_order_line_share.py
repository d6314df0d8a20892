from odoo import models


class SaleOrderLine(models.Model):
    """A price that is a share of what other lines of the quotation amount to."""
    _inherit = 'sale.order.line'

    def _ltc_is_share(self):
        self.ensure_one()
        return (
            bool(self.product_id) and not self.display_type
            and self.pricelist_item_id.compute_price == 'ltc_share')

    def _get_pricelist_price(self):
        if self.pricelist_item_id.compute_price != 'ltc_share':
            return super()._get_pricelist_price()
        return self._ltc_include_taxes(self._ltc_get_share()) / (self.product_uom_qty or 1.0)

    def _ltc_get_share(self):
        """Return what this line asks for all its units, without taxes."""
        item = self.pricelist_item_id
        lines = self.order_id._ltc_get_offered_lines().filtered(
            lambda line: line.price_subtotal > 0 and not line._ltc_is_share() and item._ltc_covers(line.product_id))
        return sum(lines.mapped('price_subtotal')) * item.ltc_share_percent / 100

    def _ltc_include_taxes(self, amount):
        """Return ``amount`` as a price list of this product says it: with the taxes that its prices include."""
        line = self.with_company(self.company_id)
        taxes = line.product_id.taxes_id._filter_taxes_by_company(line.company_id).filtered('price_include')
        if not taxes or not amount:
            return amount
        return taxes.compute_all(
            amount, line.currency_id, product=line.product_id, partner=line.order_id.partner_id,
            handle_price_include=False)['total_included']

    def _ltc_follow_share(self):
        """Take today's share as the price, unless somebody typed another one."""
        compare = (self.currency_id or self.env.company.currency_id).compare_amounts
        if self.qty_invoiced or self.is_downpayment or compare(self.technical_price_unit, self.price_unit):
            return
        price = self._ltc_get_list_price()
        if abs(price - self.technical_price_unit) > 1e-6:
            self.with_context(sale_write_from_compute=True).update({
                'price_unit': price, 'technical_price_unit': price})  # Odoo takes any other write for a typed price
