from odoo import models
from odoo.tools import SQL

from odoo.addons.ltc_base.models.ltc_gate_approval import PASSING


class LtcKpi(models.Model):
    """How quickly offers are made and approved, and what discounts win."""
    _inherit = 'ltc.kpi'

    def _kpi_quote_cycle_time(self, company, date_from, date_to):
        """Median days from a quotation's creation to its first Go at ATB, of those that got it in the period."""
        created = SQL("(SELECT quoted.create_date FROM sale_order quoted WHERE quoted.id = ltc_gate_review.res_id)")
        domain = self._get_decided_domain(company, date_from, date_to) + [
            ('res_model', '=', 'sale.order'), ('decision', 'in', PASSING), ('id', 'in', SQL(
                """(SELECT MIN(first.id) FROM ltc_gate_review first
                     WHERE first.res_model = 'sale.order' AND first.gate_code = 'atb' AND first.decision IN %s
                  GROUP BY first.res_id)""", PASSING))]
        return self._get_median(
            'ltc.gate.review', domain, self._sql_days(created, SQL("ltc_gate_review.decided_on")))

    def _kpi_conceded_share(self, company, date_from, date_to):
        """Σ value of our concessions ÷ Σ (untaxed amount + that value), over quotations with a concession."""
        domain = [
            ('company_id', '=', company.id), ('side', '=', 'us'),
            *self._get_period_domain('conceded_on', company, date_from, date_to)]
        rate = SQL(
            "COALESCE((SELECT NULLIF(quoted.currency_rate, 0) FROM sale_order quoted"
            " WHERE quoted.id = ltc_quote_concession.order_id), 1)")
        count, value = self._get_sums(
            'ltc.quote.concession', domain, SQL("ltc_quote_concession.value / %s", rate))
        orders = self.env['ltc.quote.concession'].search(domain).order_id
        total = sum(order.amount_untaxed / (order.currency_rate or 1.0) for order in orders) + value
        return {
            'value': self._get_ratio(value, total), 'numerator': value, 'denominator': total, 'count': int(count),
            'model': 'ltc.quote.concession', 'domain': domain,
        }

    def _kpi_band_win_rate(self, company, date_from, date_to):
        """Won ÷ (won + lost) of the quotations closed in the period whose discount lies in the band (``argument``).

        Won is an order, by the day it was confirmed; lost a cancelled quotation, by its last change. The discount is
        that of the whole offer; ``argument`` reads "from-to" in percent, from not included, or "none".
        """
        low, high = (-1e6, 0.0) if self.argument == 'none' else map(float, self.argument.split('-'))
        discount = SQL(
            """(SELECT SUM(line.price_unit * line.product_uom_qty * line.discount)
                       / NULLIF(SUM(line.price_unit * line.product_uom_qty), 0)
                  FROM sale_order_line line
                 WHERE line.order_id = banded.id AND line.display_type IS NULL AND line.is_downpayment IS NOT TRUE
                   AND line.product_uom_qty > 0)""")
        banded = SQL(
            "(SELECT banded.id FROM sale_order banded WHERE banded.company_id = %s"
            " AND COALESCE(%s, 0) > %s AND COALESCE(%s, 0) <= %s)",
            company.id, discount, low, discount, high)
        won = [('state', '=', 'sale'), *self._get_period_domain('date_order', company, date_from, date_to)]
        lost = [('state', '=', 'cancel'), *self._get_period_domain('write_date', company, date_from, date_to)]
        population = [('company_id', '=', company.id), ('id', 'in', banded), '|', '&', '&', *won, '&', '&', *lost]
        return self._get_share('sale.order', population, [('state', '=', 'sale')])
