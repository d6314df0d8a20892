from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
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

    def test_a_reviewed_lead_comes_back_after_two_weeks(self):
        search = self.env.ref('ltc_lead.crm_lead_view_search_review').arch
        self.assertIn("today -13d", search)
        leads = self._lead() + self._lead() + self._lead()
        today = fields.Date.today()
        leads[1].ltc_reviewed_on, leads[2].ltc_reviewed_on = today, today - timedelta(days=14)
        due = self.env['crm.lead'].search([
            ('id', 'in', leads.ids), '|', ('ltc_reviewed_on', '=', False), ('ltc_reviewed_on', '<', 'today -13d')])
        self.assertEqual(due, leads[0] + leads[2])

    def test_the_chip_shows_temperature_and_grade(self):
        self.customer.write(dict.fromkeys(
            ('ltc_rating_need', 'ltc_rating_power', 'ltc_rating_cycle', 'ltc_rating_potential'), '5'))
        lead = self._lead('3', '3', '3')
        chip = next(chip for chip in lead.ltc_glance if chip['key'] == 'temperature')
        self.assertEqual((chip['label'], chip['tone']), ("Hot · A", 'danger'))
        lead.action_set_lost()
        self.assertFalse([chip for chip in lead.ltc_glance or [] if chip['key'] == 'temperature'])
