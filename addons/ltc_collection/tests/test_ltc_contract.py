from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LtcCollectionCommon


@tagged('post_install', '-at_install')
class TestLtcContract(LtcCollectionCommon):

    def test_an_open_instalment_keeps_the_contract_from_being_closed(self):
        invoice = self._post_draft(self.node, days_overdue=8)
        with self.assertRaisesRegex(UserError, f"Invoice {invoice.name} has .* open, due on .*; collect it"):
            self.contract.with_user(self.sales).state = 'closed'
        self._pay(invoice)
        self.assertFalse([sentence for sentence in self.contract._get_close_blockers() if invoice.name in sentence])

    def test_a_hold_is_a_dispute_that_keeps_the_contract_open(self):
        invoice = self._post_draft(self.node, days_overdue=8)
        line = invoice.line_ids.filtered(lambda line: line.account_type == 'asset_receivable')
        self.env['ltc.dunning.hold'].with_user(self.collector)._place(line.with_user(self.collector), "Wrong price")
        self.assertIn("on hold", ' '.join(self.contract._get_close_blockers()))
        self.assertIn("Wrong price", ' '.join(self.contract._get_close_blockers()))

    def test_the_contract_shows_what_is_overdue(self):
        self.assertEqual(self.contract.amount_overdue, 0.0)
        invoice = self._post_draft(self.node, days_overdue=8)
        self.contract.invalidate_recordset()
        self.assertEqual(self.contract.amount_overdue, self.node.amount)
        due_lines = self.env['ltc.due.line'].with_user(self.collector).search(
            self.contract.action_view_due_lines()['domain'])
        self.assertRecordValues(due_lines, [{
            'move_id': invoice.id, 'contract_id': self.contract.id, 'plan_line_id': self.node.id,
            'flow_id': self.contract.ltc_flow_id.id, 'ar_user_id': self.sales.id}])

    def test_the_reminder_of_a_contract_goes_through_its_account_responsible(self):
        invoice = self._post_draft(self.node, days_overdue=16)
        invoice.with_user(self.collector).action_ltc_send_reminder()
        dunning = self.env['ltc.dunning'].with_user(self.sales).search([('move_id', '=', invoice.id)])
        self.assertEqual(dunning.ar_user_id, self.sales)
        self.assertEqual(dunning.notice_id.user_id, self.sales)
