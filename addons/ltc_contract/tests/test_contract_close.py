from odoo.exceptions import AccessError, UserError
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


@tagged('post_install', '-at_install')
class TestContractOlder(LtcContractOnlyCommon):
    """Contracts that were there when their gates were switched on, and who owned them."""

    def _age(self, contract):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ltc_contract SET create_date = create_date - interval '1 day' WHERE id = %s", [contract.id])
        contract.invalidate_recordset(['create_date'])
        return contract

    def test_a_draft_needs_the_gate_and_a_signed_one_goes_on(self):
        self._set_profile('light')
        draft, waiting, signed = (self._age(self._create_contract()) for _number in range(3))
        waiting.action_send_to_sign()
        self._sign(self._send_to_sign(signed))
        self._set_profile('full')
        self.assertFalse(signed.ltc_gates_ahead)
        self.assertFalse(signed._ltc_is_gate_active('atc'))
        with self._assert_refused(UserError, "was open when gate ATC"), self.env.cr.savepoint():
            draft.action_send_to_sign()
        with self._assert_refused(UserError, "was open when gate ATC"), self.env.cr.savepoint():
            self._sign(waiting)
        with self._assert_refused(UserError, "take it back to draft"), self.env.cr.savepoint():
            self._submit(waiting, 'atc')
        waiting.action_back_to_draft()
        for contract in (draft, waiting):
            self._pass_gate(contract.order_id, 'atb')  # the quotation was open as well
            self._pass_gate(contract, 'atc')
            contract.action_send_to_sign()
            self._sign(contract)
            self.assertEqual(contract.state, 'signed')

    def test_an_open_quotation_older_than_the_gate_needs_its_contract(self):
        self._set_profile('light')
        bare, contracted = self._create_quotation(), self._create_contract().order_id
        confirmed = self._create_quotation()
        confirmed.action_confirm()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = create_date - interval '1 day' WHERE id = ANY(%s)",
            [(bare | contracted | confirmed).ids])
        self.env.invalidate_all()
        self._set_profile('standard')
        for order in (bare, contracted):
            self._pass_gate(order, 'atb')
        with self._assert_refused(UserError, "needs a signed contract"), self.env.cr.savepoint():
            bare.action_confirm()
        with self._assert_refused(UserError, "waits for the signature"), self.env.cr.savepoint():
            contracted.action_confirm()
        with self._assert_refused(UserError, "needs a signed contract"), self.env.cr.savepoint():
            bare.write({'state': 'sale'})
        self.assertFalse(confirmed._ltc_is_gate_active('atc'))
        confirmed._action_cancel()
        confirmed.action_draft()
        self.assertTrue(confirmed._ltc_is_gate_active('atc'), "what is a quotation again is bound")

    def test_who_owned_a_contract(self):
        contract = self._create_contract()
        contract.sudo().user_id = self.manager
        self.env.cr.flush()  # as a commit does
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            contract.with_user(self.sales).action_ltc_view_owners()  # no longer the owner's to read
        action = contract.with_user(self.manager).action_ltc_view_owners()
        history = self.env['ltc.owner.log'].search(action['domain'], order='since, id')
        self.assertEqual(history.user_id, self.sales | self.manager)
        self.assertEqual(history.mapped('way'), ['created', 'manual'])
