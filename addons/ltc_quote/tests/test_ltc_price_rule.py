from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestLtcPriceRule(LtcQuoteCommon):
    """A filling line costs 60,000 and is listed at 100,000; training costs 2,000 and is listed at 5,000."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['ltc.price.rule'].search([]).active = False

    @classmethod
    def _create_rule(cls, **values):
        return cls.env['ltc.price.rule'].create({'name': "Rule", **values})

    def _get_checks(self, quotation, user=None):
        order = quotation.with_user(user or self.sales).sudo()
        return order._ltc_get_price_checks(order._ltc_get_line_facts(strict=True))

    def _get_check(self, quotation, product=None):
        product = product or self.line_product
        [check] = [check for check in self._get_checks(quotation) if check['line'].product_id == product]
        return check

    def _quote(self, *lines, **values):
        return self._create_quotation(order_line=[Command.create({
            'product_id': self.line_product.id, 'product_uom_qty': 1, **line}) for line in lines], **values)

    # === LIMITS === #

    def test_without_rules_nothing_is_checked_and_nothing_asked(self):
        quotation = self._quote({'discount': 90.0})
        self.env['ltc.price.rule']._get_cached(self.company.id)
        facts = quotation.sudo()._ltc_get_line_facts()
        with self.assertQueryCount(0):
            self.assertEqual(quotation.sudo()._ltc_get_price_checks(facts), [])

    def test_a_floor_price_is_compared_after_all_discounts(self):
        self._create_rule(
            product_tmpl_id=self.line_product.product_tmpl_id.id, use_floor_price=True, floor_price=90000)
        self.assertEqual(self._get_check(self._quote({'discount': 10.0}))['below_percent'], 0)
        check = self._get_check(self._quote({'discount': 19.0, 'product_uom_qty': 3}))
        self.assertEqual(check['below_percent'], 10)
        self.assertAlmostEqual(check['below_amount'], 27000)
        self.assertAlmostEqual(check['floor_unit'], 90000)

    def test_a_floor_margin_makes_a_floor_price(self):
        self._create_rule(use_floor_margin=True, floor_margin=25)
        self.assertEqual(self._get_check(self._quote({'price_unit': 80000.0}))['below_percent'], 0)
        self.assertEqual(self._get_check(self._quote({'price_unit': 76000.0}))['below_percent'], 5)

    def test_a_cost_typed_lower_does_not_lower_the_floor(self):
        self._create_rule(use_floor_margin=True, floor_margin=25)
        check = self._get_check(self._quote({'price_unit': 76000.0, 'purchase_price': 1.0}))
        self.assertEqual(check['below_percent'], 5)

    def test_a_maximum_discount_counts_from_the_price_list(self):
        self._create_rule(use_max_discount=True, max_discount=10)
        self.assertEqual(self._get_check(self._quote({'discount': 10.0}))['over_points'], 0)
        self.assertEqual(self._get_check(self._quote({'discount': 12.0}))['over_points'], 2)
        typed = self._quote({'price_unit': 85000.0, 'technical_price_unit': 85000.0})
        self.assertEqual(self._get_check(typed)['over_points'], 5)

    def test_a_line_that_deducts_is_spread_over_the_others(self):
        self._create_rule(use_max_discount=True, max_discount=10, use_floor_margin=True, floor_margin=25)
        quotation = self._quote(
            {}, {'product_id': self.training.id, 'name': "Goodwill", 'price_unit': -30000.0})
        check = self._get_check(quotation)
        self.assertEqual(check['over_points'], 20)
        self.assertEqual(check['below_percent'], 12.5)
        self.assertEqual(len(self._get_checks(quotation)), 1)

    def test_a_line_given_away_is_as_far_below_as_can_be(self):
        self._create_rule(use_max_discount=True, max_discount=10, use_floor_margin=True, floor_margin=25)
        quotation = self._quote({}, {'product_id': self.training.id, 'discount': 100.0})
        check = self._get_check(quotation, self.training)
        self.assertEqual((check['below_percent'], check['over_points']), (100, 90))

    def test_the_discount_wizard_is_seen(self):
        self._create_rule(use_max_discount=True, max_discount=10)
        quotation = self._quote({})
        self.env['sale.order.discount'].create({
            'sale_order_id': quotation.id, 'discount_type': 'so_discount', 'discount_percentage': 0.15,
        }).action_apply_discount()
        self.assertEqual(self._get_check(quotation)['over_points'], 5)

    # === MEASURES === #

    def test_the_unit_of_measure_is_converted(self):
        dozen = self.env.ref('uom.product_uom_dozen')
        self._create_rule(
            product_tmpl_id=self.training.product_tmpl_id.id, use_floor_price=True, floor_price=4500)
        quotation = self._quote({'product_id': self.training.id, 'product_uom_id': dozen.id, 'price_unit': 48600.0})
        check = self._get_check(quotation, self.training)
        self.assertAlmostEqual(check['floor_unit'], 54000)
        self.assertEqual(check['below_percent'], 10)

    def test_a_price_list_in_another_currency_is_converted(self):
        currency = self.env['res.currency'].create({'name': 'LTQ', 'symbol': 'Q', 'rate_ids': [
            Command.create({'name': '2020-01-01', 'rate': 0.1, 'company_id': self.company.id})]})
        pricelist = self.env['product.pricelist'].create({'name': "Abroad", 'currency_id': currency.id})
        rule = self._create_rule(
            product_tmpl_id=self.line_product.product_tmpl_id.id, use_floor_price=True, floor_price=90000)
        quotation = self._quote({'price_unit': 8100.0}, pricelist_id=pricelist.id)
        check = self._get_check(quotation)
        self.assertAlmostEqual(check['floor_unit'], 9000)
        self.assertEqual(check['below_percent'], 10)
        self.assertAlmostEqual(check['below_amount'], 9000)
        rule.write({'currency_id': currency.id, 'floor_price': 8100})
        self.assertEqual(self._get_check(quotation)['below_percent'], 0)

    def test_taxes_in_the_price_are_left_out(self):
        tax = self.env['account.tax'].create({
            'name': "Included", 'amount': 25, 'type_tax_use': 'sale', 'price_include_override': 'tax_included',
            'company_id': self.company.id})
        self._create_rule(
            product_tmpl_id=self.line_product.product_tmpl_id.id, use_floor_price=True, floor_price=90000)
        quotation = self._quote({'price_unit': 100000.0, 'tax_ids': [Command.set(tax.ids)]})
        check = self._get_check(quotation)
        self.assertAlmostEqual(check['net_unit'], 80000)
        self.assertAlmostEqual(check['below_percent'], 11.11)
        option = self._quote({'price_unit': 100000.0, 'tax_ids': [Command.set(tax.ids)], 'product_uom_qty': 0})
        self.assertAlmostEqual(self._get_check(option)['below_percent'], 11.11)

    def test_sections_and_notes_are_no_lines(self):
        self._create_rule(use_max_discount=True, max_discount=10)
        quotation = self._quote({'discount': 20.0})
        quotation.order_line = [
            Command.create({'display_type': 'line_section', 'name': "Machines", 'sequence': 1}),
            Command.create({'display_type': 'line_note', 'name': "Without crane", 'sequence': 99}),
        ]
        [check] = self._get_checks(quotation)
        [sentence] = quotation._ltc_describe_price_checks([check])
        self.assertTrue(sentence.startswith("Line 1 (Filling Line)"), sentence)

    def test_a_combo_is_judged_as_a_whole(self):
        combo = self.env['product.combo'].create({'name': "Start", 'combo_item_ids': [
            Command.create({'product_id': self.training.id})]})
        bundle = self.env['product.product'].create({
            'name': "Starter Bundle", 'type': 'combo', 'list_price': 5000.0, 'combo_ids': [Command.link(combo.id)],
            'taxes_id': [Command.clear()]})
        self._create_rule(product_tmpl_id=bundle.product_tmpl_id.id, use_floor_price=True, floor_price=4500)
        quotation = self._quote({'product_id': bundle.id})
        head = quotation.order_line
        item = self.env['sale.order.line'].create({
            'order_id': quotation.id, 'product_id': self.training.id, 'product_uom_qty': 1,
            'linked_line_id': head.id, 'combo_item_id': combo.combo_item_ids.id, 'price_unit': 4050.0})
        [check] = self._get_checks(quotation)
        self.assertEqual(check['line'], head)
        self.assertEqual(check['below_percent'], 10)
        item.price_unit = 4500.0
        self.assertEqual(self._get_checks(quotation)[0]['below_percent'], 0)

    # === WHICH RULE === #

    def test_each_limit_comes_from_the_most_specific_rule(self):
        parent = self.env['product.category'].create({'name': "Machines"})
        child = self.env['product.category'].create({'name': "Fillers", 'parent_id': parent.id})
        self.line_product.categ_id = child
        self._create_rule(use_max_discount=True, max_discount=5)
        self._create_rule(categ_id=parent.id, use_max_discount=True, max_discount=8, use_floor_margin=True,
                          floor_margin=30)
        self.assertEqual(self._get_check(self._quote({}))['max_discount'], 8)
        self._create_rule(categ_id=child.id, use_max_discount=True, max_discount=9)
        self._create_rule(product_id=self.line_product.id, use_floor_price=True, floor_price=90000)
        check = self._get_check(self._quote({}))
        self.assertEqual(check['max_discount'], 9)
        self.assertAlmostEqual(check['floor_unit'], 90000)
        other = self._quote({'product_id': self.training.id})
        self.assertEqual(self._get_check(other, self.training)['max_discount'], 5)

    def test_a_category_that_moves_takes_its_rule_along(self):
        parent, other = self.env['product.category'].create([{'name': "Machines"}, {'name': "Other"}])
        child = self.env['product.category'].create({'name': "Fillers", 'parent_id': parent.id})
        self.line_product.categ_id = child
        self._create_rule(categ_id=parent.id, use_max_discount=True, max_discount=8)
        self._create_rule(categ_id=child.id, use_max_discount=True, max_discount=9)
        quotation = self._quote({'discount': 20.0})
        self.assertEqual(self._get_check(quotation)['max_discount'], 9)
        child.parent_id = other
        self.assertEqual(self._get_check(quotation)['max_discount'], 9)  # its own rule goes on
        self._create_rule(categ_id=other.id, use_floor_margin=True, floor_margin=30)
        self.assertGreater(self._get_check(quotation)['floor_unit'], 0)
        child.parent_id = parent
        self.assertEqual(self._get_check(quotation)['floor_unit'], 0)

    def test_a_rule_for_a_grade_counts_for_its_customers(self):
        self._create_rule(use_max_discount=True, max_discount=5)
        self._create_rule(use_max_discount=True, max_discount=15, customer_grade='A')
        self.assertEqual(self._get_check(self._quote({}))['max_discount'], 5)
        criteria = [name for name in self.customer._fields if name.startswith('ltc_rating_')]
        self.customer.write(dict.fromkeys(criteria, '5'))
        self.assertEqual(self.customer.ltc_grade, 'A')
        self.assertEqual(self._get_check(self._quote({}))['max_discount'], 15)

    def test_a_role_is_nobody_elses(self):
        """Naming the manager as salesperson does not lend his discount."""
        self._create_rule(use_max_discount=True, max_discount=5)
        self._create_rule(
            use_max_discount=True, max_discount=20, group_id=self.env.ref('sales_team.group_sale_manager').id)
        quotation = self._quote({}, user=self.manager, user_id=self.manager.id)
        self.assertEqual(self._get_checks(quotation)[0]['max_discount'], 5)
        self.assertEqual(self._get_checks(quotation, self.manager)[0]['max_discount'], 20)
        quotation.user_id = self.sales
        self.assertEqual(self._get_checks(quotation, self.manager)[0]['max_discount'], 5)

    def test_a_rule_ends(self):
        rule = self._create_rule(use_max_discount=True, max_discount=5)
        quotation = self._quote({'discount': 50.0})
        self.assertTrue(self._get_checks(quotation))
        rule.date_to = '2020-01-01'
        self.assertFalse(self._get_checks(quotation))

    def test_another_companys_rule_does_not_count(self):
        other = self.env['res.company'].create({'name': "Other"})
        rule = self._create_rule(use_max_discount=True, max_discount=5, company_id=other.id)
        self.assertFalse(self._get_checks(self._quote({'discount': 50.0})))
        with self.assertRaises(AccessError):
            rule.with_user(self.sales).read(['name'])

    # === SET-UP === #

    def test_a_rule_must_limit_something_and_name_one_target(self):
        with self.assertRaisesRegex(ValidationError, "limits nothing"):
            self._create_rule()
        with self.assertRaisesRegex(ValidationError, "more than one"):
            self._create_rule(use_max_discount=True, product_id=self.training.id, categ_id=self.env[
                'product.category'].create({'name': "Services"}).id)
        with self.assertRaisesRegex(ValidationError, "different products"):
            self._create_rule(use_floor_price=True, floor_price=5)

    def test_only_operations_set_rules(self):
        rule = self._create_rule(use_max_discount=True, max_discount=5)
        with self.assertRaises(AccessError):
            rule.with_user(self.sales).max_discount = 90
        with self.assertRaises(AccessError):
            self.env['ltc.price.rule'].with_user(self.manager).create({
                'name': "Mine", 'use_max_discount': True, 'max_discount': 90})
        rule.with_user(self.operations).max_discount = 6
        self.assertEqual(self._get_check(self._quote({}))['max_discount'], 6)  # the cache follows

    def test_rules_read_well(self):
        rule = self._create_rule(use_max_discount=True, max_discount=5, use_floor_margin=True, floor_margin=20)
        self.assertEqual(rule.limits, "floor margin 20 % · discount up to 5 %")
        self.assertEqual(rule.target, "All products")

    def test_two_hundred_lines_cost_the_queries_of_two(self):
        self._create_rule(use_max_discount=True, max_discount=5, use_floor_margin=True, floor_margin=20)
        self._create_rule(categ_id=self.training.categ_id.id, use_max_discount=True, max_discount=4)

        def count(lines):
            quotation = self._quote(*[{'discount': 10.0}] * lines)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(len(self._get_checks(quotation)), lines)
            return self.cr.sql_log_count - before

        count(2)
        self.assertEqual(count(2), count(200))
