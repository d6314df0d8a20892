from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged, users
from odoo.tools import mute_logger

from .common import LtcLeadCommon


class LtcScoreCommon(LtcLeadCommon):
    """One scorecard in force, with rules of the test's own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['ltc.scorecard'].search([]).active = False
        cls.kind_visit = cls.env['ltc.engagement.kind'].create({
            'name': "Factory tour", 'code': 'test_tour', 'half_life': 30, 'unit': "tours"})
        cls.card = cls.env['ltc.scorecard'].create({
            'name': "Test card", 'fit_max': 60, 'engagement_max': 40, 'rule_ids': [
                Command.create({'name': "Named", 'domain': "[('partner_name', '!=', False)]", 'points': 20}),
                Command.create({'name': "From Suzhou", 'domain': "[('city', '=', 'Suzhou')]", 'points': 50}),
                Command.create({'name': "Bad customer", 'domain': "[('partner_id.ltc_grade', '=', 'D')]",
                                'points': -15}),
                Command.create({'name': "Tours", 'part': 'engagement', 'kind_id': cls.kind_visit.id, 'points': 10,
                                'cap': 25}),
            ]})
        cls.Score = cls.env['ltc.lead.score']

    def _score(self, leads):
        changed = self.Score._score(leads.ids)
        return changed

    def _visit(self, lead, quantity=1.0, days=0):
        return self.env['ltc.lead.engagement'].sudo().create({
            'lead_id': lead.id, 'kind_id': self.kind_visit.id, 'quantity': quantity,
            'date': fields.Datetime.now() - timedelta(days=days)})


@tagged('post_install', '-at_install')
class TestCrmLeadScore(LtcScoreCommon):

    # === POINTS === #

    def test_fit_and_engagement_make_the_score(self):
        lead = self._create_lead(partner_id=False, partner_name="Acme")
        self._visit(lead)
        self._score(lead)
        self.assertEqual((lead.ltc_score_fit, lead.ltc_score_engagement, lead.ltc_score), (20, 10, 30))
        self.assertEqual(lead.ltc_score_band, 'medium')
        self.assertFalse(lead.ltc_mql_on)

    def test_points_fade_by_half_life_and_stop_at_their_caps(self):
        fresh, old, often = (self._create_lead(partner_id=False) for _number in range(3))
        self._visit(fresh)
        self._visit(old, days=30)
        self._visit(often, quantity=9)
        self._score(fresh + old + often)
        self.assertEqual([lead.ltc_score_engagement for lead in (fresh, old, often)], [10, 5, 25])

    def test_a_future_fact_does_not_count_yet(self):
        lead = self._create_lead(partner_id=False)
        self._visit(lead, days=-5)
        self._score(lead)
        self.assertEqual(lead.ltc_score_engagement, 0)

    def test_a_kind_without_half_life_never_fades(self):
        self.kind_visit.half_life = 0
        lead = self._create_lead(partner_id=False)
        self._visit(lead, days=900)
        self._score(lead)
        self.assertEqual(lead.ltc_score_engagement, 10)

    def test_the_parts_are_capped(self):
        lead = self._create_lead(partner_id=False, partner_name="Acme", city="Suzhou")
        self._score(lead)
        self.assertEqual((lead.ltc_score_fit, lead.ltc_score), (60, 60))

    def test_a_score_is_never_below_nothing(self):
        self.customer.write(dict.fromkeys(
            ('ltc_rating_need', 'ltc_rating_power', 'ltc_rating_cycle', 'ltc_rating_potential'), '0'))
        self.assertEqual(self.customer.ltc_grade, 'D')
        lead = self._create_lead(partner_name=False)
        self._score(lead)
        self.assertIn(lead.ltc_score, (0, 5))
        self.assertLessEqual(lead.ltc_score_fit, 5)

    def test_a_rule_counts_an_amount_within_bounds(self):
        self.card.rule_ids.filtered('kind_id').write({'mode': 'band', 'quantity_from': 2, 'quantity_to': 4})
        below, within, above = (self._create_lead(partner_id=False) for _number in range(3))
        for lead, quantity in ((below, 1), (within, 3), (above, 5)):
            self._visit(lead, quantity)
        self._score(below + within + above)
        self.assertEqual([lead.ltc_score_engagement for lead in (below, within, above)], [0, 10, 0])

    def test_odoos_own_traces_count(self):
        kinds = {
            source: self.env['ltc.engagement.kind'].create({
                'name': source, 'code': f'test_{source}', 'source': source, 'half_life': 0,
                'activity_type_ids': self.env.ref('mail.mail_activity_data_call').ids})
            for source in ('mail', 'activity', 'meeting')}
        for points, kind in zip((1, 2, 4), kinds.values(), strict=True):
            self.env['ltc.score.rule'].create({
                'card_id': self.card.id, 'name': kind.name, 'part': 'engagement', 'kind_id': kind.id, 'points': points})
        lead = self._create_lead()
        lead.message_post(body="We are interested.", message_type='email', author_id=self.customer.id)
        lead.with_user(self.sales).message_post(body="A colleague's note.", message_type='comment')
        lead.with_user(self.sales).message_post(body="A colleague's mail.", message_type='email')
        lead.activity_schedule('mail.mail_activity_data_call', user_id=self.sales.id).action_feedback()
        lead.activity_schedule('mail.mail_activity_data_call', user_id=self.sales.id)  # not done
        now = fields.Datetime.now()
        for start in (now - timedelta(days=2), now + timedelta(days=2)):  # held, to come
            self.env['calendar.event'].create({
                'name': "Visit", 'start': start, 'stop': start + timedelta(hours=1), 'opportunity_id': lead.id})
        self._score(lead)
        self.assertEqual(lead.ltc_score_engagement, 1 + 2 + 4)

    # === WHICH CARD === #

    def test_a_card_of_the_team_goes_before_that_of_the_company(self):
        card_company, card_team, _card_foreign = self.env['ltc.scorecard'].create([
            {'name': name, 'rule_ids': [Command.create({'name': "All", 'points': points})], **values}
            for name, points, values in (
                ("Company", 1, {'company_id': self.company.id}), ("Team", 2, {'team_id': self.team.id}),
                ("Foreign", 3, {'company_id': self.env['res.company'].create({'name': "Elsewhere"}).id}))])
        lead = self._create_lead()
        other = self._create_lead(team_id=False)
        shared = self._create_lead(company_id=False, team_id=False, user_id=False)
        self._score(lead + other + shared)
        cards = {score.lead_id: score.card_id for score in self.Score.search([])}
        self.assertEqual(
            [cards[lead], cards[other], cards[shared]], [card_team, card_company, self.card])

    def test_no_card_no_score(self):
        self.card.active = False
        lead = self._create_lead()
        self.assertEqual(self._score(lead), 0)
        self.assertFalse(lead.ltc_score_band)
        self.assertIn("no score yet", self.env['ltc.score.explanation'].create({'lead_id': lead.id}).content)

    def test_a_domain_that_cannot_be_searched_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "cannot search leads"), self.env.cr.savepoint():
            self.env['ltc.score.rule'].create({
                'card_id': self.card.id, 'name': "Wrong", 'domain': "[('no_such_field', '=', 1)]", 'points': 1})
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env['ltc.score.rule'].create({
                'card_id': self.card.id, 'name': "No kind", 'part': 'engagement', 'points': 1})

    # === MQL === #

    def test_reaching_the_threshold_of_the_team_is_kept(self):
        self.team.ltc_mql_score = 20
        lead = self._create_lead(partner_id=False, partner_name="Acme")
        self._score(lead)
        reached_on = lead.ltc_mql_on
        self.assertTrue(reached_on)
        self.assertEqual(lead.ltc_score_band, 'high')
        lead.partner_name = False
        self._score(lead)
        self.assertEqual((lead.ltc_score, lead.ltc_mql_on), (0, reached_on))

    def test_merged_leads_keep_facts_and_the_first_qualification(self):
        self.team.ltc_mql_score = 10
        one, other = self._create_lead(partner_id=False), self._create_lead(partner_id=False)
        self._visit(one)
        self._score(one + other)
        self.assertTrue(one.ltc_mql_on)
        other.priority = '3'  # it is the one that is kept
        merged = (one + other).merge_opportunity()
        merged.invalidate_recordset()
        self.assertTrue(merged.ltc_mql_on)
        self._score(merged)
        self.assertEqual(merged.ltc_score_engagement, 10)

    # === WHO MAY === #

    @users('ltc_test_sales')
    def test_nobody_writes_a_score(self):
        lead = self._create_lead().with_user(self.env.user)
        lead.write({'ltc_score': 99, 'name': "Renamed"})
        created = self.env['crm.lead'].create({'name': "Typed", 'ltc_score': 99})
        self.assertEqual((lead.ltc_score, created.ltc_score, lead.name), (0, 0, "Renamed"))
        for model in ('ltc.lead.score', 'ltc.lead.engagement'):
            with self.assertRaises(AccessError):
                self.env[model].create({'lead_id': lead.id})

    @users('ltc_test_sales')
    def test_a_salesperson_records_engagement_of_own_leads_only(self):
        lead = self._create_lead().with_user(self.env.user)
        lead.action_ltc_log_engagement('test_tour', 2)
        self.assertEqual(lead.sudo().env['ltc.lead.engagement'].search([('lead_id', '=', lead.id)]).quantity, 2)
        with self.assertRaisesRegex(UserError, "no engagement of the kind"):
            lead.action_ltc_log_engagement('nonsense')
        with self.assertRaisesRegex(UserError, "no engagement of the kind"):
            lead.action_ltc_log_engagement('mail')  # Odoo records it
        foreign = self._create_lead(user_id=self.manager.id).with_user(self.env.user)
        with self.assertRaises(AccessError):
            foreign.action_ltc_log_engagement('test_tour')
        with self.assertRaises(AccessError):
            foreign.action_ltc_explain_score()
        with self.assertRaises(AccessError):
            foreign._ltc_get_score_explanation()

    def test_facts_are_never_changed(self):
        lead = self._create_lead()
        fact = self._visit(lead)
        operations = new_test_user(
            self.env, 'ltc_test_facts', groups='ltc_base.group_ltc_operations,sales_team.group_sale_manager')
        for name in ('quantity', 'date', 'lead_id'):
            with self.assertRaises(AccessError):
                fact.with_user(operations).write({name: False})
        with self.assertRaisesRegex(UserError, "cannot be recorded by hand"), self.env.cr.savepoint():
            self.env['ltc.lead.engagement'].create({
                'lead_id': lead.id, 'kind_id': self.env.ref('ltc_lead.engagement_kind_mail').id})

    def test_another_companys_explanation_is_not_open(self):
        other = self.env['res.company'].create({'name': "Elsewhere"})
        lead = self._create_lead(company_id=other.id, team_id=False, user_id=False, partner_id=False)
        with self.assertRaises(AccessError):
            lead.with_user(self.manager).action_ltc_explain_score()

    # === EXPLANATION === #

    @users('ltc_test_sales')
    def test_the_explanation_adds_up_and_shows_the_three_probabilities(self):
        lead = self._create_lead(partner_id=False, partner_name="Acme").with_user(self.env.user)
        self._visit(lead.sudo(), quantity=2, days=30)
        lead.stage_id.sudo().ltc_probability = 35
        lead.probability = 77.7
        action = lead.action_ltc_explain_score()
        explanation = self.env[action['res_model']].browse(action['res_id'])
        facts = lead._ltc_get_score_explanation()
        lines = facts['fit_lines'] + facts['engagement_lines']
        self.assertEqual(sum(line['points'] for line in lines), lead.ltc_score)
        self.assertEqual([(line['name'], line['points']) for line in lines], [("Named", 20), ("Tours", 10)])
        self.assertAlmostEqual(facts['engagement_lines'][0]['amount'], 1.0, 2)
        for text in ("Named", "Tours", "half of it left after", "35 %", "77.7 %", "Typed by hand"):
            self.assertIn(text, explanation.content)
        self.assertEqual(lead.probability, 77.7, "it is untouched")

    def test_the_chip_leads_to_the_explanation(self):
        lead = self._create_lead(partner_id=False, partner_name="Acme")
        self.assertNotIn('score', [chip['key'] for chip in lead.ltc_glance or []])
        self._score(lead)
        chip = next(chip for chip in lead.ltc_glance if chip['key'] == 'score')
        self.assertEqual((chip['label'], chip['tone']), ('20', 'muted'))
        self.assertTrue(callable(getattr(lead, chip['action'])))

    # === COLUMNS === #

    def test_the_columns_are_searched_ordered_and_grouped(self):
        leads = self.env['crm.lead'].union(*(
            self._create_lead(partner_id=False, partner_name=name, city=city)
            for name, city in ((False, False), ("Acme", False), ("Acme", "Suzhou"))))
        self._score(leads)
        unscored = self._create_lead()
        within = [('id', 'in', (leads + unscored).ids)]
        self.assertEqual(self.env['crm.lead'].search(within + [('ltc_score', '>=', 20)]), leads[:0:-1])
        self.assertEqual(
            self.env['crm.lead'].search(within, order='ltc_score desc, id').ids,
            [leads[2].id, leads[1].id, leads[0].id, unscored.id])
        groups = self.env['crm.lead']._read_group(within, ['ltc_score_band'], ['__count'])
        self.assertEqual(dict(groups), {'high': 1, 'low': 2, False: 1})
        self.assertEqual(self.env['crm.lead'].search(within + [('ltc_score_band', '=', False)]), unscored)

    def test_a_list_with_scores_costs_no_query_more(self):
        leads = self.env['crm.lead'].create([self._prepare_lead_values() for _number in range(80)])
        self._score(leads)
        names = ['ltc_score', 'ltc_score_band', 'ltc_mql_on', 'ltc_temperature', 'ltc_customer_grade', 'ltc_glance']
        counts = []
        for extra in ([], names):
            specification = {name: {} for name in ['name', 'type', *extra]}
            for _turn in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                leads.web_read(specification)
                count = self.cr.sql_log_count - before
            counts.append(count)
        self.assertEqual(counts[0], counts[1])
