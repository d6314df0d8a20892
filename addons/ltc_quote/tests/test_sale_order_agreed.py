from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderAgreed(LtcQuoteCommon):
    """After the confirmation nothing of what was decided on gets lost, by any route."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['account.chart.template'].try_loading('generic_coa', company=cls.company, install_demo=False)
        cls._set_profile('standard')
        (cls.line_product | cls.training).invoice_policy = 'order'
        cls.order = cls._create_released_quotation()
        cls.order.action_confirm()
        cls.line, cls.training_line = cls.order.order_line

    def _create_product(self, name, list_price=100000.0, cost=60000.0):
        return self.env['product.product'].create({
            'name': name, 'type': 'service', 'list_price': list_price, 'standard_price': cost,
            'taxes_id': [Command.clear()], 'invoice_policy': 'order'})

    def _assert_refused(self, change, pattern="keeps its product|cannot modify|already delivered"):  # or by Odoo itself
        with self.assertRaisesRegex(UserError, pattern), self.env.cr.savepoint():
            change()
        self.env.invalidate_all()

    def test_a_confirmed_order_keeps_its_prices(self):
        other = self._create_product("Other Line")
        tax = self.env['account.tax'].create({
            'name': "Included", 'amount': 25, 'type_tax_use': 'sale', 'price_include_override': 'tax_included',
            'company_id': self.company.id})
        for values in (
            {'price_unit': 1.0},
            {'price_unit': 99999.99},
            {'discount': 10.0},
            {'price_unit': 200000.0, 'discount': 50.01},
            {'tax_ids': [Command.set(tax.ids)]},
            {'product_uom_qty': -2.0},
            {'product_uom_id': self.env.ref('uom.product_uom_dozen').id, 'price_unit': 100000.0},
            {'product_id': other.id, 'price_unit': 100000.0},
        ):
            for user in (self.sales, self.manager, self.env.user):
                with self.subTest(values=values, user=user.name):
                    line = self.line.with_user(user)
                    self._assert_refused(lambda line=line, values=values: line.write(values))
                    self._assert_refused(lambda line=line, values=values: line.order_id.write({
                        'order_line': [Command.update(line.id, values)]}))

    def test_what_brings_more_is_free(self):
        order = self.order.with_user(self.sales)
        self.line.with_user(self.sales).write({'price_unit': 110000.0, 'product_uom_qty': 3})
        self.line.with_user(self.sales).price_unit = 100000.0  # back to what was decided
        self.line.with_user(self.sales).name = "Filling line, painted blue"
        order.write({'order_line': [
            Command.create({'display_type': 'line_note', 'name': "Deliver to gate 3"}),
            Command.create({'product_id': self.training.id, 'product_uom_qty': 2}),
            Command.create({'product_id': self._create_product("Spare Line").id, 'product_uom_qty': 1}),
        ]})
        self.assertEqual(order.amount_untaxed, 415000.0)
        invoice = order.with_user(self.env.user)._create_invoices()
        self.assertEqual(invoice.amount_untaxed, 415000.0)

    def test_a_new_line_comes_at_its_normal_price(self):
        spare = self._create_product("Spare Line")
        made = self._create_product("Made to Order", 0.0)
        fee = self._create_product("Greeting", 0.0, 0.0)
        for values in (
            {'product_id': spare.id, 'price_unit': 0.0},
            {'product_id': spare.id, 'price_unit': 99000.0},
            {'product_id': spare.id, 'discount': 5.0},
            {'product_id': spare.id, 'price_unit': -5000.0},
            {'product_id': spare.id, 'product_uom_qty': -1},
            {'product_id': spare.id, 'price_unit': 1.0, 'is_expense': True},
            {'product_id': spare.id, 'price_unit': 1.0, 'is_downpayment': True},
            {'product_id': made.id, 'price_unit': 1.0},
        ):
            with self.subTest(values=values):
                self._assert_refused(lambda values=values: self.order.with_user(self.sales).write({
                    'order_line': [Command.create({'product_uom_qty': 1, **values})]}), "normal price")
        self.order.with_user(self.sales).write({'order_line': [
            Command.create({'product_id': made.id, 'price_unit': 60000.0}), Command.create({'product_id': fee.id})]})
        self._assert_refused(lambda: self.order.with_user(self.sales).write({'order_line': [
            Command.create({'product_id': self.training.id, 'price_unit': 1.0})]}), "keeps its product|normal price")

    def test_a_price_list_s_own_discount_is_normal(self):
        pricelist = self.env['product.pricelist'].create({'name': "Partner", 'item_ids': [
            Command.create({'compute_price': 'percentage', 'percent_price': 33.333, 'applied_on': '3_global'})]})
        order = self._create_released_quotation(pricelist_id=pricelist.id)
        order.action_confirm()
        order.with_user(self.sales).order_line = [
            Command.create({'product_id': self._create_product("Spare Line").id})]
        self.assertAlmostEqual(order.order_line[-1].price_subtotal, 66667, delta=5)

    def test_no_dear_line_takes_the_price_of_a_cheap_one(self):
        order = self._create_released_quotation(order_line=[
            Command.create({'product_id': self.line_product.id, 'price_unit': price}) for price in (100000, 95000)])
        order.action_confirm()
        dear, cheap = order.with_user(self.sales).order_line
        self._assert_refused(lambda: dear.write({'price_unit': 95000}))
        cheap.price_unit = 100000
        dear.price_unit = 95000  # the same two prices again
        self._assert_refused(lambda: cheap.write({'price_unit': 99000}))

    def test_what_is_free_or_deducts_does_not_grow(self):
        order = self._create_released_quotation(order_line=[
            Command.create({'product_id': self.line_product.id, 'product_uom_qty': 2}),
            Command.create({'product_id': self.training.id, 'price_unit': 0.0}),
            Command.create({'product_id': self.training.id, 'price_unit': -1000.0})])
        order.action_confirm()
        _goods, free, deduction = order.with_user(self.sales).order_line
        self._assert_refused(lambda: free.write({'product_uom_qty': 2, 'price_unit': 0.0}))
        self._assert_refused(lambda: deduction.write({'product_uom_qty': 2, 'price_unit': -1000.0}))
        self._assert_refused(lambda: deduction.write({'price_unit': -1001}))
        deduction.price_unit = -900

    def test_the_room_holds_after_the_confirmation(self):
        order = self._create_released_quotation(ltc_concession_room=5.0)
        order.action_confirm()
        line = order.with_user(self.sales).order_line[0]
        line.price_unit = 97000
        line.discount = 2  # 95,060
        order._create_invoices()
        self._assert_refused(lambda: line.write({'discount': 3}))

    def test_the_currency_stays(self):
        weak = self.env['res.currency'].create({'name': 'LTW', 'symbol': 'W'})
        self._assert_refused(
            lambda: self.order.with_user(self.sales).write({'currency_id': weak.id}), "keeps its currency")

    def test_a_price_that_a_quantity_recomputes_is_seen(self):
        pricelist = self.env['product.pricelist'].create({'name': "Volume", 'item_ids': [Command.create({
            'compute_price': 'fixed', 'fixed_price': 50000.0, 'min_quantity': 10, 'applied_on': '1_product',
            'product_tmpl_id': self.line_product.product_tmpl_id.id})]})
        order = self._create_released_quotation(pricelist_id=pricelist.id)
        order.action_confirm()
        line = order.order_line[0].with_user(self.sales)
        self._assert_refused(lambda: line.write({'product_uom_qty': 10}))
        line.write({'product_uom_qty': 10, 'price_unit': 100000.0})

    def test_what_went_past_the_guard_is_not_billed(self):
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order_line SET price_unit = 1 WHERE id = %s", [self.line.id])
        self.env.invalidate_all()
        self._assert_refused(lambda: self.order._create_invoices())
        self.env.cr.execute("UPDATE sale_order_line SET price_unit = 100000 WHERE id = %s", [self.line.id])
        self.env.invalidate_all()
        self.line_product.list_price = 120000  # the price list of today is no matter of the invoice
        self.assertTrue(self.order._create_invoices())

    def test_down_payments_go_on(self):
        order = self.order.sudo()
        advance = self.env['sale.advance.payment.inv'].create({
            'sale_order_ids': [Command.set(self.order.ids)], 'advance_payment_method': 'percentage', 'amount': 30})
        advance.create_invoices()
        order.invoice_ids.action_post()
        self.assertEqual(order._create_invoices(final=True).amount_untaxed, 143500.0)

    def test_a_new_decision_is_the_way(self):
        self.order._action_cancel()
        self.order.action_draft()
        self.line.price_unit = 90000.0
        self._pass_gate(self.order, 'atb')
        self.order.action_confirm()
        self._assert_refused(lambda: self.line.write({'price_unit': 89000.0}))
        self.assertEqual(self.order._create_invoices().amount_untaxed, 185000.0)

    def test_in_light_an_order_is_free_and_costs_nothing(self):
        self._set_profile('light')
        order = self._create_quotation()
        order.action_confirm()
        order.order_line[0].price_unit = 1.0
        with self.assertQueryCount(0):
            order._ltc_filter_bound_by_go()

    def test_a_tolerance_may_let_any_price_through(self):
        for tolerance in (100.0, 150.0):
            self.env['ltc.gate'].search([('code', '=', 'atb')]).tolerance = tolerance
            order = self._create_released_quotation()
            order.action_confirm()
            order.order_line[0].with_user(self.sales).write({'price_unit': 1.0, 'product_uom_qty': 5})
            self.assertEqual(order._create_invoices().amount_untaxed, 5005.0)
            self._assert_refused(
                lambda order=order: order.order_line[0].with_user(self.sales).write({'price_unit': -1.0}))

    # === QUANTITIES, WHAT IS HIDDEN, PARTIES === #

    def test_a_price_let_through_for_one_is_none_for_a_thousand(self):
        order = self._create_released_quotation(order_line=[
            Command.create({'product_id': self.training.id, 'product_uom_qty': 1, 'discount': 90}),
            Command.create({'product_id': self.line_product.id, 'product_uom_qty': 10})])
        order.action_confirm()
        cheap, normal = order.with_user(self.sales).order_line
        self._assert_refused(lambda: cheap.write({'product_uom_qty': 1000, 'discount': 90}), "more of")
        self._assert_refused(lambda: order.with_user(self.sales).write({'order_line': [
            Command.update(normal.id, {'product_uom_qty': 0}), Command.update(cheap.id, {'product_uom_qty': 2}),
        ]}), "more of")
        normal.product_uom_qty = 4  # less is the customer's to say
        self._assert_refused(lambda: cheap.write({'product_uom_qty': 2, 'discount': 90}), "more of")
        cheap.write({'product_uom_qty': 3, 'discount': 0})
        self.assertEqual(cheap.product_uom_qty, 3)

    def test_quantities_are_not_swapped_between_prices(self):
        order = self._create_released_quotation(order_line=[
            Command.create({'product_id': self.line_product.id, 'product_uom_qty': quantity, 'discount': discount})
            for quantity, discount in ((1, 90), (100, 0))])
        order.action_confirm()
        cheap, dear = order.with_user(self.sales).order_line
        self._assert_refused(lambda: order.with_user(self.sales).write({'order_line': [
            Command.update(cheap.id, {'product_uom_qty': 100, 'discount': 90}),
            Command.update(dear.id, {'product_uom_qty': 1})]}), "more of")

    def test_more_of_all_at_the_decided_discount_is_free(self):
        order = self._create_released_quotation(order_line=[
            Command.create({'product_id': self.line_product.id, 'product_uom_qty': 2, 'discount': 10}),
            Command.create({'product_id': self.training.id, 'product_uom_qty': 1, 'discount': 10})])
        order.action_confirm()
        order.order_line[0].with_user(self.sales).write({'product_uom_qty': 3, 'discount': 10})
        dozen = self.env.ref('uom.product_uom_dozen')
        order.with_user(self.sales).write({'order_line': [Command.create({
            'product_id': self.line_product.id, 'product_uom_qty': 1, 'product_uom_id': dozen.id,
            'price_unit': 1200000.0, 'discount': 10})]})
        self.assertEqual(order.amount_untaxed, (3 + 12) * 90000 + 4500)
        self.assertTrue(order._create_invoices())

    def _create_analytic_account(self):
        plan = self.env['account.analytic.plan'].create({'name': "Plan"})
        return self.env['account.analytic.account'].create({'name': "Case", 'plan_id': plan.id})

    def _book_cost(self, line):
        self.env['account.analytic.line'].create({
            'name': "Taxi", 'account_id': self._create_analytic_account().id, 'so_line': line.id, 'amount': -100.0,
            'unit_amount': 1.0})
        self.env.invalidate_all()

    def _add_expense(self, order, price=0.0):
        line = self.env['sale.order.line'].create({
            'order_id': order.id, 'product_id': self._create_product("Travel", 100, 0).id, 'product_uom_qty': 0,
            'price_unit': price, 'is_expense': True})
        self._book_cost(line)
        return line.with_user(self.sales)

    def test_a_cost_to_be_invoiced_deducts_nothing(self):
        travel = self._add_expense(self.order, 100.0)
        for values in ({'price_unit': -9000.0, 'product_uom_qty': 1.0}, {'price_unit': -1.0}, {'product_uom_qty': -5}):
            self._assert_refused(lambda values=values: travel.write(values), "normal price")
        travel.price_unit = 120.0
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order_line SET price_unit = -9000 WHERE id = %s", [travel.id])
        self.env.invalidate_all()
        self._assert_refused(lambda: self.order._create_invoices(), "normal price")

    def _post_bill(self, order, *costs):
        """Post, as an accountant, a vendor bill of ``costs`` (product, quantity, price) that ``order`` takes over."""
        accountant = new_test_user(
            self.env, 'ltc_test_bills', 'account.group_account_invoice,sales_team.group_sale_salesman_all_leads',
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)])
        account = self._create_analytic_account()
        bill = self.env['account.move'].with_user(accountant).create({
            'move_type': 'in_invoice', 'partner_id': self.customer.id, 'invoice_date': '2026-01-05',
            'invoice_line_ids': [Command.create({
                'product_id': product.id, 'quantity': quantity, 'price_unit': price, 'tax_ids': [Command.clear()],
                'analytic_distribution': {str(account.id): 100},
            }) for product, quantity, price in costs]})
        with patch.object(type(bill.line_ids), '_sale_determine_order', lambda lines: dict.fromkeys(lines.ids, order)):
            bill.action_post()  # which order, says another addon: by the project, or by the expense

    def test_a_vendor_bill_adds_its_costs(self):
        travel = self._create_product("Travel", 300.0, 0.0)
        travel.expense_policy = 'cost'
        self.training.expense_policy = 'cost'  # decided on as well, at 5,000
        self._post_bill(self.order, (travel, 2, 120.0), (self.training, 1, 40.0), (travel, 1, 90.0))
        self.env.invalidate_all()
        costs = self.order.order_line.filtered('is_expense')
        self.assertEqual(costs.mapped('price_unit'), [120.0, 40.0, 90.0])
        self.assertFalse(costs & self.order._ltc_get_offered_lines())
        self.assertTrue(self.order._create_invoices())
        self._assert_refused(lambda: self.order.with_user(self.sales).write({'order_line': [Command.create({
            'product_id': travel.id, 'price_unit': 120.0, 'is_expense': True})]}), "normal price")

    def test_a_bill_makes_no_way_for_other_lines(self):
        spare = self._create_product("Spare Line")
        values = {'order_id': self.order.id, 'product_id': spare.id, 'product_uom_qty': 1}
        with self.order._ltc_reinvoicing():
            for line in (
                {'price_unit': 1.0},
                {'price_unit': -1.0, 'is_expense': True},
                {'price_unit': 1.0, 'product_uom_qty': -1, 'is_expense': True},
            ):
                self._assert_refused(
                    lambda line=line: self.env['sale.order.line'].create({**values, **line}), "normal price")
            self._assert_refused(lambda: self.line.write({'price_unit': 1.0}))

    def test_a_decided_line_does_not_hide_as_a_cost(self):
        self._book_cost(self.training_line)
        self._assert_refused(lambda: self.training_line.with_user(self.sales).write({'is_expense': True}))

    def test_a_line_of_an_order_becomes_no_cost(self):
        spare = self._create_product("Spare Line")
        self.order.with_user(self.sales).order_line = [Command.create({'product_id': spare.id})]
        for line in self.order.order_line:
            for user in (self.sales, self.manager, self.env.user):
                self._assert_refused(
                    lambda line=line, user=user: line.with_user(user).write({'is_expense': True}),
                    "keeps its product")

    def test_a_line_decided_on_as_a_cost_keeps_its_price(self):
        order = self._create_released_quotation(order_line=[
            Command.create({'product_id': self.line_product.id}),
            Command.create({'product_id': self.training.id, 'is_expense': True})])
        order.action_confirm()
        cost = order.order_line[1]
        self._book_cost(cost)
        self._assert_refused(lambda: cost.with_user(self.sales).write({'price_unit': 1.0}))
        cost.with_user(self.sales).price_unit = 5100.0
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order_line SET price_unit = 1 WHERE id = %s", [cost.id])
        self.env.invalidate_all()
        self._assert_refused(lambda: order._create_invoices())

    def test_customer_and_debtor_stay(self):
        other = self.env['res.partner'].create({'name': "Letterbox Ltd"})
        contact = self.env['res.partner'].create({'name': "Accounts", 'parent_id': self.customer.id})
        order = self.order.with_user(self.sales)
        for name in ('partner_id', 'partner_invoice_id'):
            self._assert_refused(lambda name=name: order.write({name: other.id}), "keeps its customer")
        order.partner_invoice_id = contact

    def test_a_write_beside_the_lines_asks_nothing(self):
        self.order.order_line = [
            Command.create({'product_id': self.line_product.id}) for _number in range(30)]
        self.env.flush_all()
        self.env.invalidate_all()
        order = self.order.with_user(self.sales)
        order.order_line.mapped('name')
        with patch.object(type(order), '_ltc_get_agreement', side_effect=AssertionError):
            order.write({'client_order_ref': "PO 7"})

    def test_many_lines_are_compared_once(self):
        counts = []
        for count in (5, 40):
            order = self._create_released_quotation(order_line=[
                Command.create({'product_id': self._create_product(f"Part {number}").id}) for number in range(count)])
            order.action_confirm()
            self.env.flush_all()
            self.env.invalidate_all()
            asking = type(order)._ltc_get_agreement
            with patch.object(type(order), '_ltc_get_agreement', autospec=True, side_effect=asking) as asked:
                order.with_user(self.sales).write({'order_line': [
                    Command.update(line.id, {'name': f"{line.name}!"}) for line in order.order_line]})
            self.assertEqual(asked.call_count, 2, "before and after")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            order._ltc_get_agreement()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
