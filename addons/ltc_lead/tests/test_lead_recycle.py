from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .pool_common import LtcRecycleCommon


@tagged('post_install', '-at_install')
class TestLeadRecycle(LtcRecycleCommon):

    def test_the_owner_is_warned_and_then_the_lead_falls_into_the_pool(self):
        lead, fresh = self._create_lead(), self._create_lead()
        self._age(lead, 40)
        lead.message_subscribe(self.sales.partner_id.ids)
        task = lead.activity_schedule('mail.mail_activity_data_call', user_id=self.sales.id)
        self._run()
        today = self.company._ltc_get_today()
        self.assertEqual(lead.user_id, self.sales, "nothing is taken over night")
        self.assertEqual(lead.ltc_recycle_on, today + timedelta(days=3))
        self.assertEqual(self._get_warnings(lead).user_id, self.sales)
        self.assertFalse(self._get_warnings(fresh))
        self.assertEqual(fresh.ltc_recycle_on, today + timedelta(days=30))
        self._run(2)
        self.assertEqual(lead.user_id, self.sales)
        self.assertEqual(len(self._get_warnings(lead)), 1)
        self._run(3)
        self.assertEqual((lead.ltc_pool_id, lead.user_id), (self.pool, self.env['res.users']))
        self.assertFalse(self._get_warnings(lead) or lead.ltc_recycle_on)
        self.assertFalse(task.user_id)
        self.assertNotIn(self.sales.partner_id, lead.message_partner_ids)
        self.assertEqual(self._get_ways(lead), ['created', 'recycle'])
        self.assertEqual(fresh.user_id, self.sales)

    def test_run_twice_it_does_the_same_once(self):
        leads = self.env['crm.lead'].union(*[self._create_lead() for _number in range(5)])
        self._age(leads, 40)
        self._run()
        self._run()
        self.assertEqual([len(self._get_warnings(lead)) for lead in leads], [1] * 5)
        self._run(4)
        self._run(4)
        self.assertEqual(leads.ltc_pool_id, self.pool)
        self.assertEqual([self._get_ways(lead) for lead in leads], [['created', 'recycle']] * 5)

    def test_only_rows_that_changed_are_written(self):
        leads = self.env['crm.lead'].union(*[self._create_lead() for _number in range(5)])
        self._run()
        rows = self.env['ltc.lead.recycle'].search([('lead_id', 'in', leads.ids)])
        self.env.cr.execute("SELECT id, xmin::text FROM ltc_lead_recycle WHERE id = ANY(%s)", [rows.ids])
        before = self.env.cr.fetchall()
        self.company._ltc_set_recycle_cursor(0)
        leads[0].with_user(self.sales).message_post(body="Called", message_type='comment')
        self._run()
        self.env.cr.execute("SELECT id, xmin::text FROM ltc_lead_recycle WHERE id = ANY(%s)", [rows.ids])
        self.assertLessEqual(len(set(self.env.cr.fetchall()) - set(before)), 1)

    def test_a_follow_up_of_the_owner_stops_it_and_takes_the_warning_back(self):
        lead = self._create_lead()
        self._age(lead, 40)
        self._run()
        self.assertTrue(self._get_warnings(lead))
        lead.with_user(self.manager).message_post(body="What about it?", message_type='comment')
        self._run(1)
        self.assertTrue(self._get_warnings(lead), "somebody else's message is no follow-up")
        lead.with_user(self.sales).message_post(body="Visited them", message_type='comment')
        self._run(2)
        self.assertFalse(self._get_warnings(lead))
        self._run(5)
        self.assertEqual(lead.user_id, self.sales)

    def test_every_kind_of_follow_up_counts(self):
        def post(lead):
            lead.with_user(self.sales).message_post(body="Called", message_type='comment')

        def do(lead):
            lead.with_user(self.sales).activity_schedule('mail.mail_activity_data_call').action_feedback()

        def move(lead):
            lead.with_user(self.sales).stage_id = self.env['crm.stage'].create({'name': "Next"})

        def meet(lead):
            self.env['calendar.event'].with_user(self.sales).create({
                'name': "Visit", 'opportunity_id': lead.id, 'user_id': self.sales.id,
                'start': fields.Datetime.now() - timedelta(hours=2), 'stop': fields.Datetime.now()})

        for follow_up in (post, do, move, meet):
            lead = self._create_lead()
            self._age(lead, 20)
            follow_up(lead)
            self._run()
            self.assertGreater(
                lead.ltc_recycle_on, self.company._ltc_get_today() + timedelta(days=28), follow_up.__name__)
            self.company._ltc_set_recycle_cursor(0)

    def test_a_meeting_that_is_only_planned_is_no_follow_up(self):
        lead = self._create_lead()
        self._age(lead, 20)
        self.env['calendar.event'].with_user(self.sales).create({
            'name': "Visit", 'opportunity_id': lead.id, 'start': fields.Datetime.now() + timedelta(days=90),
            'stop': fields.Datetime.now() + timedelta(days=90, hours=1)})
        self._age_messages(lead, 20)
        self._run()
        self.assertLess(lead.ltc_recycle_on, self.company._ltc_get_today() + timedelta(days=12))

    def test_no_opportunity_and_not_won_count_from_the_owner_on(self):
        self.rule.write({'kind': 'no_opportunity', 'days': 60})
        lead, opportunity = self._create_lead(partner_id=False), self._create_opportunity()
        for record in (lead, opportunity):
            self._age(record, 70)
            record.with_user(self.sales).message_post(body="Called", message_type='comment')
        self.rule.warn_days = 0
        self._run()
        self.assertEqual((lead.ltc_pool_id, opportunity.ltc_pool_id), (self.pool, self.env['ltc.lead.pool']))
        self.rule.kind = 'not_won'
        self.company._ltc_set_recycle_cursor(0)
        self._run()
        self.assertEqual(opportunity.ltc_pool_id, self.pool)
        self.assertFalse(opportunity.sudo().ltc_flow_id.ar_user_id, "the case follows")

    def test_who_is_spared(self):
        self.rule.warn_days = 0
        won = self._create_opportunity(partner_id=self.customer.id)
        won.stage_id = self.stage_won
        pursued = self.env['res.partner'].create({'name': "Pursued", 'is_company': True})
        self._create_opportunity(partner_id=pursued.id)
        child = self.env['res.partner'].create({'name': "Buyer", 'parent_id': self.customer.id})
        bought, open_deal = self._create_lead(partner_id=child.id), self._create_lead(partner_id=pursued.id)
        closed, free = self._create_lead(partner_id=False), self._create_lead(partner_id=False)
        closed.action_set_lost()
        self._age(bought | open_deal | closed | free, 40)
        self._run()
        self.assertEqual([lead.ltc_pool_id.id for lead in (bought, open_deal, closed, free)],
                         [False, False, False, self.pool.id])
        self.rule.write({'takes_won': True, 'takes_pursued': True})
        self.company._ltc_set_recycle_cursor(0)
        self._run()
        self.assertEqual((bought | open_deal).ltc_pool_id, self.pool)
        self.assertEqual(won.user_id, self.sales)

    def test_a_document_under_review_is_not_taken(self):
        self._set_profile('full')
        self.rule.warn_days = 0
        opportunity = self._create_opportunity()
        self._submit(opportunity, 'ati')
        self._age(opportunity, 400)
        self._age_messages(opportunity, 400)
        self._run()
        self.assertEqual(opportunity.user_id, self.sales)

    def test_a_held_lock_stops_it_as_often_as_the_pool_allows(self):
        lead, other, safe = self._create_lead(), self._create_lead(), self._create_lead()
        self._age(lead | other, 40)
        self._run()
        mine = lead.with_user(self.sales)
        with self.assertRaisesRegex(UserError, "You may lock 0 leads"):
            mine.action_ltc_lock()
        self.pool.lock_cap = 1
        mine.action_ltc_lock()
        self.assertFalse(self._get_warnings(lead) or lead.ltc_recycle_on)
        with self.assertRaisesRegex(UserError, "You may lock 1 leads"):
            other.with_user(self.sales).action_ltc_lock()
        with self.assertRaisesRegex(UserError, "is not yours"):
            other.with_user(self.manager).action_ltc_lock()
        self._run(5)
        self.assertEqual((lead.user_id, other.ltc_pool_id), (self.sales, self.pool))
        mine.action_ltc_unlock()
        safe.with_user(self.manager).user_id = self.manager
        lead.with_user(self.manager).write({'user_id': self.manager.id})
        self.assertFalse(lead.ltc_is_locked)

    def test_the_first_pool_that_takes_a_lead_gets_it(self):
        self.rule.warn_days = 0
        first = self.env['ltc.lead.pool'].create({
            'name': "Valves only", 'sequence': 1, 'domain': "[('partner_name', 'ilike', 'valve')]",
            'rule_ids': [(0, 0, {'name': "Soon", 'days': 10, 'warn_days': 0})]})
        valve = self._create_lead(partner_id=False, partner_name="Ruian Valves")
        pump, young = self._create_lead(), self._create_lead()
        self._age(valve | pump, 40)
        self._age(young, 15)
        self._run()
        self.assertEqual([lead.ltc_pool_id for lead in (valve, pump, young)],
                         [first, self.pool, self.env['ltc.lead.pool']])

    def test_the_conditions_of_a_rule_narrow_it(self):
        unit = self.env['ltc.business.unit'].create({'name': "East", 'member_ids': self.colleague.ids})
        self.rule.write({'warn_days': 0, 'unit_ids': unit.ids, 'domain': "[('priority', '=', '0')]"})
        mine, mates = self._create_lead(), self._create_lead(user_id=self.colleague.id)
        hot = self._create_lead(user_id=self.colleague.id, priority='3')
        self._age(mine | mates | hot, 40)
        self._run()
        self.assertEqual([bool(lead.ltc_pool_id) for lead in (mine, mates, hot)], [False, True, False])
        with self.assertRaises(ValidationError):
            self.rule.domain = "[('no_such_field', '=', 1)]"

    def test_the_next_owner_begins_anew(self):
        self.rule.warn_days = 0
        lead = self._create_lead()
        self._age(lead, 40)
        self._run()
        self.assertEqual(lead.ltc_pool_id, self.pool)
        self._see(lead, self.colleague).action_claim()
        self._run(1)
        self.assertEqual(lead.user_id, self.colleague)
        self.assertTrue(lead.ltc_recycle_on)

    # === TO THE TEAM LEADER === #

    def _make_late(self, lead):
        """Let a response to the customer of ``lead`` be overdue."""
        long_ago = fields.Datetime.now() - timedelta(days=30)
        sla = self.env['ltc.lead.sla'].create({
            'name': "Standard", 'company_id': self.company.id, 'lead_type': 'opportunity', 'active_since': long_ago})
        self.env['ltc.lead.clock'].search([('lead_id', '=', lead.id)]).unlink()
        self.env['ltc.lead.clock'].create({
            'lead_id': lead.id, 'company_id': self.company.id, 'sla_id': sla.id, 'state': 'running', 'level': 'risk',
            'received_on': long_ago, 'started_on': long_ago, 'deadline': long_ago})

    def test_an_opportunity_without_progress_goes_to_the_leader_not_to_a_pool(self):
        self.rule.active = False
        self.env['ltc.lead.pool.rule'].create({
            'name': "No progress", 'target': 'leader', 'kind': 'no_follow_up', 'days': 20, 'warn_days': 0,
            'team_ids': self.team.ids, 'domain': "[('type', '=', 'opportunity')]"})
        opportunity, lead = self._create_opportunity(), self._create_lead()
        leaders = self._create_opportunity(user_id=self.manager.id)
        self._age(opportunity | lead | leaders, 40)
        task = opportunity.activity_schedule('mail.mail_activity_data_call', user_id=self.sales.id)
        self._make_late(opportunity)
        self._run()
        self.assertEqual(opportunity.user_id, self.manager)
        clock = self.env['ltc.lead.clock'].search([('lead_id', '=', opportunity.id)])
        self.assertGreater(clock.deadline, fields.Datetime.now(), "the leader inherits no late clock")
        self.assertEqual(opportunity.ltc_flow_id.ar_user_id, self.manager)
        self.assertEqual((lead.user_id, leaders.user_id, task.user_id), (self.sales, self.manager, self.manager))
        self.assertEqual(self._get_ways(opportunity)[-1], 'recycle')
        self.company._ltc_set_recycle_cursor(0)
        self._run(30)
        self.assertEqual(opportunity.user_id, self.manager)
