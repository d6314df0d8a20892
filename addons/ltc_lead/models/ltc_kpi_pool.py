from odoo import models
from odoo.tools import SQL


class LtcKpi(models.Model):
    """What the public pools tell."""
    _name = 'ltc.kpi'
    _inherit = ['ltc.kpi']

    def _kpi_pool_leads(self, company, date_from, date_to):
        """Open leads that wait in the pools of the company."""
        domain = [('pool_id.company_id', '=', company.id)]
        count = self.env['ltc.pool.lead'].search_count(domain)
        return {'value': count, 'numerator': count, 'count': count, 'model': 'ltc.pool.lead', 'domain': domain}

    def _kpi_pool_claimed(self, company, date_from, date_to):
        """Leads that somebody took for himself in the period."""
        return self._get_owner_changes('claim', company, date_from, date_to)

    def _kpi_pool_recycled(self, company, date_from, date_to):
        """Leads that a rule took from their owners in the period."""
        return self._get_owner_changes('recycle', company, date_from, date_to)

    def _kpi_pool_days(self, company, date_from, date_to):
        """Median days that a lead waited without an owner, of those that got one in the period."""
        start, end = self._get_moments(company, date_from, date_to)
        [(median, count)] = self.env.execute_query(SQL(
            """SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY EXTRACT(EPOCH FROM until - since) / 86400.0), COUNT(*)
                 FROM (SELECT user_id, since,
                              LEAD(since) OVER (PARTITION BY res_id ORDER BY since, id) AS until
                         FROM ltc_owner_log
                        WHERE res_model = 'crm.lead' AND (company_id = %(company)s OR company_id IS NULL)) AS period
                WHERE user_id IS NULL AND until >= %(start)s AND until < %(end)s""",
            company=company.id, start=start, end=end))
        return {
            'value': median, 'numerator': median or 0.0, 'count': count, 'model': 'ltc.owner.log',
            'domain': [*self._get_owner_domain(company, date_from, date_to), ('way', 'in', ('claim', 'assign'))],
        }

    def _get_owner_changes(self, way, company, date_from, date_to):
        domain = [*self._get_owner_domain(company, date_from, date_to), ('way', '=', way)]
        count = self.env['ltc.owner.log'].search_count(domain)
        return {'value': count, 'numerator': count, 'count': count, 'model': 'ltc.owner.log', 'domain': domain}

    def _get_owner_domain(self, company, date_from, date_to):
        return [
            ('res_model', '=', 'crm.lead'), ('company_id', 'in', [company.id, False]),
            *self._get_period_domain('since', company, date_from, date_to)]
