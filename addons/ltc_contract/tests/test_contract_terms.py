from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LtcContractCommon


@tagged('post_install', '-at_install')
class TestContractTerms(LtcContractCommon):
    """What the quotation says of acceptance and billing stands in its contract, and is frozen with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.order = cls._create_quotation(ltc_acceptance_method='trial', ltc_billing_frequency='milestone')

    def test_the_contract_takes_the_terms_over(self):
        contract = self._create_contract(self.order)
        self.assertRecordValues(contract, [{'ltc_acceptance_method': 'trial', 'ltc_billing_frequency': 'milestone'}])
        text = self.env['ir.qweb']._render('ltc_contract.contract_content', {'doc': contract})
        self.assertIn("After a Trial Run", text)
        self.assertIn("By Milestone", text)

    def test_agreed_criteria_come_from_the_requirement(self):
        opportunity = self._create_opportunity()
        self.order.opportunity_id = opportunity
        sheet = self.env['ltc.requirement'].create({
            'opportunity_id': opportunity.id, 'acceptance_criteria': "30 trays a minute for eight hours"})
        self.assertFalse(self._create_contract(self.order).acceptance_criteria)
        self.order.ltc_contract_id.action_void()
        sheet.is_acceptance_clear = True
        self.assertEqual(
            self._create_contract(self.order).acceptance_criteria, "30 trays a minute for eight hours")

    def test_the_contract_says_what_atb_let_through(self):
        contract = self._create_contract(self.order)
        contract.ltc_acceptance_method = 'customer'
        sentences = self.order._ltc_get_contract_differences(contract)
        self.assertEqual(len(sentences), 1)
        self.assertRegex(sentences[0], "differ in acceptance; update the contract")
        with self.assertRaisesRegex(UserError, "differ in acceptance"), self.env.cr.savepoint():
            self._submit(contract, 'atc')
        contract.with_user(self.sales).action_update_from_order()
        self.assertEqual(contract.ltc_acceptance_method, 'trial')
        self.assertFalse(self.order._ltc_get_contract_differences(contract))
        self._set_profile('light')
        contract.ltc_acceptance_method = 'customer'
        self.assertFalse(self.order._ltc_get_contract_differences(contract), "nothing was decided in light")

    def test_the_terms_are_frozen_at_the_signature(self):
        contract = self._create_contract(self.order)
        self._pass_gate(contract, 'atc')
        contract.ltc_billing_frequency = 'yearly'
        self.assertIn("Billing", '\n'.join(contract._ltc_get_gate_blockers('atc')[contract.id]))
        contract.ltc_billing_frequency = 'milestone'
        contract.action_send_to_sign()
        with self.assertRaisesRegex(UserError, "its text is frozen"):
            contract.with_user(self.sales).ltc_acceptance_method = 'delivery'
        with self.assertRaisesRegex(UserError, "keeps its Acceptance"):
            self.order.with_user(self.sales).ltc_acceptance_method = 'delivery'
