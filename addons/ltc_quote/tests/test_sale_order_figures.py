from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderFigures(LtcQuoteCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.quotation = cls._create_released_quotation()
        cls.other_customer = cls.env['res.partner'].create({'name': "Huangpu Dairy", 'is_company': True})

    def _assert_void(self, order=None):
        with self.assertRaises(UserError) as refusal:
            (order or self.quotation).action_confirm()
        self.assertIn("submit it again", refusal.exception.args[0])

    def test_every_figure_is_heard_by_some_dimension(self):
        heard = set(self.env['ltc.gate']._get_by_code('atb').dimension_ids.figure_ids.mapped('key'))
        self.quotation.ltc_concession_room = 5
        frozen = self.quotation._ltc_get_gate_figures('atb').keys()
        self.assertFalse(frozen - heard - {'amount_untaxed'}, "no opinion would rest on these; the amount is heard")

    def test_an_online_payment_that_is_dropped_is_asked_of_finance_again(self):
        quotation = self._create_quotation(require_payment=True, prepayment_percent=1.0)
        review = self._submit(quotation, 'atb')
        self._hear(review)
        review.with_user(self.manager).action_return("Ask for less")
        quotation.require_payment = False
        again = self._submit(quotation, 'atb').sudo().opinion_ids
        self.assertEqual(again.filtered(lambda opinion: opinion.state == 'pending').mapped('kind'), ['finance'])

    def test_price_quantity_discount_tax_and_unit_void_the_go(self):
        tax = self.env['account.tax'].create({'name': "Test 13%", 'amount': 13.0})
        line = self.quotation.order_line[0]
        for name, value in (
            ('price_unit', 99999.0), ('product_uom_qty', 1), ('discount', 5.0),
            ('product_uom_id', self.env.ref('uom.product_uom_dozen').id), ('tax_ids', [Command.link(tax.id)]),
            ('name', "Filling Line with ten years of warranty"), ('product_id', self.training.id),
            ('purchase_price', 1.0),
        ):
            with self.subTest(field=name), self.env.cr.savepoint() as savepoint:
                line[name] = value
                self._assert_void()
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertFalse(self.quotation._ltc_get_offer_blockers())

    def test_a_line_more_or_less_voids_the_go(self):
        self.quotation.order_line = [Command.create({'product_id': self.training.id, 'price_unit': 0})]
        self._assert_void()
        self.quotation.order_line[-1].unlink()
        self.assertFalse(self.quotation._ltc_get_offer_blockers())
        self.quotation.order_line[-1].unlink()
        self._assert_void()

    def test_a_flag_hides_no_line(self):
        for flag in ('is_expense', 'is_downpayment'):
            with self.subTest(flag=flag), self.env.cr.savepoint() as savepoint:
                self.quotation.order_line = [
                    Command.create({
                        'product_id': self.training.id, 'price_unit': price, 'purchase_price': 0, flag: True,
                    }) for price in (7000, -7000)
                ]
                self._assert_void()
                savepoint.rollback()
            self.env.invalidate_all()

    def test_down_payments_and_booked_costs_are_no_part_of_the_offer(self):
        self.quotation.action_confirm()
        decided = self.quotation._ltc_get_line_figures()
        self.quotation.sudo().order_line = [
            Command.create({'product_id': self.training.id, 'is_downpayment': True, 'product_uom_qty': 0}),
            Command.create({'product_id': self.training.id, 'is_expense': True, 'analytic_line_ids': [
                Command.create({'name': "Flight", 'company_id': self.company.id})]}),
        ]
        self.assertEqual(self.quotation._ltc_get_line_figures(), decided)

    def test_terms_and_parties_void_the_go(self):
        currency = self.env['res.currency'].create({'name': 'LTQ', 'symbol': 'Q', 'rate_ids': [
            Command.create({'name': '2020-01-01', 'rate': 2.0})]})
        pricelist = self.env['product.pricelist'].create({'name': "Friends", 'currency_id': currency.id})
        fiscal_position = self.env['account.fiscal.position'].create({'name': "Abroad"})
        for values in (
            {'payment_term_id': self.term_120.id},
            {'partner_id': self.other_customer.id},
            {'partner_invoice_id': self.other_customer.id},
            {'pricelist_id': pricelist.id},
            {'fiscal_position_id': fiscal_position.id},
            {'commitment_date': '2031-01-01 12:00:00'},
            {'note': "<p>Unlimited liability</p>"},
            {'require_payment': True, 'prepayment_percent': 0.1},
            {'order_line': [Command.create({'display_type': 'line_note', 'name': "Ten years of free service"})]},
        ):
            with self.subTest(**values), self.env.cr.savepoint() as savepoint:
                self.quotation.write(values)
                self._assert_void()
                savepoint.rollback()
            self.env.invalidate_all()

    def test_what_is_no_decision_may_change(self):
        self.quotation.write({
            'validity_date': '2031-01-01',
            'client_order_ref': "PO 4711",
            'order_line': [
                Command.update(self.quotation.order_line[0].id, {'sequence': 900}),
            ],
        })
        self.quotation.action_confirm()
        self.assertEqual(self.quotation.state, 'sale')

    def test_going_back_to_the_decided_figures_restores_the_go(self):
        self.quotation.order_line[0].product_uom_qty = 7
        self._assert_void()
        self.quotation.order_line[0].product_uom_qty = 2
        self.quotation.action_confirm()

    def test_a_sent_quotation_may_be_edited_but_not_confirmed(self):
        self.quotation.action_quotation_sent()
        self.quotation.order_line[0].price_unit = 90000
        self.assertEqual(self.quotation.state, 'sent')
        self._assert_void()
        with self.assertRaises(UserError):
            self.quotation.action_quotation_send()

    def test_the_discount_wizard_voids_the_go(self):
        self.company.sale_discount_product_id = self.training
        for discount_type, values in (
            ('sol_discount', {'discount_percentage': 0.1}),
            ('so_discount', {'discount_percentage': 0.3}),
            ('amount', {'discount_amount': 10.0}),
        ):
            with self.subTest(discount_type=discount_type), self.env.cr.savepoint() as savepoint:
                self.env['sale.order.discount'].with_user(self.sales).create({
                    'sale_order_id': self.quotation.id, 'discount_type': discount_type, **values,
                }).action_apply_discount()
                self._assert_void()
                savepoint.rollback()
            self.env.invalidate_all()

    def test_an_option_taken_after_the_go_voids_it(self):
        quotation = self._create_quotation()
        quotation.order_line = [
            Command.create({'display_type': 'line_section', 'name': "Options", 'is_optional': True, 'sequence': 90}),
            Command.create({'product_id': self.training.id, 'product_uom_qty': 0, 'sequence': 91}),
        ]
        self._pass_gate(quotation, 'atb')
        option = quotation.order_line.sorted('sequence')[-1]
        self.assertTrue(option._is_line_optional())
        self.assertFalse(option._can_be_edited_on_portal(), "a customer's tick would void the decision")
        option.sudo().product_uom_qty = 4
        self._assert_void(quotation)

    def test_options_stay_open_to_customers_where_nothing_is_gated(self):
        self._set_profile('light')
        self.assertTrue(self._create_quotation()._can_be_edited_on_portal())

    def test_within_the_tolerance_the_go_stands(self):
        self.env.ref('ltc_quote.gate_atb').tolerance = 2.0
        quotation = self._create_released_quotation()
        quotation.order_line[0].price_unit = 99000
        self.assertFalse(quotation._ltc_get_offer_blockers())
        quotation.order_line[0].price_unit = 97000
        self._assert_void(quotation)

    def test_the_deepest_discount_counts_every_way_of_granting_one(self):
        def get_discount(*lines):
            return self._create_quotation(order_line=[
                Command.create({'product_uom_qty': 1, **line}) for line in lines
            ])._ltc_get_gate_figures('atb')['discount_percent']

        plain = {'product_id': self.line_product.id}
        self.assertEqual(get_discount(plain), 0)
        self.assertEqual(get_discount({**plain, 'discount': 12.5}, plain), 12.5)
        self.assertEqual(get_discount(
            plain, {'product_id': self.training.id, 'name': "Goodwill", 'price_unit': -25000.0}), 25)
        quotation = self._create_quotation()
        quotation.order_line[0].write({'price_unit': 80000, 'technical_price_unit': 100000})
        self.assertEqual(quotation._ltc_get_gate_figures('atb')['discount_percent'], 20)

    def test_payment_days_are_the_longest_and_never_move(self):
        term = self.env['account.payment.term'].create({'name': "Split", 'line_ids': [
            Command.create({'value': 'percent', 'value_amount': 30.0, 'nb_days': 0}),
            Command.create({'value': 'percent', 'value_amount': 70.0, 'nb_days': 60,
                            'delay_type': 'days_after_end_of_month'}),
        ]})
        self.assertEqual(self.term_120._ltc_get_longest_days(), 120)
        self.assertEqual(term._ltc_get_longest_days(), 90)
        self.assertEqual(self.env['account.payment.term']._ltc_get_longest_days(), 0)

    def test_the_matrix_counts_in_company_currency(self):
        currency = self.env['res.currency'].create({'name': 'LTQ', 'symbol': 'Q', 'rate_ids': [
            Command.create({'name': '2020-01-01', 'rate': 0.1, 'company_id': self.company.id})]})
        pricelist = self.env['product.pricelist'].create({'name': "Abroad", 'currency_id': currency.id})
        quotation = self._create_quotation(pricelist_id=pricelist.id, order_line=[
            Command.create({'product_id': self.line_product.id, 'price_unit': 120000.0, 'purchase_price': 1.0})])
        review = self._submit(quotation, 'atb').sudo()
        self.assertEqual(review.amount, 120000)
        self.assertEqual(review.amount_company, 1200000)
        self.assertEqual(review.level, 40)

    def test_the_figures_read_well(self):
        quotation = self.quotation
        review = quotation.sudo().ltc_review_ids
        quotation.order_line[0].product_uom_qty = 3
        table = review.figures_table
        labels = {row['label']: row for row in table['rows']}
        self.assertEqual(labels["Customer"]['frozen'], self.customer.display_name)
        self.assertEqual(labels["Payment Terms"]['frozen'], "30 Days")
        self.assertTrue(labels["Amount with Tax"]['changed'])
        self.assertEqual(len(table['lines']['columns']), len(table['lines']['rows'][0]['cells']))
        self.assertIn("Filling Line", [row['cells'][0]['frozen'] for row in table['lines']['rows']])
