from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderFlow(LtcQuoteCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.opportunity = cls._create_opportunity()
        cls.flow = cls.opportunity.ltc_flow_id

    def test_the_quotation_joins_the_case_of_its_opportunity(self):
        quotation = self._create_quotation(opportunity_id=self.opportunity.id)
        self.assertEqual(quotation.ltc_flow_id, self.flow)
        self.assertEqual(self.flow.stage, 'quote')
        self.assertEqual(self.flow.amount, 205000)
        self.assertTrue(quotation.ltc_flow_bar)

    def test_a_quotation_made_from_the_opportunity_joins_its_case(self):
        context = self.opportunity.with_user(self.sales).action_new_quotation()['context']
        quotation = self.env['sale.order'].with_user(self.sales).with_context(**context).create({})
        self.assertEqual(quotation.ltc_flow_id, self.flow)

    def test_a_quotation_without_an_opportunity_has_no_case(self):
        quotation = self._create_quotation()
        self.assertFalse(quotation.ltc_flow_id)
        quotation.opportunity_id = self.opportunity
        self.assertEqual(quotation.ltc_flow_id, self.flow)
        self.assertEqual(self.flow.stage, 'quote')

    def test_nobody_moves_a_quotation_to_another_case(self):
        other = self._create_opportunity(name="Another").ltc_flow_id
        quotation = self._create_quotation(opportunity_id=self.opportunity.id, ltc_flow_id=other.id)
        self.assertEqual(quotation.ltc_flow_id, self.flow)
        quotation.write({'ltc_flow_id': other.id})
        self.assertEqual(quotation.ltc_flow_id, self.flow)
        self.assertEqual(other.stage, 'opportunity')

    def test_a_copy_stays_in_the_case(self):
        quotation = self._create_quotation(opportunity_id=self.opportunity.id)
        self.assertEqual(quotation.copy().ltc_flow_id, self.flow)

    def test_the_case_follows_the_decided_amount(self):
        self._set_profile('standard')
        quotation = self._create_quotation(opportunity_id=self.opportunity.id)
        quotation.order_line[0].product_uom_qty = 1
        self.assertEqual(self.flow.amount, 205000)
        self._pass_gate(quotation, 'atb')
        self.assertEqual(self.flow.amount, 105000)

    def test_the_contract_value_is_not_overwritten_by_a_late_quotation(self):
        self.flow._advance('contract', amount=1)
        self._create_quotation(opportunity_id=self.opportunity.id)
        self.assertEqual(self.flow.stage, 'contract')
        self.assertEqual(self.flow.amount, 1)

    def test_the_case_counts_in_its_own_currency(self):
        currency = self.env['res.currency'].create({'name': 'LTQ', 'symbol': 'Q', 'rate_ids': [
            (0, 0, {'name': '2020-01-01', 'rate': 0.5, 'company_id': self.company.id})]})
        pricelist = self.env['product.pricelist'].create({'name': "Abroad", 'currency_id': currency.id})
        quotation = self._create_quotation(opportunity_id=self.opportunity.id, pricelist_id=pricelist.id)
        self.assertEqual(self.flow.amount, quotation.amount_total * 2)

    def test_an_opportunity_without_ati_gets_no_quotation(self):
        self._set_profile('full')
        opportunity = self._create_opportunity()
        with self.assertRaises(UserError):
            opportunity.with_user(self.sales).action_new_quotation()
        with self.assertRaises(UserError):
            opportunity.with_user(self.sales).action_sale_quotations_new()
        with self.assertRaises(ValidationError):
            self._create_quotation(opportunity_id=opportunity.id)
        quotation = self._create_quotation()
        with self.assertRaises(ValidationError):
            quotation.opportunity_id = opportunity
        self._pass_gate(opportunity, 'ati')
        quotation.opportunity_id = opportunity
        self.assertEqual(quotation.ltc_flow_id, opportunity.ltc_flow_id)

    def test_an_order_leaves_the_revenue_that_ati_decided_alone(self):
        self._set_profile('full')
        opportunity = self._create_opportunity(expected_revenue=100.0)
        self._pass_gate(opportunity, 'ati')
        quotation = self._create_quotation(opportunity_id=opportunity.id)
        self._pass_gate(quotation, 'atb')
        quotation.action_confirm()
        self.assertEqual(opportunity.expected_revenue, 100.0)
        self.assertFalse(opportunity._ltc_get_gate_blockers('ati')[opportunity.id])

    def test_in_light_the_order_raises_the_expected_revenue_as_ever(self):
        opportunity = self._create_opportunity(expected_revenue=100.0)
        quotation = self._create_quotation(opportunity_id=opportunity.id)
        quotation.action_confirm()
        self.assertEqual(opportunity.expected_revenue, 205000)

    def test_the_flow_opens_its_quotations(self):
        quotation = self._create_quotation(opportunity_id=self.opportunity.id)
        action = self.flow.with_user(self.sales).action_open_stage('quote')
        self.assertEqual((action['res_model'], action['res_id']), ('sale.order', quotation.id))

    def test_merged_opportunities_keep_their_quotations_in_one_case(self):
        other = self._create_opportunity(expected_revenue=1.0)
        quotations = self._create_quotation(opportunity_id=self.opportunity.id)
        quotations |= self._create_quotation(opportunity_id=other.id)
        merged = (self.opportunity | other).merge_opportunity()
        self.assertEqual(quotations.ltc_flow_id, merged.ltc_flow_id)
