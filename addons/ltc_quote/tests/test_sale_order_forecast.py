from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderForecast(LtcQuoteCommon):
    """What the salesperson reads before he submits is what the submission then says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['ltc.price.rule'].search([]).active = False

    def _get_forecast(self, quotation, user=None):
        quotation.invalidate_recordset(['ltc_approval_forecast'])
        return quotation.with_user(user or self.sales).ltc_approval_forecast

    def _quote(self, **line):
        return self._create_quotation(order_line=[Command.create({
            'product_id': self.line_product.id, 'product_uom_qty': 1, 'technical_price_unit': 100000.0,
            'price_unit': 100000.0, **line})])

    def test_the_forecast_names_the_level_of_the_submission(self):
        self._set_profile('standard')
        for price in (100000.0, 78000.0, 73000.0, 70000.0):
            with self.subTest(price=price):
                quotation = self._quote(price_unit=price)
                forecast = self._get_forecast(quotation)
                review = self._submit(quotation, 'atb').sudo()
                self.assertEqual(forecast['level'], review.level_name)

    def test_a_bad_customer_needs_the_level_that_the_forecast_names(self):
        self._set_profile('standard')
        strictest = self.env['ltc.gate']._get_by_code('atb').rule_ids.sorted('level')[-1]
        strictest.write({'use_customer_grade': True, 'customer_grade_from': 'C'})
        for grade, levels in (('B', 0), ('D', 1)):
            with self.subTest(grade=grade):
                quotation = self._quote()
                quotation.partner_id.commercial_partner_id.sudo().ltc_grade = grade
                forecast = self._get_forecast(quotation)
                review = self._submit(quotation, 'atb').sudo()
                self.assertEqual(forecast['level'], review.level_name)
                self.assertEqual(review.level == strictest.level, bool(levels))

    def test_the_forecast_says_why(self):
        self._set_profile('standard')
        forecast = self._get_forecast(self._quote(price_unit=75000.0))
        self.assertEqual(forecast['tone'], 'warning')
        self.assertIn("deepest discount 25 % above 20 %", forecast['reasons'])
        forecast = self._get_forecast(self._quote(price_unit=100000.0))
        self.assertEqual((forecast['tone'], forecast['reasons']), ('success', []))

    def test_the_forecast_says_from_which_amount_a_level_is_not_needed(self):
        self._set_profile('standard')
        self.line_product.standard_price = 80000.0
        forecast = self._get_forecast(self._quote(price_unit=98000.0))
        self.assertEqual(forecast['reasons'], ["margin 18.37 % below 20 %"])
        self.assertIn("100,000", forecast['hint'])

    def test_lines_beyond_the_price_rules_are_named(self):
        self._set_profile('standard')
        self.env['ltc.price.rule'].create([
            {'name': "Free", 'use_max_discount': True, 'max_discount': 5},
            {'name': "Floor", 'use_floor_price': True, 'floor_price': 95000,
             'product_tmpl_id': self.line_product.product_tmpl_id.id}])
        gate = self.env['ltc.gate']._get_by_code('atb')
        gate.rule_ids.filtered(lambda rule: rule.level == 30).write({'use_below_floor': True, 'below_floor_above': 5})
        forecast = self._get_forecast(self._quote(discount=14.5))
        self.assertEqual(len(forecast['notes']), 2)
        self.assertIn("10 % below its floor price", forecast['notes'][0])
        self.assertIn("14.5 % discount; 5 % are free", forecast['notes'][1])
        self.assertEqual(forecast['level'], "Finance Management")

    def test_in_light_the_rules_are_shown_and_bind_nobody(self):
        quotation = self._quote(discount=14.0)
        self.assertFalse(self._get_forecast(quotation))
        self.env['ltc.price.rule'].create({'name': "Free", 'use_max_discount': True, 'max_discount': 5})
        forecast = self._get_forecast(quotation)
        self.assertFalse(forecast['level'])
        self.assertEqual(len(forecast['notes']), 1)
        quotation.action_confirm()
        self.assertFalse(self._get_forecast(quotation))

    def test_what_is_decided_needs_no_forecast_until_it_changes(self):
        self._set_profile('standard')
        quotation = self._quote()
        review = self._submit(quotation, 'atb')
        self.assertFalse(self._get_forecast(quotation))
        self._hear(review)
        self._decide(review)
        self.assertFalse(self._get_forecast(quotation))
        quotation.order_line.price_unit = 70000.0
        self.assertEqual(self._get_forecast(quotation)['level'], "Decision Team")

    def test_the_forecast_follows_while_typing(self):
        self._set_profile('standard')
        quotation = self._quote()
        with Form(quotation.with_user(self.sales)) as form:
            self.assertEqual(form.ltc_approval_forecast['level'], "Sales Manager")
            with form.order_line.edit(0) as line:
                line.price_unit = 73000.0
            self.assertEqual(form.ltc_approval_forecast['level'], "Decision Team")
            with form.order_line.edit(0) as line:
                line.price_unit = 90000.0
            self.assertEqual(form.ltc_approval_forecast['level'], "Sales Manager")

    def test_a_new_quotation_has_a_forecast_before_it_is_saved(self):
        self._set_profile('standard')
        form = Form(self.env['sale.order'].with_user(self.sales))
        form.partner_id = self.customer
        with form.order_line.new() as line:
            line.product_id = self.line_product
            line.price_unit = 73000.0
        self.assertEqual(form.ltc_approval_forecast['level'], "Decision Team")
        form.save()

    def test_the_matrix_follows_its_changes(self):
        self._set_profile('standard')
        quotation = self._quote()
        self._get_forecast(quotation)
        gate = self.env['ltc.gate']._get_by_code('atb')
        gate.rule_ids.filtered(lambda rule: rule.level == 10).name = "Head of Sales"
        self.assertEqual(self._get_forecast(quotation)['level'], "Head of Sales")

    def test_a_level_for_certain_documents_is_asked_for_those_only(self):
        self._set_profile('standard')
        gate = self.env['ltc.gate']._get_by_code('atb')
        self.env['ltc.authority.rule'].create({
            'gate_id': gate.id, 'name': "Key Account", 'level': 15, 'group_id': self.env.ref(
                'sales_team.group_sale_manager').id,
            'scope_domain': f"[('partner_id', '=', {self.customer.id})]"})
        quotation = self._quote()
        self.assertEqual(self._get_forecast(quotation)['level'], "Key Account")
        quotation.partner_id = self.customer.copy({'name': "Somebody"})
        self.assertEqual(self._get_forecast(quotation)['level'], "Sales Manager")

    def test_two_hundred_lines_cost_hardly_more_queries_than_two(self):
        self._set_profile('standard')

        def count(lines):
            quotation = self._create_quotation(order_line=[
                Command.create({'product_id': self.training.id, 'discount': 5.0, 'price_unit': 3000.0})] * lines)
            for _run in range(2):  # what is cached for the whole server is no part of the price
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                self.assertTrue(self._get_forecast(quotation))
            return self.cr.sql_log_count - before

        self.assertLessEqual(count(200), count(2) + 2)

    def test_in_light_the_forecast_costs_nothing(self):
        quotation = self._quote()
        self._get_forecast(quotation)
        quotation.mapped('order_line.price_unit')
        with self.assertQueryCount(0):
            self.assertFalse(self._get_forecast(quotation))
