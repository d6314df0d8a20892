from odoo.exceptions import UserError
from odoo.tests import tagged, users

from .common import LtcLeadCommon


@tagged('post_install', '-at_install')
class TestCrmLeadConversion(LtcLeadCommon):

    def _convert(self, leads, **values):
        return self.env['crm.lead2opportunity.partner'].with_context(
            active_model='crm.lead', active_ids=leads.ids, active_id=leads[:1].id,
        ).create({'name': 'convert', 'action': 'exist', 'partner_id': self.customer.id,
                  'user_id': self.sales.id, 'team_id': self.team.id, **values}).action_apply()

    @users('ltc_test_sales')
    def test_a_converted_lead_opens_a_case(self):
        lead = self._create_lead().with_env(self.env)
        self.assertFalse(lead.ltc_flow_id, "a raw lead has no case yet")
        lead.convert_opportunity(self.customer)
        flow = lead.ltc_flow_id
        self.assertRegex(flow.name, r'^LTC/')
        self.assertRecordValues(flow, [{
            'partner_id': self.customer.id, 'company_id': self.company.id, 'ar_user_id': self.sales.id,
            'amount': 800000.0, 'stage': 'opportunity', 'state': 'open',
        }])
        self.assertEqual(flow.log_ids.mapped('stage'), ['lead', 'opportunity'])
        self.assertEqual(flow.log_ids[0].entered_on, lead.create_date)

    @users('ltc_test_sales')
    def test_the_conversion_dialog_opens_a_case(self):
        lead = self._create_lead(user_id=self.sales.id).with_env(self.env)
        self._convert(lead)
        self.assertEqual(lead.type, 'opportunity')
        self.assertEqual(lead.ltc_flow_id.stage, 'opportunity')

    @users('ltc_test_manager')
    def test_the_salesperson_named_at_conversion_is_the_account_responsible(self):
        lead = self._create_lead(user_id=False).with_env(self.env)
        self._convert(lead, user_id=self.sales.id)
        self.assertEqual(lead.user_id, self.sales)
        self.assertEqual(lead.ltc_flow_id.ar_user_id, self.sales)

    @users('ltc_test_manager')
    def test_many_leads_are_converted_to_many_cases(self):
        leads = self.env['crm.lead'].create([
            self._prepare_lead_values(name=f"Lead {number}", partner_id=False, partner_name=f"Prospect {number}",
                                      email_from=f'prospect{number}@example.com')
            for number in range(5)
        ])
        self.env['crm.lead2opportunity.partner.mass'].with_context(
            active_model='crm.lead', active_ids=leads.ids,
        ).create({'deduplicate': False, 'action': 'each_exist_or_create', 'name': 'convert'}).action_mass_convert()
        self.assertEqual(set(leads.mapped('type')), {'opportunity'})
        self.assertEqual(len(leads.ltc_flow_id), 5)
        for lead in leads:
            self.assertTrue(lead.partner_id)
            self.assertEqual(lead.ltc_flow_id.partner_id, lead.partner_id)

    @users('ltc_test_sales')
    def test_writing_the_type_opens_a_case_too(self):
        leads = (self._create_lead() | self._create_lead()).with_env(self.env)
        leads.write({'type': 'opportunity'})
        self.assertEqual(len(leads.ltc_flow_id), 2)
        self.assertEqual(leads[0].ltc_flow_id.log_ids.mapped('stage'), ['lead', 'opportunity'])

    @users('ltc_test_sales')
    def test_light_asks_for_nothing(self):
        lead = self._create_lead(partner_id=False, ltc_need=False, expected_revenue=0.0).with_env(self.env)
        lead.convert_opportunity(self.customer.browse())
        self.assertTrue(lead.ltc_flow_id)

    @users('ltc_test_sales')
    def test_full_tells_everything_that_is_missing(self):
        self._set_profile('full')
        lead = self._create_lead(partner_id=False, ltc_need=' ', expected_revenue=0.0).with_env(self.env)
        with self.assertRaisesRegex(UserError, "no customer(.|\n)*neither phone nor email(.|\n)*describe the need"
                                               "(.|\n)*no expected revenue"):
            lead.convert_opportunity(self.customer.browse())

    @users('ltc_test_sales')
    def test_full_refuses_an_unqualified_lead_by_every_route(self):
        self._set_profile('full')
        lead = self._create_lead(ltc_need=False).with_env(self.env)
        routes = {
            'dialog': lambda: self._convert(lead),
            'write': lambda: lead.write({'type': 'opportunity'}),
            'sudo': lambda: lead.sudo().write({'type': 'opportunity'}),
        }
        for route, move in routes.items():
            with self.subTest(route=route), self.assertRaisesRegex(UserError, "describe the need"), self.cr.savepoint():
                move()
        result = self.env['crm.lead'].load(['.id', 'type'], [[str(lead.id), 'opportunity']])
        self.assertIn("describe the need", result['messages'][0]['message'])
        self.assertEqual(lead.type, 'lead')

    @users('ltc_test_sales')
    def test_what_is_missing_may_come_with_the_conversion(self):
        self._set_profile('full')
        lead = self._create_lead(ltc_need=False).with_env(self.env)
        lead.write({'type': 'opportunity', 'ltc_need': "One line, by spring."})
        self.assertTrue(lead.ltc_flow_id)

    @users('ltc_test_sales')
    def test_a_lead_that_was_open_when_the_gate_was_switched_on_is_qualified_as_well(self):
        lead = self._create_lead(ltc_need=False).with_env(self.env)
        self.env.cr.execute("UPDATE crm_lead SET create_date = '2020-01-01' WHERE id = %s", [lead.id])
        lead.invalidate_recordset(['create_date'])
        self._set_profile('full')
        with self.assertRaises(UserError), self.env.cr.savepoint():
            lead.convert_opportunity(self.customer)
        lead.ltc_need = "One line."
        lead.convert_opportunity(self.customer)
        self.assertTrue(lead.ltc_flow_id)

    def test_automatic_assignment_keeps_unqualified_leads_as_leads(self):
        self._set_profile('full')
        good = self._create_lead(user_id=False)
        poor = self._create_lead(user_id=False, ltc_need=False)
        (good | poor).write({'date_open': False})
        self.team.crm_team_member_ids.assignment_max = 60
        self.team._assign_and_convert_leads(force_quota=True)
        self.assertEqual((good | poor).user_id, self.sales)
        self.assertEqual(good.type, 'opportunity')
        self.assertEqual(good.ltc_flow_id.ar_user_id, self.sales)
        self.assertEqual(good.ltc_flow_id.log_ids.mapped('stage'), ['lead', 'opportunity'])
        self.assertEqual(poor.type, 'lead', "the salesperson qualifies it first")
        self.assertFalse(poor.ltc_flow_id)

    @users('ltc_test_sales')
    def test_the_assignment_key_in_the_context_opens_no_way_round(self):
        self._set_profile('full')
        lead = self._create_lead(ltc_need=False).with_env(self.env)
        lead.with_context(ltc_assign_unqualified=True).convert_opportunity(self.customer)
        self.assertEqual(lead.type, 'lead')
        with self.assertRaisesRegex(UserError, "describe the need"):
            lead.with_context(ltc_assign_unqualified=True).write({'type': 'opportunity'})

    @users('ltc_test_sales')
    def test_a_queued_case_is_opened_before_the_commit(self):
        lead = self._create_lead().with_env(self.env)
        lead.with_context(ltc_queue_flows=True).write({'type': 'opportunity'})
        self.assertFalse(lead.ltc_flow_id)
        self.cr.precommit.run()
        self.assertEqual(lead.ltc_flow_id.log_ids.mapped('stage'), ['opportunity'])
