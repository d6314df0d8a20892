from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common import LtcQuoteCommon
from .test_ltc_kpi import MARCH


@tagged('post_install', '-at_install')
class TestSaleReport(LtcQuoteCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.company.partner_id.tz = 'UTC'

    def _report(self, orders, groupby, aggregates):
        self.env.flush_all()
        rows = self.env['sale.report']._read_group(
            [('order_reference', 'in', [f'sale.order,{order.id}' for order in orders])], groupby, aggregates)
        return dict((row[0], row[1]) if len(row) == 2 else (row[0], row[1:]) for row in rows)

    def test_margin_is_weighed_by_amount(self):
        orders = self._create_quotation() + self._create_quotation(order_line=[
            Command.create({'product_id': self.line_product.id, 'price_unit': 50000})])
        rows = self._report(orders, ['company_id'], ['ltc_margin_percent:avg'])
        self.assertAlmostEqual(rows[self.company], (205000 - 122000 + 50000 - 60000) / 255000 * 100, 2)

    def test_discount_band_and_decision(self):
        orders = self.env['sale.order']
        for discount in (0, 5, 7, 20, 30):
            orders += self._create_quotation(order_line=[
                Command.create({'product_id': self.line_product.id, 'discount': discount})])
        bands = self._report(orders, ['ltc_discount_band'], ['__count'])
        self.assertEqual(bands, {'00': 1, '05': 1, '10': 1, '20': 1, '99': 1})
        self._pass_gate(orders[0], 'atb')
        self._submit(orders[1], 'atb')
        states = self._report(orders, ['ltc_gate_state'], ['__count', 'ltc_version:max'])
        self.assertEqual(states, {'go': (1, 1), 'in_review': (1, 1), False: (3, 0)})

    def test_the_discount_is_of_the_whole_order_and_only_counted_where_asked_for(self):
        order = self._create_quotation(order_line=[
            Command.create({'product_id': self.line_product.id, 'discount': 30}),
            Command.create({'product_id': self.training.id}),
            Command.create({'display_type': 'line_note', 'name': "Note"})])
        self.assertEqual(self._report(order, ['ltc_discount_band'], ['__count', 'price_subtotal:sum']), {
            '99': (2, 75000)})
        scans = {}
        for column in ('ltc_discount_band', 'user_id'):
            self.env.cr.execute(SQL(
                "EXPLAIN SELECT report.%s, SUM(report.price_subtotal) FROM (%s) report GROUP BY 1",
                SQL.identifier(column), SQL(self.env['sale.report']._table_query.replace('%', '%%'))))
            plan = [line for line, in self.env.cr.fetchall()]
            scans[column] = sum(' on sale_order_line' in line for line in plan)
            self.assertFalse([line for line in plan if 'SubPlan' in line], "asked again for each row")
        self.assertEqual(scans, {'ltc_discount_band': 2, 'user_id': 1})

    def test_win_and_loss_come_from_the_opportunity(self):
        opportunity = self._create_opportunity(ltc_competitors="Bosch")
        order = self._create_quotation(opportunity_id=opportunity.id)
        reason = self.env['crm.lost.reason'].create({'name': "Price"})
        opportunity.action_set_lost(lost_reason_id=reason.id)
        self.env.invalidate_all()
        self.assertEqual((order.ltc_won_status, order.ltc_lost_reason_id, order.ltc_competitors), (
            'lost', reason, "Bosch"))
        self.assertEqual(self._report(order, ['ltc_lost_reason_id'], ['__count']), {reason: 2})  # its lines
        self.assertEqual(self._report(order, ['ltc_competitors'], ['__count']), {"Bosch": 2})

    def test_every_column_is_read(self):
        order = self._create_quotation()
        self.env.flush_all()
        rows = self.env['sale.report'].with_user(self.manager).search(
            [('order_reference', '=', f'sale.order,{order.id}')])
        self.assertEqual(len(rows.read()), 2)


@tagged('post_install', '-at_install')
class TestLtcKpiQuote(LtcQuoteCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = 'UTC'

    def _measure(self, code):
        return self.env.ref(f'ltc_quote.ltc_kpi_{code}')._measure(self.company, *MARCH)

    def _backdate(self, order, created, **values):
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET create_date = %s WHERE id = %s", (created, order.id))
        self.env['ltc.gate.review'].search([('res_id', '=', order.id), ('res_model', '=', 'sale.order')]).write(values)
        self.env.invalidate_all()

    def test_cycle_time_ends_with_the_first_go(self):
        self._set_profile('standard')
        first, second, refused = (self._create_quotation() for _number in range(3))
        for order in (first, second):
            self._pass_gate(order, 'atb')
        self._pass_gate(refused, 'atb', decision='no_go', reason="No")
        self._backdate(first, '2025-03-01 08:00:00', decided_on='2025-03-05 08:00:00', cycle_hours=4)
        self._backdate(second, '2025-03-01 08:00:00', decided_on='2025-03-07 08:00:00', cycle_hours=8)
        self._backdate(refused, '2025-03-01 08:00:00', decided_on='2025-03-09 08:00:00', cycle_hours=30)
        cycle = self._measure('quote_cycle_time')
        self.assertEqual((cycle['value'], cycle['count']), (5.0, 2))
        approval = self._measure('quote_approval_time')
        self.assertEqual((approval['value'], approval['count']), (8.0, 3))

    def test_win_rate_by_discount_band(self):
        for state, discount in (('sale', 0), ('sale', 5), ('cancel', 5), ('cancel', 3), ('sent', 4), ('sale', 50)):
            self._close(state, discount=discount)
        self.assertEqual(self._measure('band_win_rate_0')['value'], 100)
        self.assertAlmostEqual(self._measure('band_win_rate_1')['value'], 100 / 3)
        self.assertIsNone(self._measure('band_win_rate_2')['value'])
        self.assertEqual(self._measure('band_win_rate_4')['value'], 100)

    def test_a_band_is_two_percents_in_order(self):
        kpi = self.env.ref('ltc_quote.ltc_kpi_band_win_rate_2').with_user(self.operations)
        for argument in ('5 to 10', '10-5', '5-5', '-5-10', 'nan-inf', '5-', '', False):
            with self.subTest(argument=argument), self.assertRaisesRegex(
                    ValidationError, "no discount band"), self.env.cr.savepoint():
                kpi.argument = argument
        for argument in ('2.5-7.5', 'none', '0-100'):
            kpi.argument = argument
        with self.assertRaisesRegex(ValidationError, "no discount band"), self.env.cr.savepoint():
            self.env.ref('ltc_quote.ltc_kpi_average_discount').with_user(self.operations).hook = 'band_win_rate'

    def test_the_board_survives_a_band_that_is_none(self):
        self.env.flush_all()
        kpi = self.env.ref('ltc_quote.ltc_kpi_band_win_rate_2')
        self.env.cr.execute("UPDATE ltc_kpi SET argument = '5 to 10' WHERE id = %s", [kpi.id])  # from before the check
        self.env.invalidate_all()
        self._close('sale')
        board = self.env['ltc.kpi'].with_user(self.operations).with_company(self.company).get_board(
            'custom', *map(str, MARCH))
        values = {card['code']: card['value'] for card in board['cards']}
        self.assertEqual((values['band_win_rate_2'], values['band_win_rate_0']), (None, 100))

    def _close(self, state, *more, **line):
        """Close a quotation in March; the product is listed at 100,000."""
        order = self._create_quotation(order_line=[
            Command.create({'product_id': self.line_product.id, **line}), *more]).sudo()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET state = %s, date_order = '2025-03-10', ltc_cancelled_on = CASE %s WHEN 'cancel'"
            " THEN '2025-03-10'::timestamp END WHERE id = %s", (state, state, order.id))
        self.env.invalidate_all()
        return order

    def test_a_typed_price_and_a_deduction_are_discounts(self):
        deduction = Command.create({'product_id': self.training.id, 'price_unit': -4000.0})
        self._close('sale', technical_price_unit=100000.0, price_unit=97000.0)
        self._close('cancel', deduction)
        self.assertIsNone(self._measure('band_win_rate_0')['value'])
        self.assertEqual(self._measure('band_win_rate_1')['value'], 50)

    def test_a_loss_keeps_its_day(self):
        order = self._create_quotation().with_user(self.sales)
        order.action_cancel()
        cancelled_on = order.ltc_cancelled_on
        self.assertTrue(cancelled_on)
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET ltc_cancelled_on = '2025-03-10' WHERE id = %s", [order.id])
        self.env.invalidate_all()
        order.write({'client_order_ref': "Later", 'ltc_cancelled_on': '2026-01-01'})  # a client's own is dropped
        order.sudo().action_cancel()
        self.assertEqual(str(order.ltc_cancelled_on), '2025-03-10 00:00:00')
        self.assertEqual(self._measure('band_win_rate_0')['count'], 1)
        order.action_draft()
        self.assertFalse(order.ltc_cancelled_on)

    def test_conceded_share(self):
        order = self._create_quotation()
        order.ltc_log_concession('scope', 'us', "Spare parts", 5000)
        order.ltc_log_concession('term', 'customer', "Pays in advance", 9000)
        self.env['ltc.quote.concession'].search([]).conceded_on = '2025-03-10'
        measure = self._measure('conceded_share')
        self.assertAlmostEqual(measure['value'], 5000 / 210000 * 100)
        self.assertEqual(measure['count'], 1)
        self.assertIsNone(self.env.ref('ltc_quote.ltc_kpi_conceded_share')._measure(
            self.env['res.company'].create({'name': "Other"}), *MARCH)['value'])
