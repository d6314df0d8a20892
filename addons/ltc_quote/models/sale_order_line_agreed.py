from odoo import api, models

from .ltc_gate_review import UNIT_DIGITS

ROUNDING = 0.001  # of the normal price: discounts of a price list are stored with two digits


class SaleOrderLine(models.Model):
    """What a line of a confirmed order keeps of its Go."""
    _inherit = 'sale.order.line'

    @api.model
    def _ltc_read_agreed_facts(self, figures):
        """Return, for each line of ``figures`` (see :meth:`_ltc_get_figures`), frozen or of today, what it keeps: the
        price of one unit of the product's own measure.
        """
        products = self.env['product.product'].browse({line[0] for line in figures if line[0]})
        units = self.env['uom.uom'].browse({line[2] for line in figures if line[2]})
        products, units = ({record.id: record for record in records} for records in (products, units))
        return [self._ltc_read_facts(line, products, units) for line in figures]

    @api.model
    def _ltc_read_facts(self, figures, products, units):
        product_id, _name, uom_id, quantity, price, discount, tax_ids = figures[:7]
        own, uom = products[product_id].uom_id if product_id else None, units.get(uom_id)
        is_converted = bool(own and uom and own != uom)
        net = price * (1 - discount / 100)
        return {
            'product': product_id,
            'taxes': tuple(tax_ids),
            'quantity': quantity,
            'units': uom._compute_quantity(quantity, own, round=False) if is_converted else quantity,
            'discount': discount,
            'net': uom._compute_price(net, own) if is_converted else net,
            'amount': net * quantity,
        }

    def _ltc_is_kept(self, was, now):
        """Return whether this line brings as much a unit as it ``was``, and gives no more away."""
        self.ensure_one()
        if (now['product'], now['taxes']) != (was['product'], was['taxes']):
            return False
        if now['amount'] < -UNIT_DIGITS and now['amount'] < was['amount'] - UNIT_DIGITS:
            return False
        return (
            now['net'] >= was['net'] - UNIT_DIGITS and now['discount'] <= was['discount']
            and (now['net'] > 0 or now['quantity'] <= was['quantity']))

    def _ltc_is_hidden(self, was, now):
        """Return whether this line is counted no longer, or would not be once a cost is booked on it."""
        self.ensure_one()
        return not now or now['is_expense'] and not was['is_expense']

    def _ltc_is_fair_addition(self, facts):
        """Return whether this line adds to a confirmed order at its normal price or above."""
        self.ensure_one()
        if facts['amount'] < 0 or facts['net'] < 0:
            return False
        if not facts['quantity'] and (self.is_expense or self.product_id.invoice_policy == 'order'):
            return True  # it orders nothing: a cost to be re-invoiced, or what a transfer took along
        return not self._ltc_gives_away(facts) and self._ltc_is_at_normal_price()

    def _ltc_is_at_normal_price(self):
        self.ensure_one()
        normal = self._ltc_get_normal_price() or self._ltc_get_unit_cost()  # no list price: at least what it costs
        rounding = max(normal * ROUNDING, self.currency_id.rounding / 2)
        return self.price_unit * (1 - self.discount / 100) >= normal - rounding

    def _ltc_deducts_beside(self):
        """Return whether a line that no decision counts, as a cost to be re-invoiced, takes money out of the order."""
        self.ensure_one()
        return not (self.display_type or self.is_downpayment or self._ltc_is_offered()) and (
            self.price_unit < 0 or self.product_uom_qty < 0 or self.discount > 100)

    def _ltc_gives_away(self, facts):
        """Return whether this line deducts, or is handed over for nothing though it costs or is listed at something."""
        self.ensure_one()
        if facts['amount'] < 0:
            return True
        if facts['net'] > 0 or not facts['quantity']:
            return False
        if 'is_delivery' in self._fields and self.is_delivery and self.product_id.type == 'service':
            return self._ltc_get_unit_cost() > 0  # a delivery fee may be waived: it orders nothing
        return self._ltc_get_unit_cost() > 0 or self._ltc_get_normal_price() > 0

    def _ltc_get_normal_price(self):
        """Return the unit price of today's price list, its discount included."""
        self.ensure_one()
        line = self.with_company(self.company_id)
        taxes = line.product_id.taxes_id._filter_taxes_by_company(line.company_id)
        price = min(line._get_display_price(), line._get_pricelist_price())
        return line.product_id._get_tax_included_unit_price_from_price(
            price, product_taxes=taxes, fiscal_position=line.order_id.fiscal_position_id)

    def _ltc_get_normal_unit_price(self):
        """Return the normal price of one unit of the product's own measure, or what it costs if it has no price."""
        self.ensure_one()
        price = self._ltc_get_normal_price() or self._ltc_get_unit_cost()
        return self.product_uom_id._compute_price(price, self.product_id.uom_id) if self.product_id else price
