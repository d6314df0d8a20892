from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from .common import LtcQuoteCommon

MARCH = (date(2025, 3, 1), date(2025, 3, 31))


@tagged('post_install', '-at_install')
class TestLtcKpi(LtcQuoteCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = 'UTC'
        cls.other_company = cls.env['res.company'].create({'name': "Other"})

    def _measure(self, code, company=None):
        return self.env.ref(f'ltc_quote.ltc_kpi_{code}')._measure(company or self.company, *MARCH)

    def _order(self, confirmed_on='2025-03-10 10:00:00', **values):
        order = self._create_quotation(user=self.manager, **values).sudo()
        order.action_confirm()
        order.date_order = confirmed_on
        return order

    def test_margin_and_discount_are_weighted_by_amount(self):
        self._order()  # 205,000 for 122,000
        self._order(order_line=[Command.create({  # 50,000 for 60,000
            'product_id': self.line_product.id, 'product_uom_qty': 1, 'discount': 50.0})])
        self._order('2025-04-01 00:00:00')
        cancelled = self._order()
        cancelled._action_cancel()
        margin = self._measure('average_margin')
        self.assertAlmostEqual(margin['value'], (205000 - 122000 + 50000 - 60000) / 255000 * 100)
        self.assertEqual(margin['count'], 2)
        discount = self._measure('average_discount')
        self.assertAlmostEqual(discount['value'], 50000 / 305000 * 100)
        self.assertEqual(discount['count'], 3)

    def test_a_discount_is_the_same_in_every_figure(self):
        """Half the price, off the whole order or typed over the list: both are 50 %, in KPIs and analysis."""
        self.company.sale_discount_product_id = self.env['product.product'].create({
            'name': "Discount", 'type': 'service', 'taxes_id': [Command.clear()]})
        values = {'product_id': self.training.id, 'product_uom_qty': 10}
        whole = self._create_quotation(user=self.manager, order_line=[Command.create(values)])
        self.env['sale.order.discount'].with_user(self.manager).create({
            'sale_order_id': whole.id, 'discount_type': 'so_discount', 'discount_percentage': 0.5,
        }).action_apply_discount()
        whole.sudo().action_confirm()
        whole.date_order = '2025-03-10 10:00:00'
        typed = self._order(order_line=[Command.create({
            **values, 'technical_price_unit': 5000.0, 'price_unit': 2500.0})])
        discount = self._measure('average_discount')
        self.assertEqual(
            [discount[name] for name in ('value', 'numerator', 'denominator', 'count')], [50, 50000, 100000, 3])
        self.assertEqual(self.env['sale.order.line'].search(discount['domain']), (whole + typed).order_line)
        action = self.env.ref('ltc_quote.ltc_kpi_average_discount').with_user(self.manager).with_company(
            self.company).action_view_records(*MARCH)
        self.assertEqual(
            self.env[action['res_model']].with_user(self.manager).search_count(action['domain']), 3)
        banded = self._measure('band_win_rate_4')
        self.assertEqual((banded['value'], self.env['sale.order'].search(banded['domain'])), (100, typed + whole))
        bands = self.env['sale.report'].with_user(self.manager)._read_group(
            [('order_reference', 'in', [f'sale.order,{order.id}' for order in whole + typed])],
            ['ltc_discount_band'], ['order_reference:count_distinct'])
        self.assertEqual(bands, [('99', 2)])

    def test_another_currency_counts_at_the_rate_of_the_order(self):
        currency = self.env['res.currency'].with_context(active_test=False).search(
            [('id', '!=', self.company.currency_id.id)], limit=1)
        currency.active = True
        currency.rate_ids.unlink()
        self.env['res.currency.rate'].create({
            'currency_id': currency.id, 'company_id': self.company.id, 'name': '2025-01-01', 'rate': 2.0})
        pricelist = self.env['product.pricelist'].create({'name': "Foreign", 'currency_id': currency.id})
        order = self._order(pricelist_id=pricelist.id)
        order.currency_rate = 2.0
        self.assertAlmostEqual(self._measure('average_margin')['denominator'], order.amount_untaxed / 2)

    def test_signed_of_what_passed_atb(self):
        self._set_profile('standard')
        signed, pending, cancelled, refused = (self._create_quotation() for _number in range(4))
        for order in (signed, pending, cancelled):
            self._pass_gate(order, 'atb')
        self._pass_gate(refused, 'atb', decision='no_go', reason="No")
        cancelled.sudo()._action_cancel()
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET state = 'sale' WHERE id = %s", (signed.id,))  # whatever signs it
        self.env.invalidate_all()
        reviews = self.env['ltc.gate.review'].search([('res_id', 'in', (signed + pending + cancelled + refused).ids)])
        reviews.decided_on = '2025-03-10 10:00:00'
        measure = self._measure('atb_signed')
        self.assertAlmostEqual(measure['value'], 100 / 3)
        self.assertEqual(
            self.env['sale.order'].search(measure['domain']), signed + pending + cancelled)

    def test_without_orders_there_is_no_value(self):
        for company in (self.company, self.other_company):
            for code in ('atb_signed', 'average_discount', 'average_margin'):
                self.assertIsNone(self._measure(code, company)['value'], code)
