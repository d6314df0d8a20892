from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import LtcLeadCommon

WEDNESDAY = '2026-03-04 09:00:00'


@tagged('post_install', '-at_install')
class TestGatePeople(LtcLeadCommon):
    """Who acts on a round: seats, delegates, added reviewers, and those to whom it was escalated."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('full')
        cls.gate = cls.env['ltc.gate']._get_by_code('ati')
        cls.rule = cls.gate.rule_ids.filtered(lambda rule: rule.level == 10)
        cls.rule.write({'group_id': False, 'user_ids': [(6, 0, cls.manager.ids)]})

    def _delegate(self, user, delegate, days=7, **values):
        today = fields.Date.today()
        return self.env['ltc.delegation'].with_user(user).create({
            'user_id': user.id, 'delegate_id': delegate.id, 'date_from': today,
            'date_to': today + timedelta(days=days), **values})

    def _submit_heard(self, **values):
        review = self._submit(self._create_opportunity(**values), 'ati')
        self._hear(review)
        return review

    # === DELEGATION === #

    def test_a_delegate_decides_and_both_names_stay(self):
        review = self._submit_heard()
        with self.assertRaisesRegex(AccessError, "is decided by LTC Manager"):
            review.with_user(self.director).action_decide('go')
        self._delegate(self.manager, self.director)
        Review = self.env['ltc.gate.review'].with_user(self.director)
        self.assertIn(review, Review.search([('waits_for_me', '=', True)]))
        review.with_user(self.director).action_decide('go')
        self.assertRecordValues(review.approval_ids, [{
            'decided_by_id': self.director.id, 'on_behalf_of_id': self.manager.id, 'decision': 'go'}])
        entry = self.env['ltc.audit.log'].search([('kind', '=', 'seat_decided'), ('res_id', '=', review.id)])
        self.assertEqual((entry.user_id, entry.on_behalf_of_id), (self.director, self.manager))
        self.assertIn("LTC Director for LTC Manager", review.message_ids[:1].body)

    def test_a_delegate_gives_the_opinion_of_an_absent_reviewer(self):
        self.gate.dimension_ids.write({'group_id': False, 'user_ids': [(6, 0, self.presales.ids)]})
        review = self._submit(self._create_opportunity(), 'ati')
        opinion = review.opinion_ids[:1]
        with self.assertRaisesRegex(AccessError, "is given by LTC Presales"):
            opinion.with_user(self.legal).action_give('agree')
        self._delegate(self.presales, self.legal)
        opinion.with_user(self.legal).action_give('agree')
        self.assertRecordValues(opinion, [{'given_by_id': self.legal.id, 'on_behalf_of_id': self.presales.id}])

    def test_a_delegation_ends_with_its_last_day_and_its_gates(self):
        review = self._submit_heard()
        delegation = self._delegate(self.manager, self.director, days=0)
        waiting = [('waits_for_me', '=', True), ('id', '=', review.id)]
        Review = self.env['ltc.gate.review'].with_user(self.director)
        self.assertTrue(Review.search(waiting))
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            self.assertFalse(Review.search(waiting))
            with self.assertRaises(AccessError):
                review.with_user(self.director).action_decide('go')
        other = self.gate.sudo().copy({'code': 'other', 'name': "Other", 'profile': 'full'})
        delegation.gate_ids = other
        self.assertFalse(Review.search(waiting))
        with self.assertRaises(AccessError):
            review.with_user(self.director).action_decide('go')

    def test_nobody_decides_his_own_submission_in_the_name_of_somebody_else(self):
        self._delegate(self.manager, self.sales)
        review = self._submit_heard()
        with self.assertRaisesRegex(AccessError, "submitted by you"):
            review.with_user(self.sales).action_decide('go')
        self.assertFalse(
            self.env['ltc.gate.review'].with_user(self.sales).search([('waits_for_me', '=', True)]))

    def test_a_duty_is_handed_on_three_times_and_no_further(self):
        people = [self.manager, self.director, self.legal, self.finance, self.collector]
        for absent, delegate in zip(people, people[1:], strict=False):
            self._delegate(absent, delegate)
        review = self._submit_heard()
        with self.assertRaises(AccessError):
            review.with_user(self.collector).action_decide('go')
        review.with_user(self.finance).action_decide('go')
        self.assertEqual(review.approval_ids.on_behalf_of_id, self.manager)

    def test_who_may_delegate_what(self):
        with self.assertRaisesRegex(AccessError, "Delegation"):
            self.env['ltc.delegation'].with_user(self.sales).create({
                'user_id': self.manager.id, 'delegate_id': self.sales.id,
                'date_from': '2026-01-01', 'date_to': '2099-01-01'})
        with self.assertRaisesRegex(ValidationError, "LTC Manager is away too"):
            self._delegate(self.manager, self.director)
            self._delegate(self.director, self.manager)
        own = self._delegate(self.sales, self.collector)
        with self.assertRaisesRegex(AccessError, "the duties of one person"):
            own.user_id = self.manager
        portal = self.env.ref('base.public_user')
        with self.assertRaisesRegex(ValidationError, "cannot stand in"):
            self._delegate(self.manager, portal)
        self.env['ltc.delegation'].with_user(self.operations).create({
            'user_id': self.legal.id, 'delegate_id': self.finance.id,
            'date_from': '2026-01-01', 'date_to': '2099-01-01'})

    # === ARCHIVED PEOPLE === #

    def test_a_decider_who_leaves_during_the_review_falls_back(self):
        review = self._submit_heard()
        self.manager.active = False
        self.env.invalidate_all()
        waiting = [('waits_for_me', '=', True), ('id', '=', review.id)]
        self.assertTrue(self.env['ltc.gate.review'].with_user(self.operations).search(waiting))
        self.assertFalse(self.env['ltc.gate.review'].with_user(self.director).search(waiting))
        review.with_user(self.operations).action_decide('go')
        self.assertRecordValues(review.approval_ids, [{
            'decided_by_id': self.operations.id, 'on_behalf_of_id': self.manager.id}])

    def test_a_decider_who_becomes_an_auditor_falls_back(self):
        review = self._submit_heard()
        self.manager.group_ids += self.env.ref('ltc_base.group_ltc_auditor')
        self.env.invalidate_all()
        Review = self.env['ltc.gate.review']
        waiting = [('waits_for_me', '=', True), ('id', '=', review.id)]
        self.assertFalse(Review.with_user(self.manager).search(waiting))
        self.assertTrue(Review.with_user(self.operations).search(waiting))
        review.with_user(self.operations).action_decide('go')
        self.assertEqual(review.approval_ids.decided_by_id, self.operations)

    def test_who_could_not_open_a_round_has_no_seat(self):
        accountant = new_test_user(self.env, 'ltc_test_accountant', groups='base.group_user')
        self.rule.write({'user_ids': [(6, 0, accountant.ids)]})
        review = self._submit_heard()
        review.with_user(self.operations).action_decide('go')
        self.assertEqual(review.approval_ids.decided_by_id, self.operations)

    def test_what_nobody_can_decide_any_more_is_taken_back_by_sales_operations(self):
        review = self._submit_heard()
        with self.assertRaisesRegex(AccessError, "only that person withdraws"):
            review.with_user(self.operations).action_withdraw()
        self.gate.fallback_group_id = self.env['res.groups'].create({'name': "Nobody"})
        self.manager.active = False
        self.env.invalidate_all()
        review.with_user(self.operations).action_withdraw()
        self.assertEqual(review.state, 'withdrawn')

    # === SEATS === #

    def test_nobody_who_is_away_is_called(self):
        self.rule.write({'mode': 'all', 'user_ids': [(6, 0, (self.manager | self.director).ids)]})
        self.manager.ltc_superior_id = self.director
        review = self._submit_heard()
        self._delegate(self.director, self.manager)
        review.with_user(self.manager).action_decide('go')
        left = review._get_turn_seats()
        self.assertEqual(left.candidate_ids, self.director)
        self.assertNotIn(self.director, left.called_user_ids)
        self.assertIn(self.operations, left.called_user_ids)
        told = len(review.message_ids)
        review.sudo()._call_substitutes()
        self.assertEqual(len(review.message_ids), told, "once is enough")
        review.with_user(self.operations).action_decide('go')
        self.assertEqual(review.decision, 'go')

    def test_after_a_seat_was_taken_for_somebody_late_the_next_is_escalated_as_well(self):
        self.rule.write({'mode': 'sequential', 'user_ids': [(6, 0, (self.manager | self.finance).ids)]})
        review = self._submit_heard()
        review.sudo()._escalate()
        called = review.escalated_user_ids
        self.assertTrue(called - review.approval_ids.candidate_ids)
        helper = (called - review.approval_ids.candidate_ids)[:1]
        review.with_user(helper).action_decide('go')
        self.assertFalse(review.escalated_on, "the job looks at it again")
        review.sudo()._escalate()
        self.assertTrue(review.escalated_user_ids)
        self.assertNotIn(helper, review.escalated_user_ids)

    def test_one_after_the_other_and_nobody_twice(self):
        self.rule.write({'mode': 'sequential', 'user_ids': [(6, 0, (self.manager | self.director).ids)]})
        review = self._submit_heard()
        first, second = review.approval_ids
        self.assertRecordValues(review.approval_ids, [{'is_turn': True}, {'is_turn': False}])
        later = second.candidate_ids
        with self.assertRaises(AccessError):
            review.with_user(later).action_decide('go')
        self.assertFalse(later.env['ltc.gate.review'].with_user(later).search([('waits_for_me', '=', True)]))
        review.with_user(first.candidate_ids).action_decide('go')
        self.assertEqual(review.state, 'in_review')
        with self.assertRaises(AccessError):
            review.with_user(first.candidate_ids).action_decide('go')
        review.with_user(later).action_decide('go')
        self.assertEqual((review.state, review.decision), ('decided', 'go'))

    def test_a_delegate_who_is_next_himself_takes_one_seat(self):
        self.rule.write({'mode': 'sequential', 'user_ids': [(6, 0, (self.manager | self.director).ids)]})
        review = self._submit_heard()
        first, second = (seat.candidate_ids for seat in review.approval_ids)
        self._delegate(first, second)
        review.with_user(second).action_decide('go')
        self.assertEqual(review.state, 'in_review', "one person does not replace two")
        self.assertEqual(review.approval_ids.mapped('on_behalf_of_id'), first)
        self.assertIn(self.operations, review.approval_ids[1].called_user_ids)

    def test_where_all_must_agree_one_refusal_ends_it(self):
        self.rule.write({'mode': 'all', 'user_ids': [(6, 0, (self.manager | self.director).ids)]})
        review = self._submit_heard()
        review.with_user(self.director).action_decide('go')
        review.with_user(self.manager).action_decide('no_go', reason="Too small.")
        self.assertRecordValues(review, [{'state': 'decided', 'decision': 'no_go', 'decided_by_id': self.manager.id}])

    # === ADDED REVIEWERS === #

    def test_a_decider_asks_one_more_reviewer_and_must_wait_for_him(self):
        review = self._submit_heard()
        with self.assertRaisesRegex(AccessError, "does not wait for you"):
            review.with_user(self.sales).action_add_reviewer(self.legal.ids, 'legal')
        review.with_user(self.manager).action_add_reviewer(self.legal.ids, 'legal', "Is the clause usual?")
        with self.assertRaisesRegex(UserError, "lacks the opinions: Legal"):
            review.with_user(self.manager).action_decide('go')
        opinion = review.opinion_ids.filtered(lambda opinion: opinion.kind == 'legal')
        self.assertRecordValues(opinion, [{'added_by_id': self.manager.id, 'question': "Is the clause usual?"}])
        self.assertIn(self.legal, review.sudo().activity_ids.user_id)
        opinion.with_user(self.legal).action_give('conditional', comment="With a cap on penalties.")
        review.with_user(self.manager).action_decide('go')
        self.assertEqual(review.decision, 'go')

    def test_neither_the_submitter_nor_an_outsider_is_made_a_reviewer(self):
        review = self._submit_heard()
        outsider = self.env['res.users'].create({'name': "Temp", 'login': 'ltc_temp'})
        for user in self.sales, outsider:
            with self.assertRaisesRegex(UserError, "none of those asked can review it"):
                review.with_user(self.manager).action_add_reviewer(user.ids, 'technical')
        with self.assertRaisesRegex(UserError, "choose the dimension"):
            review.with_user(self.manager).action_add_reviewer(self.legal.ids, 'astrology')

    # === REMINDING AND ESCALATING === #

    def test_silence_is_reminded_and_lateness_escalated_by_working_hours(self):
        self.company.resource_calendar_id.tz = 'UTC'
        self.rule.hours = 8
        with freeze_time(WEDNESDAY):
            review = self._submit_heard()
            self.env.cr.execute("UPDATE ltc_gate_review SET submitted_on = %s WHERE id = %s", (WEDNESDAY, review.id))
            review.invalidate_recordset()
            self._run_follow_up()
        self.assertFalse(review.reminded_on, "nothing is due yet")
        self.assertEqual(fields.Datetime.to_string(review.deadline), '2026-03-05 09:00:00')
        with freeze_time('2026-03-05 09:30:00'):
            self._run_follow_up()
            reminded = review.reminded_on
            self.assertTrue(reminded)
            self._run_follow_up()
            self.assertEqual(review.reminded_on, reminded, "once, not at every run")
        self.assertFalse(review.escalated_on)
        with freeze_time('2026-03-07 12:00:00'):  # a Saturday: eight working hours after the deadline have passed
            self._run_follow_up()
            self.assertTrue(review.escalated_on)
            self.assertIn(self.director, review.escalated_user_ids, "the next level is called")
            self.assertIn(self.director, review.sudo().activity_ids.user_id)
            review.with_user(self.director).action_decide('go')
        self.assertRecordValues(review.approval_ids, [{
            'decided_by_id': self.director.id, 'on_behalf_of_id': self.manager.id}])
        kinds = self.env['ltc.audit.log'].search([('res_model', '=', review._name), ('res_id', '=', review.id)])
        self.assertLessEqual({'submitted', 'opinion', 'reminded', 'escalated', 'decided'}, set(kinds.mapped('kind')))

    def test_urgent_halves_the_hours(self):
        self.company.resource_calendar_id.tz = 'UTC'
        self.rule.hours = 8
        with freeze_time('2026-03-04 08:00:00'):
            opportunity = self._create_opportunity().with_user(self.sales)
            answers = {check.id: True for check in self.gate.check_ids}
            review = self.env['ltc.gate.review'].browse(opportunity.ltc_submit('ati', answers, urgent=True))
        self.assertEqual(fields.Datetime.to_string(review.deadline), '2026-03-04 12:00:00')

    def test_the_cycle_counts_working_hours_only(self):
        self.company.resource_calendar_id.tz = 'UTC'
        with freeze_time('2026-03-06 15:00:00'):  # Friday
            review = self._submit_heard()
        with freeze_time('2026-03-09 09:00:00'):  # Monday
            self._decide(review)
        self.assertAlmostEqual(review.cycle_hours, 3.0, 1)
