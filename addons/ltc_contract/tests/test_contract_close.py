from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LtcContractOnlyCommon


@tagged('post_install', '-at_install')
class TestContractClose(LtcContractOnlyCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        opportunity = cls._create_opportunity()
        cls.contract = cls._create_signed_contract(cls._create_quotation(opportunity_id=opportunity.id))
        cls._set_profile('full')

    def _settle(self):
        for node in self._trigger(self.contract.plan_line_ids) or self.contract.plan_line_ids:
            if node.state == 'billable':
                self._pay(self._invoice(node))

    def test_everything_open_is_told(self):
        with self.assertRaises(UserError) as refusal:
            self.contract.action_close()
        self.assertIn("not fully invoiced", refusal.exception.args[0])
        self.assertIn("not fully collected", refusal.exception.args[0])

    def test_a_contract_older_than_the_gate_closes_when_settled(self):
        self.env.ref('ltc_contract.gate_atcc').activation_ids.active_since = '2999-01-01'
        self._settle()
        self.contract.action_close()
        self.assertRecordValues(self.contract, [{'state': 'closed', 'closed_by_id': self.sales.id}])
        self.assertEqual(self.contract.ltc_flow_id.state, 'closed')

    def test_the_decision_is_needed_and_only_asked_when_settled(self):
        with self._assert_refused(UserError, "not fully collected"):
            self._submit(self.contract, 'atcc')
        self._settle()
        with self._assert_refused(UserError, "submit it for review"):
            self.contract.action_close()
        self._pass_gate(self.contract, 'atcc')
        self.contract.action_close()
        self.assertEqual(self.contract.state, 'closed')
        self.assertEqual(self.contract.received_percent, 100.0)

    def test_an_open_amendment_keeps_it_open(self):
        self._settle()
        self.env['ltc.contract.amendment'].with_user(self.sales).create({
            'contract_id': self.contract.id, 'kind': 'schedule', 'reason': "Later"})
        with self._assert_refused(UserError, "open amendment"):
            self.contract.action_close()

    def test_money_taken_back_after_the_decision_voids_it(self):
        self._settle()
        self._pass_gate(self.contract, 'atcc')
        self.contract.sudo().plan_line_ids[0].invoice_ids.line_ids.remove_move_reconcile()
        with self.assertRaises(UserError):
            self.contract.action_close()
