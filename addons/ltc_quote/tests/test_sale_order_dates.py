from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderDates(LtcQuoteCommon):
    """A date that is typed is no way to a better rate or to another price list: the worse of two days counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.env['ltc.price.rule'].search([]).active = False
        cls.today = cls.company._ltc_get_today()
        cls.now = fields.Datetime.now()
        cls.dollar = cls.env['res.currency'].create({'name': 'LTD', 'symbol': '$', 'rate_ids': [
            Command.create({'name': date, 'rate': rate, 'company_id': cls.company.id})
            for date, rate in (('2020-01-01', 0.125), (cls.today - timedelta(days=1), 0.2))]})
        cls.pump = cls.env['product.product'].create({
            'name': "Pump", 'type': 'consu', 'list_price': 500.0, 'standard_price': 6000.0,
            'taxes_id': [Command.clear()]})

    def _create_dated_pricelist(self):
        """Return a price list that asks 500 until yesterday, 1000 now and 1500 from in a month."""
        start, end = self.now - timedelta(days=2), self.now + timedelta(days=30)
        return self.env['product.pricelist'].create({
            'name': "Dated", 'company_id': self.company.id, 'item_ids': [
                Command.create({
                    'applied_on': '3_global', 'compute_price': 'fixed', 'fixed_price': price, 'date_start': date_from,
                    'date_end': date_to})
                for price, date_from, date_to in (
                    (500.0, False, start), (1000.0, start, end), (1500.0, end + timedelta(seconds=1), False))]})

    def _quote(self, count=1, **values):
        return self._create_quotation(order_line=[
            Command.create({'product_id': self.pump.id, 'product_uom_qty': 1}) for _number in range(count)], **values)

    def test_backdating_buys_no_better_rate(self):
        pricelist = self.env['product.pricelist'].create({
            'name': "Abroad", 'currency_id': self.dollar.id, 'company_id': self.company.id})
        for date in (self.now, '2024-01-01 08:00:00', self.now + timedelta(days=400)):
            with self.subTest(date=date):
                quotation = self._quote(pricelist_id=pricelist.id, date_order=date)
                quotation.order_line.write({'price_unit': 1300.0})
                quotation.with_user(self.sales).date_order = date
                self.assertAlmostEqual(quotation.order_line._ltc_get_unit_cost(), 1200.0)
                quotation.invalidate_recordset()
                forecast = quotation.with_user(self.sales).ltc_approval_forecast
                self.assertEqual(self._submit(quotation, 'atb').sudo().level_name, forecast['level'])
                figures = quotation.sudo()._ltc_get_authority_figures('atb')
                self.assertAlmostEqual(figures['margin_percent'], 7.69)
                self.assertEqual(quotation.sudo().ltc_review_ids.level, 50)

    def test_the_rate_of_the_quotation_counts_where_it_is_the_worse_one(self):
        self.dollar.rate_ids.filtered(lambda rate: rate.rate == 0.2).rate = 0.05
        pricelist = self.env['product.pricelist'].create({
            'name': "Abroad", 'currency_id': self.dollar.id, 'company_id': self.company.id})
        quotation = self._quote(pricelist_id=pricelist.id, date_order='2024-01-01 08:00:00')
        quotation.order_line.purchase_price = 1.0
        self.assertAlmostEqual(quotation.order_line._ltc_get_unit_cost(), 750.0)

    def test_backdating_hides_no_discount(self):
        self.pump.standard_price = 100.0
        pricelist = self._create_dated_pricelist()
        for days, discount in ((0, 50.0), (-300, 50.0), (60, 66.67)):
            with self.subTest(days=days):
                quotation = self._quote(pricelist_id=pricelist.id, date_order=self.now + timedelta(days=days))
                quotation.order_line.write({'price_unit': 500.0, 'technical_price_unit': 500.0})
                self.env.invalidate_all()
                figures = quotation.with_user(self.sales).sudo()._ltc_get_authority_figures('atb')
                for key in ('discount_percent', 'total_discount_percent'):
                    self.assertAlmostEqual(figures[key], discount, 2, key)
                self.assertEqual(self._submit(quotation, 'atb').sudo().level, 40)

    def test_a_client_names_no_date(self):
        quotation = self._quote(pricelist_id=self._create_dated_pricelist().id)
        line = quotation.order_line.with_context(ltc_price_date=self.now - timedelta(days=300))
        self.assertEqual(line._ltc_get_strict_list_price(), 1000.0)

    def test_two_dates_cost_no_query_a_line(self):
        def count(quotation, ask):
            for _run in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                ask(quotation.with_user(self.sales).sudo())
            return self.cr.sql_log_count - before

        base = self._create_dated_pricelist()
        pricelist = self.env['product.pricelist'].create({
            'name': "Abroad", 'currency_id': self.dollar.id, 'company_id': self.company.id, 'item_ids': [
                Command.create({
                    'applied_on': '3_global', 'compute_price': 'formula', 'base': 'pricelist',
                    'base_pricelist_id': base.id})]})
        date = self.now - timedelta(days=300)
        few, many = (self._quote(lines, pricelist_id=pricelist.id, date_order=date) for lines in (2, 20))
        for ask in (
            lambda order: order._ltc_get_authority_figures('atb'),
            lambda order: order.ltc_approval_forecast,
        ):
            self.assertEqual(count(few, ask), count(many, ask))
        fresh = self._quote(20, pricelist_id=pricelist.id, date_order=self.now)
        self.assertEqual(
            count(many, lambda order: order.ltc_approval_forecast),
            count(fresh, lambda order: order.ltc_approval_forecast) + 2, "the rates of the other day, to and fro")
