from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderPricing(LtcQuoteCommon):
    """Whichever way Odoo makes a price: floor, margin and matrix see it, and no way leads round the gate.

    A filling line costs 60,000, is listed at 100,000 and has a floor price of 90,000.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.env['ltc.price.rule'].search([]).active = False
        cls.env['ltc.price.rule'].create({
            'name': "Floor", 'product_tmpl_id': cls.line_product.product_tmpl_id.id, 'use_floor_price': True,
            'floor_price': 90000.0})

    def _quote(self, *lines, **values):
        return self._create_quotation(order_line=[Command.create({
            'product_id': self.line_product.id, 'product_uom_qty': 1, **line}) for line in lines or [{}]], **values)

    def test_lines_that_hang_on_another_are_found(self):
        """One look at all lines answers for those that nothing hangs on, and for no other."""
        order = self._quote({}, {})
        main, alone = order.order_line
        self.assertFalse(main._get_linked_lines() | alone._get_linked_lines())
        order.order_line = [Command.create({'product_id': self.training.id, 'linked_line_id': main.id})]
        linked = order.order_line - main - alone
        self.assertEqual((main._get_linked_lines(), alone._get_linked_lines()), (linked, alone.browse()))
        typed = order.new(origin=order)
        self.assertEqual(typed.order_line[0]._get_linked_lines()._origin, linked)
        draft = self.env['sale.order'].new({'order_line': [
            Command.create({'product_id': self.line_product.id, 'virtual_id': 'a'}),
            Command.create({'product_id': self.training.id, 'linked_virtual_id': 'a'})]})
        self.assertEqual(draft.order_line[0]._get_linked_lines(), draft.order_line[1])

    def _release(self, quotation):
        self._pass_gate(quotation, 'atb')
        self.assertFalse(quotation._ltc_get_offer_blockers())
        return quotation

    def _assert_figures(self, quotation, **expected):
        figures = quotation.with_user(self.sales).sudo()._ltc_get_authority_figures('atb')
        for name, value in expected.items():
            self.assertAlmostEqual(figures[name], value, 2, name)

    def _assert_void(self, quotation):
        self.assertTrue(quotation._ltc_get_offer_blockers())
        for move in ('action_quotation_sent', 'action_confirm'):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                getattr(quotation.with_user(self.sales), move)()

    def _create_pricelist(self, currency=None, **item):
        return self.env['product.pricelist'].create({
            'name': "Other", 'company_id': self.company.id,
            'currency_id': (currency or self.company.currency_id).id,
            'item_ids': [Command.create({'applied_on': '3_global', **item})] if item else []})

    def _create_currency(self):
        return self.env['res.currency'].create({'name': 'LTQ', 'symbol': 'Q', 'rate_ids': [
            Command.create({'name': '2020-01-01', 'rate': 0.1, 'company_id': self.company.id})]})

    # === PRICE LISTS === #

    def test_a_price_list_switch_voids_the_go_and_its_prices_are_judged(self):
        quotation = self._release(self._quote())
        quotation.pricelist_id = self._create_pricelist(compute_price='percentage', percent_price=20.0)
        self._assert_void(quotation)
        quotation.action_update_prices()
        self._assert_void(quotation)
        self._assert_figures(quotation, margin_percent=25.0, below_floor_percent=11.11)

    def test_a_price_list_that_shows_its_discount_is_judged_alike(self):
        self.sales.group_ids += self.env.ref('sale.group_discount_per_so_line')
        quotation = self._quote(
            pricelist_id=self._create_pricelist(compute_price='percentage', percent_price=20.0).id)
        self.assertEqual(quotation.amount_untaxed, 80000)
        self._assert_figures(quotation, margin_percent=25.0, below_floor_percent=11.11)

    def test_a_price_list_that_became_cheaper_after_the_go_changes_nothing(self):
        pricelist = self._create_pricelist(compute_price='percentage', percent_price=5.0)
        quotation = self._release(self._quote(pricelist_id=pricelist.id))
        pricelist.item_ids.percent_price = 50.0
        self.assertFalse(quotation._ltc_get_offer_blockers())
        quotation.action_update_prices()
        self._assert_void(quotation)
        self._assert_figures(quotation, below_floor_percent=44.44)

    def test_a_currency_switch_voids_the_go_and_is_judged_in_company_currency(self):
        quotation = self._release(self._quote())
        quotation.pricelist_id = self._create_pricelist(self._create_currency())
        self._assert_void(quotation)
        quotation.action_update_prices()
        self.assertEqual(quotation.amount_untaxed, 10000)
        self._assert_void(quotation)
        self._assert_figures(quotation, margin_percent=40.0, below_floor_percent=0.0)
        self.assertEqual(quotation.sudo()._ltc_get_amount_company('atb'), 100000)
        quotation.order_line.price_unit = 8100.0
        self._assert_figures(quotation, margin_percent=25.93, below_floor_percent=10.0, below_floor_amount=9000.0)

    def test_a_recomputed_price_is_the_decided_one_again(self):
        quotation = self._release(self._quote())
        quotation.order_line.price_unit = 50000.0
        self._assert_void(quotation)
        self._assert_figures(quotation, margin_percent=-20.0, below_floor_percent=44.44, discount_percent=50.0)
        quotation.action_update_prices()
        self.assertFalse(quotation._ltc_get_offer_blockers())
        self._assert_figures(quotation, margin_percent=40.0, below_floor_percent=0.0, discount_percent=0.0)

    def test_taxes_in_the_price_are_no_margin(self):
        tax = self.env['account.tax'].create({
            'name': "Included", 'amount': 25, 'type_tax_use': 'sale', 'price_include_override': 'tax_included',
            'company_id': self.company.id})
        quotation = self._release(self._quote({'tax_ids': [Command.set(tax.ids)]}))
        self._assert_figures(quotation, margin_percent=25.0, below_floor_percent=11.11, discount_percent=0.0)
        quotation.order_line.tax_ids = False
        self._assert_void(quotation)

    # === WHAT IS SOLD TOGETHER === #

    def test_a_combo_is_decided_with_its_items(self):
        other = self.env['product.product'].create({
            'name': "Remote Training", 'type': 'service', 'list_price': 5000.0, 'standard_price': 4500.0,
            'taxes_id': [Command.clear()]})
        combo = self.env['product.combo'].create({'name': "Training", 'combo_item_ids': [
            Command.create({'product_id': product.id}) for product in (self.training, other)]})
        bundle = self.env['product.product'].create({
            'name': "Starter", 'type': 'combo', 'list_price': 5000.0, 'combo_ids': [Command.link(combo.id)],
            'taxes_id': [Command.clear()]})
        quotation = self._quote({'product_id': bundle.id})
        item = self.env['sale.order.line'].create({
            'order_id': quotation.id, 'product_id': self.training.id, 'product_uom_qty': 1,
            'linked_line_id': quotation.order_line.id, 'combo_item_id': combo.combo_item_ids[0].id})
        self.assertEqual((quotation.amount_untaxed, quotation.sudo().margin), (5000, 3000))
        self._release(quotation)
        self._assert_figures(quotation, margin_percent=60.0, discount_percent=0.0)
        item.unlink()
        self._assert_void(quotation)
        self.env['sale.order.line'].create({
            'order_id': quotation.id, 'product_id': other.id, 'product_uom_qty': 1,
            'linked_line_id': quotation.order_line.id, 'combo_item_id': combo.combo_item_ids[1].id})
        self._assert_void(quotation)
        self._assert_figures(quotation, margin_percent=10.0)

    def test_an_option_counts_when_it_is_taken_but_its_price_is_judged_before(self):
        quotation = self._quote({}, {'product_uom_qty': 0, 'price_unit': 60000.0, 'technical_price_unit': 100000.0})
        self._assert_figures(quotation, margin_percent=40.0, below_floor_percent=33.33)
        self._release(quotation)
        quotation.order_line[1].product_uom_qty = 1
        self._assert_void(quotation)
        self._assert_figures(quotation, margin_percent=25.0, total_discount_percent=20.0)

    # === WHERE QUOTATIONS COME FROM === #

    def test_a_copy_is_judged_on_its_own(self):
        quotation = self._quote()
        quotation.order_line.price_unit = 75000.0
        copy = self._release(quotation).copy()
        self._assert_void(copy)
        self._assert_figures(copy, margin_percent=20.0, below_floor_percent=16.67, discount_percent=25.0)
        self.line_product.standard_price = 70000.0
        self._assert_figures(copy, margin_percent=6.67)
        self.assertFalse(quotation._ltc_get_offer_blockers())

    def test_a_template_is_judged_like_what_is_typed(self):
        template = self.env['sale.order.template'].create({
            'name': "Line with Training", 'sale_order_template_line_ids': [
                Command.create({'product_id': self.line_product.id, 'product_uom_qty': 2}),
                Command.create({'product_id': self.training.id, 'product_uom_qty': 1})]})
        self.sales.group_ids += self.env.ref('sale_management.group_sale_order_template')
        form = Form(self.env['sale.order'].with_user(self.sales))
        form.partner_id = self.customer
        form.sale_order_template_id = template
        self.assertTrue(form.ltc_approval_forecast['level'])
        quotation = self._release(form.save())
        self._assert_figures(quotation, margin_percent=40.49, below_floor_percent=0.0)
        template.sale_order_template_line_ids[0].product_uom_qty = 1
        self.assertFalse(quotation._ltc_get_offer_blockers())
        with Form(quotation.with_user(self.sales)) as form:
            form.sale_order_template_id = template.copy({'name': "Other"})
        self._assert_void(quotation)

    # === THE ROOM === #

    def test_the_room_may_be_asked_for_as_a_price(self):
        quotation = self._quote()
        with Form(quotation.with_user(self.sales)) as form:
            form.ltc_room_floor = 97654.32
            self.assertAlmostEqual(form.ltc_concession_room, 2.34568)
        self.assertEqual(quotation.ltc_room_floor, 97654.32)
        review = self._submit(quotation, 'atb')
        self.assertEqual(review.sudo().floor_amount, 97654.32)
        self._hear(review)
        self._decide(review)
        quotation.order_line.price_unit = 97654.32
        self.assertFalse(quotation._ltc_get_offer_blockers())
        quotation.order_line.price_unit = 97654.31
        self._assert_void(quotation)

    def test_a_room_in_percent_stays_what_it_is(self):
        quotation = self._quote(ltc_concession_room=3.0)
        with Form(quotation.with_user(self.sales)) as form:
            self.assertEqual(form.ltc_room_floor, 97000)
            with form.order_line.edit(0) as line:
                line.price_unit = 33333.33
            self.assertEqual(form.ltc_room_floor, 32333.33)
        self.assertEqual(quotation.ltc_concession_room, 3)

    def test_a_price_that_leaves_no_room_is_refused(self):
        for floor in (-5.0, 100000.01):
            with self.assertRaisesRegex(UserError, "lowest price"):
                self._quote().ltc_room_floor = floor
