from odoo.fields import Command
from odoo.tests import tagged

from .common import LtcContractOnlyCommon


@tagged('post_install', '-at_install')
class TestContractCollection(LtcContractOnlyCommon):
    """What was received is read from the facts: payments of every kind, and taking them back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        opportunity = cls._create_opportunity()
        cls.contract = cls._create_signed_contract(cls._create_quotation(opportunity_id=opportunity.id))
        cls.node = cls._get_node(cls.contract, 'advance')
        cls.invoice = cls._invoice(cls.node)

    def _assert_collected(self, amount, state):
        self.contract.invalidate_recordset()
        currency = self.contract.currency_id
        self.assertEqual(currency.compare_amounts(self.node.amount_collected, amount), 0, self.node.amount_collected)
        self.assertEqual(currency.compare_amounts(self.contract.amount_received, amount), 0)
        self.assertEqual(self.node.state, state)

    def test_a_payment_collects_the_node(self):
        self._pay(self.invoice)
        self._assert_collected(self.node.amount, 'collected')
        self.assertEqual(self.contract.ltc_flow_id.stage, 'cash')
        self.assertAlmostEqual(self.contract.received_percent, 30.0, 2)
        self.assertEqual(self.contract.amount_open, self.contract.amount_current - self.node.amount)

    def test_a_payment_without_entry_collects_the_node(self):
        self._pay(self.invoice, with_entry=False)
        self._assert_collected(self.node.amount, 'collected')
        self.assertEqual(self.contract.ltc_flow_id.stage, 'cash')

    def test_a_partial_payment(self):
        self._pay(self.invoice, amount=1000.0)
        self._assert_collected(1000.0, 'invoiced')
        self._pay(self.invoice, amount=self.node.amount - 1000.0)
        self._assert_collected(self.node.amount, 'collected')

    def test_a_partial_payment_without_entry(self):
        self._pay(self.invoice, amount=1000.0, with_entry=False)
        self._assert_collected(1000.0, 'invoiced')

    def test_an_overpayment_counts_up_to_the_invoice(self):
        self._pay(self.invoice, amount=self.node.amount + 500.0)
        self._assert_collected(self.node.amount, 'collected')

    def test_a_write_off_settles(self):
        account = self.env['account.account'].search([('account_type', '=', 'expense')], limit=1)
        self._pay(
            self.invoice, amount=self.node.amount - 0.5, payment_difference_handling='reconcile',
            writeoff_account_id=account.id)
        self._assert_collected(self.node.amount, 'collected')

    def test_unreconciling_takes_it_back(self):
        self._pay(self.invoice)
        self.invoice.line_ids.remove_move_reconcile()
        self._assert_collected(0.0, 'invoiced')

    def test_a_payment_taken_back(self):
        for with_entry in (True, False):
            payment = self._pay(self.invoice, with_entry=with_entry)
            self._assert_collected(self.node.amount, 'collected')
            payment.action_draft()
            payment.action_cancel()
            self._assert_collected(0.0, 'invoiced')

    def test_a_paid_invoice_credited_and_paid_out(self):
        self._pay(self.invoice)
        refund = self._refund(self.invoice)
        refund.action_post()
        self._assert_collected(self.node.amount, 'billable')
        self._pay(refund)
        self._assert_collected(0.0, 'billable')

    def test_a_credit_note_is_no_money(self):
        refund = self._refund(self.invoice)
        refund.action_post()
        self.assertEqual(self.invoice.payment_state, 'reversed')
        self._assert_collected(0.0, 'billable')

    def test_one_payment_for_two_invoices(self):
        delivery = self._trigger(self._get_node(self.contract, 'delivery'))
        second = self._invoice(delivery)
        self._pay(self.invoice | second, group_payment=True)
        self.contract.invalidate_recordset()
        self.assertEqual(delivery.state, 'collected')
        self.assertEqual(self.node.state, 'collected')
        self.assertEqual(self.contract.amount_received, self.node.amount + delivery.amount)

    def test_one_partial_payment_without_entry_for_two_invoices(self):
        second = self._invoice(self._trigger(self._get_node(self.contract, 'delivery')))
        amount = self.node.amount + 100.0
        self._pay(self.invoice | second, amount=amount, with_entry=False, group_payment=True)
        self.contract.invalidate_recordset()
        self.assertEqual(self.contract.amount_received, amount)

    def test_a_bank_statement_collects(self):
        line = self.env['account.bank.statement.line'].create({
            'journal_id': self.bank.id, 'amount': self.node.amount, 'partner_id': self.customer.id,
            'payment_ref': self.invoice.name})
        _liquidity, suspense, _other = line._seek_for_lines()
        receivable = self.invoice.line_ids.filtered(lambda item: item.account_type == 'asset_receivable')
        suspense.account_id = receivable.account_id
        (suspense | receivable).reconcile()
        self._assert_collected(self.node.amount, 'collected')

    def test_the_list_reads_in_a_constant_number_of_queries(self):
        others = self.contract
        for _index in range(3):
            others |= self._create_signed_contract()
        names = ['amount_invoiced', 'amount_received', 'amount_open', 'received_percent']

        def count(contracts):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            contracts.read(names)
            return self.env.cr.sql_log_count - start
        self.assertLessEqual(count(others), count(self.contract) + 1)

    def test_an_invoice_outside_the_plan_counts_for_the_contract(self):
        invoice = self.env['sale.advance.payment.inv'].create({
            'sale_order_ids': [Command.set(self.contract.order_id.ids)],
            'advance_payment_method': 'fixed', 'fixed_amount': 100.0,
        })._create_invoices(self.contract.order_id)
        invoice.action_post()
        self._pay(invoice)
        self.assertEqual(self.contract.amount_received, 100.0)
        self.assertEqual(self.node.amount_collected, 0.0)
