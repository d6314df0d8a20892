from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestLtcOptionRule(LtcQuoteCommon):
    """A filling line requires two safety switches each, excludes the manual kit, and goes well with training."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['ltc.option.rule'].search([]).active = False
        cls.switch, cls.manual_kit = cls.env['product.product'].create([
            {'name': "Safety Switch", 'list_price': 500.0, 'standard_price': 200.0, 'taxes_id': [Command.clear()]},
            {'name': "Manual Kit", 'list_price': 900.0, 'standard_price': 300.0, 'taxes_id': [Command.clear()]},
        ])

    @classmethod
    def _create_rule(cls, **values):
        return cls.env['ltc.option.rule'].create({
            'product_tmpl_id': cls.line_product.product_tmpl_id.id, 'option_product_id': cls.switch.id, 'quantity': 2,
            **values})

    def _quote(self, *lines, **values):
        return self._create_quotation(order_line=[Command.create({
            'product_id': product.id, 'product_uom_qty': quantity,
        }) for product, quantity in lines], **values)

    def _get_findings(self, quotation):
        quotation.invalidate_recordset(['ltc_option_findings'])
        return quotation.with_user(self.sales).ltc_option_findings or []

    # === WHAT IS FOUND === #

    def test_without_rules_nothing_is_found_and_nothing_asked(self):
        quotation = self._quote((self.line_product, 1))
        self._get_findings(quotation)
        quotation.mapped('order_line.product_id')
        with self.assertQueryCount(0):
            self.assertFalse(quotation.with_user(self.sales).ltc_option_findings)
            self.assertFalse(quotation._ltc_get_option_blockers())

    def test_what_is_required_is_counted_for_each_unit(self):
        self._create_rule(message="Part of the CE declaration.")
        [finding] = self._get_findings(self._quote((self.line_product, 3), (self.switch, 4)))
        self.assertEqual((finding['kind'], finding['missing'], finding['product_id'], finding['binding']), (
            'requires', 2, self.switch.id, True))
        self.assertEqual(
            finding['text'], "Filling Line requires Safety Switch: 2 more. Part of the CE declaration.")
        self.assertFalse(self._get_findings(self._quote((self.line_product, 3), (self.switch, 6))))
        self.assertFalse(self._get_findings(self._quote((self.training, 3))))

    def test_what_several_products_require_adds_up(self):
        self._create_rule()
        self._create_rule(product_tmpl_id=self.training.product_tmpl_id.id, quantity=1)
        [finding] = self._get_findings(self._quote((self.line_product, 1), (self.training, 1), (self.switch, 2)))
        self.assertEqual(finding['missing'], 1)
        self.assertIn("Filling Line, Operator Training", finding['text'])

    def test_what_is_needed_once_serves_all(self):
        self._create_rule(is_per_unit=False, quantity=1)
        self._create_rule(product_tmpl_id=self.training.product_tmpl_id.id, is_per_unit=False, quantity=1)
        self.assertFalse(self._get_findings(self._quote((self.line_product, 9), (self.training, 1), (self.switch, 1))))

    def test_units_of_measure_are_converted(self):
        self._create_rule()
        quotation = self._quote((self.line_product, 6), (self.switch, 1))
        quotation.order_line[1].product_uom_id = self.env.ref('uom.product_uom_dozen')
        self.assertFalse(self._get_findings(quotation))

    def test_an_option_nobody_took_counts_for_nothing(self):
        self._create_rule()
        self.assertFalse(self._get_findings(self._quote((self.line_product, 0), (self.training, 1))))
        [finding] = self._get_findings(self._quote((self.line_product, 1), (self.switch, 0)))
        self.assertEqual(finding['missing'], 2)

    def test_categories_count_with_what_is_below_them(self):
        machines = self.env['product.category'].create({'name': "Machines"})
        fillers = self.env['product.category'].create({'name': "Fillers", 'parent_id': machines.id})
        safety = self.env['product.category'].create({'name': "Safety"})
        self.line_product.categ_id = fillers
        self._create_rule(
            product_tmpl_id=False, categ_id=machines.id, option_product_id=False, option_categ_id=safety.id, quantity=1)
        [finding] = self._get_findings(self._quote((self.line_product, 1)))
        self.assertEqual(finding['product_id'], False)  # which one, a person chooses
        self.switch.categ_id = safety
        self.assertFalse(self._get_findings(self._quote((self.line_product, 1), (self.switch, 1))))
        fillers.parent_id = False
        self.assertFalse(self._get_findings(self._quote((self.line_product, 1))))
        fillers.parent_id = machines
        self.assertTrue(self._get_findings(self._quote((self.line_product, 1))))

    def test_what_a_rule_names_is_not_deleted(self):
        self._create_rule()
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.env.cr.savepoint():
            self.switch.unlink()

    def test_what_excludes_each_other_is_named(self):
        self._create_rule(kind='excludes', option_product_id=self.manual_kit.id)
        self.assertFalse(self._get_findings(self._quote((self.line_product, 1))))
        [finding] = self._get_findings(self._quote((self.line_product, 1), (self.manual_kit, 1)))
        self.assertEqual(finding['text'], "Filling Line cannot be offered together with Manual Kit.")
        self.assertFalse(finding['product_id'])

    def test_a_recommendation_binds_nobody(self):
        self._set_profile('standard')
        self._create_rule(kind='recommends', option_product_id=self.training.id, quantity=1)
        quotation = self._quote((self.line_product, 1))
        [finding] = self._get_findings(quotation)
        self.assertFalse(finding['binding'])
        self.assertEqual(finding['text'], "Worth offering with Filling Line: Operator Training.")
        self._submit(quotation, 'atb')

    def test_what_must_be_mended_comes_first(self):
        self._create_rule(kind='recommends', option_product_id=self.training.id, quantity=1)
        self._create_rule(is_binding=False)
        self._create_rule(kind='excludes', option_product_id=self.manual_kit.id)
        findings = self._get_findings(self._quote((self.line_product, 1), (self.manual_kit, 1)))
        self.assertEqual([finding['kind'] for finding in findings], ['excludes', 'requires', 'recommends'])

    def test_it_follows_while_typing(self):
        self._create_rule()
        form = Form(self.env['sale.order'].with_user(self.sales))
        form.partner_id = self.customer
        with form.order_line.new() as line:
            line.product_id = self.line_product
        self.assertEqual(form.ltc_option_findings[0]['missing'], 2)
        with form.order_line.new() as line:
            line.product_id = self.switch
            line.product_uom_qty = 2
        self.assertFalse(form.ltc_option_findings)
        form.save()

    # === ADDING === #

    def test_one_click_adds_what_is_missing(self):
        self._create_rule()
        quotation = self._quote((self.line_product, 3)).with_user(self.sales)
        quotation.action_ltc_add_options(self.switch.id)
        line = quotation.order_line.filtered(lambda line: line.product_id == self.switch)
        self.assertEqual((line.product_uom_qty, line.price_unit), (6, 500))
        quotation.order_line[0].product_uom_qty = 4
        quotation.action_ltc_add_options(self.switch.id)
        self.assertEqual(line.product_uom_qty, 8)
        quotation.action_ltc_add_options(self.switch.id)
        quotation.action_ltc_add_options(self.manual_kit.id)  # nothing asks for it
        self.assertEqual(len(quotation.order_line), 2)

    def test_only_who_may_change_the_quotation_adds(self):
        self._create_rule()
        quotation = self._quote((self.line_product, 1))
        with self.assertRaises(AccessError):
            quotation.with_user(self.presales).action_ltc_add_options(self.switch.id)
        quotation.action_ltc_add_options(self.switch.id)
        quotation.action_confirm()
        with self.assertRaisesRegex(UserError, "no quotation any more"):
            quotation.with_user(self.sales).action_ltc_add_options(self.switch.id)

    def test_nothing_is_added_under_review(self):
        self._set_profile('standard')
        rule = self._create_rule(is_binding=False)
        quotation = self._quote((self.line_product, 1))
        self._submit(quotation, 'atb')
        with self.assertRaisesRegex(UserError, "withdraw the"):
            quotation.with_user(self.sales).action_ltc_add_options(rule.option_product_id.id)

    # === WHAT IT BLOCKS === #

    def test_a_binding_rule_keeps_the_quotation_from_atb(self):
        self._set_profile('standard')
        rule = self._create_rule()
        quotation = self._quote((self.line_product, 1))
        with self.assertRaisesRegex(UserError, "requires Safety Switch: 2 more"):
            self._submit(quotation, 'atb')
        rule.is_binding = False
        self._submit(quotation, 'atb')

    def test_what_was_decided_is_decided(self):
        self._set_profile('standard')
        quotation = self._quote((self.line_product, 1))
        self._pass_gate(quotation, 'atb')
        self._create_rule()
        self.assertFalse(self._get_findings(quotation))
        quotation.action_confirm()
        self.assertEqual(quotation.state, 'sale')

    def test_without_a_gate_it_keeps_the_quotation_from_its_customer(self):
        self._create_rule()
        for move in ('action_quotation_sent', 'action_quotation_send', 'action_confirm'):
            quotation = self._quote((self.line_product, 1))
            with self.assertRaisesRegex(UserError, "Safety Switch: 2 more"), self.env.cr.savepoint():
                getattr(quotation.with_user(self.sales), move)()
        with self.assertRaisesRegex(ValidationError, "Safety Switch: 2 more"), self.env.cr.savepoint():
            self._quote((self.line_product, 1)).write({'state': 'sale'})
        quotation.action_ltc_add_options(self.switch.id)
        quotation.action_confirm()
        self.assertEqual(quotation.state, 'sale')

    def test_an_order_is_left_alone(self):
        quotation = self._quote((self.line_product, 1))
        quotation.action_confirm()
        self._create_rule()
        quotation.order_line.product_uom_qty = 2
        self.assertFalse(self._get_findings(quotation))

    # === SET-UP === #

    def test_a_rule_has_two_sides(self):
        with self.assertRaisesRegex(ValidationError, "each side"):
            self._create_rule(product_tmpl_id=False)
        with self.assertRaisesRegex(ValidationError, "each side"):
            self._create_rule(option_categ_id=self.env['product.category'].create({'name': "Safety"}).id)
        with self.assertRaisesRegex(ValidationError, "no option of itself"):
            self._create_rule(option_product_id=self.line_product.id)
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'):
            self._create_rule(quantity=0)

    def test_rules_read_well(self):
        self.assertEqual(self._create_rule().summary, "Filling Line requires 2 × Safety Switch each")
        self.assertEqual(self._create_rule(kind='excludes').summary, "Filling Line excludes Safety Switch")

    def test_only_operations_set_rules(self):
        rule = self._create_rule()
        with self.assertRaises(AccessError):
            rule.with_user(self.sales).is_binding = False
        rule.with_user(self.operations).quantity = 1
        [finding] = self._get_findings(self._quote((self.line_product, 1)))
        self.assertEqual(finding['missing'], 1)  # the cache follows

    def test_another_companys_rule_does_not_count(self):
        other = self.env['res.company'].create({'name': "Other"})
        rule = self._create_rule(company_id=other.id)
        self.assertFalse(self._get_findings(self._quote((self.line_product, 1))))
        with self.assertRaises(AccessError):
            rule.with_user(self.sales).read(['summary'])

    def test_two_hundred_lines_cost_the_queries_of_two(self):
        self._create_rule()
        self._create_rule(kind='recommends', option_product_id=self.training.id, quantity=1)

        def count(lines):
            quotation = self._quote(*[(self.line_product, 1)] * lines)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(len(quotation.sudo()._ltc_get_option_findings()), 2)
            return self.cr.sql_log_count - before

        count(2)
        self.assertEqual(count(2), count(200))

    def test_twenty_findings_cost_the_queries_of_one(self):
        quotation = self._quote((self.line_product, 1))

        def count(findings):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(len(quotation.sudo()._ltc_get_option_findings()), findings)
            return self.cr.sql_log_count - before

        self._create_rule()
        count(1)
        one = count(1)
        for product in self.env['product.product'].create([{'name': f"Option {number}"} for number in range(19)]):
            self._create_rule(option_product_id=product.id)
        count(20)
        self.assertEqual(count(20), one)
