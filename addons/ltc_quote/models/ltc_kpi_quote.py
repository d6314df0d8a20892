import re

from odoo import models
from odoo.tools import SQL

from odoo.addons.ltc_base.models.ltc_gate_approval import PASSING

from ..discount import get_counted, get_percent

NO_DISCOUNT = (-1e6, 0.0)  # what is dearer than the list price has none either
BAND = re.compile(r'([0-9]+(?:\.[0-9]+)?)-([0-9]+(?:\.[0-9]+)?)')


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
        conceded = self.env['ltc.quote.concession']._search(domain)
        _count, quoted = self._get_sums(
            'sale.order', [('id', 'in', conceded.subselect(SQL.identifier(conceded.table, 'order_id')))],
            SQL("sale_order.amount_untaxed / COALESCE(NULLIF(sale_order.currency_rate, 0), 1)"))
        total = quoted + value
        return {
            'value': self._get_ratio(value, total), 'numerator': value, 'denominator': total, 'count': int(count),
            'model': 'ltc.quote.concession', 'domain': domain,
        }

    def _kpi_band_win_rate(self, company, date_from, date_to):
        """Won ÷ (won + lost) of the quotations closed in the period whose discount lies in the band (``argument``).

        Won is an order, by the day it was confirmed; lost a cancelled quotation, by the day it was cancelled. The
        discount is that of the whole offer from its list prices, so that a price typed lower and a line that deducts
        count; ``argument`` reads "from-to" in percent, from not included, or "none".
        """
        low, high = self._get_band()
        won = [('state', '=', 'sale'), *self._get_period_domain('date_order', company, date_from, date_to)]
        lost = [('state', '=', 'cancel'), *self._get_period_domain('ltc_cancelled_on', company, date_from, date_to)]
        closed = [('company_id', '=', company.id), '|', '&', '&', *won, '&', '&', *lost]
        discount = SQL(get_percent('line'))
        banded = SQL(
            """(SELECT line.order_id FROM sale_order_line line WHERE %s AND line.order_id IN %s
              GROUP BY line.order_id HAVING %s > %s AND %s <= %s)""",
            SQL(get_counted('line')), self.env['sale.order']._search(closed).subselect(), discount, low,
            discount, high)
        return self._get_share('sale.order', [*closed, ('id', 'in', banded)], [('state', '=', 'sale')])

    def _get_band(self):
        """Return (from, to) of the band in percent, or None where ``argument`` says no band."""
        if self.argument == 'none':
            return NO_DISCOUNT
        found = BAND.fullmatch(self.argument or '')
        low, high = map(float, found.groups()) if found else (0.0, 0.0)
        return (low, high) if low < high else None

    def _argument_problem_band_win_rate(self):
        if self._get_band():
            return False
        return self.env._(
            "KPI %(kpi)s: %(argument)s is no discount band; write two percents, the lower one first, such as 5-10, or"
            " the word none.",
            kpi=self.name, argument=self.argument or '""')
