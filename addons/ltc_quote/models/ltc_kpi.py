from odoo import models
from odoo.tools import SQL

from odoo.addons.ltc_base.models.ltc_gate_approval import PASSING

from ..discount import get_listed, get_net

ORDER_RATE = SQL(
    "(SELECT NULLIF(quoted.currency_rate, 0) FROM sale_order quoted WHERE quoted.id = sale_order_line.order_id)")


class LtcKpi(models.Model):
    """What quotations tell."""
    _inherit = 'ltc.kpi'

    def _kpi_atb_signed(self, company, date_from, date_to):
        """Quotations that passed ATB in the period and became an order ÷ quotations that passed ATB (B3, by gate)."""
        passed = self.env['ltc.gate.review']._search([
            ('company_id', '=', company.id), ('res_model', '=', 'sale.order'), ('gate_code', '=', 'atb'),
            ('state', '=', 'decided'), ('decision', 'in', PASSING),
            *self._get_period_domain('decided_on', company, date_from, date_to),
        ])
        quotations = passed.subselect(SQL.identifier(passed.table, 'res_id'))
        return self._get_share('sale.order', [('id', 'in', quotations)], [('state', '=', 'sale')])

    def _kpi_average_discount(self, company, date_from, date_to):
        """Σ discount granted ÷ Σ list price, over the lines of orders confirmed in the period.

        A price typed lower and a line that deducts, which is listed at nothing, count as discount.
        """
        domain = [
            ('order_id.state', '=', 'sale'), ('order_id.company_id', '=', company.id),
            ('display_type', '=', False), ('is_downpayment', '=', False), ('is_expense', '=', False),
            ('product_uom_qty', '!=', 0),
            *self._get_period_domain('order_id.date_order', company, date_from, date_to),
        ]
        listed, net = (SQL("%s / COALESCE(%s, 1)", SQL(get_amount('sale_order_line')), ORDER_RATE)
                       for get_amount in (get_listed, get_net))
        count, total, asked = self._get_sums('sale.order.line', domain, listed, net)
        discount = total - asked
        return {
            'value': self._get_ratio(discount, total), 'numerator': discount, 'denominator': total,
            'count': int(count), 'model': 'sale.order.line', 'domain': domain,
        }

    def _kpi_average_margin(self, company, date_from, date_to):
        """Σ margin ÷ Σ untaxed amount of the orders confirmed in the period."""
        domain = [
            ('state', '=', 'sale'), ('company_id', '=', company.id),
            *self._get_period_domain('date_order', company, date_from, date_to),
        ]
        rate = SQL("COALESCE(NULLIF(sale_order.currency_rate, 0), 1)")
        count, margin, total = self._get_sums(
            'sale.order', domain, SQL("sale_order.margin / %s", rate), SQL("sale_order.amount_untaxed / %s", rate))
        return {
            'value': self._get_ratio(margin, total), 'numerator': margin, 'denominator': total, 'count': int(count),
            'model': 'sale.order', 'domain': domain,
        }
