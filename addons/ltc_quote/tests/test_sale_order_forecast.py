from psycopg2 import IntegrityError

from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

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

    def _assert_level(self, quotation, level):
        """The level of the forecast is that of the submission."""
        forecast = self._get_forecast(quotation)
        self.assertEqual((forecast['level'], self._submit(quotation, 'atb').sudo().level_name), (level, level))

    def test_the_forecast_counts_the_room_as_the_submission_does(self):
        self._set_profile('standard')
        self.env['ltc.price.rule'].create({
            'name': "Floor", 'use_floor_price': True, 'floor_price': 96000,
            'product_tmpl_id': self.line_product.product_tmpl_id.id})
        goodwill = Command.create({'product_id': self.training.id, 'price_unit': -1000.0, 'purchase_price': 0.0})
        for room, level in ((0, "Sales Manager"), (5, "Commercial Management"), (21, "Decision Team")):
            for lines in ([], [goodwill]):
                with self.subTest(room=room, lines=len(lines)):
                    quotation = self._quote(price_unit=100000.0)
                    quotation.write({'ltc_concession_room': room, 'order_line': lines})
                    figures = quotation.sudo()._ltc_get_forecast_figures()
                    asked = quotation.sudo()._ltc_get_authority_figures('atb')
                    self.assertEqual(
                        {key: asked[key] for key in figures if key in asked}, {
                            key: figures[key] for key in figures if key in asked})
                    self._assert_level(quotation, level)

    def test_the_forecast_follows_the_room_while_typing(self):
        self._set_profile('standard')
        with Form(self._quote(price_unit=100000.0).with_user(self.sales)) as form:
            self.assertEqual(form.ltc_approval_forecast['notes'], [])
            form.ltc_concession_room = 21
            self.assertEqual(form.ltc_approval_forecast['level'], "Decision Team")
            self.assertIn("79,000", form.ltc_approval_forecast['notes'][0])

    def _type(self, quotation, values):
        """Return what the form shows when the salesperson has typed ``values``."""
        shown = quotation.with_user(self.sales).onchange(values, list(values), {
            'ltc_approval_forecast': {}, 'ltc_option_findings': {}, 'ltc_room_floor': {}, 'amount_total': {},
            'order_line': {'fields': {'price_unit': {}, 'price_subtotal': {}}}})
        return shown['value'], shown.get('warning')

    def test_what_is_emptied_while_typing_is_answered_calmly(self):
        """A required value is missing for as long as another one is looked up."""
        self.env['ltc.price.rule'].create({
            'name': "Floor", 'use_floor_price': True, 'floor_price': 96000, 'use_floor_margin': True,
            'floor_margin': 10, 'product_tmpl_id': self.line_product.product_tmpl_id.id})
        self.env['ltc.option.rule'].create({
            'product_tmpl_id': self.line_product.product_tmpl_id.id, 'option_product_id': self.training.id,
            'quantity': 2})
        share = self.env['product.pricelist'].create({'name': "Shares", 'item_ids': [Command.create({
            'compute_price': 'ltc_share', 'ltc_share_percent': 10, 'applied_on': '0_product_variant',
            'product_id': self.training.id})]})
        emptied = [{name: False} for name in (
            'product_id', 'product_uom_id', 'product_uom_qty', 'price_unit', 'purchase_price', 'customer_lead')]
        emptied += [
            {**other, 'product_uom_id': False} for other in ({'product_id': False}, {'technical_price_unit': 0})]
        for profile in ('light', 'standard'):
            self._set_profile(profile)
            quotation = self._create_quotation(
                pricelist_id=share.id, commitment_date='2026-01-01', opportunity_id=self._create_opportunity().id)
            goods, service = quotation.order_line
            for values in emptied:
                for line in (goods, service):
                    with self.subTest(profile=profile, line=line.name, values=values):
                        self._type(quotation, {'order_line': [[1, line.id, values]]})
            for name in ('partner_id', 'partner_invoice_id', 'currency_id', 'date_order', 'commitment_date',
                         'pricelist_id', 'payment_term_id', 'user_id', 'opportunity_id', 'ltc_concession_room'):
                with self.subTest(profile=profile, name=name):
                    self._type(quotation, {name: False, 'order_line': [[1, goods.id, {'product_uom_id': False}]]})

    def test_a_line_without_a_unit_has_no_price_as_in_odoo(self):
        self._set_profile('standard')
        quotation = self._quote()
        shown, _warning = self._type(quotation, {'order_line': [
            [1, quotation.order_line.id, {'product_uom_id': False}]]})
        self.assertEqual(shown['amount_total'], 0)
        self.assertTrue(self._get_forecast(quotation)['level'])  # nothing of it was saved

    def test_an_impossible_room_is_said_and_ignored_while_it_is_typed(self):
        self._set_profile('standard')
        quotation = self._quote()
        for room in (100, 150, -5):
            with self.subTest(room=room):
                shown, warning = self._type(quotation, {'ltc_concession_room': room})
                self.assertIn("between 0 and 100", warning['message'])
                self.assertFalse({'ltc_approval_forecast', 'ltc_room_floor'} & shown.keys())  # as without room
                with self.assertRaisesRegex(IntegrityError, 'ltc_concession_room_share'), mute_logger(
                        'odoo.sql_db'), self.env.cr.savepoint():
                    quotation.with_user(self.sales).web_save(
                        {'ltc_concession_room': room}, {'ltc_approval_forecast': {}})
        _shown, warning = self._type(quotation, {'ltc_concession_room': 5})
        self.assertFalse(warning)

    def test_the_amount_without_a_level_counts_the_room(self):
        self._set_profile('standard')
        self.line_product.standard_price = 72000.0
        quotation = self._quote(price_unit=100000.0)
        quotation.ltc_concession_room = 10
        forecast = self._get_forecast(quotation)
        self.assertEqual(forecast['reasons'], ["margin 20 % below 25 %"])
        self.assertIn("106,666", forecast['hint'])  # 72,000 cost leave 25 % of 96,000, and that is 90 %

    def test_a_negative_quantity_hides_no_discount_and_saves_no_cost(self):
        """1,000,000 of goods for 200,000: listed 200,000 and cost minus 100,000 made a margin of 150 %."""
        self._set_profile('standard')
        spare = self.env['product.product'].create({
            'name': "Old Machine", 'type': 'consu', 'list_price': 80000.0, 'standard_price': 70000.0,
            'taxes_id': [Command.clear()]})
        lines = [
            Command.create({'product_id': self.line_product.id, 'product_uom_qty': 10, 'price_unit': 10000.0}),
            Command.create({'product_id': spare.id, 'product_uom_qty': -1})]
        self.line_product.write({'list_price': 10000.0, 'standard_price': 6000.0})
        quotation = self._create_quotation(order_line=lines)
        figures = quotation.sudo()._ltc_get_authority_figures('atb')
        self.assertEqual((figures['margin_percent'], figures['discount_percent']), (-200.0, 80.0))
        self.assertEqual((figures['total_discount_percent'], figures['line_margin']), (80.0, [-200.0]))
        self._assert_level(quotation, "CFO and General Manager")

    def test_a_quotation_that_earns_nothing_has_the_worst_margin(self):
        self._set_profile('standard')
        gate = self.env['ltc.gate']._get_by_code('atb')
        gate.rule_ids.filtered(lambda rule: rule.level == 40).use_discount = False
        for quantity in (-1, -2):
            with self.subTest(quantity=quantity):
                quotation = self._quote(price_unit=100000.0)
                quotation.order_line = [Command.create({
                    'product_id': self.line_product.id, 'product_uom_qty': quantity, 'price_unit': 100000.0})]
                figures = quotation.sudo()._ltc_get_authority_figures('atb')
                self.assertEqual((figures['margin_percent'], figures['line_margin']), (-100.0, [-100.0]))
                self._assert_level(quotation, "CFO and General Manager")

    def test_what_is_eaten_up_by_deductions_is_below_every_floor(self):
        self.env['ltc.price.rule'].create({
            'name': "Floor", 'use_floor_price': True, 'floor_price': 1000,
            'product_tmpl_id': self.line_product.product_tmpl_id.id})
        quotation = self._quote(price_unit=100000.0)
        quotation.order_line = [Command.create({
            'product_id': self.training.id, 'product_uom_qty': 1, 'price_unit': -100001.0})]
        self.assertEqual(quotation.sudo()._ltc_get_authority_figures('atb')['below_floor_percent'], 100)

    def test_a_bad_customer_needs_the_level_that_the_forecast_names(self):
        self._set_profile('standard')
        strictest = self.env['ltc.gate']._get_by_code('atb').rule_ids.sorted('level')[-1]
        strictest.write({'use_customer_grade': True, 'customer_grade_from': 'C'})
        for is_bad in (False, True):
            with self.subTest(is_bad=is_bad):
                quotation = self._quote()
                if is_bad:  # rated 0 by every criterion: D
                    quotation.partner_id.write({
                        f'ltc_rating_{name}': '0' for name in ('need', 'power', 'cycle', 'potential', 'history')})
                forecast = self._get_forecast(quotation)
                review = self._submit(quotation, 'atb').sudo()
                self.assertEqual(forecast['level'], review.level_name)
                self.assertEqual(review.level == strictest.level, is_bad)

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
        self.assertEqual(self._get_forecast(quotation)['level'], "CFO and General Manager")

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
