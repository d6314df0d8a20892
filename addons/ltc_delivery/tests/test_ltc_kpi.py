from datetime import date

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import LtcDeliveryCommon

MARCH = (date(2025, 3, 1), date(2025, 3, 31))


@tagged('post_install', '-at_install')
class TestLtcKpi(LtcDeliveryCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = 'UTC'
        cls.other_company = cls.env['res.company'].create({'name': "Other"})

    def _measure(self, code, company=None):
        return self.env.ref(f'ltc_delivery.ltc_kpi_{code}')._measure(company or self.company, *MARCH)

    def _order(self, promised_on='2025-03-10 12:00:00', quantity=2, **values):
        order = self._create_quotation(user=self.manager, order_line=[
            Command.create({'product_id': self.filling_head.id, 'product_uom_qty': quantity, **values})]).sudo()
        order.action_confirm()
        order.commitment_date = promised_on
        return order

    def _deliver_on(self, order, day, quantity=None):
        pickings = self._deliver(order, quantity and {self.filling_head: quantity})
        pickings.move_ids.filtered(lambda move: move.state == 'done').date = day
        return pickings

    def test_a_line_is_on_time_when_its_last_quantity_left_by_the_promised_day(self):
        on_time, same_day, late, partial, never = (self._order() for _number in range(5))
        self._deliver_on(on_time, '2025-03-09 10:00:00')
        self._deliver_on(same_day, '2025-03-10 23:00:00')  # later that day
        self._deliver_on(late, '2025-03-11 00:30:00')
        self._deliver_on(partial, '2025-03-05 10:00:00', 1)
        self._deliver_on(partial, '2025-03-12 10:00:00', 1)
        self._deliver_on(self._order('2025-04-02 12:00:00'), '2025-03-01 10:00:00')  # due later
        self._order(False)  # nothing promised
        measure = self._measure('otd')
        self.assertEqual((measure['value'], measure['numerator'], measure['denominator']), (40.0, 2, 5))
        self.assertEqual(
            self.env['sale.order.line'].search(measure['domain']).order_id,
            on_time + same_day + late + partial + never)
        self.assertIsNone(self._measure('otd', self.other_company)['value'])

    def test_the_day_is_that_of_the_company(self):
        self.company.partner_id.tz = 'Asia/Shanghai'
        self._deliver_on(self._order('2025-03-10 12:00:00'), '2025-03-10 17:00:00')  # the 11th in Shanghai
        self.assertEqual(self._measure('otd')['value'], 0.0)

    def test_what_came_back_by_then_was_not_delivered(self):
        order = self._order()
        picking = self._deliver_on(order, '2025-03-05 10:00:00')
        wizard = Form(self.env['stock.return.picking'].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model='stock.picking')).save()
        wizard.product_return_moves.quantity = 1
        returned = self.env['stock.picking'].browse(wizard.action_create_returns()['res_id'])
        returned.move_ids.write({'quantity': 1, 'picked': True})
        returned.button_validate()
        returned.move_ids.date = '2025-03-06 10:00:00'
        self.assertEqual(self._measure('otd')['value'], 0.0)

    def test_another_unit_of_measure(self):
        order = self._order(quantity=1, product_uom_id=self.env.ref('uom.product_uom_dozen').id)
        self.assertEqual(order.picking_ids.move_ids.product_qty, 12)
        self._deliver_on(order, '2025-03-05 10:00:00')
        self.assertEqual(self._measure('otd')['value'], 100.0)

    def test_what_is_not_due_yet_is_not_counted(self):
        self._order('2025-03-20 12:00:00')
        with freeze_time('2025-03-15'):
            self.assertEqual(self._measure('otd')['count'], 0)
        self.assertEqual(self._measure('otd')['value'], 0.0)

    def test_acceptance_time_and_first_pass(self):
        contracts = [self._sell() for _number in range(3)]
        days = (('2025-03-01 00:00:00', '2025-03-03 00:00:00'), ('2025-03-01 00:00:00', '2025-03-05 12:00:00'),
                ('2025-03-01 00:00:00', '2025-03-10 00:00:00'))
        for contract, (submitted_on, accepted_on) in zip(contracts, days, strict=True):
            self._confirm_handover(contract)
            acceptance = self._accept(contract).sudo()
            acceptance.write({'submitted_on': submitted_on, 'accepted_on': accepted_on})
        acceptance.attempt = 2
        self.assertEqual(self._measure('acceptance_time')['value'], 4.5)
        self.assertAlmostEqual(self._measure('acceptance_first_pass')['value'], 200 / 3)
        self.assertIsNone(self._measure('acceptance_time', self.other_company)['value'])
