from odoo import models
from odoo.tools import SQL


class LtcKpi(models.Model):
    """What the rules of the leads tell."""
    _inherit = 'ltc.kpi'

    def _kpi_lead_completeness(self, company, date_from, date_to):
        """Average completeness of what is open today, against the field policies."""
        domain = [('active', '=', True), ('won_status', '=', 'pending'), *self._get_lead_company_domain(company)]
        count, total = self._get_sums('crm.lead', domain, SQL("crm_lead.ltc_completeness"))
        return {
            'value': total / count if count else None, 'numerator': total, 'denominator': count, 'count': int(count),
            'model': 'crm.lead', 'domain': domain,
        }

    def _kpi_lead_conflict_days(self, company, date_from, date_to):
        """Median days from a conflict to its decision, decided in the period."""
        domain = [
            ('state', '=', 'decided'), ('company_id', '=', company.id),
            *self._get_period_domain('decided_on', company, date_from, date_to)]
        return self._get_median('ltc.lead.conflict', domain, self._sql_days(
            SQL("ltc_lead_conflict.create_date"), SQL("ltc_lead_conflict.decided_on")))
