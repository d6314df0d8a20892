from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .pool_common import LtcPoolCommon


@tagged('post_install', '-at_install')
class TestLeadPoolClaim(LtcPoolCommon):
    """Who gets what waits in a pool, and what forbids it."""

    # === CLAIM === #

    def test_a_member_claims_and_gets_the_whole_lead(self):
        lead = self._create_pooled()
        activity = lead.activity_schedule('mail.mail_activity_data_call', user_id=self.manager.id)
        lead.user_id = self.manager
        lead.with_user(self.manager)._ltc_release(self.pool, "No time")
        self.assertFalse(activity.user_id)
        action = self._claim(lead, self.sales)
        self.assertEqual(action['res_id'], lead.id)
        mine = lead.with_user(self.sales)
        self.assertEqual((mine.user_id, mine.phone), (self.sales, "+86 138 5550 1234"))
        self.assertFalse(mine.ltc_pool_id)
        self.assertEqual(activity.user_id, self.sales)
        self.assertTrue(any("No time" in (body or '') for body in mine.message_ids.mapped('body')))
        self.assertEqual(self._get_ways(lead)[-1], 'claim')

    def test_whoever_comes_second_is_told_so(self):
        lead, other = self._create_pooled(), self._create_pooled()
        both = (lead | other)
        self._claim(lead, self.colleague)
        self._assert_refused("A colleague was faster", both, self.sales)
        self.assertTrue(other.ltc_pool_id)
        self._claim(other, self.sales)

    def test_several_are_claimed_at_once_at_a_constant_cost(self):
        costs = []
        for count in (2, 20):
            leads = self.env['crm.lead'].union(*[self._create_pooled() for _number in range(count)])
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._claim(leads, self.sales)
            self.env.flush_all()
            costs.append(self.env.cr.sql_log_count - before)
            self.assertEqual(leads.user_id, self.sales)
        self.assertLessEqual(costs[1], costs[0] + 20, "one query a lead is Odoo's own notification")

    def test_the_daily_cap_counts_all_claims_of_the_day(self):
        self.pool.day_cap = 2
        leads = [self._create_pooled() for _number in range(4)]
        self._assert_refused("You may claim 2 leads a day", leads[0] | leads[1] | leads[2], self.sales)
        self._claim(leads[0], self.sales)
        self._claim(leads[1], self.sales)
        self._assert_refused("a day from East China and this would be number 3", leads[2], self.sales)
        self._claim(leads[2], self.colleague)
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self._claim(leads[3], self.sales)

    def test_the_holding_cap_counts_what_the_pool_would_take(self):
        self.pool.write({'holding_cap': 1, 'domain': "[('city', '=', 'Ruian')]"})
        self._create_lead()  # another city
        self._claim(self._create_pooled(), self.sales)
        lead = self._create_pooled()
        self._assert_refused("You may hold 1 leads", lead, self.sales)
        held = self.env['crm.lead'].search([('user_id', '=', self.sales.id), ('city', '=', "Ruian")])
        held.write({'type': 'opportunity', 'stage_id': self.stage_won.id})
        self._claim(lead, self.sales)
        self.pool.write({'holding_cap': 2, 'is_won_held': True})
        self._assert_refused("You may hold 2 leads", self._create_pooled(), self.sales)

    def test_a_former_owner_waits_for_the_cool_down(self):
        self.pool.cooldown_days = 30
        lead = self._create_lead()
        lead.with_user(self.sales)._ltc_release(self.pool, "Wrong region")
        self._assert_refused("was yours within the last 30 days", lead, self.sales)
        self.env['ltc.owner.log']._write_changes()
        self.env.cr.execute("UPDATE ltc_owner_log SET since = since - INTERVAL '31 days' WHERE res_id = %s", [lead.id])
        self.env.invalidate_all()
        self._claim(lead, self.sales)
        other = self._create_lead()
        other.with_user(self.sales)._ltc_release(self.pool, "Wrong region")
        self._claim(other, self.colleague)

    def test_new_data_is_frozen(self):
        self.pool.freeze_days = 3
        lead = self._create_pooled()
        self._assert_refused("is frozen until", lead, self.sales)
        self._age(lead, 4, 'ltc_pool_since')
        self._claim(lead, self.sales)

    def test_views_are_counted_once_a_day_and_end_at_the_quota(self):
        self.pool.view_cap = 2
        leads = [self._create_pooled() for _number in range(3)]
        for lead in (leads[0], leads[0], leads[1]):
            self._see(lead, self.sales).action_open()
        with self.assertRaisesRegex(UserError, "You have opened 2 leads of East China today"), self.env.cr.savepoint():
            self._see(leads[2], self.sales).action_open()
        views = self.env['ltc.pool.view'].search([('user_id', '=', self.sales.id)])
        self.assertEqual(views.lead_id, leads[0] | leads[1])
        self.assertEqual(set(views.with_user(self.sales).mapped('views_left')), {0})
        self.assertFalse(self.env['ltc.pool.view'].with_user(self.colleague).search([('id', 'in', views.ids)]))
        self._see(leads[2], self.keeper).action_open()
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.env.invalidate_all()
            self.assertFalse(views[0].with_user(self.sales).phone, "a view is good for its day")
            self._see(leads[2], self.sales).action_open()

    def test_nobody_writes_the_log_of_views_and_claims(self):
        lead = self._create_pooled()
        for model in ('ltc.pool.view', 'ltc.pool.usage', 'ltc.lead.recycle', 'ltc.lead.secret'):
            for user in (self.sales, self.keeper, self.manager):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).create({'lead_id': lead.id})
        with self.assertRaises(AccessError):
            self.env['ltc.lead.secret'].with_user(self.manager).search([])

    # === RELEASE, MOVE, ASSIGN === #

    def test_an_owner_gives_back_with_a_reason(self):
        lead = self._create_lead()
        lead.message_subscribe(self.sales.partner_id.ids)
        wizard = Form(self.env['ltc.lead.release'].with_user(self.sales).with_context(
            active_model='crm.lead', active_ids=lead.ids))
        wizard.pool_id, wizard.reason = self.pool, "Not my region"
        wizard.save().action_release()
        self.assertEqual(lead.ltc_pool_id, self.pool)
        self.assertNotIn(self.sales.partner_id, lead.message_partner_ids)
        with self.assertRaises(AccessError):
            lead.with_user(self.sales).read(['phone'])

    def test_the_web_client_opens_the_dialog_from_a_form(self):
        lead = self._create_lead()
        dialog = self.env['ltc.lead.release'].with_user(self.sales).with_context(
            active_model='crm.lead', active_ids=lead.ids)
        shown = dialog.onchange({}, [], {'lead_ids': {'fields': {'display_name': {}}}, 'pool_id': {'fields': {}}})
        self.assertEqual([command[1] for command in shown['value']['lead_ids'] if command[0] == 4], lead.ids)

    def test_what_may_not_be_given_away(self):
        mates, closed = self._create_lead(user_id=self.colleague.id), self._create_opportunity()
        closed.action_set_lost()
        for lead, user, sentence in (
            (mates, self.colleague, False), (self._create_lead(), self.colleague, "is not yours"),
            (closed, self.sales, "is closed"),
        ):
            if not sentence:
                lead.with_user(user)._ltc_release(self.pool, "Why not")
                continue
            with self.assertRaisesRegex(UserError, sentence):
                lead.with_user(user)._ltc_release(self.pool, "Why not")
        self._set_profile('full')
        opportunity = self._create_opportunity()
        self._submit(opportunity, 'ati')
        with self.assertRaisesRegex(UserError, "is under review"):
            opportunity.with_user(self.sales)._ltc_release(self.pool, "Why not")

    def test_leads_move_between_pools_of_their_company(self):
        other_company = self.env['res.company'].create({'name': "Elsewhere"})
        second = self.env['ltc.lead.pool'].create({'name': "West", 'admin_ids': self.keeper.ids})
        abroad = self.env['ltc.lead.pool'].create({'name': "Abroad", 'company_id': other_company.id})
        lead = self._create_pooled()
        lead.with_user(self.keeper)._ltc_release(second, "West of the river")
        self.assertEqual(lead.ltc_pool_id, second)
        with self.assertRaisesRegex(UserError, "another company"):
            lead._ltc_release(abroad, "Gone")
        second.admin_ids = False
        with self.assertRaises(AccessError):
            lead.with_user(self.keeper)._ltc_release(self.pool, "Back")

    def test_a_pool_takes_what_its_company_owns_and_only_while_it_is_in_use(self):
        company = self.env['res.company'].create({'name': "Elsewhere"})
        abroad, closed = self.env['ltc.lead.pool'].create([
            {'name': "Abroad", 'company_id': company.id, 'admin_ids': self.keeper.ids},
            {'name': "Closed", 'company_id': self.company.id, 'admin_ids': self.keeper.ids, 'active': False}])
        stray = self._create_lead(company_id=False, team_id=False)  # its salesperson tells whose it is
        with self.assertRaisesRegex(UserError, "belongs to another company"), self.env.cr.savepoint():
            stray.with_user(self.sales)._ltc_release(abroad, "Not mine")
        with self.assertRaisesRegex(UserError, "Closed is archived"), self.env.cr.savepoint():
            stray.with_user(self.sales)._ltc_release(closed, "Not mine")
        with self.assertRaisesRegex(ValidationError, "Closed is archived"), self.env.cr.savepoint():
            self.env['crm.lead'].with_user(self.keeper).create({'name': "List", 'ltc_pool_id': closed.id})
        stray.with_user(self.sales)._ltc_release(self.pool, "Not mine")
        self.assertEqual(stray.ltc_pool_id, self.pool)

    def test_only_administrators_assign(self):
        lead = self._create_pooled()
        with self.assertRaisesRegex(AccessError, "Only its administrators assign"):
            self._see(lead, self.sales)._assign(self.sales)
        wizard = self.env['ltc.pool.assign'].with_user(self.keeper).with_context(
            active_model='ltc.pool.lead', active_ids=lead.ids).create({'user_id': self.sales.id})
        wizard.action_assign()
        self.assertEqual(lead.user_id, self.sales)
        self.assertEqual(self._get_ways(lead)[-1], 'assign')

    def test_another_company_sees_nothing(self):
        other = self.env['res.company'].create({'name': "Elsewhere"})
        stranger = new_test_user(
            self.env, 'ltc_pool_stranger', groups='sales_team.group_sale_manager', company_id=other.id,
            company_ids=[(6, 0, other.ids)])
        lead = self._create_pooled()
        self.pool.member_ids = stranger
        for model in ('ltc.lead.pool', 'ltc.pool.lead'):
            self.assertFalse(self.env[model].with_user(stranger).search([('company_id', '=', self.company.id)]))
        with self.assertRaises(AccessError):
            self._claim(lead, stranger)
