from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged, users
from odoo.tools import SQL, mute_logger

from odoo.addons.ltc_base.models.ltc_owner_log import OwnerWay
from odoo.addons.ltc_lead.models import ltc_lead_clock_pass
from odoo.addons.ltc_lead.working_time import WorkingTime

from .common import LtcLeadCommon

MONDAY = datetime(2025, 3, 3, 8, 0)  # the company works from Monday to Friday, 8-12 and 13-17, in UTC


class LtcResponseCommon(LtcLeadCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['ltc.lead.sla'].with_context(active_test=False).search([]).unlink()
        calendar = cls.env['resource.calendar'].create({'name': "Office", 'tz': 'UTC'})
        cls.company.resource_calendar_id = calendar
        cls.company.partner_id.tz = 'UTC'
        cls.sla = cls.env['ltc.lead.sla'].create({
            'name': "Standard", 'company_id': cls.company.id, 'first_hours': 4, 'follow_up_days': 3,
            'active_since': MONDAY - timedelta(days=30)})

    def _enter(self, moment=MONDAY, **values):
        """Return a lead that came in at ``moment``, its clock running."""
        lead = self._create_lead(**values)
        self.env.flush_all()
        self.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", [moment, lead.id])
        self.cr.execute("DELETE FROM ltc_lead_clock WHERE lead_id = %s", [lead.id])
        self.env.invalidate_all()
        with freeze_time(moment):
            self._run_pass()
        return lead

    def _run_pass(self):
        with patch.object(self.env.registry['ir.cron'], '_commit_progress', return_value=600.0):
            self.env['ltc.lead.clock']._cron_run()

    def _say(self, lead, user=None, moment=MONDAY, **values):
        with freeze_time(moment):
            lead.with_user(user or self.sales).message_post(**{
                'body': "Our visit", 'message_type': 'comment', 'subtype_xmlid': 'mail.mt_comment',
                'partner_ids': self.customer.ids, **values})

    def _get_clock(self, lead):
        return self.env['ltc.lead.clock'].search([('lead_id', '=', lead.id)])

    def _get_calls(self, lead):
        return lead.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref('ltc_lead.mail_activity_type_sla'))


@tagged('post_install', '-at_install')
class TestWorkingTime(LtcResponseCommon):

    def test_it_plans_and_counts_as_the_company_does(self):
        self.env['resource.calendar.leaves'].create({
            'name': "Holiday", 'calendar_id': self.company.resource_calendar_id.id, 'company_id': self.company.id,
            'date_from': datetime(2025, 3, 5), 'date_to': datetime(2025, 3, 5, 23, 59)})
        times = WorkingTime(self.company, MONDAY, MONDAY + timedelta(days=10))
        for days, hours in ((0, 1), (0, 4), (0.2, 8), (0.5, 20), (1.7, 40), (5, 3), (6, 90)):
            start = MONDAY + timedelta(days=days)
            self.assertEqual(times.plan(start, hours), self.company._ltc_plan_hours(hours, start), (days, hours))
            end = start + timedelta(hours=hours * 2)
            self.assertAlmostEqual(times.count(start, end), self.company._ltc_count_hours(start, end))

    def test_postgresql_plans_and_counts_alike(self):
        self.env['resource.calendar.leaves'].create({
            'name': "Holiday", 'calendar_id': self.company.resource_calendar_id.id, 'company_id': self.company.id,
            'date_from': datetime(2025, 3, 5), 'date_to': datetime(2025, 3, 5, 23, 59)})
        moments = [MONDAY + timedelta(hours=1.1 * hours) for hours in (-30, 0, 1, 4, 5, 8, 9, 16, 30, 48, 90, 111)]
        for attendances in (True, False):
            if not attendances:
                self.company.resource_calendar_id.attendance_ids.unlink()
            times = WorkingTime(self.company, MONDAY, MONDAY + timedelta(days=10))
            for hours in (0, 0.5, 1, 4, 8, 21, 40, 90, 2000):
                times.read_until(moments[-1], hours)
                rows = self.env.execute_query(SQL(
                    "WITH times AS (%s) SELECT %s, %s FROM times, UNNEST(%s::timestamp[]) AS asked (start)",
                    times.sql_times(), times.sql_plan(SQL("start"), times.sql_position(SQL("start")), hours),
                    times.sql_count(SQL("start"), SQL("start + %s * INTERVAL '1 hour'", hours)), moments))
                for start, (planned, counted) in zip(moments, rows, strict=True):
                    self.assertLess(abs(planned - times.plan(start, hours)), timedelta(milliseconds=1), (start, hours))
                    self.assertAlmostEqual(counted, times.count(start, start + timedelta(hours=hours)), places=6)

    def test_it_reads_on_beyond_the_span(self):
        times = WorkingTime(self.company, MONDAY, MONDAY)
        self.assertEqual(times.plan(MONDAY, 1600), self.company._ltc_plan_hours(1600, MONDAY))

    def test_where_nobody_works_the_clock_counts(self):
        self.company.resource_calendar_id.attendance_ids.unlink()
        times = WorkingTime(self.company, MONDAY, MONDAY)
        self.assertEqual(times.plan(MONDAY, 5), MONDAY + timedelta(hours=5))


