from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.ltc_lead.models import ltc_lead_pool_customer, ltc_lead_recycle

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
        self._return_customers()
        Lead = self.env['crm.lead']
        returned = Lead.search([('ltc_pool_id', '=', self.pool.id)])
        self.assertEqual(returned.partner_id, self.customer)
        self.assertEqual((won.won_status, won.user_id), ('won', self.sales))
        self._return_customers()
        returned.action_set_lost()
        self._return_customers()
        self.assertEqual(Lead.with_context(active_test=False).search([('ltc_pool_id', '=', self.pool.id)]), returned)

    def _return_customers(self):
        self.env['ltc.lead.pool'].search([])._set_return_cursor(0)  # as on another day
        return self.env['ltc.lead.pool']._return_customers()

    def _get_returned(self):
        return self.env['crm.lead'].search([('ltc_pool_id', '=', self.pool.id)], order='partner_id')

    def _sell(self, *names):
        """Create customers who bought long ago."""
        customers = self.env['res.partner'].create([{'name': name} for name in names])
        won = self.env['crm.lead'].concat(*(
            self._create_opportunity(partner_id=customer.id) for customer in customers))
        won.write({'stage_id': self.stage_won.id})
        self._age(won, 70, 'date_closed')
        self._age(won, 90, 'create_date')
        return customers

    def test_the_pass_over_customers_goes_on_where_its_time_was_over(self):
        customers = self._sell("Idle 1", "Idle 2", "Idle 3")
        self.pool.contract_days = 60
        cron = self.env['ltc.lead.recycle']
        with patch.object(ltc_lead_pool_customer, 'CHUNK', 1):
            with self._cron_progress(enough=1) as progress:
                self.assertFalse(self.env['ltc.lead.pool']._return_customers())
            self.assertEqual(progress.told[-1], (1, 1), "what is left is not left for tomorrow")
            self.assertEqual(self._get_returned().partner_id, customers[0])
            self.assertEqual(self.pool.returned_customer, customers[0].id)
            asked = self._note_asked()
            with self._cron_progress() as progress:
                cron._cron_recycle()
        self.assertNotIn(customers[0], asked, "who was looked at today is not looked at again")
        self.assertIn(customers[1], asked)
        self.assertEqual(progress.remaining, 0)
        self.assertEqual(self._get_returned().partner_id, customers)
        self.assertEqual(self.pool.returned_day, self.company._ltc_get_today())
        with self._cron_progress() as progress:
            cron._cron_recycle()
        self.assertFalse(progress.remaining, "a day that is done ends the job")
        self.pool.contract_days = 50
        self.assertFalse(self.pool.returned_day, "what counts anew is looked at again today")

    def _note_asked(self):
        """Return the list of customers of whom it is asked when their contract ends, as it fills."""
        asked = []
        original = self.registry['res.partner']._ltc_get_contract_end

        def get_contract_end(partners, company):
            asked.extend(partners)
            return original(partners, company)

        self.patch(self.registry['res.partner'], '_ltc_get_contract_end', get_contract_end)
        return asked

    def test_many_customers_cost_as_many_queries_as_few(self):
        self.pool.contract_days = 60
        counts = []
        for number in (3, 30):
            customers = self._sell(*(f"Customer {index}" for index in range(number)))
            lead = self._create_lead(partner_id=customers[0].id)  # since the contract ended
            lead.action_set_lost()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            latest = self.pool._get_latest_leads(customers.ids)
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(latest[customers[0].id], lead.create_date)
        self.assertEqual(counts[0], counts[1])

    def test_a_lead_of_another_company_keeps_nobody_out(self):
        self.pool.contract_days = 60
        customers = self._sell("Here Only", "Here and There", "Here Again")
        other = self.env['res.company'].create({'name': "Elsewhere"})
        self._create_lead(partner_id=customers[1].id, company_id=other.id, team_id=False, user_id=False)
        self._create_lead(partner_id=customers[2].id)
        self._return_customers()
        self.assertEqual(self._get_returned().partner_id, customers[:2])

    def test_a_lead_of_a_team_counts_in_the_company_of_the_team(self):
        other = self.env['res.company'].create({'name': "Elsewhere"})
        self.sales.company_ids |= other
        theirs = self.env['crm.team'].create({'name': "Theirs", 'company_id': other.id})
        leads = self.env['crm.lead'].create([
            {'name': name, 'company_id': self.company.id, 'team_id': False, 'user_id': False}
            for name in ("Of the Team", "Of Nobody", "Ours")])
        self.env.flush_all()
        for lead, team, user in ((leads[0], theirs, self.sales), (leads[1], theirs.browse(), self.sales.browse())):
            self.env.cr.execute("UPDATE crm_lead SET company_id = NULL, team_id = %s, user_id = %s WHERE id = %s", [
                team.id or None, user.id or None, lead.id])  # as imports and older versions leave them
        self.env.invalidate_all()
        Kpi = self.env['ltc.kpi']
        for company, expected in ((other, leads[:2]), (self.company, leads[1:])):
            domain = [('id', 'in', leads.ids), *Kpi._get_lead_company_domain(company)]
            self.assertEqual(leads.search(domain, order='id'), expected)
            rows = self.env.execute_query(SQL(
                "SELECT id FROM crm_lead WHERE id = ANY(%s) AND %s ORDER BY id", leads.ids,
                Kpi._sql_lead_company(company, 'crm_lead')))
            self.assertEqual([lead_id for [lead_id] in rows], expected.ids)

    def test_a_returned_lead_speaks_the_language_of_its_company(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.pool.contract_days = 60
        self.company.partner_id.lang = 'zh_CN'
        self._sell("Idle")
        self._return_customers()
        self.assertIn("上一份合同", self._get_returned().name)

    def test_what_a_customer_buys_elsewhere_spares_nothing_here(self):
        self.rule.warn_days = 0
        other = self.env['res.company'].create({'name': "Elsewhere"})
        mine = self._create_lead()
        won = self._create_lead(type='opportunity', company_id=other.id, team_id=False, user_id=False)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET won_status = 'won', date_closed = NOW() WHERE id = %s", [won.id])
        self.env.invalidate_all()
        self._age(mine, 40)
        self._run()
        self.assertEqual(mine.ltc_pool_id, self.pool)
        kept = self._create_lead()
        self.env.cr.execute("UPDATE crm_lead SET company_id = %s WHERE id = %s", [self.company.id, won.id])
        self._age(kept, 40)
        self.company._ltc_set_recycle_cursor(0)
        self._run()
        self.assertEqual(kept.user_id, self.sales)

    def test_out_of_time_is_not_done(self):
        self.rule.warn_days = 0
        leads = self._create_lead() + self._create_lead() + self._create_lead()
        self._age(leads, 40)
        Recycle = self.env['ltc.lead.recycle']
        with patch.object(ltc_lead_recycle, 'CHUNK', 1):
            self.company._ltc_set_recycle_cursor(leads[0].id - 1)
            with self._cron_progress(enough=1) as progress:
                Recycle._cron_recycle()
            self.assertEqual((progress.done, progress.remaining), (1, 1))
            self.assertEqual([bool(lead.ltc_pool_id) for lead in leads], [True, False, False])
            with self._cron_progress() as progress:
                Recycle._cron_recycle()
        self.assertEqual(progress.remaining, 0)
        self.assertEqual(leads.ltc_pool_id, self.pool)
        self.assertFalse(leads.user_id)

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
