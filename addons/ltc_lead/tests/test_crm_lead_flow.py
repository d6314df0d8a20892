from odoo.tests import tagged, users

from .common import LtcLeadCommon


@tagged('post_install', '-at_install')
class TestCrmLeadFlow(LtcLeadCommon):

    @users('ltc_test_sales')
    def test_opportunities_created_directly_open_one_case_each(self):
        opportunities = self.env['crm.lead'].create([
            self._prepare_lead_values(type='opportunity', name=f"Deal {number}") for number in range(3)])
        self.assertEqual(len(opportunities.ltc_flow_id), 3)
        self.assertEqual(opportunities[0].ltc_flow_id.log_ids.mapped('stage'), ['opportunity'])
        self.assertFalse(self.env['crm.lead'].create(self._prepare_lead_values()).ltc_flow_id)

    @users('ltc_test_sales')
    def test_a_copy_is_a_case_of_its_own(self):
        opportunity = self._create_opportunity().with_env(self.env)
        twin = opportunity.copy()
        self.assertTrue(twin.ltc_flow_id)
        self.assertNotEqual(twin.ltc_flow_id, opportunity.ltc_flow_id)
        self.assertEqual(twin.ltc_need, opportunity.ltc_need)

    @users('ltc_test_sales')
    def test_the_case_is_lost_and_restored_with_the_opportunity(self):
        opportunity = self._create_opportunity().with_env(self.env)
        opportunity.action_set_lost()
        self.assertEqual(opportunity.ltc_flow_id.state, 'lost')
        opportunity.action_restore()
        self.assertEqual(opportunity.ltc_flow_id.state, 'open')

    @users('ltc_test_sales')
    def test_archiving_alone_loses_nothing(self):
        opportunity = self._create_opportunity(probability=40).with_env(self.env)
        opportunity.action_archive()
        self.assertEqual(opportunity.ltc_flow_id.state, 'open')

    def test_a_contracted_case_outlives_its_opportunity(self):
        opportunity = self._create_opportunity()
        opportunity.ltc_flow_id._advance('contract')
        opportunity.action_set_lost()
        self.assertEqual(opportunity.ltc_flow_id.state, 'open')

    @users('ltc_test_sales')
    def test_winning_leaves_the_case_open(self):
        opportunity = self._create_opportunity().with_env(self.env)
        opportunity.action_set_won()
        self.assertRecordValues(opportunity.ltc_flow_id, [{'state': 'open', 'stage': 'opportunity'}])

    @users('ltc_test_manager')
    def test_the_case_follows_customer_and_salesperson_until_the_contract(self):
        opportunity = self._create_opportunity(partner_id=False).with_env(self.env)
        flow = opportunity.ltc_flow_id
        opportunity.write({'partner_id': self.customer.id, 'user_id': self.manager.id})
        self.assertRecordValues(flow, [{'partner_id': self.customer.id, 'ar_user_id': self.manager.id}])
        flow._advance('contract')
        opportunity.user_id = self.sales
        self.assertEqual(flow.ar_user_id, self.manager, "from the contract on its own people count")

    @users('ltc_test_manager')
    def test_deleting_an_opportunity_ends_its_case(self):
        opportunity = self._create_opportunity().with_env(self.env)
        flow = opportunity.ltc_flow_id
        opportunity.unlink()
        self.assertEqual(flow.state, 'lost')

    @users('ltc_test_manager')
    def test_merging_keeps_one_case(self):
        first, second = (self._create_opportunity(name=name).with_env(self.env) for name in ("First", "Second"))
        flows = first.ltc_flow_id | second.ltc_flow_id
        merged = (first | second).merge_opportunity()
        self.assertIn(merged.ltc_flow_id, flows)
        self.assertEqual(merged.ltc_flow_id.state, 'open')
        self.assertEqual((flows - merged.ltc_flow_id).state, 'lost')

    @users('ltc_test_manager')
    def test_merging_keeps_the_case_that_is_further(self):
        first = self._create_opportunity(name="First", stage_id=self.stage_proposition.id).with_env(self.env)
        second = self._create_opportunity(name="Second", ltc_need="A palletizer.").with_env(self.env)
        behind, ahead = first.ltc_flow_id, second.ltc_flow_id
        ahead._advance('quote', amount=500000.0)
        merged = (first | second).merge_opportunity()
        self.assertEqual(merged, first, "Odoo keeps the opportunity of the later stage")
        self.assertEqual(merged.ltc_flow_id, ahead)
        self.assertRecordValues(behind | ahead, [{'state': 'lost'}, {'state': 'open'}])
        self.assertIn("6,000 bottles", merged.ltc_need)
        self.assertIn("palletizer", merged.ltc_need, "no requirement is lost in a merge")

    @users('ltc_test_manager')
    def test_merging_a_lead_into_an_opportunity_opens_no_second_case(self):
        opportunity = self._create_opportunity(active=False, probability=0).with_env(self.env)
        lead = self._create_lead(name="Raw").with_env(self.env)
        count = self.env['ltc.flow'].search_count([])
        flow = opportunity.ltc_flow_id
        merged = (opportunity | lead).merge_opportunity()
        self.assertEqual(merged.type, 'opportunity')
        self.assertEqual(merged.ltc_flow_id, flow)
        self.assertEqual(self.env['ltc.flow'].search_count([]), count)

    @users('ltc_test_manager')
    def test_merging_without_deletion_hands_the_documents_over(self):
        first, second = (self._create_opportunity(name=name).with_env(self.env) for name in ("First", "Second"))
        merged = (first | second)._merge_opportunity(auto_unlink=False)
        rest = (first | second) - merged
        self.assertEqual(rest.ltc_flow_id, merged.ltc_flow_id)
        rest.unlink()
        self.assertEqual(merged.ltc_flow_id.state, 'open', "the survivor's case is not ended with the duplicate")

    def test_merging_leads_opens_no_case(self):
        merged = (self._create_lead() | self._create_lead()).merge_opportunity()
        self.assertFalse(merged.ltc_flow_id)

    @users('ltc_test_sales')
    def test_nobody_puts_an_opportunity_on_another_case(self):
        first, second = (self._create_opportunity(name=name).with_env(self.env) for name in ("First", "Second"))
        own, other = first.ltc_flow_id, second.ltc_flow_id
        first.write({'ltc_flow_id': other.id, 'ltc_need': "Kept."})
        self.assertRecordValues(first, [{'ltc_flow_id': own.id, 'ltc_need': "Kept."}])
        values = self._prepare_lead_values(type='opportunity')
        forged = first.create({**values, 'ltc_flow_id': other.id})
        forged |= first.with_context(default_ltc_flow_id=other.id).create(values)
        self.assertEqual(len(forged.ltc_flow_id), 2)
        self.assertNotIn(other, forged.ltc_flow_id)

    @users('ltc_test_sales')
    def test_the_case_opens_its_opportunity(self):
        opportunity = self._create_opportunity().with_env(self.env)
        action = opportunity.ltc_flow_id.action_open_stage('opportunity')
        self.assertEqual((action['res_model'], action['res_id']), ('crm.lead', opportunity.id))
        self.assertEqual(opportunity.ltc_flow_bar['name'], opportunity.ltc_flow_id.name)
