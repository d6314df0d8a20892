from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged, users
from odoo.tools import mute_logger

from odoo.addons.ltc_lead.models import ltc_nurture_enrolment
from odoo.addons.ltc_lead.working_time import WorkingTime

from .common import LtcLeadCommon

MONDAY = datetime(2025, 3, 3, 8, 0)


@tagged('post_install', '-at_install')
class TestNurture(LtcLeadCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['ltc.nurture.cadence'].search([]).action_archive()
        cls.company.resource_calendar_id = cls.env['resource.calendar'].create({'name': "Office", 'tz': 'UTC'})
        cls.mail = cls.env['mail.template'].create({
            'name': "Reference", 'model_id': cls.env['ir.model']._get_id('crm.lead'), 'subject': "Reference",
            'email_from': 'sales@example.com', 'email_to': '{{ object.email_from }}',
            'body_html': "<p>Dear <t t-out='object.contact_name'/></p>", 'auto_delete': False})
        cls.sms = cls.env['sms.template'].create({
            'name': "Reminder", 'model_id': cls.env['ir.model']._get_id('crm.lead'), 'body': "May we call you?"})
        cls.cadence = cls.env['ltc.nurture.cadence'].create({'name': "Too early", 'step_ids': [
            Command.create({'days': 2, 'kind': 'mail', 'mail_template_id': cls.mail.id}),
            Command.create({'days': 5, 'kind': 'sms', 'sms_template_id': cls.sms.id, 'in_working_days': False}),
            Command.create({'days': 10, 'kind': 'call', 'summary': "Ask how the project goes"}),
        ]})
        cls.marketing = new_test_user(
            cls.env, 'ltc_test_marketing', groups='ltc_base.group_ltc_marketing', name="LTC Marketing")
        cls.lead = cls._prepare_nurtured()

    @classmethod
    def _prepare_nurtured(cls, **values):
        return cls._create_lead(**{
            'partner_id': False, 'contact_name': "Xu Jun", 'email_from': 'xu.jun@example.com',
            'phone': '+86 512 5550 1101', 'country_id': cls.env.ref('base.cn').id, **values})

    def _enrol(self, leads=None, moment=MONDAY):
        with freeze_time(moment):
            return (leads or self.lead).with_user(self.sales)._ltc_enrol(self.cadence)

    def _run(self, days, cron=None):
        with freeze_time(MONDAY + timedelta(days=days)), patch.object(
                self.env.registry['ir.cron'], '_commit_progress', cron or (lambda *args, **values: 60)):
            self.env['ltc.nurture.enrolment']._cron_run()

    def _get_mails(self, lead=None):
        return self.env['mail.mail'].search([
            ('model', '=', 'crm.lead'), ('res_id', '=', (lead or self.lead).id), ('subject', '=', "Reference")])

    def _get_texts(self, lead=None):
        return self.env['sms.sms'].search([('number', '=', (lead or self.lead).phone_sanitized)])

    def test_the_steps_are_done_on_their_days_and_once(self):
        enrolment = self._enrol()
        self.assertEqual(enrolment.next_on, datetime(2025, 3, 4, 17, 0))  # two working days
        expected = {1: (0, 0, 0), 2: (1, 0, 0), 4: (1, 0, 0), 5: (1, 1, 0), 13: (1, 1, 1), 20: (1, 1, 1)}
        for days, counts in expected.items():
            for _turn in range(2):
                self._run(days)
            calls = self.lead.activity_ids.filtered(lambda activity: activity.summary == "Ask how the project goes")
            self.assertEqual((len(self._get_mails()), len(self._get_texts()), len(calls)), counts, days)
        self.assertEqual(enrolment.state, 'finished')
        self.assertEqual(self._get_mails().state, 'outgoing')  # it waits in the queue
        self.assertEqual(calls.user_id, self.sales)

    def test_an_answer_ends_it_at_once(self):
        enrolment = self._enrol()
        with freeze_time(MONDAY + timedelta(days=1)):
            self.lead.message_post(body="Call me", message_type='email', subtype_xmlid='mail.mt_comment',
                                   email_from='xu.jun@example.com', author_id=False)
        self.assertEqual((enrolment.state, enrolment.stop_reason), ('stopped', 'reply'))
        self._run(20)
        self.assertFalse(self._get_mails())

    def test_our_own_messages_do_not_end_it(self):
        enrolment = self._enrol()
        with freeze_time(MONDAY + timedelta(days=1)):
            self.lead.with_user(self.sales).message_post(
                body="Hello", message_type='comment', subtype_xmlid='mail.mt_comment')
        self._run(1)
        self.assertEqual(enrolment.state, 'running')

    def test_it_ends_when_the_lead_goes_its_way(self):
        def block(lead):
            self.env['mail.blacklist']._add(lead.email_normalized)

        def block_phone(lead):
            self.env['phone.blacklist'].add(lead.phone_sanitized)

        for number, (go, reason) in enumerate((
            (lambda lead: lead.convert_opportunity(self.customer), 'conversion'),
            (lambda lead: lead.action_set_lost(), 'lost'),
            (lambda lead: lead.action_archive(), 'archived'),
            (block, 'opt_out'), (block_phone, 'opt_out'),
        )):
            lead = self._prepare_nurtured(email_from=f'xu{number}@example.com', phone=f'+86 512 5550 12{number}1')
            enrolment = self._enrol(lead)
            go(lead)
            self._run(3)
            self.assertEqual(enrolment.state, 'stopped', reason)
            self.assertIn(enrolment.stop_reason, (reason, 'lost' if reason == 'archived' else reason))
            self.assertFalse(self._get_mails(lead), reason)

    def test_it_ends_at_a_reassignment_where_the_cadence_says_so(self):
        enrolment = self._enrol()
        self.lead.user_id = self.manager
        self._run(1)
        self.assertEqual(enrolment.state, 'running')
        self.cadence.is_stopped_by_reassignment = True
        self._run(1)
        self.assertEqual(enrolment.stop_reason, 'reassigned')

    def test_without_an_address_a_step_is_skipped(self):
        lead = self._prepare_nurtured(email_from=False)
        enrolment = self._enrol(lead)
        self._run(3)
        self.assertTrue(enrolment.delivery_ids.is_skipped)
        self.assertEqual(enrolment.state, 'running')

    def test_one_that_fails_does_not_keep_the_others_from_their_step(self):
        other = self._prepare_nurtured(email_from='other@example.com')
        enrolments = self._enrol(self.lead | other)
        origin = type(self.cadence.step_ids)._execute

        def execute(step, leads):
            if self.lead in leads:
                raise ValueError("The template is broken.")
            return origin(step, leads)

        with patch.object(type(self.cadence.step_ids), '_execute', execute):
            self._run(3)
        self.assertEqual(enrolments.mapped('state'), ['stopped', 'running'])
        self.assertEqual(enrolments[0].stop_reason, 'failed')
        self.assertEqual((len(self._get_mails()), len(self._get_mails(other))), (0, 1))

    def test_killed_between_two_chunks_nobody_gets_a_message_twice(self):
        leads = self.lead.browse()
        for number in range(5):
            leads |= self._prepare_nurtured(email_from=f'lead{number}@example.com')
        self._enrol(leads)

        class KilledError(Exception):
            pass

        def kill(cron, processed=0, **values):
            if processed == 2:
                raise KilledError

        with patch('odoo.addons.ltc_lead.models.ltc_nurture_enrolment.CHUNK', 2):
            with self.assertRaises(KilledError):
                self._run(3, kill)  # two were committed by then
            self._run(3)
        self.assertEqual([len(self._get_mails(lead)) for lead in leads], [1] * 5)

    def test_a_step_is_noted_once(self):
        enrolment = self._enrol()
        step = self.cadence.step_ids[0]
        values = {'enrolment_id': enrolment.id, 'step_id': step.id}
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.env['ltc.nurture.delivery'].create([values, values])

    def test_a_cadence_enrols_by_itself_who_never_ran_through_one(self):
        self.cadence.write({'is_automatic': True, 'domain': "[('priority', '=', '3')]"})
        hot, cold = self._prepare_nurtured(priority='3'), self._prepare_nurtured(priority='0')
        for _turn in range(2):
            self._run(1)
        enrolments = self.env['ltc.nurture.enrolment'].search([('lead_id', 'in', (hot | cold).ids)])
        self.assertEqual(enrolments.lead_id, hot)
        self.assertEqual(len(enrolments), 1)

    def test_an_archived_cadence_sends_nothing(self):
        self._enrol()
        self.cadence.action_archive()
        self._run(20)
        self.assertFalse(self._get_mails())

    def test_refusals_say_what_to_do(self):
        self._enrol()
        with self.assertRaisesRegex(UserError, "runs through Too early already"), self.cr.savepoint():
            self._enrol()
        lost = self._prepare_nurtured()
        lost.action_set_lost()
        with self.assertRaisesRegex(UserError, "is closed"), self.cr.savepoint():
            self._enrol(lost)
        self.cadence.step_ids.unlink()
        with self.assertRaisesRegex(UserError, "has no steps"), self.cr.savepoint():
            self._enrol(self._prepare_nurtured())

    @users('ltc_test_sales')
    def test_a_salesperson_stops_his_own_and_writes_nothing(self):
        foreign = self._prepare_nurtured(user_id=self.manager.id)
        with freeze_time(MONDAY):
            theirs = foreign.with_user(self.manager)._ltc_enrol(self.cadence)
        ours = self._enrol()
        Enrolment = self.env['ltc.nurture.enrolment']
        self.assertEqual(Enrolment.search([('id', 'in', (ours | theirs).ids)]).ids, ours.ids)
        for attempt in (lambda: ours.with_env(self.env).write({'state': 'finished'}),
                        lambda: theirs.with_env(self.env).action_stop(),
                        lambda: foreign.with_env(self.env)._ltc_enrol(self.cadence)):
            with mute_logger('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule'), \
                    self.assertRaises(AccessError), self.cr.savepoint():
                attempt()
        ours.with_env(self.env).action_stop()
        self.assertEqual(ours.stop_reason, 'manual')

    def test_a_recycled_lead_goes_on_in_a_cadence(self):
        self.lead.with_user(self.marketing)._ltc_hand_over(self.sales, self.team)
        action = self.lead.with_user(self.sales).action_ltc_recycle()
        self.env[action['res_model']].with_user(self.sales).with_context(**action['context']).create({
            'reason_id': self.env.ref('ltc_lead.ltc_lead_reject_reason_early').id, 'cadence_id': self.cadence.id,
        }).action_return()
        enrolment = self.env['ltc.nurture.enrolment'].search([('lead_id', '=', self.lead.id)])
        self.assertEqual(enrolment.state, 'running')
        self.assertEqual(self.lead.ltc_handover_state, 'recycled')

    def test_a_customer_is_written_to_in_his_language(self):
        self.env['res.lang']._activate_lang('zh_CN')
        template = self.env.ref('ltc_lead.mail_template_nurture_question')
        template.auto_delete = False
        template.with_context(lang='zh_CN').subject = "有变化吗"
        self.cadence.step_ids[0].mail_template_id = template
        english = self._prepare_nurtured(email_from='smith@example.com', contact_name="Smith")
        self.lead.lang_id = self.env.ref('base.lang_zh_CN')
        self._enrol(self.lead + english)
        self._run(2)
        subjects = {mail.res_id: mail.subject for mail in self.env['mail.mail'].search(
            [('model', '=', 'crm.lead'), ('email_to', 'in', (self.lead + english).mapped('email_from'))])}
        self.assertEqual(subjects[self.lead.id], "有变化吗")
        self.assertIn("Has anything changed", subjects[english.id])

    def test_who_calls_reads_about_it_in_his_language(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.cadence.step_ids[2].with_context(lang='zh_CN').summary = "项目进展如何"
        self.sales.active = False  # the leader of the team calls
        self.manager.lang = 'zh_CN'
        self._enrol()
        for days in (2, 5, 14):
            self._run(days)
        self.assertRecordValues(self.lead.activity_ids, [{'user_id': self.manager.id, 'summary': "项目进展如何"}])

    def test_out_of_time_is_not_done(self):
        leads = self.lead + self._prepare_nurtured() + self._prepare_nurtured()
        self._enrol(leads)
        Enrolment = self.env['ltc.nurture.enrolment']
        with freeze_time(MONDAY + timedelta(days=2)), patch.object(ltc_nurture_enrolment, 'CHUNK', 1):
            with self._cron_progress(enough=2) as progress:
                Enrolment._cron_run()
            self.assertEqual((progress.done, progress.remaining), (2, 1), "the rest does not wait for an hour")
            with self._cron_progress() as progress:
                Enrolment._cron_run()
        self.assertEqual((progress.done, progress.remaining), (1, 0))
        self.assertEqual([len(self._get_mails(lead)) for lead in leads], [1, 1, 1])

    def test_a_good_customer_is_written_to_sooner(self):
        self.cadence.step_ids[0].offset_a = -1
        self.cadence.step_ids[2].write({'offset_a': -7, 'offset_d': 4})  # the call comes before the SMS
        for grade in 'AD':
            customer = self.env['res.partner'].create({'name': grade, 'is_company': True})
            self._grade(customer, grade)
            lead = self._prepare_nurtured(partner_id=customer.id, email_from=f'{grade}@example.com')
            self._enrol(lead)
            enrolment = self.env['ltc.nurture.enrolment'].search([('lead_id', '=', lead.id)])
            times = WorkingTime(self.company, MONDAY, MONDAY)
            self.assertEqual(enrolment.next_on, times.plan_days(MONDAY, {'A': 1, 'D': 2}[grade]), grade)
            self._run(2)
            self.assertEqual(enrolment.next_step_id, self.cadence.step_ids[2 if grade == 'A' else 1], grade)
        self.assertEqual(self.cadence.step_ids[0]._get_days(False), 2)
        self.cadence.step_ids[0].offset_a = -9
        self.assertEqual(self.cadence.step_ids[0]._get_days('A'), 0)

    def _grade(self, customer, grade):
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET ltc_grade = %s WHERE id = %s", [grade, customer.id])
        customer.invalidate_recordset()

    def test_a_hundred_leads_are_written_to_in_few_queries(self):
        counts = []
        for count in (2, 40):
            leads = self.lead.browse()
            for number in range(count):
                leads |= self._prepare_nurtured(email_from=f'many{count}{number}@example.com')
            self._enrol(leads)
            self.env.flush_all()
            before = self.cr.sql_log_count
            self._run(3)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.env['ltc.nurture.enrolment'].search([]).action_stop()
        self.assertLessEqual(counts[1], counts[0] + 38 * 6)  # a mail costs Odoo some

    def test_what_each_step_and_the_cadence_bring(self):
        answering, converted, silent = (
            self._prepare_nurtured(email_from=f'{name}@example.com') for name in ('early', 'later', 'never'))
        enrolments = self._enrol(answering | converted | silent)
        self._run(2)
        enrolments.filtered(lambda enrolment: enrolment.lead_id == answering)._end('stopped', 'reply')
        self._run(5)
        enrolments.filtered(lambda enrolment: enrolment.lead_id == converted)._end('stopped', 'conversion')
        self.env.invalidate_all()
        cadence = self.cadence.with_user(self.marketing)
        self.assertRecordValues(cadence, [{
            'enrolled_count': 3, 'running_count': 1, 'replied_count': 2, 'converted_count': 1, 'answer_rate': 100.0}])
        self.assertEqual(
            [(step.done_count, step.answered_count) for step in cadence.step_ids], [(3, 1), (2, 1), (0, 0)])
        (answering | converted).user_id = self.manager
        silent.user_id = self.sales
        self.env.flush_all()
        cadence = self.cadence.with_user(self.sales)
        self.assertLess(cadence.enrolled_count, 3, "a salesperson counts what he may see")
        self.assertEqual(cadence.step_ids[0].done_count, cadence.enrolled_count)
        self.assertFalse(self.env['ltc.nurture.cadence'].new({}).answer_rate)
