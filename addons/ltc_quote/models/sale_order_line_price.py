from dataclasses import dataclass
from datetime import datetime

from odoo import api, models

from .product_pricelist import AskedRules


@dataclass(frozen=True)
class PriceDate:
    """A date other than the quotation's to ask price lists on; being an object, no client sends it in a context."""
    date: datetime


class SaleOrderLine(models.Model):
    """What one unit of a line costs, nets and takes."""
    _inherit = 'sale.order.line'

    @api.depends_context('ltc_price_date')
    def _compute_pricelist_item_id(self):
        """Ask a price list once for all the lines: Odoo asks it line by line, which 200 lines would feel."""
        asking = self.with_context(ltc_asked_rules=AskedRules(self.product_id))
        return super(SaleOrderLine, asking)._compute_pricelist_item_id()

    def _get_order_date(self):
        asked = self.env.context.get('ltc_price_date')
        return asked.date if isinstance(asked, PriceDate) else super()._get_order_date()

    def _ltc_get_list_price(self):
        """Return the unit price that Odoo would fill in; like Odoo none while product or unit are missing."""
        self.ensure_one()
        if not self.product_id or not self.product_uom_id:
            return 0.0
        line = self.with_company(self.company_id)
        taxes = line.product_id.taxes_id._filter_taxes_by_company(line.company_id)
        return line.product_id._get_tax_included_unit_price_from_price(
            line._get_display_price(), product_taxes=taxes, fiscal_position=line.order_id.fiscal_position_id)

    def _ltc_get_strict_list_price(self):
        """Return the unit price that Odoo would fill in, or the one of today if that is more.

        The date of a quotation can be typed, and with it the price list's rules and rates.
        """
        self.ensure_one()
        listed, now = self._ltc_get_list_price(), self.env.cr.now()  # one moment for all lines: asked at once
        date = self.order_id.date_order
        if not date or date.date() == now.date():
            return listed
        return max(listed, self.with_context(ltc_price_date=PriceDate(now))._ltc_get_list_price())

    def _ltc_get_unit_cost(self):
        """Return what one unit costs, in the quotation's currency: as typed, or as the product costs if that is more.

        The date of a quotation can be typed, and with it the rate.
        """
        self.ensure_one()
        line = self.with_company(self.company_id)
        product = line.product_id
        cost = product.uom_id._compute_price(product.standard_price, line.product_uom_id) if product else 0.0
        own = line.order_id._ltc_get_highest(cost, product.cost_currency_id) if cost else 0.0
        return max(line.purchase_price, own)

    def _ltc_get_strict_cost(self):
        """Return what the line costs: as typed, or as the product costs today if that is more.

        A negative quantity saves no cost: what comes back is worth what somebody decides it is.
        """
        return self._ltc_get_unit_cost() * max(self.product_uom_qty, 0.0)

    def _ltc_get_net_price(self):
        """Return the price of one unit without taxes, after its discount."""
        self.ensure_one()
        price = self.price_unit * (1 - self.discount / 100)
        if self.product_uom_qty:
            return self.price_subtotal / self.product_uom_qty
        return self.tax_ids.compute_all(
            price, self.currency_id, 1.0, product=self.product_id, partner=self.order_id.partner_id)['total_excluded']

    def _ltc_get_lead_days(self):
        """Return how many days buying or making the product takes: its own lead time, or the line's if that is more."""
        self.ensure_one()
        product = self.product_id
        own = product.sale_delay if 'sale_delay' in product._fields else 0  # only where Odoo's inventory is installed
        return max(own, self.customer_lead)
