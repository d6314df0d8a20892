from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_stage_forecast import FORECAST_RANK


class LtcKpi(models.Model):
    """What the forecast tells: what is committed, how true it was, and what of the targets is reached."""
    _inherit = 'ltc.kpi'

    def _kpi_forecast_category(self, company, date_from, date_to):
        """Σ expected revenue of the open opportunities of the category in ``argument`` and the surer ones (B6b)."""
        surer = list(FORECAST_RANK[1:FORECAST_RANK.index(self.argument) + 1])
        domain = [
            ('type', '=', 'opportunity'), ('active', '=', True), ('won_status', '=', 'pending'),
            ('ltc_forecast_category', 'in', surer), *self._get_lead_company_domain(company),
        ]
        count, total = self._get_sums('crm.lead', domain, SQL("crm_lead.expected_revenue"))
        return {
            'value': total, 'numerator': total, 'count': int(count), 'model': 'crm.lead', 'domain': domain}

    def _argument_problem_forecast_category(self):
        if self.argument in FORECAST_RANK[1:]:
            return False
        return self.env._(
            "KPI %(kpi)s: %(argument)s is no category of the forecast; write one of %(categories)s.",
            kpi=self.name, argument=self.argument or '""', categories=', '.join(FORECAST_RANK[1:]))

    # === ACCURACY === #

    def _kpi_forecast_accuracy(self, company, date_from, date_to):
        """1 − Σ|A−F| ÷ ΣA over persons and months, at least 0 (B6)."""
        domain, _error, absolute, actual = self._get_errors(company, date_from, date_to)
        wape = self._get_ratio(absolute, actual)
        return {
            **self._prepare_accuracy(domain, absolute, actual),
            'value': None if wape is None else max(0.0, 100.0 - wape)}

    def _kpi_forecast_bias(self, company, date_from, date_to):
        """Σ(F−A) ÷ ΣA: above zero too much was promised (B6)."""
        domain, error, _absolute, actual = self._get_errors(company, date_from, date_to)
        return {**self._prepare_accuracy(domain, error, actual), 'value': self._get_ratio(error, actual)}

    def _get_errors(self, company, date_from, date_to):
        """Return (domain, ΣF−A, Σ|F−A|, ΣA) of the months that ended in the period, as forecast when they began."""
        first = date_from.replace(day=1)
        last = (date_to + timedelta(days=1)).replace(day=1) - relativedelta(months=1)  # its last day is in the period
        domain = [
            ('company_id', '=', company.id), ('horizon', '=', 0),
            ('month', '>=', fields.Date.to_string(first)), ('month', '<=', fields.Date.to_string(last)),
        ]
        [sums] = self.env['ltc.forecast.accuracy']._read_group(
            domain, [], ['error:sum', 'abs_error:sum', 'actual:sum'])
        return domain, *(float(total or 0) for total in sums)

    def _prepare_accuracy(self, domain, numerator, denominator):
        return {
            'numerator': numerator, 'denominator': denominator, 'model': 'ltc.forecast.accuracy', 'domain': domain,
            'count': self.env['ltc.forecast.accuracy'].search_count(domain)}

    # === TARGETS === #

    def _kpi_target_attainment(self, company, date_from, date_to):
        """Reached ÷ target of the months of the period, those of the kind in ``argument``.

        The company's own target counts; where it has none, those of its persons added up.
        """
        base = [
            ('company_id', '=', company.id), ('kind', '=', self.argument),
            ('month', '>=', fields.Date.to_string(date_from.replace(day=1))),
            ('month', '<=', fields.Date.to_string(date_to)),
        ]
        for scope in ('company', 'user'):
            domain = base + [('scope', '=', scope)]
            actual, target, count = self._read_attainment(domain)
            if target:
                break
        return {
            'value': self._get_ratio(actual, target), 'numerator': actual, 'denominator': target, 'count': count,
            'model': 'ltc.target.attainment', 'domain': domain}

    @api.model
    def _read_attainment(self, domain):
        [(actual, target, count)] = self.env['ltc.target.attainment']._read_group(
            domain, [], ['actual:sum', 'target:sum', '__count'])
        return float(actual or 0), float(target or 0), count
