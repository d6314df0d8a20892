from contextlib import suppress

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.ltc_delivery.tests.common import LtcDeliveryCommon


@tagged('post_install', '-at_install')
class TestLtcPaymentPlanLine(LtcDeliveryCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.contract = cls._sell()
        cls.on_delivery = cls._get_node_on(cls.contract, 'delivery')
        cls.on_acceptance = cls._get_node_on(cls.contract, 'acceptance')

    def test_an_attachment_does_not_replace_the_transfer(self):
        self._attach(self.on_delivery)
        with self._assert_refused(UserError, "not delivered in full"):
            self.on_delivery.with_user(self.finance).action_set_billable()

    def test_an_attachment_does_not_replace_the_certificate(self):
        self._attach(self.on_acceptance)
        for user in (self.finance, self.delivery):
            with self._assert_refused(UserError, "waits for the customer's acceptance"):
                self.on_acceptance.with_user(user).action_set_billable()

    def test_facts_written_over_rpc_change_nothing(self):
        for user in (self.sales, self.manager, self.finance, self.delivery):
            for node in self.on_delivery | self.on_acceptance:
                with suppress(AccessError, UserError):
                    node.with_user(user).write({'state': 'billable', 'triggered_on': '2026-01-01'})
                self.assertEqual(node.state, 'planned')

    def test_without_goods_an_evidence_makes_the_delivery_node_billable(self):
        contract = self._sell({self.training: 3})
        node = self._get_node_on(contract, 'delivery')
        self._attach(node)
        node.with_user(self.delivery).action_set_billable()
        self.assertEqual(node.state, 'billable')

    def test_without_goods_a_certificate_makes_the_delivery_node_billable(self):
        contract = self._sell({self.training: 3})
        self._accept(contract, 'delivery')
        self.assertEqual(self._get_node_on(contract, 'delivery').state, 'billable')
        self.assertEqual(self._get_node_on(contract, 'acceptance').state, 'planned')

    def test_a_certificate_does_not_replace_the_transfer(self):
        acceptance = self._create_acceptance(self.contract, 'delivery')
        acceptance.action_submit()
        self._sign_on_paper(acceptance)
        acceptance.action_accept()
        self.assertEqual(self.on_delivery.state, 'planned')
        self._deliver(self.contract.order_id)
        self.assertEqual(self.on_delivery.state, 'billable')

    def test_the_button_makes_one_certificate_and_finds_it_again(self):
        node = self.on_acceptance.with_user(self.delivery)
        action = node.action_create_acceptance()
        self.assertEqual(action['res_id'], self.on_acceptance.acceptance_ids.id)
        self.assertEqual(self.on_acceptance.acceptance_ids.kind, 'final')
        self.assertEqual(node.action_create_acceptance()['res_id'], action['res_id'])
