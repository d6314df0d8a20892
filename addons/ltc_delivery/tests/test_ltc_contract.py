from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.ltc_delivery.tests.common import LtcDeliveryCommon


@tagged('post_install', '-at_install')
class TestLtcContract(LtcDeliveryCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.training.invoice_policy = 'delivery'
        cls.contract = cls._sell(
            {cls.line_product: 2, cls.training: 1, cls.installation: 1},
            opportunity_id=cls._create_opportunity().id)

    def test_the_project_joins_the_case(self):
        project = self.contract.order_id.project_ids
        self.assertEqual(len(project), 1)
        self.assertEqual(project.ltc_flow_id, self.contract.ltc_flow_id)

    def test_an_acceptance_delivers_the_services(self):
        services = self.contract.order_id._ltc_get_service_lines()
        self.assertEqual(services.product_id, self.training | self.installation)
        self._deliver(self.contract.order_id)
        self.assertEqual(services.mapped('qty_delivered'), [0.0, 0.0])
        self._accept(self.contract, kind='final')
        self.assertEqual(services.mapped('qty_delivered'), [1.0, 1.0])

    def test_services_wait_for_the_last_acceptance_node(self):
        contract = self._sell({self.training: 1})
        self._get_node_on(contract, 'retention').sudo().trigger = 'acceptance'
        services = contract.order_id._ltc_get_service_lines()
        self._accept(contract)
        self.assertEqual(services.qty_delivered, 0)
        last = contract._get_unaccepted_nodes()
        acceptance = self._create_acceptance(contract, plan_line_id=last.id)
        acceptance.action_submit()
        self._sign_on_paper(acceptance)
        acceptance.action_accept()
        self.assertEqual(services.qty_delivered, 1)

    def test_the_whole_plan_is_invoiced_to_the_cent(self):
        self._deliver(self.contract.order_id)
        self._accept(self.contract, kind='final')
        nodes = self.contract.plan_line_ids
        retention = self._get_node_on(self.contract, 'retention')
        retention.sudo()._set_billable("Retention over")
        for node in nodes:
            node.with_user(self.finance).action_create_invoice()
            node.invoice_ids.action_post()
        self.assertEqual(nodes.mapped('state'), ['invoiced'] * 4)
        self.assertEqual(self.contract.amount_invoiced, self.contract.amount_current)

    def test_closing_names_what_is_missing(self):
        sentences = '\n'.join(self.contract._get_close_blockers())
        self.assertIn("is not delivered in full (Filling Line)", sentences)
        self.assertIn("is not accepted by the customer", sentences)
        acceptance = self._create_acceptance(self.contract)
        self.assertIn(acceptance.name, '\n'.join(self.contract._get_close_blockers()))
        acceptance.unlink()
        self._deliver(self.contract.order_id)
        self._accept(self.contract, kind='final')
        sentences = '\n'.join(self.contract._get_close_blockers())
        self.assertNotIn("delivered", sentences)
        self.assertNotIn("accepted", sentences)

    def test_an_open_handover_keeps_it_from_closing(self):
        self.contract._create_handovers()
        self.assertIn("handover of contract", '\n'.join(self.contract._get_close_blockers()))
        self._confirm_handover(self.contract)
        self.assertNotIn("handover of contract", '\n'.join(self.contract._get_close_blockers()))

    def test_a_contract_signed_after_the_delivery_finds_its_node_billable(self):
        self._set_profile('light')
        quotation = self._create_quotation()
        quotation.action_confirm()
        self._deliver(quotation.sudo(False).with_env(self.env))
        quotation.action_ltc_create_contract()
        contract = quotation.ltc_contract_id
        contract.action_send_to_sign()
        contract._sign_on_paper("Mr Zhou", b'JVBERi0xLjQ=', 'signed.pdf')
        self.assertEqual(self._get_node_on(contract, 'delivery').state, 'billable')

    def test_only_a_signed_contract_is_delivered(self):
        quotation = self._create_released_quotation()
        quotation.action_ltc_create_contract()
        contract = quotation.ltc_contract_id
        with self._assert_refused(UserError, "not in force"):
            contract.with_user(self.delivery).action_open_handover()
        with self._assert_refused(UserError, "not in force"):
            contract.with_user(self.delivery).action_create_acceptance()

    def test_smart_buttons_count(self):
        self._create_acceptance(self.contract)
        self.contract.invalidate_recordset()
        self.assertEqual(self.contract.with_user(self.sales).acceptance_count, 1)
        self.assertEqual(self.contract.with_user(self.sales).picking_count, 1)
        self.assertEqual(self.contract.with_user(self.delivery).action_view_transfers()['res_id'],
                         self.contract.order_id.picking_ids.id)
