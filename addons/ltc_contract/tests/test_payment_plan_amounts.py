from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import LtcContractOnlyCommon


@tagged('post_install', '-at_install')
class TestPaymentPlanAmounts(LtcContractOnlyCommon):
    """Every node is invoiced at exactly its amount, and never is more invoiced than the contract is worth."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')

    def _bill_all(self, contract):
        """Trigger and invoice node after node; each comes out to the cent, and so does the sum."""
        for node in contract.plan_line_ids:
            self._trigger(node)
            invoice = self._invoice(node)
            self.assertEqual(
                contract.currency_id.compare_amounts(invoice.amount_total, node.amount), 0,
                f'{node.name}: {invoice.amount_total} instead of {node.amount}')
            self.assertEqual(node.state, 'invoiced')
        self.assertEqual(contract.currency_id.compare_amounts(contract.amount_invoiced, contract.amount_current), 0)
        return contract.plan_line_ids.invoice_ids

    def test_mixed_rates(self):
        order = self._create_quotation(order_line=[
            Command.create({'product_id': self.line_product.id, 'product_uom_qty': 3, 'price_unit': 33333.33}),
            Command.create({'product_id': self.training.id, 'product_uom_qty': 7, 'price_unit': 1234.57,
                            'discount': 3.5}),
            Command.create({'product_id': self.training.id, 'product_uom_qty': 1, 'price_unit': 99.99,
                            'tax_ids': [Command.clear()]}),
        ])
        invoices = self._bill_all(self._create_signed_contract(order))
        taxes = self.env['account.tax']
        for invoice in invoices:
            taxes |= invoice.invoice_line_ids.tax_ids
        self.assertEqual(taxes, self.tax_13 | self.tax_6)

    def test_taxes_in_the_price(self):
        order = self._create_quotation(order_line=[
            Command.create({'product_id': self.line_product.id, 'product_uom_qty': 3, 'price_unit': 77777.77,
                            'tax_ids': [Command.set(self.tax_13_included.ids)]}),
            Command.create({'product_id': self.training.id, 'product_uom_qty': 2, 'price_unit': 333.33}),
        ])
        self._bill_all(self._create_signed_contract(order))

    def test_taxes_rounded_over_the_document(self):
        self.company.tax_calculation_rounding_method = 'round_globally'
        order = self._create_quotation(order_line=[
            Command.create({'product_id': self.line_product.id, 'product_uom_qty': 1, 'price_unit': price})
            for price in (10.04, 20.04, 30.04, 7777.77)
        ])
        self._bill_all(self._create_signed_contract(order))

    def test_a_global_discount(self):
        order = self._create_quotation()
        self.env['sale.order.discount'].create({
            'sale_order_id': order.id, 'discount_type': 'amount', 'discount_amount': 3333.33,
        }).action_apply_discount()
        self._bill_all(self._create_signed_contract(order))

    def test_a_foreign_currency(self):
        currency = self.env.ref('base.JPY')
        currency.active = True
        self.env['res.currency.rate'].create({
            'currency_id': currency.id, 'rate': 151.37, 'company_id': self.company.id, 'name': '2020-01-01'})
        pricelist = self.env['product.pricelist'].create({'name': "Yen", 'currency_id': currency.id})
        order = self._create_quotation(pricelist_id=pricelist.id, order_line=[
            Command.create({'product_id': self.line_product.id, 'product_uom_qty': 3, 'price_unit': 1234567}),
            Command.create({'product_id': self.training.id, 'product_uom_qty': 1, 'price_unit': 98765}),
        ])
        contract = self._create_signed_contract(order)
        self.assertEqual(contract.currency_id, currency)
        invoices = self._bill_all(contract)
        self.assertEqual(invoices.currency_id, currency)
        self._pay(invoices[0])
        self.assertEqual(contract.amount_received, invoices[0].amount_total)

    def test_an_invoice_in_another_currency_is_refused(self):
        currency = self.env.ref('base.JPY')
        currency.active = True
        invoice = self._invoice(self._get_node(self._create_signed_contract(), 'advance'), post=False)
        invoice.currency_id = currency
        with self._assert_refused(UserError, "invoice it in the contract's currency"):
            invoice.action_post()

    def test_the_settling_node_waits_for_the_delivery(self):
        self.line_product.invoice_policy = 'delivery'
        contract = self._create_signed_contract()
        for node in contract.plan_line_ids[:-1]:
            self._trigger(node)
            self._invoice(node)
        last = self._trigger(contract.plan_line_ids[-1])
        with self._assert_refused(UserError, "is not complete: Filling Line"):
            last.with_user(self.finance).action_create_invoice()
        contract.order_id.order_line.filtered(lambda line: line.product_id == self.line_product).qty_delivered = 2
        self.assertEqual(self._invoice(last).amount_total, last.amount)
        self.assertEqual(contract.order_id.invoice_status, 'invoiced')

    def test_nodes_in_any_order(self):
        contract = self._create_signed_contract()
        nodes = self._trigger(contract.plan_line_ids)
        for node in reversed(nodes):
            self.assertEqual(self._invoice(node).amount_total, node.amount)
        self.assertEqual(contract.amount_invoiced, contract.amount_current)

    def test_nodes_in_one_go(self):
        contract = self._create_signed_contract()
        nodes = self._trigger(contract.plan_line_ids)
        nodes.with_user(self.finance).action_create_invoice()
        self.assertEqual(
            [node.invoice_ids.amount_total for node in nodes], nodes.mapped('amount'))

    # === CAP === #

    def test_the_native_wizard_is_capped(self):
        contract = self._create_signed_contract()
        self._invoice(self._get_node(contract, 'advance'))
        wizard = self.env['sale.advance.payment.inv'].with_user(self.sales).create({
            'sale_order_ids': [Command.set(contract.order_id.ids)],
            'advance_payment_method': 'fixed', 'fixed_amount': contract.amount_current * 0.7 + 0.01})
        invoice = wizard._create_invoices(contract.order_id).with_user(self.finance)
        self.assertEqual(invoice.sudo().ltc_contract_id, contract)
        with self._assert_refused(UserError, "invoices would add up to"):
            invoice.action_post()

    def test_the_native_invoice_without_deduction_is_capped(self):
        contract = self._create_signed_contract()
        self._invoice(self._get_node(contract, 'advance'))
        invoice = contract.order_id._create_invoices(final=False)
        with self._assert_refused(UserError, "invoices would add up to"):
            invoice.action_post()

    def test_a_typed_invoice_with_the_orders_lines_is_capped(self):
        contract = self._create_signed_contract()
        invoice = self.env['account.move'].with_user(self.finance).create({
            'move_type': 'out_invoice', 'partner_id': self.customer.id, 'invoice_line_ids': [Command.create({
                'name': "Typed by hand", 'quantity': 1, 'price_unit': contract.amount_current + 1,
                'tax_ids': [Command.clear()], 'sale_line_ids': [Command.set(contract.order_id.order_line[:1].ids)],
            })],
        })
        with self._assert_refused(UserError, "invoices would add up to"):
            invoice.action_post()
        invoice.invoice_line_ids.price_unit = contract.amount_current
        invoice.action_post()
        self.assertEqual(invoice.sudo().ltc_contract_id, contract)
        self.assertEqual(contract.amount_invoiced, contract.amount_current)

    def test_an_edited_draft_of_a_node_is_capped(self):
        node = self._get_node(self._create_signed_contract(), 'advance')
        invoice = self._invoice(node, post=False)
        invoice.write({'invoice_line_ids': [Command.create({
            'name': "Slipped in", 'quantity': 1, 'price_unit': 10.0, 'tax_ids': [Command.clear()]})]})
        with self._assert_refused(UserError, "Node Advance .* is worth"):
            invoice.action_post()

    def test_two_contracts_never_share_an_invoice(self):
        contracts = self._create_signed_contract() | self._create_signed_contract()
        invoices = contracts.order_id._create_invoices(grouped=False)
        self.assertEqual(len(invoices), 2)
        self.assertEqual(invoices.ltc_contract_id, contracts)
        invoices[0].write({'invoice_line_ids': [Command.create({
            'name': "Other", 'sale_line_ids': [Command.set(contracts[1].order_id.order_line[:1].ids)]})]})
        invoices[0].write({'invoice_line_ids': [Command.create({
            'name': "Other", 'sale_line_ids': [Command.set(contracts[0].order_id.order_line[:1].ids)]})]})
        with self._assert_refused(UserError, "one invoice for each contract"):
            invoices[0].action_post()

    # === CREDIT NOTES === #

    def test_a_credit_note_gives_the_node_back(self):
        contract = self._create_signed_contract()
        node = self._get_node(contract, 'advance')
        invoice = self._invoice(node)
        refund = self._refund(invoice)
        self.assertEqual(node.state, 'invoiced')
        refund.action_post()
        self.assertEqual(node.state, 'billable')
        self.assertEqual(contract.amount_invoiced, 0.0)
        self.assertEqual(self._invoice(node).amount_total, node.amount)
        with self._assert_refused(UserError, "invoices would add up to"):
            refund.button_draft()

    def test_after_a_credit_note_everything_still_adds_up(self):
        contract = self._create_signed_contract()
        nodes = self._trigger(contract.plan_line_ids)
        self._refund(self._invoice(nodes[1])).action_post()
        self._bill_all_again(contract, nodes)
        last = nodes.invoice_ids.filtered(lambda move: move.ltc_plan_line_id == nodes[-1])
        self._refund(last).action_post()
        self.assertEqual(nodes[-1].state, 'billable')
        self._bill_all_again(contract, nodes)

    def _bill_all_again(self, contract, nodes):
        for node in nodes.filtered(lambda node: node.state == 'billable'):
            self.assertEqual(self._invoice(node).amount_total, node.amount)
        self.assertEqual(contract.amount_invoiced, contract.amount_current)

    def test_a_partial_credit_note_leaves_the_rest_billable(self):
        node = self._get_node(self._create_signed_contract(), 'advance')
        invoice = self._invoice(node)
        refund = self._refund(invoice)
        refund.invoice_line_ids.filtered(lambda line: line.display_type == 'product')[0].quantity = 0.5
        refund.action_post()
        self.assertEqual(node.state, 'billable')
        self.assertEqual(node.amount_open, refund.amount_total)
        rest = self._invoice(node)
        self.assertEqual(rest.amount_total, refund.amount_total)
        self.assertEqual(node.state, 'invoiced')

    def test_modify_and_reset_to_draft_give_the_node_back(self):
        node = self._get_node(self._create_signed_contract(), 'advance')
        invoice = self._invoice(node)
        invoice.button_draft()
        self.assertEqual(node.amount_invoiced, 0.0)
        self.assertEqual(node.state, 'invoiced')
        invoice.button_cancel()
        self.assertEqual(node.state, 'billable')
