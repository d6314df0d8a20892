from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.ltc_delivery.tests.common import LtcDeliveryCommon


@tagged('post_install', '-at_install')
class TestLtcContractAmendment(LtcDeliveryCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.contract = cls._sell({cls.line_product: 2, cls.installation: 1})
        cls.order = cls.contract.order_id
        cls.node = cls._get_node_on(cls.contract, 'delivery')

    @classmethod
    def _amend(cls, *nodes, quantity=3):
        line = cls.contract.line_ids[0]
        amendment = cls.env['ltc.contract.amendment'].with_user(cls.sales).create({
            'contract_id': cls.contract.id, 'kind': 'scope', 'reason': "Third line wanted",
            'line_ids': [Command.create({'contract_line_id': line.id, 'quantity_after': quantity})],
            'plan_line_ids': [Command.create({
                'name': f"Third line {trigger}", 'trigger': trigger, 'amount': amount}) for trigger, amount in nodes],
        })
        amendment.with_user(cls.manager).action_approve()
        amendment.action_apply()
        return amendment.sudo(False).with_env(cls.env)

    def test_new_acceptance_nodes_get_their_milestone(self):
        amendment = self._amend(('acceptance', 113000.0))
        milestone = self.order.project_id.milestone_ids.filtered(
            lambda milestone: milestone.ltc_plan_line_id == amendment.plan_line_ids)
        self.assertEqual(milestone.name, "Third line acceptance")

    def test_what_was_delivered_before_stays_billable_and_the_new_node_waits(self):
        self._deliver(self.order)
        self.assertEqual(self.node.state, 'billable')
        amendment = self._amend(('delivery', 113000.0))
        self.assertEqual((self.node | amendment.plan_line_ids).mapped('state'), ['billable', 'planned'])
        self.node.with_user(self.finance).action_create_invoice()
        self.assertEqual(self.node.state, 'invoiced')
        with self.assertRaises(UserError):
            amendment.plan_line_ids.with_user(self.finance).action_set_billable()
        self._deliver(self.order)
        self.assertEqual(amendment.plan_line_ids.state, 'billable')
