from odoo.tests import tagged

from .common import LtcLeadCommon

YEAR = ('custom', '2025-01-01', '2025-12-31')


@tagged('post_install', '-at_install')
class TestFlowFunnel(LtcLeadCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = 'UTC'
        cls.leads = cls._create_lead() + cls._create_lead() + cls._create_lead() + cls._create_lead()
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE crm_lead SET create_date = '2025-02-01' WHERE id IN %s", (cls.leads._ids,))
        cls.env.invalidate_all()
        cls.leads[0].convert_opportunity(cls.customer)
        cls.leads[1].action_set_lost()

    def _get_step(self, key, user=None, **filters):
        steps = self.env['ltc.flow'].with_user(user or self.manager).get_funnel(*YEAR, filters=filters)['steps']
        return next(step for step in steps if step['key'] == key)

    def test_leads_that_never_became_a_case_count_too(self):
        step = self._get_step('lead')
        self.assertEqual((step['count'], step['moved'], step['conversion']), (4, 1, 25.0))
        self.assertEqual((step['lost'], step['here'], step['amount']), (1, 2, 4 * 800000.0))
        self.assertEqual(self._get_step('opportunity')['count'], 1)
        self.assertEqual(self._get_step('lead', user=self.sales)['count'], 4)

    def test_teams_and_salespeople(self):
        self.leads[3].write({'user_id': self.manager.id, 'team_id': False})
        self.assertEqual(self._get_step('lead', team_id=self.team.id)['count'], 3)
        self.assertEqual(self._get_step('opportunity', team_id=self.team.id)['count'], 1)
        self.assertEqual(self._get_step('lead', ar_user_id=self.manager.id)['count'], 1)
        other = self.env['crm.team'].create({'name': "Empty"})
        self.assertEqual(self._get_step('lead', team_id=other.id)['count'], 0)

    def test_a_click_opens_the_leads(self):
        action = self.env['ltc.flow'].with_user(self.manager).action_open_funnel_step('lead', *YEAR[1:])
        found = self.env['crm.lead'].with_context(**action['context']).search(action['domain'])
        self.assertEqual((action['res_model'], found), ('crm.lead', self.leads.sorted(reverse=True) & found))
        self.assertEqual(len(found), 4)
