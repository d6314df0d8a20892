from odoo.addons.ltc_base.tests.common import LtcCommon


class LtcLeadCommon(LtcCommon):
    """A sales team with its own pipeline: New, Proposition (gated), Won."""

    role_groups = {
        **LtcCommon.role_groups,
        'sales': 'sales_team.group_sale_salesman,crm.group_use_lead',
        'manager': 'sales_team.group_sale_manager,crm.group_use_lead',
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env['crm.team'].create({
            'name': "LTC Team", 'user_id': cls.manager.id, 'company_id': cls.company.id,
            'use_leads': True, 'use_opportunities': True,
        })
        cls.env['crm.team.member'].create({'crm_team_id': cls.team.id, 'user_id': cls.sales.id})
        cls.stage_new, cls.stage_proposition, cls.stage_won = cls.env['crm.stage'].create([
            {'name': "New", 'sequence': -30, 'team_ids': [cls.team.id]},
            {'name': "Proposition", 'sequence': -20, 'team_ids': [cls.team.id], 'ltc_gate_required': True},
            {'name': "Won", 'sequence': -10, 'team_ids': [cls.team.id], 'is_won': True},
        ])
        cls.customer = cls.env['res.partner'].create({
            'name': "Yangtze Foods", 'is_company': True, 'email': 'buyer@yangtze.example.com',
            'phone': '+86 21 5555 0101',
        })

    @classmethod
    def _prepare_lead_values(cls, **values):
        return {
            'name': "Two filling lines", 'type': 'lead', 'user_id': cls.sales.id, 'team_id': cls.team.id,
            'company_id': cls.company.id, 'partner_id': cls.customer.id, 'expected_revenue': 800000.0,
            'ltc_need': "Two lines of 6,000 bottles per hour, running by spring.", **values,
        }

    @classmethod
    def _create_lead(cls, **values):
        return cls.env['crm.lead'].create(cls._prepare_lead_values(**values))

    @classmethod
    def _create_opportunity(cls, **values):
        return cls._create_lead(**{
            'type': 'opportunity', 'ltc_sr_user_id': cls.presales.id, 'ltc_fr_user_id': cls.delivery.id, **values})
