from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.ltc_lead.models import ltc_score_pass

from .test_crm_lead_score import LtcScoreCommon


@tagged('post_install', '-at_install')
class TestScorePass(LtcScoreCommon):

    def setUp(self):
        super().setUp()
        self.commits = []
        self.patch(type(self.env['ir.cron']), '_commit_progress', self._commit)

    def _commit(self, processed=0, *, remaining=None, deactivate=False):
        """Count instead of committing; after so many calls the job is out of time if the test says so."""
        self.env.flush_all()
        self.commits.append(processed)
        self.remaining = max(self.remaining - processed, 0) if remaining is None else remaining
        return 0 if self.commits_max and len(self.commits) >= self.commits_max else 60

    commits_max = 0

    def _run(self):
        self.commits, self.remaining = [], 0
        self.env['ltc.score.pass']._cron_score()
        self.env.invalidate_all()

    def _get_scores(self):
        return {score.lead_id.id: (score.score, score.scored_on) for score in self.Score.search([])}

    def test_a_new_lead_is_scored_by_the_next_run_and_costs_nothing_before(self):
        self._run()
        self.env.flush_all()
        lead = self._create_lead(partner_id=False, partner_name="Acme")
        self.assertFalse(lead.ltc_score_band)
        self._run()
        self.assertEqual(lead.ltc_score, 20)

    def test_twice_is_once(self):
        self._create_lead(partner_id=False, partner_name="Acme")
        self._run()
        scores = self._get_scores()
        self._run()
        self.assertEqual(self._get_scores(), scores)
        current = self.env['ltc.score.pass']._get_current()
        self.assertTrue(current.finished_on)
        self.assertEqual(self.remaining, 0)
        before = self.cr.sql_log_count
        self.env['ltc.score.pass']._cron_score()
        self.assertLess(self.cr.sql_log_count - before, 10, "a finished day costs a look only")

    def test_what_changed_is_scored_again(self):
        lead = self._create_lead(partner_id=False)
        self._run()
        self.assertEqual(lead.ltc_score, 0)
        self._visit(lead)
        self._run()
        self.assertEqual(lead.ltc_score, 10)
        self.env.cr.execute("UPDATE ltc_lead_score SET scored_on = scored_on - interval '1 day'")
        lead.partner_name = "Acme"
        self._run()
        self.assertEqual(lead.ltc_score, 30)

    def test_an_answer_of_the_customer_makes_the_score_old(self):
        lead = self._create_lead()
        self._run()
        lead.message_post(body="Yes.", message_type='email', author_id=self.customer.id)
        self.assertIn(lead.id, self.Score._get_stale_ids(1000))

    def test_a_killed_pass_goes_on_where_it_stood(self):
        leads = self.env['crm.lead'].create([self._prepare_lead_values(partner_name="Acme") for _number in range(7)])
        with patch.object(ltc_score_pass, 'CHUNK', 2):
            self._run()
            current = self.env['ltc.score.pass']._get_current()
            self.card.rule_ids.filtered(lambda rule: rule.name == "Named").points = 33
            self.Score._score(self.env['crm.lead'].search([('id', 'not in', leads.ids)]).ids)
            restarted = self.env['ltc.score.pass']._get_current()
            self.assertNotEqual(restarted, current)
            restarted.last_lead_id = leads[0].id - 1
            self.commits_max = 1
            self._run()  # is out of time after a chunk
            self.assertEqual((restarted.last_lead_id, restarted.changed_count), (leads[1].id, 2))
            self.assertFalse(restarted.finished_on)
            self.assertEqual(self.remaining, 1)
            self.commits_max = 0
            self._run()
        self.assertEqual(set(leads.mapped('ltc_score')), {33})
        self.assertTrue(restarted.finished_on)
        self.assertEqual(restarted.changed_count, 7, "every lead was written once")
        self.assertEqual(self.remaining, 0)

    def test_leads_without_a_scorecard_do_not_keep_the_job_running(self):
        other = self.env['crm.team'].create({'name': "Other", 'company_id': self.company.id})
        self.card.team_id = other
        uncovered, covered = self._create_lead(partner_id=False), self._create_lead(partner_id=False, team_id=other.id)
        self.assertEqual(self.Score._get_stale_ids(1000, uncovered.id - 1), covered.ids)
        self._run()
        self.assertEqual(self.remaining, 0)
        self.assertTrue(covered.ltc_score_band)
        self.assertFalse(uncovered.ltc_score_band)
        self._run()
        self.assertEqual((sum(self.commits), self.remaining), (0, 0), "nothing is left to do today")
        self.card.active = False
        self._create_lead(partner_id=False, team_id=other.id)
        for _twice in range(2):
            self._run()
            self.assertEqual(self.remaining, 0)
        self.assertFalse(sum(self.commits))

    def test_another_threshold_or_half_life_scores_anew(self):
        for record, values in (
            (self.team, {'ltc_mql_score': 30}), (self.kind_visit, {'half_life': 7}),
        ):
            self._run()
            current = self.env['ltc.score.pass']._get_current()
            record.write(values)
            self.assertFalse(current.exists(), values)
        self._run()
        current = self.env['ltc.score.pass']._get_current()
        self.kind_visit.name = "Tour"
        self.assertTrue(current.exists())

    def test_only_rows_that_differ_are_written(self):
        lead, other = self._create_lead(partner_id=False, partner_name="Acme"), self._create_lead(partner_id=False)
        self._score(lead + other)
        self.assertEqual(self._score(lead + other), 0)
        other.partner_name = "Other"
        self.assertEqual(self._score(lead + other), 1)

    def test_closed_leads_keep_their_last_score(self):
        lead = self._create_lead(type='opportunity', partner_id=False, partner_name="Acme")
        self._run()
        lead.action_set_lost()
        self.card.rule_ids.filtered(lambda rule: rule.name == "Named").points = 44
        self._run()
        self.assertEqual(lead.ltc_score, 20)

    def test_a_batch_of_leads_is_scored_in_a_constant_number_of_queries(self):
        counts = []
        for count in (5, 100):
            leads = self.env['crm.lead'].create([self._prepare_lead_values() for _number in range(count)])
            self.env.flush_all()
            before = self.cr.sql_log_count
            self._score(leads)
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_old_passes_are_cleared_away(self):
        old = self.env['ltc.score.pass'].create({'day': fields.Date.subtract(fields.Date.today(), days=40)})
        self.env['ltc.score.pass'].search([('day', '=', fields.Date.today())]).unlink()
        self.env['ltc.score.pass']._get_current()
        self.assertFalse(old.exists())
