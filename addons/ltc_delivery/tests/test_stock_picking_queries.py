from odoo.fields import Command
from odoo.tests import TransactionCase, tagged


@tagged('post_install', '-at_install')
class TestStockPickingQueries(TransactionCase):
    """In the light profile a transfer costs what it costs in plain Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env['product.product'].create({'name': "Filling Head", 'type': 'consu', 'list_price': 10.0})
        cls.customer = cls.env['res.partner'].create({'name': "Yangtze Foods"})

    def _create_picking(self, **values):
        order = self.env['sale.order'].create({
            'partner_id': self.customer.id,
            **values,
            'order_line': [Command.create({'product_id': self.product.id, 'product_uom_qty': 5})],
        })
        order.action_confirm()
        order.picking_ids.move_ids.quantity = 5
        order.picking_ids.move_ids.picked = True
        self.env.flush_all()
        return order.picking_ids

    def _count_queries(self, picking):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        picking.button_validate()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _measure(self, **values):
        return min(self._count_queries(self._create_picking(**values)) for _round in range(3))

    def test_our_hooks_on_a_transfer_without_contract_cost_nothing(self):
        with_hooks = self._measure()
        self.patch(self.registry['sale.order'], '_ltc_on_goods_moved', lambda self: None)
        self.patch(self.registry['stock.move'], '_ltc_check_handover', lambda self: None)
        self.assertLessEqual(with_hooks, self._measure())

    def test_a_transfer_of_a_case_costs_what_telling_the_case_costs(self):
        def open_case():
            return self.env['crm.lead'].create({'name': "Heads", 'type': 'opportunity', 'partner_id': self.customer.id})

        without_case = self._measure()
        with_case = min(
            self._count_queries(self._create_picking(opportunity_id=open_case().id)) for _round in range(3))
        self.assertLessEqual(with_case, without_case + 3)  # read the case, move its stage, log it
