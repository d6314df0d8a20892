from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import tagged

from .pool_common import LtcPoolCommon

MONDAY = datetime(2025, 3, 3, 8, 0)


@tagged('post_install', '-at_install')
class TestLeadMerge(LtcPoolCommon):
    """What hangs on merged leads follows to the one that is left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.head = cls._create_opportunity(name="Head", probability=60)
        cls.tail = cls._create_opportunity(name="Tail", probability=20)

    def _merge(self):
        merged = (self.head | self.tail).with_user(self.sales).merge_opportunity()
        self.env.flush_all()
        self.assertEqual(merged, self.head)
        self.assertFalse(self.tail.exists())
        return merged.with_env(self.env)

    def test_only_what_hangs_on_a_lead_is_looked_at(self):
        tail = self.tail.sudo()
        self.env['ltc.lead.clock'].sudo().search([('lead_id', '=', tail.id)]).unlink()
        before = tail._ltc_get_merged_tables(tail)
        self.assertFalse(before & {'ltc_lead_split', 'ltc_decision_contact'})
        self.env['ltc.decision.contact'].sudo().create({'lead_id': tail.id, 'name': "Mr Gu"})
        self.assertEqual(tail._ltc_get_merged_tables(tail) - before, {'ltc_decision_contact'})
        self.assertEqual(self._merge().ltc_contact_ids.mapped('name'), ["Mr Gu"])

    def test_shares_follow_where_there_are_none(self):
        Split = self.env['ltc.lead.split'].sudo()
        shares = [(self.sales.id, 'revenue', 70), (self.colleague.id, 'revenue', 30), (self.presales.id, 'overlay', 10)]
        Split._replace(self.tail, shares)
        merged = self._merge()
        self.assertEqual(
            Split.search([('lead_id', '=', merged.id)]).mapped(lambda split: (split.user_id.id, split.kind)),
            [share[:2] for share in shares])

    def test_shares_of_the_one_that_is_left_stay(self):
        Split = self.env['ltc.lead.split'].sudo()
        Split._replace(self.head, [(self.manager.id, 'revenue', 100)])
        Split._replace(self.tail, [(self.sales.id, 'revenue', 100)])
        self.assertEqual(Split.search([('lead_id', '=', self._merge().id)]).user_id, self.manager)

    def test_what_was_said_of_the_forecast_stays_on_record_and_does_not_count(self):
        Adjustment = self.env['ltc.forecast.adjustment']
        for lead, amount in ((self.head, 900000), (self.tail, 100000)):
            Adjustment.with_user(self.sales).say_about_lead(lead.id, amount, "By word of the buyer")
        said = Adjustment.sudo().search([('lead_id', '=', self._merge().id)])
        counts = {word.amount: word.is_current for word in said}
        self.assertEqual(counts, {900000: True, 100000: False})

    def test_the_first_response_is_that_of_the_first_answer(self):
        calendar = self.env['resource.calendar'].create({'name': "Office", 'tz': 'UTC'})
        self.company.resource_calendar_id = calendar
        Clock = self.env['ltc.lead.clock'].sudo()
        values = {'company_id': self.company.id, 'state': 'stopped', 'level': 'on_time'}
        Clock.search([('lead_id', 'in', (self.head | self.tail).ids)]).unlink()
        Clock.create([
            {**values, 'lead_id': self.head.id, 'received_on': MONDAY + timedelta(days=7)},
            {**values, 'lead_id': self.tail.id, 'received_on': MONDAY, 'first_deadline': MONDAY + timedelta(hours=4),
             'first_response_on': MONDAY + timedelta(hours=2), 'last_response_on': MONDAY + timedelta(days=1),
             'response_hours': 2, 'in_time_rate': 1}])
        merged = self._merge()
        self.assertRecordValues(Clock.search([('lead_id', '=', merged.id)]), [{
            'received_on': MONDAY, 'first_response_on': MONDAY + timedelta(hours=2), 'response_hours': 2,
            'last_response_on': MONDAY + timedelta(days=1), 'in_time_rate': 1}])
        self.assertEqual(merged.ltc_first_response_on, MONDAY + timedelta(hours=2))

    def test_a_running_cadence_goes_on_and_runs_once(self):
        cadence = self.env['ltc.nurture.cadence'].create({
            'name': "Wake up", 'step_ids': [Command.create({'kind': 'call', 'days': 1, 'summary': "Call"})]})
        enrolment = self.tail.with_user(self.sales)._ltc_enrol(cadence).sudo()
        merged = self._merge()
        self.assertRecordValues(enrolment, [{'lead_id': merged.id, 'state': 'running'}])
        other = self._create_opportunity(name="Other", probability=10)
        second = other.with_user(self.sales)._ltc_enrol(cadence).sudo()
        (merged | other).with_user(self.sales).merge_opportunity()
        self.env.flush_all()
        self.assertRecordValues(enrolment | second, [
            {'lead_id': merged.id, 'state': 'running', 'stop_reason': False},
            {'lead_id': merged.id, 'state': 'stopped', 'stop_reason': 'merged'}])

    def test_a_registered_partner_stays_protected_and_is_no_conflict_with_himself(self):
        self.company.ltc_conflict_policy = 'warn'
        partner = self.env['res.partner'].create({'name': "Partner", 'is_company': True, 'ltc_is_channel': True})
        self.manager.group_ids += self.env.ref('ltc_lead.group_ltc_channel')
        registration = self.env['ltc.lead.registration'].with_user(self.manager).create(
            {'customer': "Yangtze Foods", 'partner_id': partner.id})
        registration.action_approve()
        self.tail = registration.sudo().lead_id
        self.tail.write({'user_id': self.sales.id, 'team_id': self.team.id})
        merged = self._merge()
        self.assertEqual(registration.sudo().lead_id, merged)
        self.assertRecordValues(merged, [{
            'ltc_registration_id': registration.id, 'ltc_protected_until': registration.date_until}])
        merged.partner_name = "Yangtze Foods Co., Ltd."
        self.assertFalse(self.env['ltc.lead.conflict'].search([
            ('lead_id', '=', merged.id), ('holder_registration_id', '=', registration.id)]))

    def test_a_hidden_phone_stays_hidden_and_can_be_revealed(self):
        self.pool.keeps_phone_hidden = True
        self.tail = self._create_pooled()
        self._claim(self.tail, self.sales)
        self.head.write({'partner_id': False, 'phone': False})
        merged = self._merge()
        self.assertEqual(merged.phone, '138****1234')
        self.assertIn("+86 138 5550 1234", str(merged.with_user(self.manager).action_ltc_reveal_phone()))

    def test_what_a_web_form_brought_still_leads_to_it(self):
        form = self.env['ltc.web.form'].create({'name': "Site", 'company_id': self.company.id})
        submission = self.env['ltc.web.submission'].sudo().create({
            'form_id': form.id, 'reference': "T-1", 'outcome': 'created', 'lead_id': self.tail.id})
        self.assertEqual(submission.lead_id, self.tail)
        merged = self._merge()
        self.assertEqual(submission.lead_id, merged)
