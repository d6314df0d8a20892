from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import LtcContractOnlyCommon


@tagged('post_install', '-at_install')
class TestPaymentPlan(LtcContractOnlyCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')

    def test_the_last_node_takes_the_rest(self):
        order = self._create_quotation(order_line=[
            Command.create({'product_id': self.line_product.id, 'product_uom_qty': 1, 'price_unit': 88495.59})])
        contract = self._create_contract(order)
        self.assertEqual(contract.amount_current, 100000.02)
        self.assertEqual(contract.plan_line_ids.mapped('amount'), [30000.01, 40000.01, 25000.01, 4999.99])

    def test_a_template_replaces_the_plan(self):
        contract = self._create_contract()
        contract.plan_template_id = self.env.ref('ltc_contract.plan_template_service')
        contract.action_apply_template()
        self.assertEqual(contract.plan_line_ids.mapped('percent'), [50.0, 50.0])
        self.assertFalse(contract.amount_unplanned)

    def test_nodes_are_named_in_the_language_of_the_customer(self):
        self.env['res.lang']._activate_lang('fr_FR')
        template = self.env.ref('ltc_contract.plan_template_service')
        template.line_ids[1].with_context(lang='fr_FR').name = "Solde"
        self.assertEqual(
            template.line_ids.mapped('display_name'), ["Advance Payment 50 %", "Solde 50 %"])
        contract = self._create_contract()
        contract.partner_id.lang = 'fr_FR'
        contract.plan_template_id = template
        contract.action_apply_template()
        self.assertEqual(contract.plan_line_ids[1].name, "Solde")

    def test_a_template_adds_up(self):
        with self._assert_refused(UserError, "adds up to"):
            self.env.ref('ltc_contract.plan_template_service').line_ids = [
                Command.create({'name': "One more", 'percent': 10})]

    def test_the_plan_is_frozen_with_the_contract(self):
        contract = self._create_signed_contract()
        node = self._get_node(contract, 'delivery')
        for values in ({'amount': 1.0}, {'kind': 'other'}, {'name': "Free"}, {'trigger': 'signature'}):
            with self._assert_refused(UserError, "draw up an amendment"):
                node.with_user(self.sales).write(values)
        with self.assertRaises(UserError):
            node.with_user(self.sales).unlink()
        with self.assertRaises(UserError):
            self.env['ltc.payment.plan.line'].with_user(self.sales).create({
                'contract_id': contract.id, 'name': "Extra", 'amount': 5.0})
        node.with_user(self.sales).date_planned = '2030-05-01'

    def test_no_client_writes_facts(self):
        node = self._get_node(self._create_signed_contract(), 'delivery')
        for user in (self.sales, self.finance, self.manager):
            node.with_user(user).write({
                'triggered_on': fields.Datetime.now(), 'state': 'collected', 'amount_collected': node.amount,
                'is_void': True, 'is_effective': False})
            self.assertRecordValues(node, [{
                'state': 'planned', 'triggered_on': False, 'amount_collected': 0.0, 'is_void': False,
                'is_effective': True}])
        with self._assert_refused(UserError, "only a billable node"):
            node.with_user(self.finance).action_create_invoice()

    def test_by_hand_an_event_needs_evidence_and_the_right_person(self):
        node = self._get_node(self._create_signed_contract(), 'delivery')
        with self.assertRaises(AccessError):
            node.with_user(self.sales).action_set_billable()
        with self._assert_refused(UserError, "no evidence"):
            node.with_user(self.delivery).action_set_billable()
        self._attach(node)
        node.with_user(self.delivery).action_set_billable()
        self.assertEqual(node.state, 'billable')
        self.assertIn(self.delivery.name, node.trigger_note)

    def test_a_node_waits_for_required_evidence(self):
        contract = self._create_contract()
        node = self._get_node(contract, 'delivery')
        node.deliverable_ids = [Command.create({'name': "Packing list", 'is_done': True})]
        node.deliverable_ids.is_done = True
        self._sign(self._send_to_sign(contract))
        self._trigger(node)
        self.assertEqual(node.state, 'planned')
        self.assertTrue(node.triggered_on)
        for user in (self.sales, self.delivery):
            with self._assert_refused(UserError, "draw up an amendment"):
                node.deliverable_ids.with_user(user).is_required = False
            with self._assert_refused(UserError, "draw up an amendment"):
                node.deliverable_ids.with_user(user).unlink()
        node.deliverable_ids.with_user(self.delivery).attachment_ids = [Command.link(self._attach(node).id)]
        self.assertEqual(node.state, 'billable')

    def test_no_event_before_the_signature(self):
        contract = self._create_contract()
        self._trigger(contract.plan_line_ids)
        self.assertEqual(set(contract.plan_line_ids.mapped('state')), {'planned'})

    def test_planned_days_and_retention_come_by_themselves(self):
        contract = self._create_signed_contract()
        node = self._get_node(contract, 'retention')
        node.date_planned = fields.Date.today() + timedelta(days=1)
        self.env['ltc.payment.plan.line']._cron_trigger_dates()
        self.assertEqual(node.state, 'planned')
        node.date_planned = fields.Date.today()
        self.env['ltc.payment.plan.line']._cron_trigger_dates()
        self.assertEqual(node.state, 'billable')

    def test_one_live_invoice_a_node(self):
        node = self._get_node(self._create_signed_contract(), 'advance')
        invoice = self._invoice(node, post=False)
        self.assertEqual(node.state, 'invoiced')
        with self._assert_refused(UserError, "only a billable node"):
            node.with_user(self.finance).action_create_invoice()
        invoice.sudo().unlink()
        self.assertEqual(node.state, 'billable')
        invoice = self._invoice(node, post=False)
        invoice.button_cancel()
        self.assertEqual(node.state, 'billable')
        self._invoice(node)
        self.assertEqual(node.state, 'invoiced')

    def test_salespeople_and_finance_invoice_but_not_reviewers(self):
        contract = self._create_signed_contract()
        node = self._get_node(contract, 'advance')
        with self.assertRaises(AccessError):
            node.with_user(self.legal).action_create_invoice()
        node.with_user(self.sales).action_create_invoice()
        self.assertEqual(node.state, 'invoiced')

    def test_the_invoice_names_contract_node_and_case(self):
        opportunity = self._create_opportunity()
        contract = self._create_signed_contract(self._create_quotation(opportunity_id=opportunity.id))
        invoice = self._invoice(self._get_node(contract, 'advance'), post=False)
        self.assertRecordValues(invoice.sudo(), [{
            'ltc_contract_id': contract.id, 'ltc_flow_id': opportunity.ltc_flow_id.id,
            'ref': f'{contract.name} · Advance', 'invoice_payment_term_id': self.term_30.id}])
        invoice.action_post()
        self.assertEqual(opportunity.ltc_flow_id.stage, 'invoice')

    def test_an_advance_leaves_the_case_at_delivery(self):
        opportunity = self._create_opportunity()
        contract = self._create_contract(self._create_quotation(opportunity_id=opportunity.id))
        delivery = self._get_node(contract, 'delivery')
        delivery.trigger = 'delivery'
        self._sign(self._send_to_sign(contract))
        self._pay(self._invoice(self._get_node(contract, 'advance')))
        self.assertEqual(opportunity.ltc_flow_id.stage, 'delivery')
        self._invoice(self._trigger(delivery))
        self.assertEqual(opportunity.ltc_flow_id.stage, 'invoice')

    def test_no_client_moves_an_invoice_to_another_contract(self):
        contract = self._create_signed_contract()
        node = self._get_node(contract, 'advance')
        invoice = self._invoice(node)
        invoice.with_user(self.finance).write({'ltc_contract_id': False, 'ltc_plan_line_id': False})
        self.assertEqual(invoice.sudo().ltc_plan_line_id, node)
        self.assertEqual(invoice.sudo().ltc_contract_id, contract)
