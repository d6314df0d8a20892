from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import LtcLeadCommon


@tagged('post_install', '-at_install')
class TestGateRounds(LtcLeadCommon):
    """The rounds of a gate: what is locked, kept, returned, held, decided together; and gates of one's own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('full')
        cls.gate = cls.env['ltc.gate']._get_by_code('ati')

    # === UNDER REVIEW === #

    def test_what_is_under_review_does_not_change(self):
        opportunity = self._create_opportunity()
        review = self._submit(opportunity, 'ati')
        opportunity = opportunity.with_user(self.sales)
        with self.assertRaisesRegex(UserError, "under review .* withdraw the review first"):
            opportunity.expected_revenue = 5.0
        with self.assertRaisesRegex(UserError, "under review"):
            opportunity.sudo().ltc_need = "Something else"
        opportunity.priority = '2'  # nothing that is decided on
        with self.assertRaisesRegex(UserError, "withdraw the review before you delete it"):
            opportunity.with_user(self.manager).unlink()
        review.with_user(self.sales).action_withdraw()
        opportunity.expected_revenue = 5.0
        self.assertEqual(opportunity.expected_revenue, 5.0)

    # === RETURN FOR REWORK === #

    def test_a_reviewer_returns_it_for_rework(self):
        opportunity = self._create_opportunity()
        review = self._submit(opportunity, 'ati')
        with self.assertRaisesRegex(AccessError, "does not wait for you"):
            review.with_user(self.legal).action_return("No.")
        with self.assertRaisesRegex(UserError, "say what the submitter should rework"):
            review.with_user(self.presales).action_return(" ")
        review.with_user(self.presales).action_return("The need lacks the bottle sizes.")
        self.assertRecordValues(review, [{'state': 'returned', 'decision': False, 'waits_for_me': False}])
        self.assertIn(self.sales, opportunity.sudo().activity_ids.user_id)
        card = opportunity.with_user(self.sales).ltc_gate_summary[0]
        self.assertEqual((card['state'], card['can_submit']), ('returned', True))
        self.assertIn("bottle sizes", card['detail'])
        with self.assertRaisesRegex(UserError, "was not decided"):
            opportunity.with_user(self.sales).stage_id = self.stage_proposition
        with self.assertRaisesRegex(UserError, "is closed"):
            review.with_user(self.manager).action_decide('go')

    # === SMART RE-REVIEW === #

    def test_only_what_changed_is_heard_again(self):
        opportunity = self._create_opportunity()
        first = self._submit(opportunity, 'ati')
        self._hear(first)
        self._decide(first)
        opportunity.expected_revenue = 900000.0  # commercial looks at the amount, technical does not
        second = self._submit(opportunity, 'ati')
        technical, commercial = (
            second.opinion_ids.filtered(lambda opinion, kind=kind: opinion.kind == kind)
            for kind in ('technical', 'commercial'))
        self.assertRecordValues(technical, [{
            'state': 'given', 'verdict': 'agree', 'kept_from': 1,
            'given_by_id': first.opinion_ids.filtered(lambda opinion: opinion.kind == 'technical').given_by_id.id}])
        self.assertEqual(commercial.state, 'pending')
        second.with_user(self.sales).action_withdraw()
        opportunity.ltc_need = "Three lines."
        third = self._submit(opportunity, 'ati')
        self.assertEqual(set(third.opinion_ids.mapped('state')), {'pending'}, "the need concerns both")

    def test_a_disagreement_is_asked_again(self):
        opportunity = self._create_opportunity()
        first = self._submit(opportunity, 'ati')
        self._hear(first, 'disagree')
        first.with_user(self.manager).action_return("Answer the reviewers first.")
        second = self._submit(opportunity, 'ati')
        self.assertEqual(set(second.opinion_ids.mapped('state')), {'pending'})

    def test_an_opinion_of_the_new_submitter_is_not_kept(self):
        opportunity = self._create_opportunity()
        first = self._submit(opportunity, 'ati')
        self._hear(first)
        giver = first.opinion_ids.filtered(lambda opinion: opinion.kind == 'commercial').given_by_id
        first.with_user(self.sales).action_withdraw()
        opinions = opportunity.with_user(giver).sudo()._ltc_prepare_opinions(
            self.gate, self.gate.rule_ids[:1], first.figures, first)
        states = {values['kind']: values.get('state', 'pending') for _command, _id, values in opinions}
        self.assertEqual(states, {'technical': 'given', 'commercial': 'pending'})

    # === ATTACHMENTS === #

    def test_the_files_of_a_round_stay(self):
        self.gate.attachment_required = True
        opportunity = self._create_opportunity()
        with self.assertRaisesRegex(UserError, "needs an attachment"):
            self._submit(opportunity, 'ati')
        note, later = self.env['ir.attachment'].create([
            {'name': name, 'raw': b'x', 'res_model': 'crm.lead', 'res_id': opportunity.id}
            for name in ("site.txt", "later.txt")])
        later.res_id = 0
        review = self._submit(opportunity, 'ati')
        self.assertEqual([name for _id, name, _sum in review.attachments], ["site.txt"])
        with self.assertRaisesRegex(UserError, "site.txt was submitted with review"):
            note.with_user(self.sales).raw = b'y'
        with self.assertRaisesRegex(UserError, "site.txt was submitted with review"):
            note.unlink()
        later.unlink()

    # === HOLD === #

    def _resume(self):
        self.patch(self.registry['ir.cron'], '_commit_progress', lambda cron, *args, **kw: 60.0)
        self.env['ltc.gate.review']._cron_resume_holds()

    def test_a_hold_comes_back_by_itself_once(self):
        opportunity = self._create_opportunity()
        until = fields.Date.today() + timedelta(days=10)
        held = self._pass_gate(opportunity, 'ati', decision='hold', reason="No people.", hold_until=until)
        self._resume()
        self.assertEqual(len(opportunity.ltc_review_ids), 1)
        with freeze_time(until + timedelta(days=1)):
            self._resume()
            self._resume()
        again = opportunity.ltc_review_ids - held
        self.assertRecordValues(again, [{'state': 'in_review', 'round': 2, 'submitted_by_id': self.sales.id}])
        self.assertTrue(all(again.answer_ids.mapped('is_fulfilled')))
        self.assertNotIn(self.sales, again.sudo().activity_ids.user_id)

    def test_a_hold_that_cannot_come_back_tells_the_submitter_why(self):
        opportunity = self._create_opportunity()
        until = fields.Date.today() + timedelta(days=10)
        self._pass_gate(opportunity, 'ati', decision='hold', reason="No people.", hold_until=until)
        opportunity.ltc_sr_user_id = False
        with freeze_time(until + timedelta(days=1)):
            self._resume()
        self.assertEqual(len(opportunity.ltc_review_ids), 1)
        self.assertIn("SR", opportunity.activity_ids.filtered(lambda act: act.user_id == self.sales).note)

    # === COMMENTS === #

    def test_where_a_comment_is_required_a_go_needs_one(self):
        self.gate.comment_required = True
        review = self._submit(self._create_opportunity(), 'ati')
        self.gate.comment_required = False  # the running round keeps its rule
        opinion = review.opinion_ids.filtered(lambda opinion: opinion.kind == 'technical')
        with self.assertRaisesRegex(UserError, "needs a comment"):
            opinion.with_user(self.presales).action_give('agree')
        self._hear(review)
        with self.assertRaisesRegex(UserError, "asks for a comment on every decision"):
            review.with_user(self.manager).action_decide('go')
        review.with_user(self.manager).action_decide('go', reason="Good customer.")
        self.assertEqual(review.decision, 'go')

    # === DECIDING SEVERAL === #

    def test_a_manager_decides_several_and_is_told_what_was_left(self):
        reviews = self._submit(self._create_opportunity(), 'ati')
        for _other in range(2):
            reviews |= self._submit(self._create_opportunity(), 'ati')
        for review in reviews[:2]:
            self._hear(review)
        Decide = self.env['ltc.gate.decide'].with_user(self.manager)
        action = reviews.with_user(self.manager).action_open_decide()
        with Form(Decide.with_context(**action['context'])) as form:
            form.decision = 'go'
            decide = form.save()
        self.assertEqual(decide.blocked_count, 1)
        self.assertIn("lacks the opinions", decide.line_ids.filtered('blocker').blocker)
        message = decide.action_decide()['params']['message']
        self.assertIn("2 decided", message)
        self.assertIn(reviews.filtered(lambda review: review.state == 'in_review').name, message)
        self.assertEqual(sorted(reviews.mapped('state')), ['decided', 'decided', 'in_review'])

    def test_the_counter_tells_what_waits_and_what_is_late(self):
        review = self._submit(self._create_opportunity(), 'ati')
        count = self.env['ltc.gate.review'].with_user(self.presales).get_my_count()
        self.assertEqual((count['waiting'], count['late']), (1, 0))
        with freeze_time(review.deadline + timedelta(hours=1)):
            self.assertEqual(self.env['ltc.gate.review'].with_user(self.presales).get_my_count()['late'], 1)
        self.assertEqual(self.env['ltc.gate.review'].with_user(self.legal).get_my_count()['waiting'], 0)

    # === GATES OF ONE'S OWN === #

    def _add_own_gate(self, **values):
        return self.env['ltc.gate'].with_user(self.operations).create({
            'name': "Strategic Account", 'model_id': self.env['ir.model']._get_id('crm.lead'),
            'company_ids': [(6, 0, self.company.ids)],
            'guard_domain': repr([('priority', '=', '3')]),
            'figure_field_ids': [(6, 0, self.env['ir.model.fields']._get('crm.lead', 'city').ids)],
            'rule_ids': [(0, 0, {'name': "Director", 'user_ids': [(6, 0, self.director.ids)]})], **values})

    def test_a_company_adds_a_gate_without_code(self):
        self._set_profile('light')
        gate = self._add_own_gate()
        self.assertEqual(gate.code, 'strategic_account')
        opportunity = self._create_opportunity().with_user(self.sales)
        with self.assertRaisesRegex(UserError, "was not decided at gate Strategic"), self.env.cr.savepoint():
            opportunity.priority = '3'
        with self.assertRaisesRegex(UserError, "was not decided at gate Strategic"), self.env.cr.savepoint():
            self._create_opportunity(priority='3')
        with self.assertRaisesRegex(UserError, "was not decided at gate Strategic"), self.env.cr.savepoint():
            opportunity.write({'priority': '3', 'expected_revenue': 1.0})
        result = self.env['crm.lead'].with_user(self.sales).load(
            ['.id', 'priority'], [[str(opportunity.id), 'Very High']])
        self.assertIn("was not decided", result['messages'][0]['message'])
        self.assertEqual([card['code'] for card in opportunity.ltc_gate_summary], ['strategic_account'])
        review = self._submit(opportunity, 'strategic_account')
        self.assertEqual(review.figures['field.city'], False)
        review.with_user(self.director).action_decide('go')
        opportunity.expected_revenue = 800001.0
        with self.assertRaisesRegex(UserError, "is not what was decided"), self.env.cr.savepoint():
            opportunity.priority = '3'
        opportunity.write({'expected_revenue': 800000.0, 'city': "Suzhou"})
        with self.assertRaisesRegex(UserError, "City:  → Suzhou"), self.env.cr.savepoint():
            opportunity.priority = '3'
        opportunity.city = False
        opportunity.priority = '3'
        other = self.env['res.company'].create({'name': "Other"})
        elsewhere = self._create_lead(company_id=other.id, team_id=False, user_id=False)
        elsewhere.priority = '3'  # the gate is not in force there

    def test_a_gate_of_ones_own_must_guard_something_that_exists(self):
        with self.assertRaisesRegex(ValidationError, "guards nothing"):
            self._add_own_gate(guard_domain=False, name="A")
        with self.assertRaisesRegex(ValidationError, "cannot be read"):
            self._add_own_gate(guard_domain="[('no_such_field', '=', 1)]", name="B")
        with self.assertRaisesRegex(ValidationError, "cannot be read"):
            self._add_own_gate(guard_domain="__import__('os')", name="C")
        with self.assertRaisesRegex(ValidationError, "does not pass through gates"):
            self._add_own_gate(model_id=self.env['ir.model']._get_id('res.partner'), figure_field_ids=False,
                               guard_domain="[('name', '=', 'x')]", name="D")
        for guard in "[('expected_revenue', '>', 1)]", "[('partner_id.city', '=', 'x')]":
            with self.assertRaisesRegex(ValidationError, "guard a step of the document itself"):
                self._add_own_gate(guard_domain=guard, name=guard)
        priority = self.env['ir.model.fields']._get('crm.lead', 'priority')
        with self.assertRaisesRegex(ValidationError, "cannot freeze what its own condition changes: Priority"):
            self._add_own_gate(figure_field_ids=[(6, 0, priority.ids)], name="E")
        with self.assertRaises(AccessError):
            self.env['ltc.gate'].with_user(self.manager).create({'name': "Mine"})

    # === WHAT IS COMPUTED === #

    def _watch_computed(self, **values):
        """Add a field that is computed whenever it is read, from the customer's city, and a gate that looks at it."""
        self.env['ir.model.fields'].create({
            'name': 'x_risky', 'model_id': self.env['ir.model']._get_id('crm.lead'), 'ttype': 'char', 'store': False,
            'field_description': "Risky", 'related': 'partner_id.city'})
        self.assertFalse(self.env['crm.lead']._fields['x_risky'].store)
        self._set_profile('light')
        return self._add_own_gate(**{'figure_field_ids': False, **values})

    def _decide_then_change_the_city(self):
        opportunity = self._create_opportunity().with_user(self.sales)
        review = self._submit(opportunity, 'strategic_account')
        review.with_user(review.approval_ids.candidate_ids[:1]).action_decide('go')
        self.assertEqual(opportunity.x_risky, False)
        self.customer.city = "Risk"
        with self.assertRaisesRegex(UserError, "is not what was decided.*Risky"), self.env.cr.savepoint():
            opportunity.priority = '3'
        self.customer.city = False
        opportunity.priority = '3'
        return review

    def test_a_frozen_field_that_is_computed_is_compared_at_the_move(self):
        gate = self._watch_computed()
        gate.sudo().figure_field_ids = self.env['ir.model.fields']._get('crm.lead', 'x_risky')
        self._decide_then_change_the_city()

    def test_what_a_level_looks_at_is_compared_at_the_move(self):
        gate = self._watch_computed()
        gate.sudo().rule_ids = [(0, 0, {
            'name': "Board", 'level': 90, 'user_ids': [(6, 0, self.manager.ids)],
            'scope_domain': "[('x_risky', '=', 'Risk')]"})]
        review = self._decide_then_change_the_city()
        self.assertIn('field.x_risky', review.figures)
        self.assertEqual(review.level, 10)

    def test_what_an_opinion_looks_at_is_compared_at_the_move(self):
        figure = self.env['ltc.gate.figure'].create({'name': "Risky", 'key': 'field.x_risky'})
        self._watch_computed(dimension_ids=[(0, 0, {
            'kind': 'legal', 'user_ids': [(6, 0, self.legal.ids)], 'figure_ids': [(6, 0, figure.ids)],
            'is_required': False})])
        self._decide_then_change_the_city()

    def test_what_the_set_up_names_later_voids_no_decision(self):
        gate = self._watch_computed()
        opportunity = self._create_opportunity(city="Wuxi").with_user(self.sales)
        review = self._submit(opportunity, 'strategic_account')
        review.with_user(self.director).action_decide('go')
        gate.figure_field_ids = self.env['ir.model.fields']._get('crm.lead', 'city')
        opportunity.priority = '3'

    def test_a_condition_that_changes_by_itself_is_not_guarded(self):
        self._watch_computed()
        with self.assertRaisesRegex(ValidationError, "cannot guard Risky, which is computed"):
            self._add_own_gate(guard_domain="[('x_risky', '=', 'Risk')]", figure_field_ids=False, name="Other")
