import random
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import LtcLeadCommon


@tagged('post_install', '-at_install')
class TestScoreProposal(LtcLeadCommon):
    """Leads whose outcome follows from where they come from and how often they visited."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.learner = new_test_user(
            cls.env, 'ltc_test_learner', groups='ltc_base.group_ltc_operations,sales_team.group_sale_manager')
        cls.kind = cls.env['ltc.engagement.kind'].create({'name': "Tours", 'code': 'test_tour', 'half_life': 90})
        cls.fair, cls.web = cls.env['utm.source'].create([{'name': "LTC fair"}, {'name': "LTC web"}])
        cls._create_history(400)

    @classmethod
    def _create_history(cls, count):
        chance = random.Random(11)
        facts, outcomes, values = [], [], []
        for number in range(count):
            source, tours = chance.choice([cls.fair, cls.web, False]), chance.randrange(4)
            share = (0.5 if source == cls.fair else 0.2 if source else 0.05) + 0.15 * tours
            outcomes.append(chance.random() < share)
            facts.append(tours)
            values.append(cls._prepare_lead_values(
                name=f"History {number}", partner_id=False, source_id=source and source.id,
                city=chance.choice(["Suzhou", "suzhou ", "Wuxi"])))
        cls.history = cls.env['crm.lead'].create(values)
        cls.env['ltc.lead.engagement'].create([
            {'lead_id': lead.id, 'kind_id': cls.kind.id, 'quantity': tours,
             'date': fields.Datetime.now() - timedelta(days=1)}
            for lead, tours in zip(cls.history, facts, strict=True) if tours])
        cls.env.flush_all()
        for won in (True, False):  # as imports of old data do
            ids = [lead.id for lead, outcome in zip(cls.history, outcomes, strict=True) if outcome == won]
            cls.env.cr.execute(SQL(
                """UPDATE crm_lead SET won_status = %s, active = %s, date_closed = now() at time zone 'utc'
                    WHERE id IN %s""",
                'won' if won else 'lost', won, tuple(ids)))
        cls.env.invalidate_all()

    def _get_field(self, name):
        return self.env['ir.model.fields']._get('crm.lead', name)

    def _propose(self, **values):
        return self.env['ltc.score.proposal'].with_user(self.learner).create({
            'name': "Learned", 'team_id': self.team.id, 'company_id': self.company.id, 'column_ids': [
                *(Command.create({'field_id': self._get_field(name).id}) for name in ('source_id', 'city')),
                Command.create({'kind_id': self.kind.id})], **values})

    def test_points_are_learned_proved_approved_and_used(self):
        old = self.env['ltc.scorecard'].create({
            'name': "By hand", 'team_id': self.team.id, 'company_id': self.company.id})
        proposal = self._propose()
        proposal.action_learn()
        self.assertEqual((proposal.state, proposal.outcome_count), ('ready', 400))
        self.assertGreater(proposal.auc, 0.65)
        self.assertGreater(proposal.auc, proposal.auc_fit)
        self.assertTrue(old.active, "nothing is in force before somebody approves it")
        names = proposal.line_ids.mapped('name')
        self.assertIn("Every lead", names)
        self.assertIn("Source: LTC fair", names)
        self.assertTrue(any("Tours" in name for name in names))
        for text in ("Best tenth", "Foretold"):
            self.assertIn(text, proposal.result_html)
        points = {line.name: line.points for line in proposal.line_ids}
        self.assertGreater(points["Source: LTC fair"], points.get("Source: not answered", 0))

        proposal.action_approve()
        self.assertEqual((proposal.state, proposal.approved_by_id), ('approved', self.learner))
        self.assertFalse(old.active)
        self.assertEqual(len(proposal.card_id.rule_ids), len(proposal.line_ids))
        good = self._create_lead(partner_id=False, source_id=self.fair.id)
        self.env['ltc.lead.engagement'].create({'lead_id': good.id, 'kind_id': self.kind.id, 'quantity': 3})
        bad = self._create_lead(partner_id=False, source_id=False)
        self.env['ltc.lead.score']._score((good + bad).ids)
        self.assertGreater(good.ltc_score, 55)
        self.assertLess(bad.ltc_score, 45)

    def test_the_rules_find_what_was_learned(self):
        """A lead of the history scores by the rules what the design gave it: domains and bounds say the same."""
        proposal = self._propose()
        proposal.action_learn()
        proposal.action_approve()
        self.env.cr.execute("UPDATE crm_lead SET active = TRUE, won_status = 'pending' WHERE id IN %s",
                            (tuple(self.history.ids),))
        self.env.invalidate_all()
        self.env['ltc.lead.score']._score(self.history.ids)
        fit = {line.name: line.points for line in proposal.line_ids if line.part == 'fit'}
        for lead in self.history[:60]:
            source = f"Source: {lead.source_id.name}" if lead.source_id else "Source: not answered"
            city = f"City: {lead.city.strip().lower()}"
            expected = fit["Every lead"] + fit.get(source, 0)
            if lead.city == lead.city.strip():
                self.assertEqual(lead.ltc_score_fit, expected + fit.get(city, 0), lead.name)

    def test_too_few_outcomes_are_refused(self):
        with self.assertRaisesRegex(UserError, "too few to learn from"):
            self._propose(outcomes_min=900).action_learn()
        with self.assertRaisesRegex(UserError, "nothing to learn from"):
            self._propose(column_ids=[]).action_learn()
        with self.assertRaisesRegex(ValidationError, "less than 100"):
            self._propose(outcomes_min=50)

    def test_a_column_that_knows_the_outcome_is_warned_of(self):
        self.env.cr.execute(
            "UPDATE crm_lead SET function = CASE won_status WHEN 'won' THEN 'signed' ELSE 'gone' END WHERE id IN %s",
            (tuple(self.history.ids),))
        proposal = self._propose()
        proposal.column_ids = [Command.create({'field_id': self._get_field('function').id})]
        proposal.action_learn()
        warned = proposal.column_ids.filtered('warning')
        self.assertEqual(warned.field_id.name, 'function')
        self.assertIn("AUC 1.00", warned.warning)
        self.assertTrue(proposal.has_warning)

    def test_what_follows_from_the_outcome_cannot_be_chosen(self):
        for name in ('probability', 'stage_id', 'won_status', 'description', 'ltc_score', 'ltc_forecast_category',
                     'ltc_forecast_override', 'ltc_won_reason_id', 'ltc_winner_id', 'ltc_price_gap', 'ltc_pool_id'):
            with self.assertRaisesRegex(ValidationError, "leave it out", msg=name), self.env.cr.savepoint():
                self._propose(column_ids=[Command.create({'field_id': self._get_field(name).id})])

    def test_only_sales_operations_decide_and_nobody_forges_the_proof(self):
        proposal = self._propose()
        proposal.write({'state': 'approved', 'auc': 0.99})
        self.assertEqual((proposal.state, proposal.auc), ('draft', 0.0))
        forged = self._propose(state='ready', auc=0.99, card_id=1)
        self.assertEqual((forged.state, forged.card_id), ('draft', self.env['ltc.scorecard']))
        with self.assertRaises(AccessError):
            proposal.with_user(self.manager).action_learn()
        with self.assertRaisesRegex(UserError, "duplicate it"):
            proposal.action_approve()
        with self.assertRaises(AccessError):
            self.env['ltc.score.proposal.line'].with_user(self.learner).create({
                'proposal_id': proposal.id, 'name': "Mine", 'part': 'fit', 'points': 99})
        proposal.action_learn()
        proposal.column_ids[0].write({'auc': 0.99, 'warning': False})
        self.assertLess(proposal.column_ids[0].auc, 0.9)

    def test_a_decided_proposal_stays_as_it_was(self):
        proposal = self._propose()
        proposal.action_learn()
        proposal.action_approve()
        with self.assertRaisesRegex(UserError, "is decided"):
            proposal.team_id = False
        with self.assertRaisesRegex(UserError, "is decided"):
            proposal.column_ids[0].unlink()
        with self.assertRaisesRegex(UserError, "it is kept"):
            proposal.unlink()
        with self.assertRaisesRegex(UserError, "duplicate it"):
            proposal.action_learn()
        again = proposal.copy()
        self.assertEqual((again.state, len(again.column_ids), len(again.line_ids)), ('draft', 3, 0))

    def test_rejecting_puts_nothing_in_force(self):
        proposal = self._propose()
        proposal.action_learn()
        proposal.action_reject()
        self.assertEqual((proposal.state, proposal.approved_by_id), ('rejected', self.learner))
        with self.assertRaisesRegex(UserError, "duplicate it"):
            proposal.action_approve()

    def test_another_companys_outcomes_are_not_learned_from(self):
        other = self.env['res.company'].create({'name': "Elsewhere"})
        proposal = self._propose(team_id=False)
        self.env.cr.execute("UPDATE crm_lead SET company_id = %s, team_id = NULL WHERE id IN %s",
                            (other.id, tuple(self.history.ids)))
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "too few to learn from"):
            proposal.action_learn()
        foreign = self.env['ltc.score.proposal'].create({'name': "Foreign", 'company_id': other.id})
        self.assertFalse(self.env['ltc.score.proposal'].with_user(self.learner).search([('id', '=', foreign.id)]))

    def test_the_offer_leaves_out_what_follows_from_the_outcome(self):
        offered = self.env['ltc.score.proposal'].with_user(self.learner).new({})
        names = set(offered.column_ids.field_id.mapped('name'))
        self.assertIn('source_id', names)
        self.assertFalse(names & {'stage_id', 'probability', 'won_status', 'user_id'})
        self.assertIn(self.kind, offered.column_ids.kind_id)
