from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.ltc_delivery.tests.common import LtcDeliveryCommon


class StockPickingCase(LtcDeliveryCommon):

    @classmethod
    def _return(cls, picking, quantity):
        wizard = cls.env['stock.return.picking'].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model='stock.picking').create({})
        wizard.product_return_moves.quantity = quantity
        return wizard._create_return()


@tagged('post_install', '-at_install')
class TestStockPickingRefusals(StockPickingCase):
    """In the full profile nothing leaves the house before the handover, by whichever route."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('full')
        cls.contract = cls._sell()
        cls.order = cls.contract.order_id
        cls.picking = cls.order.picking_ids
        cls.picking.move_ids.quantity = 2
        cls.picking.move_ids.picked = True

    def _assert_held_back(self, method, reason="handover of contract"):
        with self._assert_refused(UserError, reason):
            method()

    def test_validating_is_refused(self):
        self._assert_held_back(self.picking.with_user(self.delivery).button_validate)

    def test_no_context_key_switches_it_off(self):
        picking = self.picking.with_context(skip_sanity_check=True, skip_backorder=True, cancel_backorder=True)
        self._assert_held_back(picking.with_user(self.delivery).button_validate)

    def test_done_by_code_is_refused(self):
        self._assert_held_back(self.picking._action_done)
        self._assert_held_back(self.picking.move_ids._action_done)

    def test_a_written_state_is_refused(self):
        self._assert_held_back(lambda: self.picking.with_user(self.delivery).write({'state': 'done'}))
        self._assert_held_back(lambda: self.picking.move_ids.with_user(self.delivery).write({'state': 'done'}))

    def test_an_immediate_transfer_is_refused(self):
        move = self.picking.move_ids
        values = {
            'picking_type_id': self.picking.picking_type_id.id, 'location_id': self.picking.location_id.id,
            'location_dest_id': self.picking.location_dest_id.id, 'sale_id': self.order.id,
        }
        transfer = self.env['stock.picking'].with_user(self.delivery).create({**values, 'move_ids': [(0, 0, {
            'product_id': move.product_id.id, 'quantity': 1, 'picked': True, 'sale_line_id': move.sale_line_id.id,
            'location_id': move.location_id.id, 'location_dest_id': move.location_dest_id.id})]})
        self._assert_held_back(transfer.button_validate)

    def test_a_move_that_is_born_done_is_refused(self):
        move = self.picking.move_ids
        self._assert_held_back(lambda: self.env['stock.move'].create({
            'product_id': move.product_id.id, 'product_uom_qty': 1, 'quantity': 1, 'state': 'done',
            'sale_line_id': move.sale_line_id.id, 'location_id': move.location_id.id,
            'location_dest_id': move.location_dest_id.id}))

    def test_a_backorder_is_refused(self):
        self.picking.move_ids.quantity = 1
        action = self.picking.with_context(skip_sanity_check=True).button_validate()
        wizard = Form(self.env[action['res_model']].with_context(**action['context'])).save()
        self._assert_held_back(wizard.with_context(button_validate_picking_ids=self.picking.ids).process)

    def test_an_unpaid_advance_is_refused_until_finance_releases_it(self):
        handover = self._confirm_handover(self.contract, release=False)
        self._assert_held_back(self.picking.with_user(self.delivery).button_validate, "advance of contract .* not paid")
        handover.with_user(self.finance).action_release_advance("Guarantee of the bank.")
        self.picking.with_user(self.delivery).button_validate()
        self.assertEqual(self.picking.state, 'done')

    def test_transfers_between_own_locations_are_free(self):
        move = self.picking.move_ids
        internal = self.env['stock.move'].create({
            'product_id': move.product_id.id, 'product_uom_qty': 1, 'quantity': 1, 'picked': True,
            'sale_line_id': move.sale_line_id.id, 'location_id': move.location_id.id,
            'location_dest_id': self.env['stock.location'].create({
                'name': "Packing", 'location_id': move.location_id.id, 'usage': 'internal'}).id})
        internal._action_done()
        self.assertEqual(internal.state, 'done')

    def test_standard_and_light_deliver_without_handover(self):
        self._set_profile('standard')
        self.picking.with_user(self.delivery).button_validate()
        self.assertEqual(self.picking.state, 'done')

    def test_a_contract_older_than_the_profile_is_not_held_back(self):
        self._set_profile('light')
        contract = self._sell()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ltc_contract SET create_date = create_date - interval '1 day' WHERE id = %s", [contract.id])
        contract.invalidate_recordset(['create_date'])
        self._set_profile('full')
        self._deliver(contract.order_id)
        self.assertEqual(contract.order_id.picking_ids.state, 'done')


@tagged('post_install', '-at_install')
class TestStockPicking(StockPickingCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        opportunity = cls._create_opportunity()
        cls.contract = cls._sell(
            {cls.line_product: 2, cls.filling_head: 4, cls.training: 1}, opportunity_id=opportunity.id)
        cls.flow = opportunity.ltc_flow_id
        cls.order = cls.contract.order_id
        cls.node = cls._get_node_on(cls.contract, 'delivery')

    def test_transfers_join_the_case(self):
        self.assertTrue(self.flow)
        self.assertEqual(self.order.picking_ids.ltc_flow_id, self.flow)
        self._deliver(self.order, {self.line_product: 1})
        self.assertEqual(len(self.order.picking_ids), 2)
        self.assertEqual(self.order.picking_ids.ltc_flow_id, self.flow)

    def test_the_node_waits_for_the_last_goods(self):
        self._deliver(self.order, {self.line_product: 2})
        self.assertEqual(self.node.state, 'planned')
        self.assertEqual(self.flow.stage, 'delivery')
        self._deliver(self.order, {self.filling_head: 3})
        self.assertEqual(self.node.state, 'planned')
        self._deliver(self.order)
        self.assertEqual(self.node.state, 'billable')
        self.assertIn(self.order.picking_ids.sorted('id')[-1:].name, self.node.trigger_note)
        self.assertEqual(self.flow.stage, 'acceptance')

    def test_a_rest_that_is_not_delivered_keeps_the_node_planned(self):
        self.order.picking_ids.move_ids.quantity = 1
        pickings = self.order.picking_ids
        pickings.with_context(skip_backorder=True, picking_ids_not_to_backorder=pickings.ids).button_validate()
        self.assertEqual(set(pickings.mapped('state')), {'done'})
        self.assertEqual(self.node.state, 'planned')

    def test_a_typed_quantity_proves_nothing(self):
        heads = self.order.order_line.filtered(lambda line: line.product_id == self.filling_head)
        heads.with_user(self.sales).write({'qty_delivered': 4, 'qty_delivered_method': 'manual'})
        self._deliver(self.order, {self.line_product: 2})
        self.assertEqual(self.node.state, 'planned')

    def test_a_return_puts_the_node_back_and_a_new_delivery_forward(self):
        picking = self._deliver(self.order)
        self.assertEqual(self.node.state, 'billable')
        returned = self._return(picking, 1)
        self.assertEqual(returned.ltc_flow_id, self.flow)
        returned.button_validate()
        self.assertEqual(self.node.state, 'planned')
        again = self._return(returned, 1)
        again.button_validate()
        self.assertEqual(self.node.state, 'billable')

    def test_a_return_after_the_invoice_leaves_the_node_to_the_credit_note(self):
        picking = self._deliver(self.order)
        self.node.with_user(self.finance).action_create_invoice()
        self._return(picking, 1).button_validate()
        self.assertEqual(self.node.state, 'invoiced')

    def test_a_corrected_quantity_is_seen_when_the_node_is_invoiced(self):
        picking = self._deliver(self.order)
        picking.move_ids.filtered(lambda move: move.product_id == self.filling_head).quantity = 1
        with self._assert_refused(UserError, "not delivered in full"):
            self.node.with_user(self.finance).action_create_invoice()

    def test_several_orders_in_one_go(self):
        other = self._sell()
        pickings = self.order.picking_ids | other.order_id.picking_ids
        for move in pickings.move_ids:
            move.quantity = move.product_uom_qty
        pickings.with_user(self.delivery).button_validate()
        self.assertEqual((self.node | self._get_node_on(other, 'delivery')).mapped('state'), ['billable', 'billable'])

    def test_without_a_contract_the_last_transfer_moves_the_case_on(self):
        self._set_profile('light')
        quotation = self._create_quotation(opportunity_id=self._create_opportunity().id)
        quotation.action_confirm()
        order = quotation.sudo(False).with_env(self.env)
        self._deliver(order, {self.line_product: 1})
        self.assertNotEqual(order.ltc_flow_id.stage, 'acceptance')
        self._deliver(order)
        self.assertEqual(order.ltc_flow_id.stage, 'acceptance')

    def test_light_blocks_nothing_and_still_tells_the_node(self):
        self._set_profile('light')
        contract = self._sell()
        self._deliver(contract.order_id)
        self.assertEqual(self._get_node_on(contract, 'delivery').state, 'billable')
