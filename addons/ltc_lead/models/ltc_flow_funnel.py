from odoo import api, models
from odoo.tools import SQL


class LtcFlow(models.Model):
    """The funnel begins with every lead, not only with those that became a case."""
    _name = 'ltc.flow'
    _inherit = ['ltc.flow']

    @api.model
    def _get_funnel_domain(self, company, filters):
        domain = super()._get_funnel_domain(company, filters)
        if filters.get('team_id'):
            domain.append(('ar_user_id.crm_team_member_ids.crm_team_id', '=', filters['team_id']))
        return domain

    @api.model
    def _get_funnel_filters(self, company):
        teams = self.env['crm.team'].search([('company_id', 'in', [company.id, False])])
        offers = super()._get_funnel_filters(company)
        return [*offers[:-1], {
            'key': 'team_id', 'label': self.env._("Sales Team"),
            'options': [{'id': team.id, 'name': team.name} for team in teams],
        }, offers[-1]]

    @api.model
    def _get_funnel_steps(self, company, days, filters):
        steps = super()._get_funnel_steps(company, days, filters)
        lead_step = next(step for step in steps if step['key'] == 'lead')
        for name, value in self._get_waiting_leads(company, days, filters).items():
            lead_step[name] += value
        return steps

    @api.model
    def _get_waiting_leads(self, company, days, filters):
        """Return what the leads of the period add that never became a case; their number is no secret."""
        Kpi = self.env['ltc.kpi'].sudo().with_context(active_test=False)
        count, amount, lost = Kpi._get_sums(
            'crm.lead', [
                *self._get_funnel_lead_domain(company, days, filters),
                ('type', '=', 'lead'), ('ltc_flow_id', '=', False)],
            SQL("crm_lead.expected_revenue"),
            SQL("CASE WHEN crm_lead.active AND crm_lead.won_status != 'lost' THEN 0 ELSE 1 END"))
        return {'count': int(count), 'amount': amount, 'lost': int(lost), 'here': int(count - lost)}

    @api.model
    def _get_funnel_lead_domain(self, company, days, filters):
        Kpi = self.env['ltc.kpi']
        return [
            *Kpi._get_period_domain('create_date', company, *days),
            *Kpi._get_lead_company_domain(company),
            *([('team_id', '=', filters['team_id'])] if filters.get('team_id') else []),
            *([('user_id', '=', filters['ar_user_id'])] if filters.get('ar_user_id') else []),
        ]

    @api.model
    def _prepare_funnel_records(self, stage, company, days, filters):
        if stage != 'lead' or not self.env['crm.lead'].has_access('read'):
            return super()._prepare_funnel_records(stage, company, days, filters)
        return {
            'res_model': 'crm.lead',
            'context': {'active_test': False, 'create': False},
            'domain': [
                '|', ('type', '=', 'lead'), ('date_conversion', '!=', False),
                *self._get_funnel_lead_domain(company, days, filters)],
        }
