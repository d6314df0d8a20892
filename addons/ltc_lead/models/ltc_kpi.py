from odoo import api, fields, models
from odoo.tools import SQL

OPPORTUNITY_START = SQL("COALESCE(crm_lead.date_conversion, crm_lead.create_date)")


class LtcKpi(models.Model):
    """What leads and opportunities tell."""
    _inherit = 'ltc.kpi'

    # === LEADS === #

    def _kpi_lead_conversion(self, company, date_from, date_to):
        """Leads created in the period that became an opportunity, whenever ÷ leads created in the period (B1)."""
        cohort = [
            '|', ('type', '=', 'lead'), ('date_conversion', '!=', False),
            *self._get_period_domain('create_date', company, date_from, date_to),
            *self._get_lead_company_domain(company),
        ]
        return self._get_share('crm.lead', cohort, [('type', '=', 'opportunity')])

    # === OPPORTUNITIES === #

    def _kpi_win_rate(self, company, date_from, date_to):
        """Won ÷ (won + lost), closed in the period, by number (B3)."""
        return self._get_share(
            'crm.lead', self._get_closed_domain(company, date_from, date_to), [('won_status', '=', 'won')])

    def _kpi_win_rate_amount(self, company, date_from, date_to):
        """Won ÷ (won + lost), closed in the period, by expected revenue (B3)."""
        domain = self._get_closed_domain(company, date_from, date_to)
        count, won, total = self._get_sums(
            'crm.lead', domain,
            SQL("CASE WHEN crm_lead.won_status = 'won' THEN crm_lead.expected_revenue END"),
            SQL("crm_lead.expected_revenue"))
        return {
            'value': self._get_ratio(won, total), 'numerator': won, 'denominator': total, 'count': int(count),
            'model': 'crm.lead', 'domain': domain,
        }

    def _kpi_sales_cycle(self, company, date_from, date_to):
        """Median days from the birth of the opportunity to the day that it was won (B4)."""
        domain = self._get_closed_domain(company, date_from, date_to) + [('won_status', '=', 'won')]
        return self._get_median('crm.lead', domain, self._sql_days(OPPORTUNITY_START, SQL("crm_lead.date_closed")))

    def _kpi_sales_velocity(self, company, date_from, date_to):
        """Open opportunities × win rate × average won amount ÷ cycle days: what the pipeline yields a day (B4b)."""
        open_domain = self._get_open_domain(company, date_from, date_to)
        count = self.env['crm.lead'].search_count(open_domain)
        result = {'count': count, 'model': 'crm.lead', 'domain': open_domain}
        win_rate = self._kpi_win_rate(company, date_from, date_to)['value']
        cycle = self._kpi_sales_cycle(company, date_from, date_to)
        if not win_rate or not cycle['value']:
            return result
        won = self._kpi_win_rate_amount(company, date_from, date_to)['numerator']
        numerator = count * win_rate / 100 * won / cycle['count']
        return {
            **result, 'value': numerator / cycle['value'], 'numerator': numerator, 'denominator': cycle['value']}

    def _kpi_weighted_pipeline(self, company, date_from, date_to):
        """Σ expected revenue × probability of what is open today (B6b)."""
        domain = [
            ('type', '=', 'opportunity'), ('active', '=', True), ('won_status', '=', 'pending'),
            *self._get_lead_company_domain(company),
        ]
        count, weighted, total = self._get_sums(
            'crm.lead', domain, SQL("crm_lead.expected_revenue * crm_lead.probability / 100"),
            SQL("crm_lead.expected_revenue"))
        return {
            'value': weighted, 'numerator': weighted, 'denominator': total, 'count': int(count),
            'model': 'crm.lead', 'domain': domain,
        }

    # === POPULATIONS === #

    def _get_closed_domain(self, company, date_from, date_to):
        return [
            ('type', '=', 'opportunity'), ('won_status', 'in', ('won', 'lost')),
            *self._get_period_domain('date_closed', company, date_from, date_to),
            *self._get_lead_company_domain(company),
        ]

    def _get_open_domain(self, company, date_from, date_to):
        """Return the opportunities that were open when the period ended; archived without a result is not open."""
        _start, end = (fields.Datetime.to_string(moment) for moment in self._get_moments(company, date_from, date_to))
        return [
            ('type', '=', 'opportunity'), ('create_date', '<', end),
            '|', ('date_conversion', '=', False), ('date_conversion', '<', end),
            '|', ('date_closed', '=', False), ('date_closed', '>=', end),
            '|', ('active', '=', True), ('won_status', '=', 'lost'),
            *self._get_lead_company_domain(company),
        ]

    @api.model
    def _get_lead_company_domain(self, company):
        """Return the leads of ``company``; one without counts where its team is, else its salesperson, else in all."""
        return [
            '|', ('company_id', '=', company.id),
            '&', ('company_id', '=', False),
            '|', ('team_id.company_id', '=', company.id),
            '&', '|', ('team_id', '=', False), ('team_id.company_id', '=', False),
            '|', ('user_id', '=', False), ('user_id.company_id', '=', company.id),
        ]

    @api.model
    def _sql_lead_company(self, company, alias):
        """Return the SQL of :meth:`_get_lead_company_domain` on the lead ``alias``."""
        return SQL(
            """COALESCE(%(lead)s.company_id,
                        (SELECT team.company_id FROM crm_team AS team WHERE team.id = %(lead)s.team_id),
                        (SELECT seller.company_id FROM res_users AS seller WHERE seller.id = %(lead)s.user_id),
                        %(company)s) = %(company)s""", lead=SQL.identifier(alias), company=company.id)
