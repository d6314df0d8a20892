from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import LtcLeadCommon

MONDAY = '2026-03-02 08:00:00'


@tagged('post_install', '-at_install')
class TestGateChains(LtcLeadCommon):
    """Seats in their own order, chains side by side, seats that wait too long; and one person counts once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('full')
        cls.gate = cls.env['ltc.gate']._get_by_code('ati')
        cls.rule = cls.gate.rule_ids.filtered(lambda rule: rule.level == 10)
        cls.rule.write({'group_id': False, 'user_ids': [Command.clear()], 'mode': 'sequential', 'seat_ids': [
            Command.create({'user_id': cls.manager.id})]})
        groups = 'base.group_user,ltc_base.group_ltc_reviewer,sales_team.group_sale_salesman_all_leads'
        cls.presales_head, cls.cto, cls.stand_in, cls.boss = (
            new_test_user(cls.env, f'ltc_chain_{name.lower()}', groups=groups, name=name, company_id=cls.company.id,
                          company_ids=[Command.set(cls.company.ids)], lang='en_US')
            for name in ('Presales', 'CTO', 'Standin', 'Boss'))

    def _set_seats(self, mode, *seats, **values):
        """Give the level seats: a user each, or (user, values)."""
        rows = [seat if isinstance(seat, tuple) else (seat, {}) for seat in seats]
        self.rule.write({**values, 'mode': mode, 'seat_ids': [Command.clear(), *(
            Command.create({'sequence': rank, 'user_id': user.id, **more})
            for rank, (user, more) in enumerate(rows, start=1))]})

    def _set_chains(self):
        commercial, technical = {'chain': "Commercial"}, {'chain': "Technical"}
        self._set_seats(
            'chains', (self.manager, commercial), (self.director, commercial), (self.presales_head, technical),
            (self.cto, technical), (self.boss, {'chain': "Management", 'stage': 2, 'name': "General Manager"}))

    def _submit_heard(self, **values):
        review = self._submit(self._create_opportunity(**values), 'ati')
        self._hear(review)
        return review

    def _delegate(self, user, delegate, days=7):
        today = fields.Date.today()
        return self.env['ltc.delegation'].with_user(user).create({
            'user_id': user.id, 'delegate_id': delegate.id, 'date_from': today,
            'date_to': today + timedelta(days=days)})

    def _go(self, review, user, **values):
        review.with_user(user).sudo(False).action_decide('go', **values)

    def _refuse(self, review, user, pattern):
        with self.assertRaisesRegex(AccessError, pattern), self.env.cr.savepoint():
            self._go(review, user)

    def _get_on_turn(self, review):
        review.invalidate_recordset()
        return review.sudo()._get_turn_seats().candidate_ids

    def _get_waiting(self, user):
        return self.env['ltc.gate.review'].with_user(user).search([('waits_for_me', '=', True)])

    # === AN ORDER OF THEIR OWN === #

    def test_who_is_first_is_chosen_not_spelled(self):
        self._set_seats('sequential', self.manager, self.cto, self.director)
        review = self._submit_heard()
        for user, others in (
            (self.manager, self.cto | self.director), (self.cto, self.director), (self.director, self.cto.browse()),
        ):
            self.assertEqual(self._get_on_turn(review), user)
            for other in others:
                self._refuse(review, other, "is decided by")
            self._go(review, user)
        self.assertEqual((review.state, review.decision), ('decided', 'go'))

    def test_the_form_takes_over_whom_the_level_named(self):
        self.rule.write({'mode': 'any', 'seat_ids': [Command.clear()], 'by_superior': True,
                         'user_ids': [Command.set((self.manager | self.director).ids)]})
        with Form(self.rule.with_user(self.operations)) as form:
            form.mode = 'sequential'
        self.assertEqual(self.rule.seat_ids.mapped('kind'), ['user', 'user', 'superior'])
        self.assertFalse(self.rule.user_ids)
        self.assertEqual(self.rule.deciders, "LTC Director → LTC Manager → Submitter's Superior")

    # === CHAINS === #

    def test_chains_of_one_order_run_side_by_side(self):
        self._set_chains()
        review = self._submit_heard()
        self.assertEqual(self._get_on_turn(review), self.manager | self.presales_head)
        self.assertEqual(
            review.approval_ids.mapped('standing'), ['turn', 'next', 'turn', 'next', 'later'])
        self.assertEqual(
            review.turn_summary, "On turn: LTC Manager (Commercial), Presales (Technical)."
            " Next: LTC Director (Commercial), CTO (Technical).")
        for user in self.director | self.cto | self.boss:
            self._refuse(review, user, "is decided by")
            self.assertNotIn(review, self._get_waiting(user))
        self._go(review, self.presales_head)
        self.assertEqual(self._get_on_turn(review), self.manager | self.cto, "each chain has its own pace")
        self._go(review, self.cto)
        self._refuse(review, self.boss, "is decided by")
        self.assertEqual(self._get_on_turn(review), self.manager)
        self._go(review, self.manager)
        self._go(review, self.director)
        self.assertEqual(self._get_on_turn(review), self.boss, "the next order begins when both are through")
        self.assertIn(review, self._get_waiting(self.boss))
        self.assertIn(self.boss, review.sudo().activity_ids.user_id)
        self._go(review, self.boss)
        self.assertEqual((review.state, review.decided_by_id), ('decided', self.boss))
        self.assertEqual(set(review.approval_ids.mapped('standing')), {'done'})

    def test_a_refusal_in_one_chain_ends_all(self):
        self._set_chains()
        review = self._submit_heard()
        review.with_user(self.presales_head).action_decide('no_go', reason="Cannot be built.")
        self.assertRecordValues(review, [{
            'state': 'decided', 'decision': 'no_go', 'decided_by_id': self.presales_head.id}])
        self.assertEqual(review.approval_ids.mapped('standing'), ['void', 'void', 'done', 'void', 'void'])
        self.assertFalse(self._get_waiting(self.manager) & review)

    def test_conditions_of_one_chain_hold_for_the_whole(self):
        self._set_chains()
        review = self._submit_heard()
        review.with_user(self.presales_head).action_decide('conditional', conditions=[{
            'name': "Prototype", 'user_id': self.presales.id, 'date_due': '2099-01-01'}])
        for user in (self.manager, self.director, self.cto, self.boss):
            self._go(review, user)
        self.assertEqual(review.decision, 'conditional')

    def test_the_dialog_tells_the_route(self):
        self._set_chains()
        document = self._create_opportunity()
        submit = self.env['ltc.gate.submit'].with_user(self.sales).create({
            'gate_id': self.gate.id, 'res_model': document._name, 'res_id': document.id})
        self.assertEqual(
            submit.route, f"{self.rule.name}: Commercial: LTC Manager → LTC Director ‖ Technical: Presales → CTO;"
            " then Management: Boss")

    def test_a_chain_has_one_order_and_every_seat_a_person(self):
        self._set_chains()
        with self.assertRaisesRegex(ValidationError, "chain Commercial has two orders"), self.env.cr.savepoint():
            self.rule.seat_ids[0].stage = 3
        with self.assertRaisesRegex(ValidationError, "names nobody"), self.env.cr.savepoint():
            self.rule.seat_ids[0].user_id = False

    def test_only_sales_operations_sets_seats(self):
        for user in (self.sales, self.manager, self.director, self.auditor):
            with self.assertRaises(AccessError):
                self.rule.seat_ids[:1].with_user(user).user_id = user
        self.rule.seat_ids[:1].with_user(self.operations).user_id = self.director

    def test_a_round_that_runs_keeps_its_seats(self):
        self._set_chains()
        review = self._submit_heard()
        self.rule.seat_ids.with_user(self.operations).unlink()
        self.rule.with_user(self.operations).write({'mode': 'any', 'user_ids': [Command.set(self.cto.ids)]})
        self.assertEqual(self._get_on_turn(review), self.manager | self.presales_head)

    def test_positions_are_read_at_the_submission(self):
        self.sales.ltc_superior_id, self.manager.ltc_superior_id = self.manager, self.boss
        self.company.write({'ltc_cfo_id': self.finance.id})
        self.rule.write({'mode': 'sequential', 'seat_ids': [
            Command.clear(),
            *(Command.create({'sequence': rank, 'kind': kind}) for rank, kind in enumerate(
                ('superior', 'superior2', 'cfo', 'general_manager')))]})
        review = self._submit_heard()
        self.assertEqual(
            [seat.candidate_ids for seat in review.approval_ids][:3], [self.manager, self.boss, self.finance])
        self.assertIn(self.operations, review.approval_ids[3].candidate_ids, "nobody named: the fallback")

    # === WAITING TOO LONG === #

    def test_a_seat_on_turn_calls_the_superior_after_its_days(self):
        self.company.resource_calendar_id.tz = 'UTC'
        self.rule.hours = 400
        self.manager.ltc_superior_id = self.boss
        self._set_seats('sequential', (self.manager, {'escalate_days': 2}), (self.director, {'escalate_days': 1}))
        with freeze_time(MONDAY):
            review = self._submit(self._create_opportunity(), 'ati')
            first, second = review.approval_ids
            self.assertFalse(first.due_on, "the days begin when the opinions are heard")
            self._hear(review)
            self.assertTrue(first.due_on)
            self.assertFalse(second.due_on)
        with freeze_time('2026-03-03 09:00:00'):
            self._run_follow_up()
            self.assertFalse(first.called_on)
            self._refuse(review, self.boss, "is decided by")
        with freeze_time('2026-03-04 09:30:00'):
            self._run_follow_up()
            self.assertEqual(first.called_user_ids, self.boss)
            called_on = first.called_on
            self._run_follow_up()
            self.assertEqual(first.called_on, called_on, "once")
            self.assertIn(review, self._get_waiting(self.boss))
            self.assertIn(self.boss, review.sudo().activity_ids.user_id)
            self._go(review, self.boss)
            self.assertRecordValues(first, [{'decided_by_id': self.boss.id, 'on_behalf_of_id': self.manager.id}])
            self.assertTrue(second.due_on, "now the days of the second run")
        self.assertEqual(self.env['ltc.audit.log'].search_count([
            ('kind', '=', 'escalated'), ('res_id', '=', review.id), ('res_model', '=', review._name)]), 1)

    def test_without_a_superior_the_next_level_is_called(self):
        self._set_seats('sequential', (self.manager, {'escalate_days': 1}), self.cto)
        review = self._submit_heard()
        review.approval_ids[:1].sudo().due_on = fields.Datetime.now() - timedelta(hours=1)
        self._run_follow_up()
        self.assertIn(self.director, review.approval_ids[:1].called_user_ids)
        self.assertNotIn(self.sales, review.approval_ids[:1].called_user_ids)

    # === ONE PERSON COUNTS ONCE === #

    def test_a_stand_in_for_two_takes_one_seat(self):
        self._set_seats('all', self.manager, self.director)
        self.stand_in.ltc_superior_id = self.boss
        review = self._submit_heard()
        self._delegate(self.manager, self.stand_in)
        self._delegate(self.director, self.stand_in)
        self._go(review, self.stand_in)
        self.assertEqual(review.state, 'in_review')
        self.assertEqual(len(review.approval_ids.filtered('decision')), 1)
        self._refuse(review, self.stand_in, "one person counts once")
        self.assertNotIn(review, self._get_waiting(self.stand_in))
        self.assertEqual(review.approval_ids.called_user_ids, self.boss, "the stand-in's superior")
        self.assertIn(review, self._get_waiting(self.boss))
        self._go(review, self.boss)
        self.assertEqual(review.state, 'decided')
        self.assertEqual(review.approval_ids.decided_by_id, self.stand_in | self.boss)

    def test_nor_when_the_delegation_is_made_while_the_round_runs(self):
        self._set_seats('all', self.manager, self.director)
        review = self._submit_heard()
        self._delegate(self.manager, self.stand_in)
        self._go(review, self.stand_in)
        self.assertFalse(review.approval_ids.called_user_ids, "the other decider is there")
        self._delegate(self.director, self.stand_in)
        self._refuse(review, self.stand_in, "one person counts once")
        called = review.approval_ids.called_user_ids
        self.assertIn(self.operations, called, "without a superior, the fallback of the gate")
        self.assertNotIn(self.stand_in, called)
        self._go(review, self.operations)
        self.assertEqual(review.state, 'decided')

    def test_nor_when_the_delegation_begins_later(self):
        self._set_seats('all', self.manager, self.director)
        review = self._submit_heard()
        self._delegate(self.manager, self.stand_in)
        today = fields.Date.today()
        self.env['ltc.delegation'].with_user(self.director).create({
            'user_id': self.director.id, 'delegate_id': self.stand_in.id, 'date_from': today + timedelta(days=2),
            'date_to': today + timedelta(days=5)})
        self._go(review, self.stand_in)
        self.assertFalse(review.approval_ids.called_user_ids)
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            self._run_follow_up()
            self.assertTrue(review.approval_ids.called_user_ids)
            self._refuse(review, self.stand_in, "one person counts once")

    def test_one_of_two_deciders_does_not_stand_in_for_the_other(self):
        self._set_seats('all', self.manager, self.director)
        review = self._submit_heard()
        self._delegate(self.manager, self.director)
        self._go(review, self.director)
        self.assertRecordValues(
            review.approval_ids.filtered('decision'), [{'decided_by_id': self.director.id, 'on_behalf_of_id': False}])
        self.assertEqual(review.state, 'in_review')
        self._refuse(review, self.director, "one person counts once")
        self._go(review, self.manager)
        self.assertEqual(review.state, 'decided')

    def test_nor_in_sequence(self):
        self._set_seats('sequential', self.manager, self.director)
        self.director.ltc_superior_id = self.boss
        review = self._submit_heard()
        self._delegate(self.manager, self.director)
        self._go(review, self.director)
        self.assertEqual(review.state, 'in_review', "his own seat goes to somebody else")
        self._refuse(review, self.director, "one person counts once")
        self._go(review, self.boss)
        self.assertEqual(review.state, 'decided')

    def test_an_escalation_calls_nobody_to_two_seats(self):
        self._set_seats('all', self.manager, self.director)
        review = self._submit_heard()
        review.sudo().escalated_user_ids = self.boss
        self._go(review, self.boss)
        self.assertEqual(review.state, 'in_review')
        self._refuse(review, self.boss, "one person counts once")
        self.assertNotIn(review, self._get_waiting(self.boss))

    def test_who_holds_two_seats_himself_decides_once_unless_each_wants_a_person(self):
        seats = (self.manager, (self.manager.browse(), {
            'kind': 'group', 'group_id': self.env.ref('ltc_base.group_ltc_decision').id}))
        self.director.group_ids -= self.env.ref('ltc_base.group_ltc_decision')
        self.env.ref('ltc_base.group_ltc_decision').all_user_ids.filtered(
            lambda user: user not in self.manager).group_ids -= self.env.ref('ltc_base.group_ltc_decision')
        self.manager.group_ids += self.env.ref('ltc_base.group_ltc_decision')
        self.env.invalidate_all()
        self._set_seats('all', *seats)
        review = self._submit_heard()
        self._go(review, self.manager)
        self.assertEqual(review.state, 'decided', "the same approver twice counts once")

        self._set_seats('all', *seats, distinct_people=True)
        review = self._submit_heard(name="Another one")
        self.assertEqual(review.approval_ids[0].candidate_ids, self.manager)
        self.assertNotIn(self.manager, review.approval_ids[1].candidate_ids)
        self.assertIn(self.operations, review.approval_ids[1].candidate_ids)
        self._go(review, self.manager)
        self._refuse(review, self.manager, "one person counts once")
        self._go(review, self.operations)
        self.assertEqual(review.state, 'decided')

    def test_two_seats_of_one_group_are_taken_by_two_people(self):
        both = {'kind': 'group', 'group_id': self.env.ref('ltc_base.group_ltc_decision').id}
        (self.manager | self.cto).group_ids += self.env.ref('ltc_base.group_ltc_decision')
        self._set_seats('all', (self.cto.browse(), both), (self.cto.browse(), both), distinct_people=True)
        review = self._submit_heard()
        self.assertEqual(len(review.approval_ids), 2)
        self._go(review, self.manager)
        self.assertEqual(review.state, 'in_review')
        self._refuse(review, self.manager, "one person counts once")
        self._go(review, self.cto)
        self.assertEqual(review.approval_ids.decided_by_id, self.manager | self.cto)

    def test_fewer_people_than_seats_is_refused_not_passed(self):
        self.gate.fallback_group_id = self.env['res.groups'].create({
            'name': "Alone", 'user_ids': [Command.set(self.manager.ids)]})
        self._set_seats('all', self.manager, self.manager, distinct_people=True)
        with self.assertRaisesRegex(UserError, "is decided by 2 different people, and there are fewer"):
            self._submit(self._create_opportunity(), 'ati')

    # === AUDITORS === #

    def test_an_auditor_takes_no_part(self):
        for attempt in (
            lambda: self._delegate(self.manager, self.auditor),
            lambda: self._set_seats('sequential', self.auditor),
            lambda: self.rule.write({'user_ids': [Command.link(self.auditor.id)]}),
            lambda: self.gate.dimension_ids[:1].write({'user_ids': [Command.link(self.auditor.id)]}),
            lambda: self.company.write({'ltc_cfo_id': self.auditor.id}),
            lambda: self.env['ltc.decision.team'].create({
                'name': "Board", 'member_ids': [Command.create({'user_id': self.auditor.id})]}),
        ):
            with self.assertRaisesRegex(ValidationError, "LTC Auditor reads everything"), self.env.cr.savepoint():
                attempt()
        review = self._submit_heard()
        with self.assertRaisesRegex(UserError, "LTC Auditor reads everything"), self.env.cr.savepoint():
            review.with_user(self.manager).action_add_reviewer(self.auditor.ids, 'legal')

    def test_who_becomes_an_auditor_acts_no_more(self):
        review = self._submit(self._create_opportunity(), 'ati')
        self.manager.group_ids += self.env.ref('ltc_base.group_ltc_auditor')
        self.presales.group_ids += self.env.ref('ltc_base.group_ltc_auditor')
        opinion = review.opinion_ids.filtered(lambda opinion: self.presales in opinion.candidate_ids)[:1]
        with self.assertRaisesRegex(AccessError, "LTC Presales reads everything"), self.env.cr.savepoint():
            opinion.with_user(self.presales).sudo(False).action_give('agree')
        self._refuse(review, self.manager, "LTC Manager reads everything")
        (self.manager | self.presales).group_ids -= self.env.ref('ltc_base.group_ltc_auditor')
        self._set_seats('sequential', self.manager)
        self.gate.dimension_ids.write({'group_id': self.env.ref('ltc_base.group_ltc_presales').id})
        self.presales.group_ids += self.env.ref('ltc_base.group_ltc_auditor')
        self.env.invalidate_all()
        later = self._submit(self._create_opportunity(name="Later"), 'ati')
        self.assertNotIn(self.presales, later.opinion_ids.candidate_ids)
