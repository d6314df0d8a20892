from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.ltc_collection.models import ltc_payment_plan_line

from .common import LtcCollectionCommon


@tagged('post_install', '-at_install')
class TestLtcPaymentPlanLine(LtcCollectionCommon):

    # === AUTOMATIC INVOICE === #

    def test_a_billable_node_makes_its_draft_invoice(self):
        self.assertRecordValues(self.node, [{'state': 'invoiced', 'trigger': 'signature'}])
        self.assertRecordValues(self.node.invoice_ids, [{
            'state': 'draft', 'move_type': 'out_invoice', 'amount_total': self.node.amount,
            'ltc_contract_id': self.contract.id, 'company_id': self.company.id}])
        activity = self.node.activity_ids
        self.assertEqual(activity.user_id, self.finance)
        self.assertIn("check and post its draft invoice", activity.summary)

    def test_without_the_setting_nothing_is_made(self):
        self.company.ltc_auto_invoice = False
        node = self._get_node(self._create_signed_contract(), 'advance')
        self.assertEqual(node.state, 'billable')
        self.assertFalse(node.invoice_ids)
        self.assertFalse(node.activity_ids)

    def test_the_event_goes_through_when_the_invoice_cannot_be_made(self):
        for error in (UserError("The journal is closed."), ValueError("a defect")):
            def fail(nodes, error=error):
                nodes.env['account.move'].create({'move_type': 'out_invoice', 'partner_id': nodes.partner_id.id})
                raise error

            before = self.env['account.move'].search_count([])
            with (
                patch.object(self.registry['ltc.payment.plan.line'], '_create_node_invoices', fail),
                mute_logger(ltc_payment_plan_line.__name__),
            ):
                contract = self._create_signed_contract()
            node = self._get_node(contract, 'advance')
            self.assertEqual(contract.state, 'signed')
            self.assertEqual(node.state, 'billable', "the node waits for its invoice")
            self.assertEqual(self.env['account.move'].search_count([]), before, "no half of an invoice stays")
            self.assertEqual(node.activity_ids.user_id, self.finance)
            self.assertIn("could not be made", node.activity_ids.summary)
            self.assertIn(str(error), node.activity_ids.note)
            self._invoice(node)
            self.assertEqual(node.state, 'invoiced', "finance makes it by hand later")

    def test_a_node_that_waits_for_evidence_is_invoiced_when_it_is_there(self):
        node = self._get_node(self.contract, 'retention')
        deliverable = self.env['ltc.deliverable'].sudo().create({
            'plan_line_id': node.id, 'name': "Bank guarantee returned"})
        node._set_billable("Retention period over")
        self.assertEqual(node.state, 'planned')
        self.assertFalse(node.activity_ids)
        deliverable.with_user(self.finance).sudo(False).attachment_ids = self._attach(node)
        self.assertTrue(node.activity_ids, "the invoice is tried as soon as the evidence is there")

    # === FROM THE INVOICE TO THE CASH === #

    def test_a_full_payment_collects_the_node(self):
        invoice = self._post_draft(self.node)
        self._pay(invoice)
        self.assertRecordValues(self.node, [{
            'state': 'collected', 'amount_invoiced': self.node.amount, 'amount_collected': self.node.amount}])
        self.assertEqual(self.contract.ltc_flow_id.stage, 'delivery', "an advance is no cash for what was delivered")

    def test_a_partial_payment_counts_and_the_rest_stays_open(self):
        invoice = self._post_draft(self.node, days_overdue=10)
        self._pay(invoice, amount=100.0)
        self.assertRecordValues(self.node, [{
            'state': 'invoiced', 'amount_collected': 100.0, 'amount_overdue': self.node.amount - 100.0}])
        self._pay(invoice)
        self.assertRecordValues(self.node, [{'state': 'collected', 'amount_overdue': 0.0, 'is_overdue': False}])

    def test_an_overpayment_collects_no_more_than_the_node(self):
        invoice = self._post_draft(self.node)
        self._pay(invoice, amount=self.node.amount + 500.0)
        self.assertRecordValues(self.node, [{'state': 'collected', 'amount_collected': self.node.amount}])

    def test_an_unreconciled_payment_opens_the_node_again(self):
        invoice = self._post_draft(self.node, days_overdue=5)
        payment = self._pay(invoice)
        self.assertEqual(self.node.state, 'collected')
        payment.move_id.line_ids.remove_move_reconcile()
        self.assertRecordValues(self.node, [{
            'state': 'invoiced', 'amount_collected': 0.0, 'amount_overdue': self.node.amount}])

    def test_a_refund_puts_the_node_back_and_no_invoice_is_made_again(self):
        invoice = self._post_draft(self.node)
        refund = self._refund(invoice)
        refund.action_post()
        self.assertRecordValues(self.node, [{'state': 'billable', 'amount_invoiced': 0.0}])
        self.assertEqual(self.node.sudo().invoice_ids, (invoice + refund).sudo(), "finance decides what follows")

    def test_a_cancelled_draft_is_not_made_again(self):
        draft = self.node.sudo().invoice_ids
        draft.button_cancel()
        self.assertEqual(self.node.state, 'billable')
        self.assertEqual(self.node.sudo().invoice_ids, draft)

    def test_a_node_in_foreign_currency_is_collected_in_it(self):
        currency = self.env['res.currency'].with_context(active_test=False).search(
            [('name', '=', 'GBP')]) or self.env['res.currency'].create({'name': "XLT", 'symbol': "L"})
        currency.write({'active': True, 'rate_ids': [
            Command.clear(), Command.create({'name': '2020-01-01', 'rate': 0.5, 'company_id': self.company.id})]})
        pricelist = self.env['product.pricelist'].create({'name': "Foreign", 'currency_id': currency.id})
        contract = self._create_signed_contract(self._create_quotation(pricelist_id=pricelist.id))
        node = self._get_node(contract, 'advance')
        self.assertEqual(node.currency_id, currency)
        invoice = self._post_draft(node, days_overdue=20)
        self.assertEqual(node.amount_overdue, node.amount)
        self._pay(invoice, amount=node.amount / 4, currency_id=currency.id)
        self.assertEqual(node.state, 'invoiced')
        self.assertAlmostEqual(node.amount_collected, node.amount / 4, 2)
        self._pay(invoice, amount=invoice.amount_residual * 2, currency_id=self.company.currency_id.id)
        self.assertEqual(node.state, 'collected')

    # === WATCH === #

    def test_the_watch_finds_overdue_nodes(self):
        self._post_draft(self.node, days_overdue=12)
        self.assertRecordValues(self.node, [{
            'is_overdue': True, 'days_overdue': 12, 'amount_overdue': self.node.amount}])
        Node = self.env['ltc.payment.plan.line'].with_user(self.collector)
        domain = [('contract_id', '=', self.contract.id)]
        self.assertEqual(Node.search([*domain, ('is_overdue', '=', True)]), self.node)
        self.assertNotIn(self.node, Node.search([*domain, ('is_overdue', '=', False)]))

    def test_the_watch_costs_the_same_for_one_node_and_for_many(self):
        self._post_draft(self.node, days_overdue=12)
        names = ['amount_overdue', 'days_overdue', 'is_overdue']
        self.contract.plan_line_ids.read(names)  # warms the caches
        counts = []
        for nodes in (self.node, self.contract.plan_line_ids):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            nodes.browse(nodes.ids).read(names)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)
