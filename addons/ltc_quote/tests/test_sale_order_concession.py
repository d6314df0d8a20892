from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderConcession(LtcQuoteCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.quotation = cls._create_released_quotation(ltc_concession_room=5.0)  # 205,000 down to 194,750
        cls.line, cls.training_line = cls.quotation.order_line

    def _get_log(self, quotation=None):
        self.env.cr.precommit.run()
        return self.env['ltc.quote.concession'].with_user(self.sales).search(
            [('order_id', '=', (quotation or self.quotation).id)], order='id')

    def _assert_back_to_atb(self):
        with self.assertRaises(UserError) as refusal:
            self.quotation.action_confirm()
        self.assertIn("submit it again", refusal.exception.args[0])

    def test_the_go_locks_the_floor_price(self):
        review = self.quotation._ltc_get_last_review('atb')
        self.assertEqual((review.concession_room, review.floor_amount), (5.0, 194750.0))
        self.assertIn("floor price", self.quotation.ltc_gate_summary[0]['detail'])

    def test_a_price_within_the_room_needs_no_review_and_is_logged(self):
        self.line.price_unit = 97000
        log = self._get_log()
        self.assertEqual((log.kind, log.side, log.value, log.amount_after), ('price', 'us', 6000, 199000))
        self.assertTrue(log.is_automatic)
        self.assertEqual(log.user_id, self.sales)
        self.line.discount = 1
        self.assertEqual(self._get_log().mapped('value'), [6000, 1940])
        self.assertEqual(self.quotation.ltc_version, 3)
        self.quotation.action_quotation_sent()
        self.quotation.action_confirm()
        self.assertEqual(self.quotation.state, 'sale')

    def test_many_writes_of_one_transaction_are_one_concession(self):
        for price in (99000, 98000, 97000):
            self.line.price_unit = price
        self.assertEqual(self._get_log().mapped('value'), [6000])

    def test_a_price_that_returns_is_taken_back(self):
        self.line.price_unit = 97000
        self._get_log()
        self.line.price_unit = 100000
        self.assertEqual(self._get_log().mapped('value'), [6000, -6000])
        self.quotation.action_confirm()

    def test_small_steps_do_not_add_up(self):
        for price in (98000, 96000, 95000):
            self.line.price_unit = price
            self._get_log()
            self.assertFalse(self.quotation._ltc_get_offer_blockers())
        self.line.price_unit = 94999
        self._assert_back_to_atb()
        self.assertEqual(len(self._get_log()), 3)

    def test_no_line_falls_below_its_own_floor_for_another(self):
        self.training_line.price_unit = 4700  # the total is far above its floor
        self._assert_back_to_atb()

    def test_what_is_not_a_lower_price_goes_back_to_atb(self):
        euro = self.env['product.pricelist'].create({
            'name': "Euro", 'currency_id': self.env.ref('base.EUR').id if self.company.currency_id.name != 'EUR'
            else self.env.ref('base.USD').id})
        self.env['res.currency'].with_context(active_test=False).browse(euro.currency_id.id).active = True
        other = self.env['res.partner'].create({'name': "Huangpu Dairy", 'is_company': True})
        for name, write in {
            'quantity up': lambda: self.line.write({'product_uom_qty': 3, 'price_unit': 97000}),
            'quantity down': lambda: self.line.write({'product_uom_qty': 1}),
            'price up': lambda: self.training_line.write({'price_unit': 5100}),
            'price up, discounted': lambda: self.line.write({'price_unit': 200000, 'discount': 52}),
            'cost': lambda: self.line.write({'price_unit': 97000, 'purchase_price': 61000}),
            'lower cost': lambda: self.line.write({'price_unit': 97000, 'purchase_price': 1000}),
            'description': lambda: self.line.write({'name': "Filling Line and warranty", 'price_unit': 97000}),
            'product': lambda: self.training_line.write({'product_id': self.line_product.id, 'price_unit': 4800}),
            'payment terms': lambda: self.quotation.write({'payment_term_id': self.term_120.id}),
            'customer': lambda: self.quotation.write({'partner_id': other.id}),
            'currency': lambda: self.quotation.write({'pricelist_id': euro.id}),
            'a deduction': lambda: self.quotation.write({'order_line': [Command.create({
                'product_id': self.training.id, 'price_unit': -1000, 'purchase_price': 0})]}),
            'a free line': lambda: self.quotation.write({'order_line': [Command.create({
                'product_id': self.training.id, 'price_unit': 0, 'purchase_price': 0})]}),
            'a line less': lambda: self.training_line.unlink(),
            'terms': lambda: self.quotation.write({'note': "<p>Free spare parts for ten years</p>"}),
            'delivery': lambda: self.quotation.write({'commitment_date': fields.Datetime.now()}),
            'more room': lambda: self.quotation.write({'ltc_concession_room': 50}),
            'no room': lambda: self.quotation.write({'ltc_concession_room': 0}),
        }.items():
            with self.subTest(change=name), self.env.cr.savepoint() as savepoint:
                write()
                self.assertTrue(self.quotation._ltc_get_offer_blockers(), name)
                self._assert_back_to_atb()
                self.assertFalse(self._get_log())
                savepoint.rollback()
            self.env.invalidate_all()

    def test_a_line_replaced_at_a_lower_price_is_the_same_line(self):
        self.line.unlink()
        self.quotation.order_line = [Command.create({
            'product_id': self.line_product.id, 'product_uom_qty': 2, 'price_unit': 96000})]
        self.assertFalse(self.quotation._ltc_get_offer_blockers())
        self.assertEqual(self._get_log()[-1:].amount_after, 197000)

    def test_a_swap_of_prices_between_like_lines_hides_nothing(self):
        quotation = self._create_released_quotation(ltc_concession_room=10.0, order_line=[
            Command.create({'product_id': self.line_product.id, 'price_unit': price}) for price in (100000, 50000)])
        dear, cheap = quotation.order_line
        dear.price_unit, cheap.price_unit = 50000, 100000
        self.assertFalse(quotation._ltc_get_offer_blockers())  # the same two prices
        dear.price_unit, cheap.price_unit = 89000, 61000
        self.assertTrue(quotation._ltc_get_offer_blockers())

    def test_a_deducting_line_grows_for_nobody(self):
        quotation = self._create_released_quotation(ltc_concession_room=10.0, order_line=[
            Command.create({'product_id': self.line_product.id, 'product_uom_qty': 2}),
            Command.create({'product_id': self.training.id, 'price_unit': -5000, 'purchase_price': 0}),
            Command.create({'product_id': self.training.id, 'product_uom_qty': -1, 'price_unit': 2000})])
        goods, deduction, returned = quotation.order_line
        for line, price in ((deduction, -5100), (returned, 2100), (deduction, -4000), (returned, 1900)):
            with self.subTest(price=price), self.env.cr.savepoint() as savepoint:
                line.price_unit = price
                self.assertTrue(quotation._ltc_get_offer_blockers())
                savepoint.rollback()
            self.env.invalidate_all()
        goods.price_unit = 91000  # 175,000 left of 193,000: the total has fallen by less than the room
        self.assertFalse(quotation._ltc_get_offer_blockers())
        goods.price_unit = 90000  # each line is at its floor, the total is 10.4 % down
        self.assertTrue(quotation._ltc_get_offer_blockers())

    def test_taxes_included_or_not_the_floor_is_without_tax(self):
        tax = self.env['account.tax'].create({
            'name': "13 % included", 'amount': 13.0, 'price_include_override': 'tax_included'})
        self.line_product.taxes_id = tax
        quotation = self._create_released_quotation(ltc_concession_room=5.0, order_line=[
            Command.create({'product_id': self.line_product.id, 'price_unit': 113000})])
        self.assertEqual(quotation._ltc_get_last_review('atb').floor_amount, 95000)
        quotation.order_line.price_unit = 107350
        self.assertFalse(quotation._ltc_get_offer_blockers())
        quotation.order_line.price_unit = 107340
        self.assertTrue(quotation._ltc_get_offer_blockers())
        quotation.order_line.write({'price_unit': 113000, 'tax_ids': [Command.clear()]})
        self.assertTrue(quotation._ltc_get_offer_blockers())

    def test_a_recomputed_price_list_within_the_room_is_a_concession(self):
        self.line_product.list_price = 97000
        self.quotation.with_user(self.sales).action_update_prices()
        self.assertFalse(self.quotation._ltc_get_offer_blockers())
        self.line_product.list_price = 90000
        self.quotation.with_user(self.sales).action_update_prices()
        self.assertTrue(self.quotation._ltc_get_offer_blockers())

    def _discount(self, kind, percent):
        self.env['sale.order.discount'].with_user(self.sales).create({
            'sale_order_id': self.quotation.id, 'discount_type': kind, 'discount_percentage': percent,
        }).action_apply_discount()

    def test_the_discount_wizard_on_lines_may_use_the_room(self):
        self._discount('sol_discount', 0.05)
        self.assertFalse(self.quotation._ltc_get_offer_blockers())
        self.assertEqual(self._get_log().value, 10250)
        self._discount('sol_discount', 0.051)
        self.assertTrue(self.quotation._ltc_get_offer_blockers())

    def test_the_discount_wizard_on_the_order_adds_a_line_and_goes_back(self):
        self.company.sale_discount_product_id = self.training
        self._discount('so_discount', 0.01)
        self._assert_back_to_atb()

    def test_an_import_may_use_the_room_and_no_more(self):
        Line = self.env['sale.order.line'].with_user(self.sales)
        for price, is_free in (('96000', True), ('94000', False)):
            result = Line.load(['.id', 'price_unit'], [[str(self.line.id), price]])
            self.assertTrue(result['ids'], result['messages'])
            self.assertEqual(not self.quotation._ltc_get_offer_blockers(), is_free)

    def test_an_option_of_the_quotation_goes_back(self):
        template = self.env['sale.order.template'].create({'name': "Line", 'sale_order_template_line_ids': [
            Command.create({'product_id': self.line_product.id, 'product_uom_qty': 1})]})
        self.quotation.sale_order_template_id = template
        self.quotation._onchange_sale_order_template_id()
        self._assert_back_to_atb()

    def test_a_copy_carries_neither_room_nor_log(self):
        self.line.price_unit = 97000
        self._get_log()
        copy = self.quotation.copy()
        self.assertFalse(copy.ltc_concession_room)
        self.assertFalse(self._get_log(copy))

    def test_the_level_decides_on_the_floor_price(self):
        values = {'order_line': [Command.create({'product_id': self.line_product.id, 'price_unit': 100000})]}
        self.assertEqual(self._submit(self._create_quotation(**values), 'atb').sudo().level, 10)
        wide = self._submit(self._create_quotation(ltc_concession_room=21, **values), 'atb').sudo()
        self.assertEqual(wide.level, 40)  # a discount of 21 % would be theirs to decide
        self.assertEqual(wide.margin_percent, 40)  # what is offered today is frozen as it is

    def test_the_room_is_shown_before_the_submission(self):
        quotation = self._create_quotation(ltc_concession_room=5)
        dialog = Form(self.env['ltc.gate.submit'].with_user(self.sales).with_context(
            default_gate_id=self.env.ref('ltc_quote.gate_atb').id, default_res_model='sale.order',
            default_res_id=quotation.id))
        self.assertIn("194,750", dialog.room_summary)

    def test_a_decider_leaves_less_room_and_never_more(self):
        quotation = self._create_quotation(ltc_concession_room=5)
        review = self._submit(quotation, 'atb')
        self._hear(review)
        decider = review.sudo()._get_turn_seats()[:1].candidate_ids[:1]
        own = review.with_user(decider).sudo(False)
        with self.assertRaises(UserError):
            own.action_limit_room(6)
        with self.assertRaises(AccessError):
            review.with_user(self.sales).sudo(False).action_limit_room(1)
        dialog = self.env['ltc.gate.decide'].with_user(decider).create(
            {'review_ids': [Command.set(review.ids)], 'decision': 'go', 'concession_room': 2})
        dialog.action_decide()
        self.assertEqual(review.sudo().floor_amount, 200900)
        quotation.order_line[0].price_unit = 97900
        self.assertTrue(quotation._ltc_get_offer_blockers())
        quotation.order_line[0].price_unit = 98100
        self.assertFalse(quotation._ltc_get_offer_blockers())
        with self.assertRaises(UserError):
            own.action_limit_room(1)  # decided is decided

    def test_more_room_is_heard_again(self):
        quotation = self._create_quotation()
        review = self._submit(quotation, 'atb')
        self._hear(review)
        review.with_user(self.sales).action_withdraw()
        same = self._submit(quotation, 'atb')
        self.assertEqual(set(same.sudo().opinion_ids.mapped('state')), {'given'})
        same.with_user(self.sales).action_withdraw()
        quotation.ltc_concession_room = 10
        opinions = self._submit(quotation, 'atb').sudo().opinion_ids
        self.assertEqual(
            {opinion.kind: opinion.state for opinion in opinions},
            {'technical': 'given', 'commercial': 'pending', 'finance': 'pending'})

    def test_another_date_is_no_concession(self):
        self.quotation.validity_date = fields.Date.add(fields.Date.today(), days=90)
        self.assertFalse(self._get_log())
        self.assertEqual(self.quotation.ltc_version, 1)

    def test_no_room_without_a_go(self):
        quotation = self._create_quotation(ltc_concession_room=5)
        self._pass_gate(quotation, 'atb', decision='no_go', reason="No")
        quotation.order_line[0].price_unit = 97000
        self.assertTrue(quotation._ltc_get_offer_blockers())
        self.assertFalse(self._get_log(quotation))

    def test_nothing_changes_while_the_round_is_open(self):
        quotation = self._create_quotation(ltc_concession_room=5)
        self._submit(quotation, 'atb')
        with self.assertRaises(UserError):
            quotation.order_line[0].price_unit = 97000
        with self.assertRaises(UserError):
            quotation.ltc_concession_room = 10

    def test_the_company_gives_the_default_and_zero_changes_nothing(self):
        plain = self._create_quotation()
        self.assertNotIn('concession_room', plain._ltc_get_offer_figures())
        self.company.ltc_concession_room = 3
        self.assertEqual(self._create_quotation().ltc_concession_room, 3)
        for percent in (-1, 100):
            with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.env.cr.savepoint():
                self.company.ltc_concession_room = percent
                self.env.flush_all()

    def test_the_tolerance_and_the_room_are_not_added_up(self):
        self.env.ref('ltc_quote.gate_atb').tolerance = 2
        quotation = self._create_released_quotation(ltc_concession_room=5)
        quotation.order_line[0].write({'product_uom_qty': 2.02, 'price_unit': 96000})
        self.assertTrue(quotation._ltc_get_offer_blockers())

    def test_terms_and_scope_are_logged_by_whoever_may_change_the_quotation(self):
        dialog = Form(self.env['ltc.quote.concede'].with_user(self.sales).with_context(
            default_order_id=self.quotation.id))
        dialog.kind, dialog.description, dialog.value = 'scope', "Spare parts for a year", 8000
        dialog.counterpart, dialog.counter_value = "Reference visit", 2000
        dialog.save().action_concede()
        log = self._get_log()
        self.assertRecordValues(log, [{
            'kind': 'scope', 'side': 'us', 'value': 8000, 'counter_value': 2000, 'user_id': self.sales.id,
            'is_automatic': False, 'company_id': self.company.id}])
        for user in (self.auditor, self.finance):
            with self.assertRaises(AccessError):
                self.quotation.with_user(user).ltc_log_concession('term', 'us', "Mine")
        for kind, side, description in (('x', 'us', "A"), ('term', 'x', "A"), ('term', 'us', ' '), ('term', 'us', 1)):
            with self.assertRaises(UserError):
                self.quotation.with_user(self.sales).ltc_log_concession(kind, side, description)

    def test_what_a_client_sends_is_answered_with_a_sentence(self):
        own = self.quotation.with_user(self.sales)
        for kind, side in ((['price'], 'us'), ('price', {}), (None, 'us'), ('price', 1)):
            with self.subTest(kind=kind, side=side), self.assertRaisesRegex(UserError, "choose who conceded"):
                own.ltc_log_concession(kind, side, "Gave way")
        for value in ('abc', float('nan'), float('inf'), [5], {}.keys, 10 ** 400):
            for values in ({'value': value}, {'counter_value': value}):
                with self.subTest(values=values), self.assertRaisesRegex(UserError, "as a number"):
                    own.ltc_log_concession('price', 'us', "Gave way", **values)
        with self.assertRaisesRegex(UserError, "in words"):
            own.ltc_log_concession('price', 'us', "Gave way", counterpart=['a'])
        self.assertFalse(self._get_log())
        own.ltc_log_concession('term', 'us', "Gave way", False, False, False)
        self.assertEqual(self._get_log().value, 0)

    def _say(self, value):
        self.quotation.with_user(self.sales).ltc_log_concession('price', 'us', f"Gave {value}", value)

    def _ask(self, price):
        """Ask another price for one of the two filling lines, and let the transaction end."""
        self.line.with_user(self.sales).price_unit = price
        self.env.cr.precommit.run()

    def test_what_was_said_by_hand_is_not_logged_again(self):
        self._say(500)
        self._ask(99750)
        log = self._get_log()
        self.assertRecordValues(log, [{
            'description': "Gave 500", 'value': 500, 'is_automatic': False, 'amount_after': 204500,
            'review_id': self.quotation._ltc_get_last_review('atb').id, 'user_id': self.sales.id}])
        version = self.env['ltc.quote.version'].search([('order_id', '=', self.quotation.id), ('is_last', '=', True)])
        self.assertEqual((version.amount_untaxed, version.reason), (204500, "Gave 500"))
        self._ask(99500)
        self.assertEqual(self._get_log().mapped('value'), [500, 500])

    def test_the_price_takes_what_was_not_said(self):
        """What is said and what the log adds up to is what the price fell by, in whatever steps."""
        for said, price, logged in (
            (300, 99750, [300, 200]),  # 500 down, of which 300 were said
            (500, 99600, [300, 200, 500]),  # 300 down, and 200 are still to come
            (0, 99450, [300, 200, 500, 100]),
            (0, 99950, [300, 200, 500, 100, -1000]),
            (100, 99900, [300, 200, 500, 100, -1000, 100]),
        ):
            with self.subTest(said=said, price=price):
                if said:
                    self._say(said)
                self._ask(price)
                self.assertEqual(self._get_log().mapped('value'), logged)
        self.assertEqual(sum(self._get_log().mapped('value')), 205000 - self.quotation.amount_untaxed)
        self.assertIn("300.00 of it were logged by hand", self._get_log()[1].description)

    def test_what_was_said_ahead_is_not_lost_when_the_price_returns(self):
        self._ask(99900)
        self._say(500)
        for price in (99950, 99800, 99600):  # 100 back, then 300 and 400 down
            self._ask(price)
        self.assertEqual(self._get_log().mapped('value'), [200, 500, -100, 0, 200])

    def test_what_was_said_before_the_go_or_of_something_else_does_not_count(self):
        own = self.quotation.with_user(self.sales)
        own.ltc_log_concession('scope', 'us', "Spare parts", 500)
        own.ltc_log_concession('price', 'customer', "Paid the freight", 500)
        self._say(500)
        self._get_log()[-1].sudo().conceded_on = '2020-01-01'
        self._ask(99750)
        self.assertEqual(self._get_log().mapped('value'), [500, 500, 500, 500])
        self.assertTrue(self._get_log()[-1].is_automatic)

    def test_nobody_writes_the_log(self):
        self.line.price_unit = 97000
        log = self._get_log()
        for user in (self.sales, self.manager, self.operations):
            with self.assertRaises(AccessError):
                log.with_user(user).write({'value': 1})
            with self.assertRaises(AccessError):
                log.with_user(user).unlink()
        with self.assertRaises(UserError):
            log.sudo().unlink()

    def test_the_customer_does_not_read_the_room(self):
        buyer = self.env['res.users'].create({
            'name': "Buyer", 'login': 'ltc_room_buyer', 'partner_id': self.customer.id,
            'group_ids': [Command.set(self.env.ref('base.group_portal').ids)]})
        self.quotation.action_quotation_sent()
        for name in ('ltc_concession_room', 'ltc_competitors', 'ltc_revision_reason', 'ltc_gate_summary',
                     'ltc_review_ids', 'ltc_flow_bar', 'ltc_approval_forecast'):
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.quotation.with_user(buyer).read([name])
        with self.assertRaises(AccessError):
            self.env['ltc.quote.concession'].with_user(buyer).search([])
