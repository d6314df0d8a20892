from odoo import models


class LtcKpi(models.Model):
    _inherit = 'ltc.kpi'

    def _kpi_mql_rate(self, company, date_from, date_to):
        """Leads created in the period that were ever qualified by marketing ÷ leads created in the period (B1).

        Qualified is, as in the channel report, whose score ever reached the threshold or who was handed to sales.
        """
        return self._get_share(
            'crm.lead', self._get_score_cohort(company, date_from, date_to),
            ['|', ('ltc_mql_on', '!=', False), ('ltc_handover_state', '!=', False)])

    def _kpi_lead_score(self, company, date_from, date_to):
        """Average score of the open leads and opportunities of today."""
        domain = [
            ('active', '=', True), ('won_status', '=', 'pending'), ('ltc_score_band', '!=', False),
            *self._get_lead_company_domain(company)]
        leads = self.env['crm.lead']
        query = leads._search(domain)
        score = leads._field_to_sql('crm_lead', 'ltc_score', query)
        count, total = self._get_sums('crm.lead', domain, score)
        return {
            'value': self._get_ratio(total, count, 1.0), 'numerator': total, 'denominator': count,
            'count': int(count), 'model': 'crm.lead', 'domain': domain,
        }

    def _get_score_cohort(self, company, date_from, date_to):
        return [
            '|', ('type', '=', 'lead'), ('date_conversion', '!=', False),
            *self._get_period_domain('create_date', company, date_from, date_to),
            *self._get_lead_company_domain(company),
        ]
