from odoo import models

from .ltc_gate_review import UNIT_DIGITS


class SaleOrder(models.Model):
    """More of what was decided on: at its normal price, or as long as the order as a whole is no cheaper.

    A price was let through for a quantity. One unit at a tenth of its price is no leave to sell a thousand so.
    """
    _inherit = 'sale.order'

    def _ltc_get_growth_breaches(self, today):
        """Return, as sentences, which lines of ``today`` sell more at a price below the normal one than was decided.
        """
        kept = self._ltc_get_kept_share()
        if not kept:
            return []  # any price stands
        agreed = self.order_line._ltc_read_agreed_facts(self._ltc_get_agreed_lines())
        products = {facts['product'] for facts in agreed}
        grown = [
            line for line, facts in today.items() if facts['product'] in products
            and self._ltc_sum_units(today.values(), facts, facts['net'])
            > self._ltc_sum_units(agreed, facts, facts['net'] / kept) + UNIT_DIGITS
            and not line._ltc_is_at_normal_price()]
        if not grown or self._ltc_keeps_discount(today, agreed, kept):
            return []
        return [self.env._(
            "Order %(order)s is confirmed: more of %(line)s than was decided on comes at its normal price only, or"
            " with the rest at the discount of the whole; take the order back to quotation and submit it to ATB again.",
            order=self.name, line=line.product_id.display_name) for line in grown]

    def _ltc_sum_units(self, lines, like, price):
        """Return how many units of the product of ``like`` are sold at ``price`` or less."""
        return sum(
            facts['units'] for facts in lines
            if facts['product'] == like['product'] and facts['net'] <= price + UNIT_DIGITS)

    def _ltc_keeps_discount(self, today, agreed, kept):
        """Return whether the order as a whole stands as near to its normal prices as what was decided on."""
        normal = {facts['product']: line._ltc_get_normal_unit_price() for line, facts in today.items()}

        def get_share(lines):
            listed = sum((normal.get(facts['product']) or facts['net']) * facts['units']
                         for facts in lines if facts['net'] >= 0 and facts['units'] > 0)
            return sum(facts['amount'] for facts in lines) / listed if listed > 0 else 0.0

        return get_share(today.values()) >= min(get_share(agreed), 1.0) * kept - UNIT_DIGITS
