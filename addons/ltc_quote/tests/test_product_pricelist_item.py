from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestProductPricelistItem(LtcQuoteCommon):
    """Blocks and shares are ordinary unit prices in the end: exact to the cent, right in margin, floor and gate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['ltc.price.rule'].search([]).active = False
        cls.pricelist = cls.env['product.pricelist'].create({
            'name': "Projects", 'currency_id': cls.company.currency_id.id, 'company_id': cls.company.id})
        cls.service = cls.env['product.product'].create({
            'name': "Installation", 'type': 'service', 'list_price': 1.0, 'standard_price': 6000.0,
            'taxes_id': [Command.clear()]})

    @classmethod
    def _create_item(cls, product, **values):
        return cls.env['product.pricelist.item'].create({
            'pricelist_id': cls.pricelist.id, 'applied_on': '1_product', 'product_tmpl_id': product.product_tmpl_id.id,
            **values})

    @classmethod
    def _create_share(cls, **values):
        return cls._create_item(cls.service, compute_price='ltc_share', **{'ltc_share_percent': 8.0, **values})

    def _quote(self, *lines, **values):
        return self._create_quotation(pricelist_id=self.pricelist.id, order_line=[Command.create({
            'product_id': self.line_product.id, 'product_uom_qty': 1, **line}) for line in lines], **values)

    def _get_line(self, quotation, product=None):
        return quotation.order_line.filtered(lambda line: line.product_id == (product or self.service))

    # === BLOCKS === #

    def test_a_block_costs_the_same_whatever_is_taken_of_it(self):
        self._create_item(self.training, compute_price='ltc_block', ltc_block_price=10000.0)
        self._create_item(self.training, compute_price='ltc_block', ltc_block_price=15000.0, min_quantity=10)
        quotation = self._quote({'product_id': self.training.id, 'product_uom_qty': 7})
        self.assertEqual(quotation.amount_untaxed, 10000)
        quotation.order_line.product_uom_qty = 3
        self.assertEqual(quotation.amount_untaxed, 10000)
        quotation.order_line.product_uom_qty = 13
        self.assertEqual(quotation.amount_untaxed, 15000)
        quotation.order_line.discount = 10
        self.assertEqual(quotation.amount_untaxed, 13500)
        self.assertEqual(quotation.sudo()._ltc_get_deepest_discount(strict=True), 10)

    def test_a_block_that_is_begun_counts(self):
        self._create_item(
            self.training, compute_price='ltc_block', ltc_block_price=900.0, ltc_block_quantity=10)
        quotation = self._quote({'product_id': self.training.id, 'product_uom_qty': 10})
        self.assertEqual(quotation.amount_untaxed, 900)
        quotation.order_line.product_uom_qty = 10.1
        self.assertEqual(quotation.amount_untaxed, 1800)
        quotation.order_line.write({'product_uom_id': self.env.ref('uom.product_uom_dozen').id, 'product_uom_qty': 2})
        self.assertEqual(quotation.amount_untaxed, 2700)

    def test_a_block_is_judged_like_any_price(self):
        self._create_item(self.training, compute_price='ltc_block', ltc_block_price=10000.0)
        self.env['ltc.price.rule'].create({'name': "Margin", 'use_floor_margin': True, 'floor_margin': 20})
        quotation = self._quote({'product_id': self.training.id, 'product_uom_qty': 5}).sudo()
        self.assertEqual(quotation.margin, 0)  # five days cost 10,000
        [check] = quotation._ltc_get_price_checks(quotation._ltc_get_line_facts(strict=True))
        self.assertEqual(check['below_percent'], 20)

    # === SHARES === #

    def test_a_share_follows_the_other_lines(self):
        self._create_share()
        quotation = self._quote({}, {'product_id': self.service.id, 'product_uom_qty': 3})
        self.assertEqual(self._get_line(quotation).price_subtotal, 8000)
        quotation.order_line[0].discount = 10
        self.assertEqual(self._get_line(quotation).price_subtotal, 7200)
        quotation.order_line[0].product_uom_qty = 2
        self.assertEqual(self._get_line(quotation).price_subtotal, 14400)
        self.env['sale.order.line'].create({'order_id': quotation.id, 'product_id': self.training.id})
        self.assertEqual(self._get_line(quotation).price_subtotal, 14800)
        self._get_line(quotation, self.training).unlink()
        self.assertEqual(self._get_line(quotation).price_subtotal, 14400)
        self.assertEqual(quotation.amount_untaxed, 194400)
        self.assertEqual(quotation.margin, 194400 - 120000 - 18000)

    def test_a_share_is_of_what_it_names(self):
        machines = self.env['product.category'].create({'name': "Machines"})
        self.line_product.categ_id = self.env['product.category'].create({'name': "Filler", 'parent_id': machines.id})
        self._create_share(ltc_share_categ_id=machines.id)
        quotation = self._quote(
            {}, {'product_id': self.training.id}, {'product_id': self.service.id},
            {'product_id': self.training.id, 'name': "Goodwill", 'price_unit': -500.0})
        self.assertEqual(self._get_line(quotation).price_unit, 8000)

    def test_a_share_stands_before_what_it_is_of(self):
        self._create_share()
        quotation = self._quote({'product_id': self.service.id}, {})
        self.assertEqual(self._get_line(quotation).price_unit, 8000)

    def test_a_share_follows_while_typing(self):
        self._create_share()
        quotation = self._quote({}, {'product_id': self.service.id})
        with Form(quotation.with_user(self.sales)) as form:
            with form.order_line.edit(0) as line:
                line.price_unit = 50000.0
            with form.order_line.edit(1) as line:
                self.assertEqual(line.price_unit, 4000)
        self.assertEqual(quotation.amount_untaxed, 54000)

    def test_a_share_typed_over_stays_and_is_a_discount(self):
        self._create_share()
        quotation = self._quote({}, {'product_id': self.service.id})
        self._get_line(quotation).price_unit = 6000.0
        quotation.order_line[0].discount = 10
        self.assertEqual(self._get_line(quotation).price_unit, 6000)
        self.assertEqual(quotation.sudo()._ltc_get_deepest_discount(strict=True), 25)  # of the 8,000 it was
        quotation.action_update_prices()
        self.assertEqual(self._get_line(quotation).price_unit, 8000)  # without the discount, which goes as well

    def test_taxes_in_the_price_are_no_part_of_a_share(self):
        included = self.env['account.tax'].create({
            'name': "Included", 'amount': 25, 'type_tax_use': 'sale', 'price_include_override': 'tax_included',
            'company_id': self.company.id})
        self.line_product.taxes_id = included
        self.service.taxes_id = included
        self._create_share()
        quotation = self._quote({}, {'product_id': self.service.id, 'product_uom_qty': 3})
        self.assertEqual(quotation.order_line[0].price_subtotal, 80000)
        self.assertEqual(self._get_line(quotation).price_subtotal, 6400)
        self.assertEqual(self._get_line(quotation).price_total, 8000)

    def test_a_share_in_another_currency(self):
        currency = self.env['res.currency'].create({'name': 'LTQ', 'symbol': 'Q', 'rate_ids': [
            Command.create({'name': '2020-01-01', 'rate': 0.1, 'company_id': self.company.id})]})
        self.pricelist.currency_id = currency
        self._create_share()
        quotation = self._quote({}, {'product_id': self.service.id})
        self.assertEqual(quotation.currency_id, currency)
        self.assertEqual(self._get_line(quotation).price_unit, 800)

    def test_an_order_keeps_its_price(self):
        share = self._create_share()
        quotation = self._quote({}, {'product_id': self.service.id})
        quotation.action_confirm()
        share.ltc_share_percent = 20
        quotation.order_line[0].price_unit = 50000.0
        self.assertEqual(self._get_line(quotation).price_unit, 8000)

    def test_a_line_edited_after_the_go_moves_the_share_and_voids_it(self):
        self._set_profile('standard')
        self._create_share()
        quotation = self._quote({}, {'product_id': self.service.id})
        self._pass_gate(quotation, 'atb')
        self.assertFalse(quotation._ltc_get_offer_blockers())
        quotation.order_line[0].price_unit = 99000.0
        self.assertEqual(self._get_line(quotation).price_unit, 7920)
        self.assertTrue(quotation._ltc_get_offer_blockers())
        quotation.order_line[0].price_unit = 100000.0
        self.assertFalse(quotation._ltc_get_offer_blockers())

    def test_a_copy_keeps_following(self):
        self._create_share()
        copy = self._quote({}, {'product_id': self.service.id}).copy()
        copy.order_line[0].discount = 50
        self.assertEqual(self._get_line(copy).price_unit, 4000)

    # === SET-UP === #

    def test_without_shares_nothing_is_asked(self):
        quotation = self._quote({})
        quotation._ltc_price_shares()
        quotation.mapped('order_line.pricelist_item_id')
        with self.assertQueryCount(0):
            quotation._ltc_price_shares()

    def test_shares_are_found_when_they_come_and_go(self):
        quotation = self._quote({}, {'product_id': self.service.id})
        item = self._create_share()
        quotation.action_update_prices()
        self.assertEqual(self._get_line(quotation).price_unit, 8000)
        item.write({'compute_price': 'fixed', 'fixed_price': 5000.0})
        quotation.order_line[0].discount = 50
        self.assertEqual(self._get_line(quotation).price_unit, 8000)
        item.unlink()
        self.assertFalse(self.env['product.pricelist.item']._ltc_get_share_pricelists() & set(self.pricelist.ids))

    def test_items_must_make_sense_and_read_well(self):
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            self._create_item(self.training, compute_price='ltc_block', ltc_block_price=-1)
        with self.assertRaisesRegex(ValidationError, "how many percent"):
            self._create_share(ltc_share_percent=0)
        self.assertEqual(self._create_share().price, "8 % of all other lines")
        block = self._create_item(
            self.training, compute_price='ltc_block', ltc_block_price=900.0, ltc_block_quantity=10)
        self.assertIn("for every 10 begun", block.price)
