import functools
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.ltc_lead.models.crm_lead_pool import CrmLead

from .pool_common import LtcPoolCommon


@tagged('post_install', '-at_install')
class TestLeadPoolClaim(LtcPoolCommon):

    def _claim(self, lead, user):
        return self._see(lead, user).action_claim()

    def _assert_refused(self, sentence, lead, user):
        with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
            self._claim(lead, user)

    # === MASKED BY CONSTRUCTION === #

    def test_a_lead_in_a_pool_has_no_owner_and_an_owned_lead_no_pool(self):
        lead = self._create_pooled()
        self.assertFalse(lead.user_id)
        self.assertTrue(lead.ltc_pool_since)
        lead.user_id = self.sales
        self.assertFalse(lead.ltc_pool_id or lead.ltc_pool_since)
        lead.ltc_pool_id = self.pool
        self.assertFalse(lead.user_id or lead.date_open)
        self.env.flush_all()

    def test_no_route_of_crm_shows_a_pooled_lead_to_a_member(self):
        lead = self._create_pooled()
        lead.message_post(body="Ask for 138 5550 1234", message_type='comment')
        activity = lead.activity_schedule('mail.mail_activity_data_call', user_id=self.manager.id)
        attachment = self.env['ir.attachment'].create({
            'name': "card.txt", 'raw': b"138 5550 1234", 'res_model': 'crm.lead', 'res_id': lead.id})
        self.env.flush_all()
        for user in (self.sales, self.colleague):
            mine = lead.with_user(user)
            Lead = mine.browse()
            for domain in ([('id', '=', lead.id)], [('phone', 'ilike', '5550')], [('phone_mobile_search', '=', '5550')],
                           [('email_from', 'ilike', 'ruian')]):
                self.assertNotIn(lead, Lead.search(domain + [('id', '=', lead.id)]))
            self.assertFalse([row for row in Lead.name_search("Two filling") if row[0] == lead.id])
            self.assertFalse(Lead.formatted_read_group([('id', '=', lead.id)], ['phone'], ['__count']))
            for number, action in enumerate((
                lambda mine=mine: mine.read(['phone']), lambda mine=mine: mine.export_data(['phone']),
                lambda mine=mine: mine.write({'user_id': mine.env.uid}), lambda mine=mine: mine.copy(),
                lambda mine=mine: mine.message_post(body="Hello"),
                lambda mine=mine: mine.activity_schedule('mail.mail_activity_data_call'),
                lambda mine=mine: mine.action_ltc_view_owners(), lambda mine=mine: mine.convert_opportunity(False),
                lambda mine=mine: mine.action_set_lost(), lambda mine=mine: mine.message_ids.read(['body']),
            )):
                with self.assertRaises(AccessError, msg=number), self.env.cr.savepoint():
                    action()
                self.env.invalidate_all()
            mine.message_subscribe(user.partner_id.ids)  # Odoo passes over it in silence
            self.assertNotIn(user.partner_id, lead.message_partner_ids)
            self.assertFalse(self.env['mail.message'].with_user(user).search(
                [('model', '=', 'crm.lead'), ('res_id', '=', lead.id)]))
            self.assertNotIn(activity, self.env['mail.activity'].with_user(user).search([('res_id', '=', lead.id)]))
            self.assertNotIn(attachment, self.env['ir.attachment'].with_user(user).search([('name', '=', "card.txt")]))

    def test_the_activity_analysis_of_crm_keeps_quiet_too(self):
        lead = self._create_pooled()
        lead.activity_schedule('mail.mail_activity_data_call').action_feedback(feedback="138 5550 1234")
        self.env.flush_all()
        Report = self.env['crm.activity.report']
        self.assertTrue(Report.search([('lead_id', '=', lead.id)]))
        self.assertTrue(Report.with_user(self.keeper).search([('lead_id', '=', lead.id)]))
        self.assertFalse(Report.with_user(self.sales).search([('lead_id', '=', lead.id)]))

    def test_what_the_pool_shows_cannot_be_asked_for_what_it_hides(self):
        lead = self._create_pooled()
        seen = self._see(lead, self.sales)
        self.assertEqual((seen.partner_name, seen.city, seen.owner_count), ("Ruian Valves", "Ruian", 0))
        for name in ('phone', 'email_from', 'contact_name', 'description', 'ltc_need', 'street'):
            with self.assertRaises(AccessError):
                seen.read([name])
            with self.assertRaises(AccessError):
                seen.search([(name, '!=', False)])
            with self.assertRaises(AccessError):
                seen.formatted_read_group([], [name], ['__count'])
        view = self.env['ltc.pool.view'].browse(seen.action_open()['res_id']).with_user(self.sales)
        self.assertEqual(view.phone, '138****1234')
        self.assertEqual(view.email_from, 'y***@ruianvalves.example.com')
        self.assertEqual(view.contact_name, 'Y**')
        self.assertFalse(view.street or view.description or view.ltc_need)
        self.assertEqual(view.city, "Ruian")

    def test_masks_hold_for_short_and_foreign_numbers(self):
        phones = {"0512-6255 1234": '051****1234', "13855501234": '138****1234', "86 138 5550 1234": '138****1234',
                  "555 0102": '****02', "": False, "12": '****12', "+49 30 1234567": '493****4567'}
        for phone, masked in phones.items():
            lead = self._create_pooled(phone=phone)
            self.env.flush_all()
            self.assertEqual(self._see(lead, self.sales).sudo().phone, masked, phone)

    def test_a_pool_may_show_more(self):
        self.pool.write({'hides_phone': False, 'hides_contact': False, 'hides_description': False})
        view = self.env['ltc.pool.view'].browse(
            self._see(self._create_pooled(), self.sales).action_open()['res_id']).with_user(self.sales)
        self.assertEqual((view.phone, view.contact_name), ("+86 138 5550 1234", "Ye Fan"))
        self.assertIn("Monday", view.description)

    def test_a_duplicate_tells_nothing(self):
        pooled = self._create_pooled()
        own = self._create_lead(partner_id=False, phone="+86 138 5550 1234", country_id=self.env.ref('base.cn').id)
        self.env.flush_all()
        self.assertIn(pooled, own.with_user(self.manager).duplicate_lead_ids)
        self.env.invalidate_all()
        self.assertFalse(own.with_user(self.sales).duplicate_lead_count)

    def test_administrators_of_the_pool_and_managers_see_leads_in_full(self):
        lead = self._create_pooled()
        for user in (self.keeper, self.manager):
            self.assertEqual(lead.with_user(user).phone, "+86 138 5550 1234")
        with self.assertRaises(AccessError):
            lead.with_user(self.outsider).read(['phone'])
        self.assertFalse(self.env['ltc.pool.lead'].with_user(self.outsider).search([]))
        with self.assertRaises(AccessError):
            self._claim(lead, self.outsider)

    def test_members_come_from_teams_units_and_names_and_leave_at_once(self):
        lead = self._create_pooled()
        Seen = self.env['ltc.pool.lead'].with_user(self.outsider)
        unit = self.env['ltc.business.unit'].create({'name': "East"})
        branch = self.env['ltc.business.unit'].create({'name': "Suzhou", 'parent_id': unit.id})
        self.pool.unit_ids = unit
        self.assertFalse(Seen.search([('id', '=', lead.id)]))
        branch.member_ids = self.outsider
        self.assertTrue(Seen.search([('id', '=', lead.id)]))
        branch.member_ids = False
        self.assertFalse(Seen.search([('id', '=', lead.id)]))
        member = self.env['crm.team.member'].create({'crm_team_id': self.team.id, 'user_id': self.outsider.id})
        self.assertTrue(Seen.search([('id', '=', lead.id)]))
        member.active = False
        self.assertFalse(Seen.search([('id', '=', lead.id)]))

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

    # === HOSTILE WRITES === #

    def test_a_salesperson_neither_fills_a_pool_nor_touches_its_stamps(self):
        lead = self._create_lead()
        mine = lead.with_user(self.sales)
        with self.assertRaisesRegex(AccessError, "Only its administrators"):
            mine.write({'ltc_pool_id': self.pool.id})
        with self.assertRaises(AccessError):
            mine.create({'name': "Mine", 'ltc_pool_id': self.pool.id})
        mine.write({'ltc_is_locked': True, 'ltc_pool_since': '2020-01-01'})
        self.assertFalse(lead.ltc_is_locked or lead.ltc_pool_since)
        with self.assertRaises(AccessError):
            self.pool.with_user(self.sales).write({'member_ids': [(4, self.sales.id)]})
        with self.assertRaises(AccessError):
            self.pool.with_user(self.keeper).write({'day_cap': 0})

    def test_administrators_put_leads_into_their_pool(self):
        lead = self.env['crm.lead'].with_user(self.keeper).create({'name': "Bought list", 'ltc_pool_id': self.pool.id})
        self.assertFalse(lead.sudo().user_id)
        self.assertIn(lead.id, self.env['ltc.pool.lead'].with_user(self.sales).search([]).ids)

    def test_keys_of_the_context_open_nothing(self):
        lead = self._create_pooled()
        for key in ('ltc_owner_way', 'ltc_leave_pools', 'skip_pool', 'tracking_disable', 'install_mode'):
            with self.assertRaises(AccessError):
                lead.with_user(self.sales).with_context(**{key: True}).read(['phone'])

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

    # === AROUND === #

    def test_a_pool_that_holds_leads_is_neither_archived_nor_deleted(self):
        lead = self._create_pooled()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.pool.active = False
        with self.assertRaises(UserError):
            self.pool.unlink()
        lead.user_id = self.sales
        self.pool.active = False

    def test_the_assignment_by_rule_leaves_pools_alone_unless_told(self):
        self.team.assignment_max = 60
        self.team.crm_team_member_ids.assignment_max = 60
        lead = self._create_pooled(probability=50)
        self.team._action_assign_leads(force_quota=True)
        self.assertEqual(lead.ltc_pool_id, self.pool)
        stray = self._create_pooled(team_id=False, probability=50, email_from="stray@stray.example.com")
        self.team._action_assign_leads(force_quota=True)
        self.assertFalse(stray.team_id)
        self.pool.is_distributed = True
        self.team._action_assign_leads(force_quota=True)
        self.assertTrue(lead.user_id)
        self.assertFalse(lead.ltc_pool_id)

    def test_a_phone_stays_hidden_for_ever_where_the_pool_wants_it(self):
        self.pool.keeps_phone_hidden = True
        lead = self._create_pooled()
        self._claim(lead, self.sales)
        self.assertEqual(lead.phone, '138****1234')
        self.assertFalse(lead.phone_sanitized)
        mine = lead.with_user(self.sales)
        with self.assertRaisesRegex(AccessError, "keeps its phones hidden"):
            mine.action_ltc_reveal_phone()
        self.assertIn("+86 138 5550 1234", str(lead.with_user(self.manager).action_ltc_reveal_phone()))
        self.assertTrue(any("revealed the phone" in (body or '') for body in lead.message_ids.mapped('body')))
        mine.write({'ltc_need': "A line", 'expected_revenue': 5})
        mine.convert_opportunity(False)
        mine._handle_partner_assignment(create_missing=True)
        self.assertFalse(mine.partner_id.phone)
        mine._ltc_release(self.pool, "Not mine")
        self._claim(lead, self.colleague)
        self.assertIn("+86 138 5550 1234", str(lead.with_user(self.manager).action_ltc_reveal_phone()))

    def test_whoever_cannot_work_on_leads_claims_none(self):
        self.pool.member_ids = self.presales
        lead = self._create_pooled()
        self.assertTrue(self._see(lead, self.presales).name)
        with self.assertRaises(AccessError):
            self._claim(lead, self.presales)

    def test_creating_and_handing_over_cost_nothing_more(self):
        def measure():
            leads = self.env['crm.lead'].with_user(self.manager).create([
                self._prepare_lead_values() for _number in range(100)])
            self.env.flush_all()
            leads.write({'user_id': self.colleague.id})
            self.env.flush_all()

        def call_super(name):
            method = getattr(CrmLead, name)
            plain = functools.wraps(method)(lambda self, *args: getattr(super(CrmLead, self), name)(*args))
            return patch.object(CrmLead, name, plain)

        def count():
            costs = []
            for _run in range(2):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                measure()
                costs.append(self.env.cr.sql_log_count - before)
            return costs[-1]

        with call_super('create'), call_super('write'):
            plain = count()
        self.assertLessEqual(count(), plain)

    def test_forms_and_lists_of_leads_cost_nothing_more(self):
        leads = self.env['crm.lead'].union(*[self._create_lead() for _number in range(20)])
        names = ('ltc_pool_id', 'ltc_pool_since', 'ltc_recycle_on', 'ltc_is_locked', 'ltc_glance')
        costs = []
        for specification in ({'name': {}}, {'name': {}, **{name: {} for name in names}}):
            for _run in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                leads.with_user(self.sales).web_read(specification)
                cost = self.env.cr.sql_log_count - before
            costs.append(cost)
        self.assertEqual(costs[0], costs[1])
