from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LtcContractOnlyCommon


@tagged('post_install', '-at_install')
class TestContractAmendment(LtcContractOnlyCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('full')
        cls.contract = cls._create_signed_contract(cls._create_quotation())
        cls.before = cls.contract.amount_current

    @classmethod
    def _create_amendment(cls, **values):
        """One more filling line at 100,000 plus 13 %, paid by a node of its own."""
        return cls.env['ltc.contract.amendment'].with_user(cls.sales).create({
            'contract_id': cls.contract.id, 'kind': 'scope', 'reason': "Third line wanted",
            'line_ids': [Command.create({
                'contract_line_id': cls.contract.line_ids[0].id, 'quantity_after': 3})],
            'plan_line_ids': [Command.create({
                'name': "Third line", 'kind': 'other', 'trigger': 'date', 'amount': 113000.0})],
            **values,
        })

    def test_before_and_after(self):
        amendment = self._create_amendment()
        self.assertEqual(amendment.name, f'{self.contract.name}/BG01')
        self.assertRecordValues(amendment.line_ids, [{
            'quantity_before': 2.0, 'quantity_after': 3.0, 'price_before': 100000.0, 'price_after': 100000.0}])
        self.assertEqual(amendment.amount_change, 113000.0)
        self.assertEqual(amendment.amount_new, self.before + 113000.0)
        self.assertEqual(self.contract.amount_current, self.before)
        self.assertEqual(amendment.plan_line_ids.state, 'proposed')
        self.assertEqual(len(self.contract.plan_line_ids), 4)

    def test_it_needs_the_decision(self):
        amendment = self._create_amendment()
        with self._assert_refused(UserError, "submit it for review"):
            amendment.action_approve()
        self._pass_gate(amendment, 'atac')
        amendment.action_approve()
        amendment.action_apply()
        self.assertEqual(amendment.state, 'applied')
        self.assertEqual(amendment.applied_by_id, self.sales)

    def test_what_changes_after_the_decision_voids_it(self):
        amendment = self._create_amendment()
        self._pass_gate(amendment, 'atac')
        amendment.line_ids.price_after = 100001.0
        amendment.plan_line_ids.amount = amendment.amount_change
        with self.assertRaises(UserError):
            amendment.action_approve()

    def _apply(self, amendment):
        self._pass_gate(amendment, 'atac')
        amendment.action_approve()
        amendment.action_apply()
        return amendment

    def test_applying_changes_contract_order_and_plan(self):
        amendment = self._apply(self._create_amendment())
        contract, order = self.contract, self.contract.order_id
        self.assertEqual(contract.amount_change, 113000.0)
        self.assertEqual(contract.amount_current, self.before + 113000.0)
        self.assertEqual(order.amount_total, contract.amount_current)
        self.assertEqual(order.order_line[0].product_uom_qty, 3.0)
        self.assertFalse(order._ltc_get_contract_differences(contract))
        self.assertEqual(amendment.plan_line_ids.state, 'planned')
        self.assertIn(amendment.plan_line_ids, contract.plan_line_ids)
        with self.assertRaises(ValidationError):
            order.order_line[0].with_user(self.manager).product_uom_qty = 2.0

    def test_the_new_node_is_billed_and_everything_adds_up(self):
        self._invoice(self._get_node(self.contract, 'advance'))
        self._apply(self._create_amendment())
        nodes = self._trigger(self.contract.plan_line_ids)
        for node in nodes.filtered(lambda node: node.state == 'billable'):
            self.assertEqual(self._invoice(node).amount_total, node.amount)
        self.assertEqual(self.contract.amount_invoiced, self.contract.amount_current)

    def test_a_new_product(self):
        spare = self.env['product.product'].create({
            'name': "Spare Parts", 'list_price': 2000.0, 'taxes_id': [Command.set(self.tax_13.ids)],
            'invoice_policy': 'order'})
        amendment = self._create_amendment(
            line_ids=[Command.create({'product_id': spare.id, 'quantity_after': 2, 'price_after': 2000.0})],
            plan_line_ids=[Command.create({'name': "Spare parts", 'amount': 4520.0})])
        self.assertEqual(amendment.amount_change, 4520.0)
        self._apply(amendment)
        self.assertEqual(self.contract.order_id.order_line.mapped('product_id')[-1], spare)
        self.assertEqual(self.contract.order_id.amount_total, self.contract.amount_current)
        self.assertTrue(self.contract.line_ids[-1].sale_line_id)

    def test_a_reduction_takes_nodes_back(self):
        retention = self._get_node(self.contract, 'retention')
        acceptance = self._get_node(self.contract, 'acceptance')
        delivery = self._get_node(self.contract, 'delivery')
        taken = retention | acceptance | delivery
        amendment = self._create_amendment(
            line_ids=[Command.create({'contract_line_id': self.contract.line_ids[0].id, 'quantity_after': 1})],
            void_plan_line_ids=[Command.set(taken.ids)],
            plan_line_ids=[Command.create({'name': "Rest", 'amount': sum(taken.mapped('amount')) - 113000.0})])
        self.assertEqual(amendment.amount_change, -113000.0)
        self._apply(amendment)
        self.assertEqual(set(taken.mapped('state')), {'void'})
        self.assertEqual(self.contract.amount_current, self.before - 113000.0)
        self.assertFalse(self.contract.amount_unplanned)

    def test_it_cannot_go_below_what_was_invoiced(self):
        for kind in ('advance', 'delivery', 'acceptance'):
            self._invoice(self._trigger(self._get_node(self.contract, kind)))
        amendment = self._create_amendment(
            line_ids=[Command.create({'contract_line_id': self.contract.line_ids[0].id, 'quantity_after': 1})],
            void_plan_line_ids=[Command.set(self.contract.plan_line_ids.ids)], plan_line_ids=[])
        with self.assertRaises(UserError) as refusal:
            self._submit(amendment, 'atac')
        self.assertIn("worth less than was invoiced", refusal.exception.args[0])
        self.assertIn("is invoiced and cannot be taken back", refusal.exception.args[0])

    def test_the_plan_must_follow(self):
        amendment = self._create_amendment(plan_line_ids=[])
        with self._assert_refused(UserError, "payment plan differs"):
            self._submit(amendment, 'atac')

    def test_only_a_signed_contract_is_amended(self):
        draft = self._create_contract()
        with self._assert_refused(ValidationError, "is not signed"):
            self._create_amendment(contract_id=draft.id, line_ids=[], plan_line_ids=[])

    def test_one_at_a_time(self):
        self._create_amendment()
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.env.cr.savepoint():
            self._create_amendment()

    def test_an_applied_amendment_stays(self):
        amendment = self._apply(self._create_amendment())
        for values in ({'reason': "Other"}, {'line_ids': [Command.clear()]}, {'state': 'draft'}):
            with self.assertRaises(UserError):
                amendment.with_user(self.manager).write(values)
        with self.assertRaises(UserError):
            amendment.line_ids.with_user(self.sales).price_after = 1.0
        with self.assertRaises(UserError):
            amendment.plan_line_ids.with_user(self.sales).amount = 1.0
        with self._assert_refused(UserError, "frozen"):
            amendment.with_user(self.sales).amount_change = 1.0
        with self.assertRaises(UserError):
            amendment.with_user(self.sales).unlink()

    def test_no_client_writes_facts(self):
        amendment = self._create_amendment(amount_change=1.0)
        amendment.write({'amount_change': 5.0, 'applied_by_id': self.sales.id})
        amendment.line_ids.write({'quantity_before': 9.0, 'price_before': 9.0})
        self.assertRecordValues(amendment, [{'amount_change': 113000.0, 'applied_by_id': False}])
        self.assertEqual(amendment.line_ids.quantity_before, 2.0)
        for state in ('approved', 'applied'):
            with self.assertRaises(UserError):
                amendment.state = state

    def test_a_cancelled_amendment_leaves_no_node(self):
        amendment = self._create_amendment()
        node = amendment.plan_line_ids
        amendment.action_cancel()
        self.assertFalse(node.exists())
        self.assertTrue(self._create_amendment())

    def test_without_the_gate_a_manager_approves(self):
        self._set_profile('standard')
        amendment = self._create_amendment()
        with self.assertRaises(AccessError):
            amendment.action_approve()
        amendment.with_user(self.manager).action_approve()
        amendment.action_apply()
        self.assertEqual(self.contract.amount_current, self.before + 113000.0)

    def test_a_locked_order_follows_too(self):
        self.contract.order_id.action_lock()
        self._apply(self._create_amendment())
        self.assertTrue(self.contract.order_id.locked)
        self.assertEqual(self.contract.order_id.amount_total, self.contract.amount_current)
