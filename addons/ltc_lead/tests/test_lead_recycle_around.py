from datetime import timedelta

from odoo.tests import tagged

from .pool_common import LtcRecycleCommon


@tagged('post_install', '-at_install')
class TestLeadRecycleAround(LtcRecycleCommon):
    """Companies, contracts, chips and figures."""

    def test_without_rules_nothing_is_planned_and_what_was_is_taken_back(self):
        lead = self._create_lead()
        self._age(lead, 40)
        self._run()
        self.assertTrue(lead.ltc_recycle_on)
        self.rule.active = False
        self.company._ltc_set_recycle_cursor(0)
        self._run()
        self.assertFalse(lead.ltc_recycle_on or self._get_warnings(lead))

    def test_another_company_has_its_own_rules_and_pools(self):
        self.rule.warn_days = 0
        other = self.env['res.company'].create({'name': "Elsewhere"})
        theirs = self._create_lead(company_id=other.id, team_id=False, user_id=False)
        self.sales.company_ids |= other
        theirs.write({'user_id': self.sales.id, 'company_id': other.id, 'team_id': False})
        self._age(theirs, 40)
        self._run()
        self.assertEqual(theirs.user_id, self.sales)
        pool = self.env['ltc.lead.pool'].create({
            'name': "Theirs", 'company_id': other.id,
            'rule_ids': [(0, 0, {'name': "Any", 'days': 30, 'warn_days': 0})]})
        self.assertEqual(pool.rule_ids.company_id, other)
        self._run()
        self.assertEqual(theirs.ltc_pool_id, pool)

    def test_a_customer_without_a_new_contract_comes_back_once(self):
        self.pool.contract_days = 60
        won, recent = self._create_opportunity(), self._create_opportunity(
            partner_id=self.env['res.partner'].create({'name': "Recent"}).id)
        (won | recent).write({'stage_id': self.stage_won.id})
        self._age(won, 70, 'date_closed')
        self._age(won, 90, 'create_date')
        self.env['ltc.lead.pool']._return_customers()
        Lead = self.env['crm.lead']
        returned = Lead.search([('ltc_pool_id', '=', self.pool.id)])
        self.assertEqual(returned.partner_id, self.customer)
        self.assertEqual((won.won_status, won.user_id), ('won', self.sales))
        self.env['ltc.lead.pool']._return_customers()
        returned.action_set_lost()
        self.env['ltc.lead.pool']._return_customers()
        self.assertEqual(Lead.with_context(active_test=False).search([('ltc_pool_id', '=', self.pool.id)]), returned)

    def test_the_chips_tell_what_is_going_to_happen(self):
        lead = self._create_lead()
        self._age(lead, 40)
        self.assertNotIn('recycle', [chip['key'] for chip in lead.ltc_glance])
        self._run()
        chip, = [chip for chip in lead.with_user(self.sales).ltc_glance if chip['key'] == 'recycle']
        self.assertEqual((chip['tone'], chip['label']), ('warning', "Recycled in 3 d"))

    def test_the_figures_of_the_pools(self):
        Kpi = self.env['ltc.kpi']
        today = self.company._ltc_get_today()

        def measure(hook):
            kpi = Kpi.search([('code', '=', hook)])
            return kpi._measure(self.company, today - timedelta(days=1), today + timedelta(days=1))

        start = {hook: measure(hook)['value'] or 0 for hook in ('pool_leads', 'pool_claimed', 'pool_recycled')}
        self.rule.warn_days = 0
        lead, other = self._create_lead(), self._create_lead()
        self._age(lead | other, 40)
        self._run()
        self.env.cr.flush()
        self.assertEqual(measure('pool_leads')['value'], start['pool_leads'] + 2)
        self.assertEqual(measure('pool_recycled')['value'], start['pool_recycled'] + 2)
        self._see(lead, self.colleague).action_claim()
        self.env.cr.flush()
        self.assertEqual(measure('pool_leads')['value'], start['pool_leads'] + 1)
        self.assertEqual(measure('pool_claimed')['value'], start['pool_claimed'] + 1)
        self.assertGreaterEqual(measure('pool_days')['count'], 1)
