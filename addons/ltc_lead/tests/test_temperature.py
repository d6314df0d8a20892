from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, users

from .common import LtcLeadCommon

ANSWERS = ('ltc_heat_budget', 'ltc_heat_decision', 'ltc_heat_urgency')


@tagged('post_install', '-at_install')
class TestTemperature(LtcLeadCommon):

    def _lead(self, *answers, **values):
        return self._create_lead(**dict(zip(ANSWERS, answers, strict=False)), **values)

    def test_three_answers_make_a_temperature(self):
        for answers, temperature in (
            ((), False), (('0',), 'cold'), (('1', '1', '1'), 'cold'), (('2', '1', '1'), 'warm'),
            (('3', '3'), 'warm'), (('3', '2', '2'), 'hot'), (('3', '3', '3'), 'hot'),
        ):
            self.assertEqual(self._lead(*answers).ltc_temperature, temperature, answers)

    def test_it_follows_the_answers_and_is_not_typed(self):
        lead = self._lead('3', '3', '3')
        lead.ltc_heat_urgency = '0'
        self.assertEqual(lead.ltc_temperature, 'warm')
        lead.write(dict.fromkeys(ANSWERS, False))
        self.assertFalse(lead.ltc_temperature)
        self.assertEqual(self.env['crm.lead'].search_count([('id', '=', lead.id), ('ltc_temperature', '=', False)]), 1)

    @users('ltc_test_sales')
    def test_the_next_step_is_planned_once(self):
        lead = self._lead('3', '3', '3').with_user(self.env.user)
        lead.action_ltc_schedule_next()
        lead.action_ltc_schedule_next()
        step = self.env.ref('ltc_lead.temperature_step_hot')
        self.assertEqual(lead.activity_ids.mapped('summary'), [step.name])
        self.assertEqual(lead.activity_ids.user_id, self.sales)
        self.assertEqual(
            lead.activity_ids.date_deadline, fields.Date.context_today(lead) + timedelta(days=step.days))
        with self.assertRaisesRegex(UserError, "has no temperature"):
            self._lead().with_user(self.env.user).action_ltc_schedule_next()

    @users('ltc_test_sales')
    def test_the_steps_of_many_leads_are_planned_at_once(self):
        leads = (self._lead('3', '3', '3') + self._lead('3', '3', '3') + self._lead('1')).with_user(self.env.user)
        leads[0].action_ltc_schedule_next()
        Activity = self.registry['mail.activity']
        with patch.object(Activity, 'create', autospec=True, side_effect=Activity.create) as create:
            (leads + self._lead('3', '3', '3').with_user(self.env.user)).action_ltc_schedule_next()
        self.assertEqual(create.call_count, 2, "one a temperature")
        self.assertEqual([len(lead.activity_ids) for lead in leads], [1, 1, 1])

    def test_the_step_of_the_company_goes_first(self):
        own = self.env.ref('ltc_lead.temperature_step_hot').copy({
            'name': "Call at once", 'company_id': self.company.id, 'days': 0})
        lead = self._lead('3', '3', '3')
        lead.action_ltc_schedule_next()
        self.assertEqual(lead.activity_ids.summary, own.name)

    @users('ltc_test_sales')
    def test_only_the_button_says_that_a_lead_was_reviewed(self):
        lead = self._lead().with_user(self.env.user)
        lead.write({'ltc_reviewed_on': '2020-01-01', 'name': "Typed"})
        created = self.env['crm.lead'].create({'name': "New", 'ltc_reviewed_by_id': self.manager.id})
        self.assertFalse(lead.ltc_reviewed_on or created.ltc_reviewed_by_id)
        self.assertEqual(lead.name, "Typed")
        lead.action_ltc_mark_reviewed()
        self.assertEqual((lead.ltc_reviewed_on, lead.ltc_reviewed_by_id), (fields.Date.context_today(lead), self.sales))
        foreign = self._create_lead(user_id=self.manager.id).with_user(self.env.user)
        with self.assertRaises(AccessError):
            foreign.action_ltc_mark_reviewed()

    def test_a_reviewed_lead_comes_back_after_as_many_days_as_its_company_says(self):
        self.assertIn('ltc_is_review_due', self.env.ref('ltc_lead.crm_lead_view_search_review').arch)
        other = self.env['res.company'].create({'name': "Elsewhere", 'ltc_review_days': 30})
        leads = self.env['crm.lead'].concat(*(self._lead() for _number in range(4)))
        theirs = self._lead(company_id=other.id, team_id=False, user_id=False)
        bare = self._lead(company_id=False, team_id=False, user_id=False)
        bare.company_id = False
        today = fields.Date.context_today(leads)
        for lead, days in ((leads[1], 0), (leads[2], 14), (leads[3], 13), (theirs, 14), (bare, 14)):
            lead.ltc_reviewed_on = today - timedelta(days=days)
        found = self.env['crm.lead'].with_company(self.company).search(
            [('id', 'in', (leads + theirs + bare).ids), ('ltc_is_review_due', '=', True)])
        self.assertEqual(found, leads[0] + leads[2] + bare)
        self.assertEqual((leads + theirs + bare).with_company(self.company).filtered('ltc_is_review_due'), found)
        self.company.ltc_review_days = 7
        self.assertIn(leads[3], self.env['crm.lead'].search([('ltc_is_review_due', '=', True)]))
        self.assertIn(leads[1], self.env['crm.lead'].search([('ltc_is_review_due', '!=', True)]))

    def test_the_company_says_from_when_on_a_lead_is_hot(self):
        other = self.env['res.company'].create({'name': "Elsewhere"})
        team = self.env['crm.team'].create({'name': "Elsewhere", 'company_id': other.id})
        ours, of_team, theirs = self._lead('2', '2', '2'), self._lead('2', '2', '2'), self._lead(
            '2', '2', '2', company_id=other.id, team_id=team.id, user_id=False)
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET company_id = NULL WHERE id = %s", [of_team.id])
        self.env.invalidate_all()
        silent = self._lead()
        self.assertEqual((ours | of_team | theirs).mapped('ltc_temperature'), ['warm'] * 3)
        stamp = ours.write_date
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            self.company.ltc_hot_from = 6
        self.assertEqual([lead.ltc_temperature for lead in (ours, of_team, theirs, silent)],
                         ['hot', 'hot', 'warm', False])
        self.assertEqual(ours.write_date, stamp, "nobody changed the lead")
        self.assertEqual(self._lead('3', '3').ltc_temperature, 'hot')
        ours.write({'team_id': team.id, 'user_id': False, 'company_id': other.id})
        self.assertEqual(ours.ltc_temperature, 'warm')
        for values in ({'ltc_warm_from': 8}, {'ltc_warm_from': 0}, {'ltc_hot_from': 10}):
            with self.assertRaisesRegex(ValidationError, "0 to 9 points"), self.env.cr.savepoint():
                self.company.write(values)

    def test_leads_that_are_scored_by_temperature_are_scored_again(self):
        lead = self._lead('2', '2', '2')
        Score = self.env['ltc.lead.score']
        Score._score(lead.ids)
        score = Score.search([('lead_id', '=', lead.id)])
        if not score:  # no scorecard comes along
            score = Score.create({'lead_id': lead.id})
        self.company.ltc_hot_from = 6
        score.invalidate_recordset()
        self.assertTrue(score.is_stale)

    def test_the_chip_shows_temperature_and_grade(self):
        self.customer.write(dict.fromkeys(
            ('ltc_rating_need', 'ltc_rating_power', 'ltc_rating_cycle', 'ltc_rating_potential'), '5'))
        lead = self._lead('3', '3', '3')
        chip = next(chip for chip in lead.ltc_glance if chip['key'] == 'temperature')
        self.assertEqual((chip['label'], chip['tone']), ("Hot · A", 'danger'))
        lead.action_set_lost()
        self.assertFalse([chip for chip in lead.ltc_glance or [] if chip['key'] == 'temperature'])
