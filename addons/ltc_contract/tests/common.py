import base64
from contextlib import contextmanager

from odoo.fields import Command

from odoo.addons.ltc_quote.tests.common import LtcQuoteCommon

SIGNATURE = (
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
)


class LtcContractCommon(LtcQuoteCommon):
    """Equipment at 13 %, training at 6 % VAT; contracts from draft to signed; invoices paid through the bank."""

    role_groups = {
        **LtcQuoteCommon.role_groups,
        'finance': 'account.group_account_invoice',
        'collector': 'account.group_account_invoice',
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax_13, cls.tax_6, cls.tax_13_included = cls.env['account.tax'].create([
            {'name': "VAT 13 %", 'amount': 13.0, 'type_tax_use': 'sale', 'company_id': cls.company.id},
            {'name': "VAT 6 %", 'amount': 6.0, 'type_tax_use': 'sale', 'company_id': cls.company.id},
            {'name': "VAT 13 % incl.", 'amount': 13.0, 'type_tax_use': 'sale', 'company_id': cls.company.id,
             'price_include_override': 'tax_included'},
        ])
        cls.line_product.write({'taxes_id': [Command.set(cls.tax_13.ids)], 'invoice_policy': 'order'})
        cls.training.write({'taxes_id': [Command.set(cls.tax_6.ids)], 'invoice_policy': 'order'})
        cls.bank = cls.env['account.journal'].search(
            [('type', '=', 'bank'), ('company_id', '=', cls.company.id)], limit=1)
        cls.outstanding = cls.env['account.account'].create({
            'name': "Outstanding Receipts", 'code': '101499', 'account_type': 'asset_current', 'reconcile': True})

    @contextmanager
    def _assert_refused(self, exception, pattern):
        """Expect a refusal that says ``pattern``, and roll back what was refused."""
        with self.assertRaises(exception) as refusal:
            yield
        self.assertRegex(str(refusal.exception), pattern)

    # === CONTRACT === #

    @classmethod
    def _create_contract(cls, order=None, **values):
        """Draw up a contract as the salesperson, from a quotation that passed ATB when that is in force."""
        order = order or cls._create_quotation()
        if order._ltc_get_gate_blockers('atb')[order.id]:
            cls._pass_gate(order, 'atb')
        return cls.env['ltc.contract'].with_user(cls.sales).create({'order_id': order.id, **values})

    @classmethod
    def _send_to_sign(cls, contract):
        if contract._ltc_is_gate_active('atc'):
            cls._pass_gate(contract, 'atc')
        contract.action_send_to_sign()
        return contract

    @classmethod
    def _sign(cls, contract):
        """Let the customer sign in the portal."""
        contract.sudo()._sign_in_portal("Ms Wu", SIGNATURE, '203.0.113.7')
        return contract

    @classmethod
    def _create_signed_contract(cls, order=None, **values):
        return cls._sign(cls._send_to_sign(cls._create_contract(order, **values)))

    @classmethod
    def _get_node(cls, contract, kind):
        return contract.plan_line_ids.filtered(lambda node: node.kind == kind)

    # === MONEY === #

    @classmethod
    def _trigger(cls, nodes):
        nodes._set_billable("Test event")
        return nodes

    @classmethod
    def _invoice(cls, node, post=True):
        """Make the node's invoice as finance."""
        node.with_user(cls.finance).action_create_invoice()
        invoice = node.sudo().invoice_ids.filtered(lambda move: move.state == 'draft')
        invoice = invoice.with_user(cls.finance).sudo(False)
        if post:
            invoice.action_post()
        return invoice

    @classmethod
    def _pay(cls, invoices, amount=None, with_entry=True, **values):
        """Register a payment by Odoo's own wizard; ``with_entry`` through an outstanding account."""
        is_refund = 'out_refund' in invoices.mapped('move_type')
        method_lines = cls.bank[f'{"outbound" if is_refund else "inbound"}_payment_method_line_ids']
        method_line = method_lines[:1]
        method_line.payment_account_id = cls.outstanding if with_entry else False
        wizard = cls.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoices.ids,
        ).create({
            'journal_id': cls.bank.id,
            'payment_method_line_id': method_line.id,
            **({'amount': amount} if amount is not None else {}),
            **values,
        })
        return wizard._create_payments()

    @classmethod
    def _refund(cls, invoice, **values):
        """Reverse the posted invoice by Odoo's own wizard, as finance."""
        wizard = cls.env['account.move.reversal'].with_user(cls.finance).with_context(
            active_model='account.move', active_ids=invoice.ids,
        ).create({'journal_id': invoice.journal_id.id, 'reason': "Test", **values})
        action = wizard.refund_moves()
        return cls.env['account.move'].browse(action['res_id'])

    @classmethod
    def _attach(cls, record, name="evidence.pdf"):
        return cls.env['ir.attachment'].create({
            'name': name, 'raw': b'%PDF evidence', 'res_model': record._name, 'res_id': record.id})

    @classmethod
    def _get_scan(cls):
        return base64.b64encode(b'%PDF-1.4 signed by hand')


class LtcContractOnlyCommon(LtcContractCommon):
    """Contracts without what the floors above prove: products are services, nodes wait for days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line_product.type = 'service'
        cls.env['ltc.payment.plan.template'].create({'name': "Test Plan", 'sequence': -1, 'line_ids': [
            Command.create({'name': kind.title(), 'kind': kind, 'trigger': trigger, 'percent': percent})
            for kind, trigger, percent in (
                ('advance', 'signature', 30), ('delivery', 'date', 40),
                ('acceptance', 'date', 25), ('retention', 'date', 5),
            )
        ]})
