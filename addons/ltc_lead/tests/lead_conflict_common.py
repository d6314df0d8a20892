from odoo.tests import new_test_user

from .common import LtcLeadCommon


class LeadConflictCommon(LtcLeadCommon):
    """Two teams, and a lead of the one on a customer of which the other knows nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival_team = cls.env['crm.team'].create({
            'name': "Rival Team", 'company_id': cls.company.id, 'use_leads': True})
        cls.rival = new_test_user(
            cls.env, 'ltc_test_rival', groups='sales_team.group_sale_salesman,crm.group_use_lead', name="LTC Rival")
        cls.env['crm.team.member'].create({'crm_team_id': cls.rival_team.id, 'user_id': cls.rival.id})
        cls.company.ltc_conflict_policy = 'warn'
        cls.last_id = cls.env['ltc.lead.conflict'].search([], order='id DESC', limit=1).id or 0
        cls.held = cls._create_raw(partner_name="Huachen Machinery Co., Ltd.", email_from='li@huachen.cn')

    @classmethod
    def _create_raw(cls, user=None, **values):
        user = user or cls.sales
        return cls.env['crm.lead'].with_user(user).create(cls._prepare_lead_values(**{
            'partner_id': False, 'user_id': user.id,
            'team_id': (cls.rival_team if user == cls.rival else cls.team).id, **values}))

    def _get_conflicts(self, lead=None):
        domain = [('lead_id', '=', lead.id)] if lead else [('id', '>', self.last_id)]
        return self.env['ltc.lead.conflict'].sudo().search(domain)

    def _run_pass(self):
        with self.enter_registry_test_mode():
            self.env.ref('ltc_lead.ir_cron_lead_conflict').method_direct_trigger()
        self.env.invalidate_all()
