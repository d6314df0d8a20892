from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import Form, tagged
from odoo.tools import format_date, html2plaintext

from .common import LtcLeadCommon


@tagged('post_install', '-at_install')
class TestGateScreens(LtcLeadCommon):
    """What My Reviews, the systray and the form of a round show to whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('full')
        cls.manager.tz = cls.sales.tz = 'Asia/Shanghai'
        cls.review = cls._submit(cls._create_opportunity(), 'ati', cls.sales)

    def _as(self, user, records=None):
        return (self.review if records is None else records).with_user(user).sudo(False)

    def _submit_another(self, **values):
        return self._submit(self._create_opportunity(**values), 'ati', self.sales)

    # === URGENCY === #

    @freeze_time('2026-03-10 02:00:00')  # ten in the morning in Shanghai
    def test_urgency_follows_the_day_of_the_reader(self):
        moments = {'late': '2026-03-10 01:00:00', 'today': '2026-03-10 15:59:00', 'later': '2026-03-10 16:01:00'}
        rounds = {urgency: self._submit_another(name=urgency) for urgency in moments}
        for urgency, moment in moments.items():
            rounds[urgency].sudo().deadline = moment
        Review = self._as(self.manager, self.env['ltc.gate.review'])
        for urgency, review in rounds.items():
            self.assertEqual(self._as(self.manager, review).urgency, urgency)
            found = Review.search([('urgency', '=', urgency), ('id', 'in', [row.id for row in rounds.values()])])
            self.assertEqual(found, self._as(self.manager, review))

    @freeze_time('2026-03-10 02:00:00')
    def test_cards_are_grouped_late_first_with_empty_groups_too(self):
        self.review.sudo().deadline = '2026-03-10 01:00:00'
        Review = self._as(self.manager, self.env['ltc.gate.review'])
        groups = Review.with_context(read_group_expand=True).web_read_group(
            [('id', '=', self.review.id)], ['urgency'], ['__count'])['groups']
        self.assertEqual(
            [(group['urgency'], group['__count']) for group in groups], [('late', 1), ('today', 0), ('later', 0)])

    def test_a_closed_round_is_not_urgent(self):
        self._as(self.sales).action_withdraw()
        self.assertFalse(self.review.urgency)
        self.assertIn(self.review, self.env['ltc.gate.review'].search([('urgency', '=', False)]))

    # === WHAT IS ASKED OF WHOM === #

    def test_each_reads_what_is_asked_of_him(self):
        self.assertEqual(self._as(self.presales).my_task, "Give opinion: Technical")
        self.assertFalse(self._as(self.manager).my_task)
        self.assertFalse(self._as(self.sales).my_task)
        self._hear(self.review)
        self.assertEqual(self._as(self.manager).my_task, f"Decide as {self.review.level_name}")

    def test_a_delegate_reads_in_whose_place(self):
        self._hear(self.review)
        self.env['ltc.delegation'].create({
            'user_id': self.manager.id, 'delegate_id': self.finance.id,
            'date_to': fields.Date.today() + timedelta(days=1)})
        self.review.sudo().approval_ids.candidate_ids = self.manager
        review = self._as(self.finance)
        self.assertEqual((review.stands_in_for, review.is_stand_in), (self.manager.name, True))
        found = [('is_stand_in', '=', True), ('id', '=', review.id)]
        self.assertTrue(self._as(self.finance, self.env['ltc.gate.review']).search_count(found))
        self.assertFalse(self._as(self.manager, self.env['ltc.gate.review']).search_count(found))
        self.assertFalse(self._as(self.manager).is_stand_in)

    def test_opinions_in_short_tell_the_verdict_and_the_risk(self):
        opinion = self.review.sudo().opinion_ids[0]
        opinion.with_user(opinion.candidate_ids[:1]).sudo(False).action_give('disagree', "No.", "It may tip over.")
        marks = self._as(self.manager).opinion_marks
        self.assertEqual((marks[0]['verdict'], marks[0]['risk']), ('disagree', "It may tip over."))
        self.assertEqual({mark['verdict'] for mark in marks[1:]}, {'pending'})

    def test_whoever_judges_reads_why_it_came_to_him(self):
        self.assertEqual(self._as(self.presales).reasons_shown, {
            'level': self.review.level_label, 'reasons': [], 'notes': []})
        self.env['ltc.authority.rule'].create({
            'gate_id': self.review.gate_id.id, 'level': 90, 'name': "Board", 'use_amount': True,
            'amount_above': 1000.0, 'group_id': self.env.ref('ltc_base.group_ltc_decision').id})
        why = self._as(self.presales, self._submit_another(expected_revenue=5000.0)).reasons_shown
        self.assertEqual(why['level'], "Board")
        self.assertRegex(why['reasons'][0], "^amount .*5,000.00.* from .*1,000.00")

    # === SYSTRAY === #

    def test_the_desk_holds_the_next_reviews_late_first(self):
        self._hear(self.review)
        late = self._submit_another(name="Late one", expected_revenue=1000.0)
        self._hear(late)
        (self.review | late).sudo().approval_ids.candidate_ids = self.manager
        late.sudo().deadline = fields.Datetime.now() - timedelta(hours=1)
        desk = self._as(self.manager, self.env['ltc.gate.review']).get_my_desk()
        self.assertEqual((desk['waiting'], desk['late']), (2, 1))
        self.assertEqual([row['document'] for row in desk['reviews']], ["Late one", self.review.document_name])
        self.assertIn("1,000.00", desk['reviews'][0]['amount'])

    def test_the_desk_counts_all_and_lists_five(self):
        reviews = self.env['ltc.gate.review'].union(
            *[self._submit_another(name=f"Case {number}") for number in range(6)])
        self._hear(self.review)
        for review in reviews:
            self._hear(review)
        (self.review | reviews).sudo().approval_ids.candidate_ids = self.manager
        desk = self._as(self.manager, self.env['ltc.gate.review']).get_my_desk()
        self.assertEqual((desk['waiting'], len(desk['reviews'])), (7, 5))

    def test_whoever_takes_no_part_has_no_desk(self):
        outsider = self.env['res.users'].create({
            'name': "Outsider", 'login': 'ltc_test_outsider',
            'group_ids': [(6, 0, self.env.ref('base.group_user').ids)]})
        self.assertFalse(self._as(outsider, self.env['ltc.gate.review']).get_my_desk())

    def test_those_whose_desk_changed_are_told(self):
        self.env['bus.bus'].sudo().search([]).unlink()
        self._hear(self.review)
        self.env.cr.precommit.run()
        told = self.env['bus.bus'].sudo().search([]).mapped('message')
        self.assertTrue([message for message in told if 'ltc_base.desk_changed' in message])

    # === CONFIGURATION === #

    def test_sales_operations_opens_and_changes_every_gate(self):
        for gate in self.env['ltc.gate'].with_user(self.operations).search([]):
            with Form(gate) as form:
                form.tolerance = 1.0
            self.assertEqual(gate.tolerance, 1.0)

    def test_sales_operations_adds_a_gate_of_its_own(self):
        with Form(self.env['ltc.gate'].with_user(self.operations)) as form:
            form.name = "Discount Board"
            form.model_id = self.env['ir.model'].with_user(self.operations).search([('model', '=', 'crm.lead')])
            form.company_ids.add(self.company)
            form.guard_domain = "[('priority', '=', '3')]"
        self.assertTrue(form.record.is_in_force)
        self.assertTrue(self.env['res.groups'].with_user(self.operations).name_search("Administrator"))

    # === SPEED === #

    def test_many_cards_cost_as_many_queries_as_one(self):
        reviews = self.review | self.env['ltc.gate.review'].union(
            *[self._submit_another(name=f"Case {number}") for number in range(6)])
        names = ['is_changed', 'my_task', 'stands_in_for', 'opinion_marks', 'urgency', 'progress', 'waits_for_me']

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            records = self._as(self.manager, records).with_prefetch()
            before = self.env.cr.sql_log_count
            records.read(names)
            return self.env.cr.sql_log_count - before

        count(reviews)  # warm the caches of the registry
        self.assertLessEqual(count(reviews), count(reviews[:1]))

    # === BANNER AND CHATTER === #

    def _get_card(self):
        opportunity = self.env['crm.lead'].browse(self.review.res_id)
        opportunity.invalidate_recordset(['ltc_gate_summary'])
        return next(card for card in opportunity.ltc_gate_summary if card['code'] == 'ati')

    def _get_notes(self):
        notes = self.env['crm.lead'].browse(self.review.res_id).message_ids.sorted('id').filtered(
            lambda note: "round 1" in note.body)
        self.assertFalse(notes.notified_partner_ids)
        self.assertEqual(set(notes.mapped('is_internal')), {True})
        return [html2plaintext(note.body) for note in notes]

    def test_the_banner_says_who_withdrew_when(self):
        self._as(self.sales).action_withdraw()
        card = self._get_card()
        self.assertEqual((card['state'], card['can_submit']), ('todo', True))
        today = format_date(self.env, self.company._ltc_get_today())
        self.assertEqual(card['detail'], f"Round 1 was withdrawn by LTC Sales on {today}.")
        self.review.sudo().closed_by_name = False
        self.assertEqual(self._get_card()['detail'], f"Round 1 was withdrawn on {today}.")

    def test_the_banner_of_a_conditional_go_names_what_is_open(self):
        self._pass_condition(self.presales)
        due = format_date(self.env, fields.Date.today() + timedelta(days=3))
        self.assertIn(f"Open conditions: Site survey (LTC Presales, until {due}).", self._get_card()['detail'])
        self.review.sudo().condition_ids.with_user(self.presales).sudo(False).action_done()
        self.assertNotIn("Open conditions", self._get_card()['detail'])

    def test_the_document_notes_submission_and_withdrawal(self):
        self._as(self.sales).action_withdraw()
        self.assertEqual(self._get_notes(), [
            f"{self.review.gate_name}, round 1: submitted by LTC Sales ({self.review.level_name}).",
            f"{self.review.gate_name}, round 1: withdrawn by LTC Sales."])

    def test_the_document_notes_the_decision_once(self):
        self._hear(self.review)
        self._decide(self.review)
        notes = self._get_notes()
        self.assertEqual(len(notes), 2)
        self.assertEqual(notes[1], f"{self.review.gate_name}, round 1: Go by {self.review.decider_name}.")

    # === CONDITIONS === #

    def test_only_the_owner_and_the_deciders_are_offered_to_fulfil(self):
        self._pass_condition(self.presales)
        condition = self.review.sudo().condition_ids
        self.assertTrue(self._as(self.presales, condition).can_fulfil)
        self.assertTrue(self._as(self.review.decided_by_id, condition).can_fulfil)
        self.assertFalse(self._as(self.legal, condition).can_fulfil)
        self.env['ltc.gate.condition.fulfil'].with_user(self.presales).create(
            {'condition_id': condition.id, 'note': "Seen on site."}).action_done()
        self.assertEqual((condition.done_by_id, condition.note), (self.presales, "Seen on site."))
        self.assertFalse(self._as(self.presales, condition).can_fulfil)

    def _pass_condition(self, owner):
        self._hear(self.review)
        self._decide(self.review, 'conditional', conditions=[
            {'name': "Site survey", 'user_id': owner.id, 'date_due': fields.Date.today() + timedelta(days=3)}])
