from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged, users
from odoo.tools import mute_logger

from odoo.addons.ltc_lead.models import ltc_lead_handover

from .common import LtcLeadCommon
from .test_response_times import MONDAY


@tagged('post_install', '-at_install')
class TestHandover(LtcLeadCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.env['resource.calendar'].create({'name': "Office", 'tz': 'UTC'})
        cls.marketing = new_test_user(
            cls.env, 'ltc_test_marketing', groups='ltc_base.group_ltc_marketing', name="LTC Marketing")
        cls.source = cls.env['utm.source'].create({'name': "Fair in Hannover", 'ltc_channel_type': 'event'})
        cls.lead = cls._create_lead(user_id=cls.marketing.id, source_id=cls.source.id)
        cls.reason = cls.env.ref('ltc_lead.ltc_lead_reject_reason_no_need')
        cls.early = cls.env.ref('ltc_lead.ltc_lead_reject_reason_early')

    def _hand_over(self, lead=None, user=None, note="Call on Friday"):
        lead = (lead or self.lead).with_user(self.marketing)
        action = lead.action_ltc_hand_over()
        dialog = self.env[action['res_model']].with_user(self.marketing).with_context(**action['context']).create({
            'user_id': (self.sales if user is None else user).id, 'team_id': self.team.id, 'note': note})
        dialog.action_hand_over()
        return self._get_handover(lead)

    def _get_handover(self, lead=None):
        return self.env['ltc.lead.handover'].search([('current_lead_id', '=', (lead or self.lead).id)])

    def _return(self, method, reason, note="Only reads", lead=None, user=None):
        lead = (lead or self.lead).with_user(user or self.sales)
        action = getattr(lead, method)()
        dialog = lead.env[action['res_model']].with_context(**action['context']).create({
            'reason_id': reason.id, 'note': note})
        dialog.action_return()

    def _get_activities(self, xmlid, lead=None):
        return (lead or self.lead).sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(f'ltc_lead.{xmlid}'))

    def _run_cron(self):
        with patch.object(self.env.registry['ir.cron'], '_commit_progress', return_value=600.0):
            self.env['ltc.lead.handover']._cron_follow_up()

    def test_a_lead_is_handed_to_a_salesperson_who_is_asked(self):
        handover = self._hand_over()
        self.assertEqual(self.lead.ltc_handover_state, 'waiting')
        self.assertEqual(self.lead.user_id, self.sales)
        self.assertRecordValues(handover, [{
            'handed_by_id': self.marketing.id, 'prior_user_id': self.marketing.id, 'source_id': self.source.id,
            'channel_type': 'event', 'note': "Call on Friday"}])
        self.assertEqual(self._get_activities('mail_activity_type_handover').user_id, self.sales)

    def test_hot_leads_are_accepted_sooner(self):
        with freeze_time(MONDAY), patch.object(
                self.env.registry['crm.lead'], '_ltc_get_temperature', lambda lead: 'hot'):
            self.assertEqual(self._hand_over().deadline, MONDAY + timedelta(hours=9))
        lead = self._create_lead(user_id=self.marketing.id)
        with freeze_time(MONDAY):
            self.assertEqual(self._hand_over(lead).deadline, MONDAY + timedelta(days=2, hours=9))

    def test_sales_accepts(self):
        with freeze_time(MONDAY):
            self._hand_over()
        with freeze_time(MONDAY + timedelta(hours=3)):
            self.lead.with_user(self.sales).action_ltc_accept()
        self.assertEqual(self.lead.ltc_handover_state, 'accepted')
        self.assertEqual(self.lead.ltc_sql_on, MONDAY + timedelta(hours=3))
        self.assertRecordValues(self._get_handover(), [{
            'decided_by_id': self.sales.id, 'decision_hours': 3.0, 'accepted_rate': 1.0}])
        self.assertFalse(self._get_activities('mail_activity_type_handover'))

    def test_whoever_of_the_team_accepts_becomes_the_owner(self):
        self._hand_over(user=self.env['res.users'])
        self.assertFalse(self.lead.user_id)
        self.assertEqual(self._get_activities('mail_activity_type_handover').user_id, self.manager)
        self.lead.with_user(self.sales).action_ltc_accept()
        self.assertEqual(self.lead.user_id, self.sales)

    def test_sales_rejects_and_marketing_learns_why(self):
        self._hand_over()
        self._return('action_ltc_reject', self.reason)
        self.assertEqual(self.lead.ltc_handover_state, 'rejected')
        self.assertEqual(self.lead.user_id, self.marketing)
        self.assertFalse(self.lead.ltc_sql_on)
        [activity] = self._get_activities('mail_activity_type_returned')
        self.assertEqual(activity.user_id, self.marketing)
        self.assertIn("No need for our products", activity.summary)
        self.assertIn("Only reads", self.lead.message_ids[0].body)

    def test_a_recycled_lead_may_be_handed_over_again_and_the_last_time_counts(self):
        self._hand_over()
        self._return('action_ltc_recycle', self.early)
        self.assertEqual(self.lead.ltc_handover_state, 'recycled')
        self._hand_over()
        self.lead.with_user(self.sales).action_ltc_accept()
        self.assertEqual(self.lead.ltc_handover_state, 'accepted')
        handovers = self.env['ltc.lead.handover'].search([('lead_id', '=', self.lead.id)])
        self.assertEqual(handovers.mapped('state'), ['accepted', 'recycled'])
        self.assertEqual(len(handovers.current_lead_id), 1)

    def test_reasons_are_reported_by_channel(self):
        self._hand_over()
        self._return('action_ltc_reject', self.reason)
        [[channel, reason, count]] = self.env['ltc.lead.handover'].with_user(self.marketing)._read_group(
            [('lead_id', '=', self.lead.id)], ['channel_type', 'reason_id'], ['__count'])
        self.assertEqual((channel, reason.id, count), ('event', self.reason.id, 1))

    def test_a_reason_fits_what_it_is_for(self):
        self._hand_over()
        with self.assertRaisesRegex(UserError, "choose one that fits"), self.cr.savepoint():
            self._return('action_ltc_reject', self.early)

    def test_nobody_else_decides(self):
        self._hand_over()
        stranger = new_test_user(self.env, 'ltc_test_stranger', groups='sales_team.group_sale_salesman_all_leads')
        for method in ('action_ltc_accept', 'action_ltc_reject', 'action_ltc_recycle'):
            with self.assertRaisesRegex(AccessError, "was handed to LTC Sales"), self.cr.savepoint():
                getattr(self.lead.with_user(stranger), method)()
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.lead.with_user(stranger)._ltc_return('rejected', self.reason)
        self.lead.with_user(self.manager).action_ltc_accept()

    def test_a_decision_is_made_once(self):
        self._hand_over()
        self.lead.with_user(self.sales).action_ltc_accept()
        for method in ('action_ltc_accept', 'action_ltc_reject'):
            with self.assertRaisesRegex(UserError, "does not wait for sales"), self.cr.savepoint():
                getattr(self.lead.with_user(self.sales), method)()

    def test_only_open_leads_are_handed_over_and_once_at_a_time(self):
        self._hand_over()
        with self.assertRaisesRegex(UserError, "waits for sales already"), self.cr.savepoint():
            self._hand_over()
        opportunity = self._create_opportunity()
        with self.assertRaisesRegex(UserError, "is not an open lead"), self.cr.savepoint():
            opportunity.with_user(self.manager).action_ltc_hand_over()
        dialog = self.env['ltc.lead.hand.over'].with_user(self.marketing).create({
            'lead_ids': self._create_lead(user_id=self.marketing.id, team_id=False).ids, 'team_id': False})
        with self.assertRaisesRegex(UserError, "Nobody would accept"), self.cr.savepoint():
            dialog.action_hand_over()

    def test_a_conversion_accepts_and_a_loss_rejects(self):
        self._hand_over()
        lost = self._create_lead(user_id=self.marketing.id)
        self._hand_over(lost)
        self.lead.with_user(self.sales).convert_opportunity(self.customer)
        self.assertEqual(self.lead.ltc_handover_state, 'accepted')
        self.assertEqual(self._get_handover().decided_by_id, self.sales)
        lost.action_set_lost()
        self._run_cron()
        self.assertEqual(lost.ltc_handover_state, 'rejected')

    def test_what_waits_too_long_goes_to_the_leader_once(self):
        with freeze_time(MONDAY):
            self._hand_over()
        with freeze_time(MONDAY + timedelta(days=7)):
            self._run_cron()
            self._run_cron()
        activities = self._get_activities('mail_activity_type_handover')
        self.assertEqual(activities.user_id, self.sales | self.manager)
        self.assertEqual(len(activities), 2)
        self.lead.with_user(self.sales).action_ltc_accept()
        self.assertFalse(self._get_activities('mail_activity_type_handover'))

    def test_out_of_time_is_not_done(self):
        leads = self.lead + self._create_lead(user_id=self.marketing.id) + self._create_lead(user_id=self.marketing.id)
        with freeze_time(MONDAY):
            for lead in leads:
                self._hand_over(lead)
        Handover = self.env['ltc.lead.handover']
        before = Handover.search([('escalated_on', '!=', False)])
        with freeze_time(MONDAY + timedelta(days=7)), patch.object(ltc_lead_handover, 'CHUNK', 1):
            with self._cron_progress(enough=1) as progress:
                Handover._cron_follow_up()
            self.assertEqual(progress.remaining, 1)
            with self._cron_progress() as progress:
                Handover._cron_follow_up()
        self.assertEqual(progress.remaining, 0)
        self.assertEqual(len(Handover.search([('escalated_on', '!=', False)]) - before), 3)

    def test_what_somebody_decides_on_does_not_keep_the_others_waiting(self):
        leads = self._create_lead(user_id=self.marketing.id) + self._create_lead(user_id=self.marketing.id)
        handovers = self._hand_over(leads[0]) + self._hand_over(leads[1])
        leads.action_set_lost()
        original = self.registry['ltc.lead.handover'].try_lock_for_update

        def try_lock(records, **kwargs):
            return original(records, **kwargs) - handovers[0]

        with patch.object(self.registry['ltc.lead.handover'], 'try_lock_for_update', try_lock), \
                self._cron_progress() as progress:
            self.env['ltc.lead.handover']._cron_follow_up()
        self.assertEqual(handovers.mapped('state'), ['waiting', 'rejected'])
        self.assertEqual(progress.remaining, 0, "what is locked is left to who has it, until the next run")

    def test_merged_leads_keep_their_hand_overs(self):
        self._hand_over()
        other = self._create_lead(user_id=self.marketing.id)
        self._hand_over(other)
        merged = (self.lead | other).merge_opportunity()
        handovers = self.env['ltc.lead.handover'].search([('lead_id', '=', merged.id)])
        self.assertEqual(len(handovers), 2)
        self.assertEqual(handovers.filtered('current_lead_id'), handovers[:1])
        self.assertEqual(merged.ltc_handover_state, 'waiting')

    @users('ltc_test_sales')
    def test_nobody_writes_a_hand_over(self):
        self._hand_over()
        lead = self.lead.with_env(self.env)
        lead.write({'ltc_handover_state': 'accepted', 'ltc_sql_on': fields.Datetime.now()})
        self.assertEqual(lead.ltc_handover_state, 'waiting')
        handover = self.env['ltc.lead.handover'].search([('lead_id', '=', lead.id)])
        with mute_logger('odoo.addons.base.models.ir_model'):
            for attempt in (lambda: handover.write({'state': 'accepted'}), handover.unlink,
                            lambda: handover.create({'lead_id': lead.id, 'company_id': self.company.id})):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    attempt()

    def test_a_salesperson_sees_his_own_and_another_company_none(self):
        handover = self._hand_over(user=self.manager)
        self.assertFalse(self.env['ltc.lead.handover'].with_user(self.sales).search([('id', '=', handover.id)]))
        self.assertTrue(self.env['ltc.lead.handover'].with_user(self.marketing).search([('id', '=', handover.id)]))
        company = self.env['res.company'].create({'name': "Other"})
        foreign = new_test_user(
            self.env, 'ltc_test_foreign', groups='sales_team.group_sale_manager', company_id=company.id,
            company_ids=[(6, 0, company.ids)])
        self.assertFalse(self.env['ltc.lead.handover'].with_user(foreign).search([('id', '=', handover.id)]))

    def test_many_leads_are_handed_over_with_few_more_queries_than_one(self):
        leads = self.env['crm.lead'].create([
            self._prepare_lead_values(user_id=self.marketing.id) for _number in range(61)])
        self._hand_over(leads[0])
        extra = []
        for plain, ours in ((leads[1:2], leads[2:3]), (leads[3:32], leads[32:])):
            counts = [
                self._count(lambda batch=plain: batch.with_user(self.marketing).write({'user_id': self.sales.id})),
                self._count(lambda batch=ours: batch.with_user(self.marketing)._ltc_hand_over(self.sales, self.team))]
            extra.append(counts[1] - counts[0])
        self.assertLessEqual(extra[1], extra[0] + 5)

    def _count(self, action):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.cr.sql_log_count - before