@tagged('post_install', '-at_install')
class TestResponseTimes(LtcResponseCommon):

    def test_a_new_lead_is_due_after_its_working_hours(self):
        lead = self._enter(datetime(2025, 3, 7, 15, 0))  # Friday
        self.assertEqual(lead.ltc_sla_deadline, datetime(2025, 3, 10, 10, 0))
        self.assertEqual(lead.ltc_sla_level, 'on_time')

    @users('ltc_test_sales')
    def test_the_clock_of_a_new_lead_runs_at_once(self):
        lead = self.env['crm.lead'].create(self._prepare_lead_values())
        self.assertTrue(lead.ltc_sla_deadline)

    @users('ltc_test_sales')
    def test_a_rule_costs_a_batch_of_leads_a_constant_number_of_queries(self):
        counts = {}
        for active in (False, True):
            self.sla.sudo().active = active
            for count in (1, 1, 100):
                self.env.flush_all()
                before = self.cr.sql_log_count
                leads = self.env['crm.lead'].create([self._prepare_lead_values() for _number in range(count)])
                self.env.flush_all()
                counts[active, count] = self.cr.sql_log_count - before
        self.assertTrue(all(lead.ltc_sla_deadline for lead in leads))
        extra = counts[True, 1] - counts[False, 1]
        self.assertLessEqual(extra, 8)
        self.assertLessEqual(counts[True, 100] - counts[False, 100], extra)

    def test_a_message_to_the_customer_is_a_response(self):
        lead = self._enter()
        self._say(lead, moment=MONDAY + timedelta(hours=3))
        self.assertEqual(lead.ltc_first_response_on, MONDAY + timedelta(hours=3))
        self.assertEqual(lead.ltc_response_hours, 3)
        self.assertEqual(lead.ltc_sla_deadline, datetime(2025, 3, 6, 11, 0))  # the follow-up, three working days
        self.assertEqual(self._get_clock(lead).in_time_rate, 1)

    def test_a_second_response_moves_the_follow_up_only(self):
        lead = self._enter()
        self._say(lead, moment=MONDAY + timedelta(hours=3))
        self._say(lead, moment=MONDAY + timedelta(days=1))
        self.assertEqual(lead.ltc_first_response_on, MONDAY + timedelta(hours=3))
        self.assertEqual(lead.ltc_sla_deadline, datetime(2025, 3, 6, 17, 0))

    def test_neither_notes_nor_strangers_nor_the_customer_respond(self):
        lead = self._enter()
        self._say(lead, subtype_xmlid='mail.mt_note')
        self._say(lead, partner_ids=[])
        self._say(lead, user=new_test_user(
            self.env, 'ltc_test_stranger', groups='sales_team.group_sale_salesman_all_leads'))
        with freeze_time(MONDAY):
            lead.message_post(body="Any news?", message_type='email', subtype_xmlid='mail.mt_comment',
                              author_id=self.customer.id)
            lead.message_post(body="Thank you for your interest", message_type='auto_comment',
                              subtype_xmlid='mail.mt_comment', author_id=self.sales.partner_id.id,
                              partner_ids=self.customer.ids)
        self.assertFalse(lead.ltc_first_response_on)

    def test_a_call_that_was_made_is_a_response_and_a_to_do_is_none(self):
        lead = self._enter()
        for xmlid, is_response in (('mail.mail_activity_data_todo', False), ('mail.mail_activity_data_call', True)):
            activity = lead.with_user(self.sales).activity_schedule(xmlid, user_id=self.sales.id)
            with freeze_time(MONDAY + timedelta(hours=1)):
                activity.action_feedback(feedback="Done.")
            self.assertEqual(bool(lead.ltc_first_response_on), is_response, xmlid)

    def test_without_a_rule_the_first_response_is_measured_nevertheless(self):
        self.sla.active = False
        lead = self._enter()
        self._say(lead, moment=MONDAY + timedelta(days=1))
        self.assertEqual(lead.ltc_response_hours, 8)
        self.assertFalse(lead.ltc_sla_deadline)

    def test_what_was_said_before_the_rule_counts(self):
        self.sla.active = False
        lead = self._enter()
        self._say(lead, moment=MONDAY + timedelta(hours=2))
        self.env.flush_all()
        self.cr.execute("DELETE FROM ltc_lead_clock")
        self.sla.active = True
        self.sla.active_since = MONDAY - timedelta(days=1)
        with freeze_time(MONDAY + timedelta(hours=3)):
            self._run_pass()
        self.assertEqual(lead.ltc_first_response_on, MONDAY + timedelta(hours=2))
        self.assertEqual(lead.ltc_response_hours, 2)
        self.assertEqual(lead.ltc_sla_deadline, datetime(2025, 3, 6, 10, 0))

    def test_a_rule_that_is_switched_on_does_not_call_about_old_leads(self):
        self.sla.active = False
        lead = self._enter(MONDAY - timedelta(days=20))
        with freeze_time(MONDAY):
            self.sla.active = True
            self._run_pass()
        self.assertEqual(lead.ltc_sla_deadline, MONDAY + timedelta(hours=4))
        self.assertFalse(self._get_calls(lead))

    def test_the_ladder_is_climbed_rung_by_rung_and_never_twice(self):
        lead = self._enter()
        for days, level, callees in (
            (1, 'owner', self.sales), (4, 'owner', self.sales),
            (5, 'manager', self.sales | self.manager), (9, 'risk', self.sales | self.manager),
        ):
            with freeze_time(MONDAY + timedelta(days=days, hours=1)):
                for _turn in range(2):
                    self._run_pass()
                self.assertEqual(lead.ltc_sla_level, level, days)
                self.assertEqual(self._get_calls(lead).user_id, callees, days)
                self.assertEqual(len(self._get_calls(lead)), len(callees))
        self.assertEqual(self._get_clock(lead).in_time_rate, 0)

    def test_a_response_takes_everybodys_reminder_away(self):
        lead = self._enter()
        with freeze_time(MONDAY + timedelta(days=9)):
            self._run_pass()
        self.assertTrue(self._get_calls(lead))
        self._say(lead, moment=MONDAY + timedelta(days=9, hours=1))
        self.assertFalse(self._get_calls(lead))
        self.assertEqual(lead.ltc_sla_level, 'on_time')
        self.assertEqual(self._get_clock(lead).in_time_rate, 0)

    def test_at_high_risk_the_lead_goes_to_the_leader_where_the_rule_says_so(self):
        self.sla.is_reassigned = True
        lead = self._enter()
        with freeze_time(MONDAY + timedelta(days=10)):
            self._run_pass()
        self.assertEqual(lead.user_id, self.manager)
        self.assertEqual(lead.ltc_sla_level, 'on_time')
        self.assertGreater(lead.ltc_sla_deadline, MONDAY + timedelta(days=10))
        self.env['ltc.owner.log']._write_changes()
        log = self.env['ltc.owner.log'].search([('res_model', '=', 'crm.lead'), ('res_id', '=', lead.id)], limit=1)
        self.assertEqual(log.way, OwnerWay.ASSIGN.value)

    def test_who_gets_a_lead_at_high_risk_is_called(self):
        self.sla.is_reassigned = True
        lead = self._enter()
        with freeze_time(MONDAY + timedelta(days=10)):
            self._run_pass()
        self.assertEqual(self._get_calls(lead).user_id, self.manager)
        self.assertIn("Get in touch", self._get_calls(lead).summary)

    def test_one_lead_that_cannot_be_reassigned_keeps_no_other_waiting(self):
        self.sla.is_reassigned = True
        elsewhere = self.env['res.company'].create({'name': "Elsewhere"})
        self.sales.ltc_superior_id = new_test_user(
            self.env, 'ltc_test_abroad', groups='sales_team.group_sale_salesman', company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)])
        refused, stranger, fine = self._enter(name="Refused"), self._enter(team_id=False), self._enter()
        original = self.registry['crm.lead'].write

        def write(leads, vals):
            if refused in leads and 'user_id' in vals:
                raise UserError(self.env._("No."))
            return original(leads, vals)

        with freeze_time(MONDAY + timedelta(days=10)), self._cron_progress() as progress:
            self.patch(self.registry['crm.lead'], 'write', write)
            self.env['ltc.lead.clock']._cron_run()
        self.assertEqual(progress.remaining, 0)
        self.assertEqual([lead.user_id for lead in (refused, stranger, fine)], [self.sales, self.sales, self.manager])
        self.assertEqual(self._get_calls(refused).user_id, self.sales | self.manager)
        self.assertEqual(self._get_calls(stranger).user_id, self.sales, "who is not in the company is not called")
        self.assertEqual(self._get_calls(fine).user_id, self.manager)

    def test_out_of_time_is_not_done(self):
        leads = self._enter() + self._enter() + self._enter()
        Clock = self.env['ltc.lead.clock']
        with patch.object(ltc_lead_clock_pass, 'CALL_CHUNK', 1), freeze_time(MONDAY + timedelta(days=1, hours=1)):
            with self._cron_progress(enough=1) as progress:
                Clock._cron_run()
            self.assertEqual((progress.done, progress.remaining), (1, 1), "the rest does not wait for the interval")
            with self._cron_progress() as progress:
                Clock._cron_run()
        self.assertEqual((progress.done, progress.remaining), (2, 0))
        self.assertEqual(leads.mapped('ltc_sla_level'), ['owner'] * 3)
        leads.action_set_lost()
        with patch.object(ltc_lead_clock_pass, 'STOP_CHUNK', 2):
            with self._cron_progress(enough=2) as progress:
                Clock._cron_run()
            self.assertEqual(progress.remaining, 1)
            self.assertEqual(len(leads.activity_ids), 1, "a chunk is stopped with its calls")
            with self._cron_progress() as progress:
                Clock._cron_run()
        self.assertEqual(progress.remaining, 0)
        self.assertEqual({self._get_clock(lead).state for lead in leads}, {'stopped'})

    def test_a_lead_under_no_rule_gets_its_clock_once(self):
        self.sla.active = False
        lead = self._create_lead()
        clock = self.env['ltc.lead.clock']._get_or_create(lead)
        self.assertEqual(self.env['ltc.lead.clock']._get_or_create(lead), clock)
        self.assertRecordValues(clock, [{'state': 'stopped', 'level': 'on_time', 'company_id': self.company.id}])
        with patch.object(self.registry['ltc.lead.clock'], 'search', side_effect=[clock.browse(), clock]):
            self.assertEqual(clock._get_or_create(lead), clock, "somebody was faster")

    def test_another_salesperson_gets_the_whole_time(self):
        lead = self._enter()
        with freeze_time(MONDAY + timedelta(days=1)):
            self._run_pass()
            lead.user_id = self.manager
        self.assertEqual(lead.ltc_sla_deadline, MONDAY + timedelta(days=1, hours=4))
        self.assertFalse(self._get_calls(lead))
        self._say(lead, user=self.manager, moment=MONDAY + timedelta(days=1, hours=1))
        self.assertEqual(lead.ltc_response_hours, 9)  # the customer waited from the start

    def test_a_closed_lead_is_not_waited_for_and_a_restored_one_is_again(self):
        lead = self._enter()
        with freeze_time(MONDAY + timedelta(days=1)):
            self._run_pass()
            lead.action_set_lost()
            self._run_pass()
        self.assertFalse(lead.ltc_sla_deadline)
        self.assertFalse(self._get_calls(lead))
        with freeze_time(MONDAY + timedelta(days=7)):
            lead.action_restore()
            self._run_pass()
        self.assertEqual(lead.ltc_sla_deadline, datetime(2025, 3, 10, 12, 0))

    def test_the_first_rule_that_fits_counts(self):
        source = self.env['utm.source'].create({'name': "Hotline"})
        hotline = self.env['ltc.lead.sla'].create({
            'name': "Hotline", 'sequence': 1, 'first_hours': 1, 'source_ids': [Command.link(source.id)],
            'team_ids': [Command.link(self.team.id)], 'domain': "[('expected_revenue', '>', 1000)]",
            'active_since': MONDAY - timedelta(days=1)})
        fast, slow = self._enter(source_id=source.id), self._enter()
        self.assertEqual(self._get_clock(fast).sla_id, hotline)
        self.assertEqual(self._get_clock(slow).sla_id, self.sla)
        with freeze_time(MONDAY):
            fast.source_id = False
            self._run_pass()
        self.assertEqual(self._get_clock(fast).sla_id, self.sla)

    def test_each_company_has_its_rules(self):
        other = self.env['res.company'].create({'name': "Other"})
        lead = self._enter(company_id=other.id, team_id=False, user_id=False, partner_id=False)
        self.assertFalse(lead.ltc_sla_deadline)

    def test_an_opportunity_is_left_to_its_own_rule(self):
        lead = self._enter()
        lead.convert_opportunity(self.customer)
        self._run_pass()
        self.assertFalse(lead.ltc_sla_deadline)

    @users('ltc_test_sales')
    def test_lists_sort_filter_and_group_by_the_deadline(self):
        lead = self.env['crm.lead'].browse(self._enter().id)
        domain = [('ltc_sla_deadline', '<', 'now'), ('id', '=', lead.id)]
        self.assertEqual(self.env['crm.lead'].search(domain, order='ltc_sla_deadline'), lead)
        [[level, count]] = self.env['crm.lead']._read_group(domain, ['ltc_sla_level'], ['__count'])
        self.assertEqual((level, count), ('on_time', 1))

    @users('ltc_test_sales')
    def test_nobody_writes_a_clock(self):
        lead = self.env['crm.lead'].browse(self._enter().id)
        lead.write({'ltc_first_response_on': MONDAY, 'ltc_response_hours': 1})
        self.assertFalse(lead.ltc_first_response_on)
        with mute_logger('odoo.addons.base.models.ir_model'), self.assertRaises(AccessError):
            self.env['ltc.lead.clock'].create({'lead_id': lead.id})
        with self.assertRaises(AccessError):
            self.sla.with_user(self.env.user).first_hours = 900

    def test_a_rule_needs_conditions_that_can_be_searched(self):
        with self.assertRaisesRegex(ValidationError, "Standard cannot search leads"), self.cr.savepoint():
            self.sla.domain = "[('no_such_field', '=', 1)]"

    def test_a_glance_tells_how_long_is_left(self):
        lead = self._enter()
        for hours, label, tone in ((1, "3 h left", 'warning'), (6, "2 h late", 'danger'), (76, "3 d late", 'danger')):
            with freeze_time(MONDAY + timedelta(hours=hours)):
                lead.invalidate_recordset()
                [chip] = [chip for chip in lead.ltc_glance if chip['key'] == 'response']
                self.assertEqual((chip['label'], chip['tone']), (label, tone))
