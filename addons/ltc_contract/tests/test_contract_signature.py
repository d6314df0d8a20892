import hashlib
from base64 import b64decode

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SIGNATURE, LtcContractOnlyCommon


@tagged('post_install', '-at_install')
class TestContractSignature(LtcContractOnlyCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')

    def test_a_contract_copies_the_approved_quotation(self):
        order = self._create_released_quotation()
        contract = self._create_contract(order)
        self.assertRegex(contract.name, r'^HT/\d{4}/\d{5}$')
        self.assertEqual(contract.amount_current, order.amount_total)
        self.assertEqual(contract.line_ids.sale_line_id, order.order_line)
        self.assertEqual(order.ltc_contract_id, contract)
        self.assertEqual(contract.plan_line_ids.mapped('percent'), [30.0, 40.0, 25.0, 5.0])
        self.assertEqual(sum(contract.plan_line_ids.mapped('amount')), contract.amount_current)

    def test_a_contract_needs_an_approved_quotation(self):
        order = self._create_quotation()
        with self._assert_refused(UserError, "submit it for review"):
            self.env['ltc.contract'].with_user(self.sales).create({'order_id': order.id})

    def test_a_quotation_has_one_living_contract(self):
        contract = self._create_contract()
        with self._assert_refused(UserError, "has contract .* already"):
            self._create_contract(contract.order_id)
        contract.action_void()
        self.assertFalse(contract.order_id.ltc_contract_id)
        self.assertTrue(self._create_contract(contract.order_id))

    def test_signature_needs_the_decision(self):
        contract = self._create_contract()
        with self._assert_refused(UserError, "submit it for review"):
            contract.action_send_to_sign()
        self._send_to_sign(contract)
        self.assertEqual(contract.state, 'signing')

    def test_what_changes_after_the_decision_voids_it(self):
        contract = self._create_contract()
        self._pass_gate(contract, 'atc')
        contract.terms = "<p>The supplier bears every risk.</p>"
        with self.assertRaises(UserError):
            contract.action_send_to_sign()

    def test_the_plan_belongs_to_the_decision(self):
        contract = self._create_contract()
        self._pass_gate(contract, 'atc')
        first, last = contract.plan_line_ids[0], contract.plan_line_ids[-1]
        first.amount -= 1000
        last.amount += 1000
        with self.assertRaises(UserError):
            contract.action_send_to_sign()

    def test_a_plan_that_misses_a_cent_goes_nowhere(self):
        contract = self._create_contract()
        contract.plan_line_ids[0].amount -= 0.01
        with self._assert_refused(UserError, "payment plan differs"):
            self._submit(contract, 'atc')

    def test_the_customer_signs_and_the_order_confirms(self):
        contract = self._send_to_sign(self._create_contract())
        self.assertEqual(contract.order_id.state, 'draft')
        self._sign(contract)
        self.assertRecordValues(contract, [{
            'state': 'signed', 'signed_by': "Ms Wu", 'signature_ip': '203.0.113.7'}])
        self.assertEqual(contract.order_id.state, 'sale')
        self.assertEqual(self._get_node(contract, 'advance').state, 'billable')
        self.assertEqual(self._get_node(contract, 'delivery').state, 'planned')

    def test_the_document_is_kept_with_its_hash(self):
        contract = self._send_to_sign(self._create_contract())
        self.assertEqual(contract.document_hash, hashlib.sha256(b64decode(contract.document)).hexdigest())
        self._sign(contract)
        self.assertTrue(contract._is_document_intact())
        self.env['ir.attachment'].sudo().search([
            ('res_model', '=', 'ltc.contract'), ('res_id', '=', contract.id), ('res_field', '=', 'document'),
        ]).raw = b'%PDF another text'
        contract.invalidate_recordset()
        self.assertFalse(contract._is_document_intact())

    def test_a_scan_of_the_signed_paper_does_as_well(self):
        contract = self._send_to_sign(self._create_contract())
        wizard = self.env['ltc.contract.sign'].with_user(self.sales).create({
            'contract_id': contract.id, 'signed_by': "Mr Gu", 'scan': self._get_scan(), 'scan_name': 'signed.pdf'})
        wizard.action_sign()
        self.assertRecordValues(contract, [{
            'state': 'signed', 'signed_by': "Mr Gu", 'signed_user_id': self.sales.id,
            'signed_document_name': 'signed.pdf'}])
        self.assertTrue(contract._is_document_intact())

    def test_nobody_writes_a_signature(self):
        contract = self._send_to_sign(self._create_contract())
        for user in (self.sales, self.manager, self.env.ref('base.user_admin')):
            with self._assert_refused(UserError, "no signature"):
                contract.with_user(user).write({
                    'signature': SIGNATURE, 'signed_by': "Me", 'signed_on': fields.Datetime.now(), 'state': 'signed'})
        contract.with_user(self.manager).write({'signed_by': "Me", 'signature': SIGNATURE})
        self.assertFalse(contract.signed_by)
        self.assertFalse(contract.signature)

    def test_a_contract_is_born_a_draft_without_signature(self):
        order = self._create_released_quotation()
        contract = self._create_contract(
            order, state='signed', signed_by="Me", signed_on=fields.Datetime.now(), amount_base=1.0, amount_change=9.0)
        self.assertRecordValues(contract, [{
            'state': 'draft', 'signed_by': False, 'amount_base': order.amount_total, 'amount_change': 0.0}])

    def test_a_draft_cannot_be_signed(self):
        contract = self._create_contract()
        with self._assert_refused(UserError, "cannot be signed"):
            self._sign(contract)

    def test_a_signed_contract_stays_as_it_was_signed(self):
        contract = self._create_signed_contract()
        for values in (
            {'terms': "<p>Other</p>"}, {'title': "Other"}, {'date_end': '2030-01-01'},
            {'partner_id': self.env.user.partner_id.id}, {'name': "Other"}, {'payment_term_id': False},
        ):
            with self._assert_refused(UserError, "frozen"):
                contract.with_user(self.manager).write(values)
        for state in ('draft', 'signing', 'void'):
            with self.assertRaises(UserError):
                contract.with_user(self.manager).state = state
        with self.assertRaises(UserError):
            self._sign(contract)
        contract.with_user(self.manager).write({'amount_base': 1.0, 'amount_change': 1.0})
        self.assertEqual(contract.amount_current, contract.order_id.amount_total)
        with self.assertRaises(UserError):
            contract.with_user(self.manager).unlink()

    def test_back_to_draft_forgets_the_document(self):
        contract = self._send_to_sign(self._create_contract())
        contract.action_back_to_draft()
        self.assertFalse(contract.document_hash)
        contract.title = "A better title"
        contract.action_send_to_sign()
        self.assertTrue(contract.document_hash)

    def test_light_needs_no_decision_but_a_signature(self):
        self._set_profile('light')
        contract = self._create_contract()
        contract.action_send_to_sign()
        with self.assertRaises(UserError):
            contract.state = 'signed'
        self._sign(contract)
        self.assertEqual(contract.order_id.state, 'sale')

    def test_the_flow_follows(self):
        opportunity = self._create_opportunity()
        order = self._create_quotation(opportunity_id=opportunity.id)
        contract = self._create_contract(order)
        flow = contract.ltc_flow_id
        self.assertEqual(flow, opportunity.ltc_flow_id)
        self.assertEqual(flow.stage, 'contract')
        self._sign(self._send_to_sign(contract))
        self.assertEqual(flow.stage, 'delivery')
        self.assertEqual(flow.amount, contract.amount_current)
