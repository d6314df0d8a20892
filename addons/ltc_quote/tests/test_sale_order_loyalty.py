from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install', 'ltc_guests')
class TestSaleOrderLoyalty(LtcQuoteCommon):
    """Odoo's coupons, promotions and gift cards beside the suite: what they take off was decided on, or waits.

    They run where ``sale_loyalty`` is installed (./run test guests) and are skipped elsewhere.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.is_installed = 'sale.loyalty.reward.wizard' in cls.env
        if not cls.is_installed:
            return
        cls.env['loyalty.program'].search([]).active = False
        cls.env['ltc.price.rule'].search([]).active = False
        cls.env['ltc.price.rule'].create({
            'name': "Floor", 'use_floor_price': True, 'floor_price': 90000,
            'product_tmpl_id': cls.line_product.product_tmpl_id.id})
        cls.env['ltc.gate'].search([('code', '!=', 'atb')]).profile = 'full'  # the floors above ask for a contract
        cls._set_profile('standard')

    def setUp(self):
        super().setUp()
        if not self.is_installed:
            self.skipTest("sale_loyalty is not installed; ./run test guests installs it")

    # === HELPERS === #

    def _create_program(self, kind='promotion', discount=20, **values):
        """Return an automatic promotion (or another kind) of ``discount`` percent of the whole order."""
        return self.env['loyalty.program'].create({
            'name': "Spring", 'program_type': kind, 'trigger': 'auto', 'applies_on': 'current',
            'rule_ids': [Command.clear(), Command.create({'minimum_qty': 0})],
            'reward_ids': [Command.clear(), Command.create({'reward_type': 'discount', 'discount': discount})],
            **values})

    def _create_code(self, code='LTC20', discount=20):
        return self._create_program('promo_code', discount, trigger='with_code', rule_ids=[
            Command.clear(), Command.create({'mode': 'with_code', 'code': code, 'minimum_qty': 0})])

    def _create_wallet(self, kind, points):
        """Return a gift card that anybody may use, or a wallet of the customer, with ``points`` of money on it."""
        program = self.env['loyalty.program'].create({
            'name': "Wallet", 'program_type': kind, 'trigger': 'auto', 'applies_on': 'future',
            'rule_ids': [Command.clear(), Command.create({'reward_point_mode': 'money', 'product_ids': [
                Command.set(self.training.ids)]})],
            'reward_ids': [Command.clear(), Command.create({
                'reward_type': 'discount', 'discount_mode': 'per_point', 'discount': 1,
                'discount_applicability': 'order'})]})
        return self.env['loyalty.card'].create({
            'program_id': program.id, 'points': points,
            'partner_id': self.customer.id if kind == 'ewallet' else False})

    def _quote(self, **values):
        return self._create_quotation(
            order_line=[Command.create({'product_id': self.line_product.id, 'product_uom_qty': 1})], **values)

    def _claim(self, quotation, code=False, product=False):
        """Take the reward as the salesperson does: by the dialog of the code, if any, then by that of the rewards."""
        env = quotation.with_user(self.sales).with_context(active_id=quotation.id).env
        if code:
            env['sale.loyalty.coupon.wizard'].create({'coupon_code': code}).action_apply()
        else:
            quotation.with_user(self.sales)._update_programs_and_rewards()
        wizard = env['sale.loyalty.reward.wizard'].create({})
        self.assertTrue(wizard.reward_ids)
        wizard.selected_reward_id = wizard.reward_ids[0]
        if product:
            wizard.selected_product_id = product
        wizard.action_apply()
        return quotation.order_line.filtered('reward_id')

    def _assert_figures(self, quotation, **expected):
        """The submission and the forecast find the same."""
        for figures in (
            quotation.sudo()._ltc_get_authority_figures('atb'), quotation.sudo()._ltc_get_forecast_figures(),
        ):
            self.assertEqual({key: figures[key] for key in expected}, expected)

    def _assert_back_to_atb(self, quotation):
        """It is neither sent nor confirmed, by button or by state."""
        self.assertTrue(quotation._ltc_get_gate_blockers('atb')[quotation.id])
        for method in ('action_quotation_send', 'action_confirm'):
            with self.assertRaisesRegex(UserError, "decided|ATB"), self.env.cr.savepoint():
                getattr(quotation.with_user(self.sales), method)()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            quotation.with_user(self.manager).state = 'sale'
        self.env.invalidate_all()

    def _assert_confirmed(self, quotation):
        self.assertFalse(quotation._ltc_get_gate_blockers('atb')[quotation.id])
        quotation.with_user(self.sales).action_confirm()
        self.assertEqual(quotation.state, 'sale')

    # === BEFORE THE SUBMISSION: IT COUNTS === #

    def test_a_code_counts_as_discount_and_stays_decided(self):
        self._create_code()
        quotation = self._quote()
        self._claim(quotation, 'LTC20')
        self.assertEqual(quotation.amount_untaxed, 80000)
        self._assert_figures(
            quotation, margin_percent=25.0, discount_percent=20.0, total_discount_percent=20.0,
            below_floor_percent=11.11)
        self._pass_gate(quotation, 'atb')
        self._assert_confirmed(quotation)
        self.assertEqual(quotation.amount_untaxed, 80000)

    def test_a_promotion_counts_and_stays_decided(self):
        self._create_program(discount=28)
        quotation = self._quote()
        self._claim(quotation)
        self._assert_figures(
            quotation, margin_percent=16.67, discount_percent=28.0, below_floor_percent=20.0)
        review = self._submit(quotation, 'atb')
        self.assertEqual(review.sudo().level, 40)
        self._hear(review)
        self._decide(review)
        self._assert_confirmed(quotation)

    def test_a_free_product_is_a_line_given_away_and_its_cost_counts(self):
        self._create_program(reward_ids=[Command.clear(), Command.create({
            'reward_type': 'product', 'reward_product_id': self.training.id, 'reward_product_qty': 5})])
        quotation = self._quote()
        line = self._claim(quotation)
        self.assertEqual((line.product_id, line.product_uom_qty, line.discount), (self.training, 5, 100))
        self._assert_figures(quotation, margin_percent=30.0, discount_percent=100.0, total_discount_percent=20.0)
        self._pass_gate(quotation, 'atb')
        self._assert_confirmed(quotation)

    def test_a_gift_card_and_a_wallet_count_as_discount(self):
        """They are money that came in before, but neither price list nor margin of this quotation knows of it."""
        for kind in ('gift_card', 'ewallet'):
            with self.subTest(kind=kind):
                card = self._create_wallet(kind, 15000)
                quotation = self._quote()
                self._claim(quotation, card.code if kind == 'gift_card' else False)
                self.assertEqual(quotation.amount_untaxed, 85000)
                self._assert_figures(
                    quotation, margin_percent=29.41, discount_percent=15.0, below_floor_percent=5.56)
                self._pass_gate(quotation, 'atb')
                self._assert_confirmed(quotation)
                self.assertEqual(card.points, 0)

    # === AFTER THE GO: IT WAITS === #

    def test_whatever_is_taken_after_the_go_goes_back_to_atb(self):
        def get_code():
            self._create_code()
            return 'LTC20'

        takings = {
            'code': get_code,
            'promotion': lambda: self._create_program() and False,
            'product': lambda: self._create_program(reward_ids=[Command.clear(), Command.create({
                'reward_type': 'product', 'reward_product_id': self.training.id})]) and False,
            'gift_card': lambda: self._create_wallet('gift_card', 15000).code,
            'ewallet': lambda: self._create_wallet('ewallet', 15000) and False,
        }
        for name, prepare in takings.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                quotation = self._quote()
                self._pass_gate(quotation, 'atb')
                self._claim(quotation, prepare())
                self._assert_back_to_atb(quotation)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_coupon_within_the_room_is_a_line_of_its_own_and_goes_back(self):
        self._create_code(discount=3)
        quotation = self._quote(ltc_concession_room=5)
        self._pass_gate(quotation, 'atb')
        self._claim(quotation, 'LTC20')
        self.assertEqual(quotation.amount_untaxed, 97000)
        self._assert_back_to_atb(quotation)

    def test_a_promotion_that_grew_since_the_go_does_not_slip_in_at_the_confirmation(self):
        """Odoo takes the rewards anew when the order is confirmed, with what they give on that day."""
        program = self._create_program(discount=5)
        quotation = self._quote()
        self._claim(quotation)
        self._pass_gate(quotation, 'atb')
        program.reward_ids.discount = 25
        with self.assertRaisesRegex(UserError, "5 %|5%|Spring|discount|decided"), self.env.cr.savepoint():
            quotation.with_user(self.sales).action_confirm()
        self.env.invalidate_all()
        self.assertEqual((quotation.state, quotation.amount_untaxed), ('draft', 95000))
        program.reward_ids.discount = 5
        self._assert_confirmed(quotation)

    def test_a_promotion_nobody_took_is_not_added_by_the_confirmation(self):
        quotation = self._quote()
        self._pass_gate(quotation, 'atb')
        self._create_program()
        self._assert_confirmed(quotation)
        self.assertEqual(quotation.amount_untaxed, 100000)

    def test_a_price_within_the_room_makes_the_coupon_smaller(self):
        """Three percent of less is less: what the coupon no longer takes off, the customer pays."""
        self._create_code(discount=3)
        quotation = self._quote(ltc_concession_room=5)
        self._claim(quotation, 'LTC20')
        self._pass_gate(quotation, 'atb')
        quotation.order_line[0].with_user(self.sales).price_unit = 98000
        self._assert_confirmed(quotation)
        self.assertEqual(quotation.amount_untaxed, 98000 * 0.97)

    # === THE ORDER === #

    def test_a_confirmed_order_gets_no_coupon(self):
        self._create_code()
        quotation = self._quote()
        self._pass_gate(quotation, 'atb')
        self._assert_confirmed(quotation)
        with self.assertRaisesRegex(UserError, "is confirmed"), self.env.cr.savepoint():
            self._claim(quotation, 'LTC20')

    def test_an_order_that_grows_keeps_its_coupon(self):
        self._create_code()
        quotation = self._quote()
        self._claim(quotation, 'LTC20')
        self._pass_gate(quotation, 'atb')
        self._assert_confirmed(quotation)
        quotation.with_user(self.sales).write({'order_line': [
            Command.create({'product_id': self.training.id, 'product_uom_qty': 1})]})
        self.assertEqual(quotation.amount_untaxed, 85000)
        reward = quotation.order_line.filtered('reward_id')
        with self.assertRaisesRegex(UserError, "is confirmed"), self.env.cr.savepoint():
            reward.with_user(self.sales).price_unit = -50000

    def test_an_order_is_cancelled_with_its_rewards_and_needs_a_new_decision(self):
        self._create_code()
        quotation = self._quote()
        self._claim(quotation, 'LTC20')
        self._pass_gate(quotation, 'atb')
        self._assert_confirmed(quotation)
        order = quotation.with_user(self.sales)
        order._action_cancel()
        order.action_draft()
        self.assertEqual(quotation.amount_untaxed, 100000)
        self._assert_back_to_atb(quotation)

    # === WHAT ELSE TOUCHES PRICES === #

    def test_a_refund_by_a_line_is_judged_with_the_coupon(self):
        self._create_code(discount=10)
        quotation = self._quote()
        self._claim(quotation, 'LTC20')
        quotation.write({'order_line': [Command.create({
            'product_id': self.training.id, 'name': "Goodwill", 'product_uom_qty': 1, 'price_unit': -10000.0,
            'purchase_price': 0.0})]})
        self._assert_figures(quotation, discount_percent=20.0, total_discount_percent=20.0)

    def test_another_price_list_is_another_offer_and_the_coupon_follows(self):
        self._create_code()
        quotation = self._quote()
        self._claim(quotation, 'LTC20')
        self._pass_gate(quotation, 'atb')
        currency = self.env['res.currency'].create({'name': 'LTQ', 'symbol': 'Q', 'rate_ids': [
            Command.create({'name': '2020-01-01', 'rate': 0.1, 'company_id': self.company.id})]})
        quotation.pricelist_id = self.env['product.pricelist'].create({'name': "Abroad", 'currency_id': currency.id})
        quotation.with_user(self.sales)._recompute_prices()
        self.assertEqual((quotation.currency_id, quotation.amount_untaxed), (currency, 8000))
        self._assert_figures(quotation, margin_percent=25.0, discount_percent=20.0, below_floor_percent=11.11)
        self._assert_back_to_atb(quotation)

    def test_a_copy_and_a_new_version_stand_on_their_own(self):
        self._create_code()
        quotation = self._quote()
        self._claim(quotation, 'LTC20')
        self._pass_gate(quotation, 'atb')
        copy = quotation.copy()
        self.assertEqual(copy.amount_untaxed, 100000)
        self._assert_back_to_atb(copy)
        quotation.with_user(self.sales).ltc_revise("No coupon after all")
        quotation.order_line.filtered('reward_id').with_user(self.sales).unlink()
        versions = self.env['ltc.quote.version'].search([('order_id', '=', quotation.id)])
        content = quotation._ltc_compare_versions(versions[:1])
        self.assertIn('removed', [cell['state'] for line in content['lines'] for cell in line['cells']])
        self._assert_back_to_atb(quotation)

    def test_combo_and_optional_products_with_a_coupon(self):
        combos = self.env['product.combo'].create([
            {'name': name, 'combo_item_ids': [Command.create({'product_id': product.id})]}
            for name, product in (("Machine", self.line_product), ("Course", self.training))])
        package = self.env['product.product'].create({
            'name': "Turnkey Package", 'type': 'combo', 'list_price': 100000.0, 'taxes_id': [Command.clear()],
            'combo_ids': [Command.set(combos.ids)]})
        quotation = self._create_quotation(order_line=[Command.create({'product_id': package.id})])
        quotation.write({'order_line': [Command.create({
            'product_id': combo.combo_item_ids.product_id.id, 'linked_line_id': quotation.order_line[0].id,
            'combo_item_id': combo.combo_item_ids.id}) for combo in combos]})
        quotation.write({'order_line': [Command.create({
            'product_id': self.training.id, 'product_uom_qty': 0})]})
        self._create_code(discount=10)
        self._claim(quotation, 'LTC20')
        self.assertEqual(quotation.amount_untaxed, 90000)
        self._assert_figures(quotation, total_discount_percent=10.0, margin_percent=31.11)
        self._pass_gate(quotation, 'atb')
        quotation.order_line.filtered(lambda line: not line.product_uom_qty and not line.combo_item_id
                                      and line.product_id == self.training).product_uom_qty = 1
        self._assert_back_to_atb(quotation)

    def test_a_share_of_the_lines_and_a_coupon_do_not_chase_each_other(self):
        pricelist = self.env['product.pricelist'].create({'name': "Shares", 'item_ids': [Command.create({
            'applied_on': '0_product_variant', 'product_id': self.training.id, 'compute_price': 'ltc_share',
            'ltc_share_percent': 10})]})
        quotation = self._quote(pricelist_id=pricelist.id)
        quotation.write({'order_line': [Command.create({'product_id': self.training.id, 'product_uom_qty': 1})]})
        self.assertEqual(quotation.amount_untaxed, 110000)
        self._create_code(discount=10)
        self._claim(quotation, 'LTC20')
        self.assertEqual(quotation.amount_untaxed, 99000)
        self._pass_gate(quotation, 'atb')
        self._assert_confirmed(quotation)

    def test_the_customers_page_shows_what_was_decided(self):
        self._create_code()
        quotation = self._quote()
        self._claim(quotation, 'LTC20')
        self._pass_gate(quotation, 'atb')
        quotation.action_quotation_sent()
        paper = self.env['ir.actions.report']._render_qweb_html('sale.report_saleorder', quotation.ids)[0].decode()
        self.assertIn("80,000", paper)
