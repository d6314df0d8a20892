from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderCredit(LtcQuoteCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['account.chart.template'].try_loading('generic_coa', company=cls.company, install_demo=False)
        cls.contact = cls.env['res.partner'].create({'name': "Buyer", 'parent_id': cls.customer.id})
        cls.today = cls.company._ltc_get_today()
        cls.line_product.invoice_policy = 'order'

    def _invoice(self, amount, due, partner=None, post=True):
        invoice = self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': (partner or self.customer).id, 'company_id': self.company.id,
            'invoice_date': self.today - timedelta(days=90), 'invoice_date_due': due,
            'invoice_payment_term_id': False,
            'invoice_line_ids': [Command.create({'name': "Line", 'price_unit': amount, 'tax_ids': [Command.clear()]})]})
        if post:
            invoice.action_post()
        return invoice

    def _get_credit(self, order, user=None):
        return order.with_user(user or self.sales)._ltc_get_credit()

    def test_open_overdue_ordered_and_quoted_make_the_exposure(self):
        self._invoice(1000, self.today - timedelta(days=40))
        self._invoice(500, self.today - timedelta(days=10), partner=self.contact)
        self._invoice(300, self.today + timedelta(days=10))
        self._invoice(7000, self.today, post=False)
        self._invoice(9000, self.today, partner=self.env['res.partner'].create({'name': "Somebody else"}))
        ordered = self._create_quotation()
        ordered.sudo().action_confirm()
        quotation = self._create_quotation(partner_id=self.contact.id)
        credit = self._get_credit(quotation)
        self.assertEqual(credit['partner_id'], self.customer.id)
        self.assertEqual(
            [credit[name] for name in ('receivable', 'overdue', 'overdue_days', 'ordered', 'quoted', 'exposure')],
            [1800, 1500, 40, 205000, 205000, 411800])
        ordered.sudo()._create_invoices()
        self.assertEqual(self._get_credit(quotation)['ordered'], 0)
        self.assertEqual(self._get_credit(ordered)['quoted'], 0)

    def _advance(self, order, percent):
        self.env['sale.advance.payment.inv'].sudo().create({
            'sale_order_ids': [Command.set(order.ids)], 'advance_payment_method': 'percentage', 'amount': percent,
        }).create_invoices()
        invoice = order.sudo().invoice_ids[-1:]
        invoice.action_post()
        return invoice

    def test_a_down_payment_counts_once(self):
        """205,000 ordered, 30 % of it invoiced: 61,500 are open, and 143,500 are left to invoice."""
        tax = self.env['account.tax'].create({
            'name': "VAT", 'amount': 20, 'type_tax_use': 'sale', 'company_id': self.company.id})
        for taxes, factor in ((self.env['account.tax'], 1), (tax, 1.2)):
            with self.subTest(taxes=taxes.name):
                partner = self.customer.copy({'name': "Lakeside Dairy"})
                (self.line_product | self.training).taxes_id = taxes
                ordered = self._create_quotation(partner_id=partner.id)
                ordered.sudo().action_confirm()
                quotation = self._create_quotation(partner_id=partner.id)
                invoice = self._advance(ordered, 30)
                credit = self._get_credit(quotation)
                self.assertAlmostEqual(invoice.amount_total, 61500 * factor)
                self.assertAlmostEqual(credit['receivable'], 61500 * factor)
                self.assertAlmostEqual(credit['ordered'], 143500 * factor)
                final = ordered.sudo()._create_invoices(final=True)
                final.action_post()
                credit = self._get_credit(quotation)
                self.assertAlmostEqual(credit['receivable'], 205000 * factor)
                self.assertAlmostEqual(credit['ordered'], 0)

    def _get_sums(self, quotation):
        credit = self._get_credit(quotation)
        return [credit['receivable'], credit['ordered']]

    def test_a_return_is_taken_off_until_it_is_credited(self):
        """10 x 1,000 and 4 taken back: the customer is to pay 6,000, however much of it is invoiced."""
        returned = self.env['product.product'].create({
            'name': "Old Machine", 'type': 'consu', 'invoice_policy': 'order', 'taxes_id': [Command.clear()]})
        quotation = self._create_quotation()
        ordered = self._create_quotation(order_line=[
            Command.create({'product_id': product.id, 'product_uom_qty': quantity, 'price_unit': 1000.0})
            for product, quantity in ((self.line_product, 10), (returned, -4))]).sudo()
        ordered.action_confirm()
        self.assertEqual(self._get_sums(quotation), [0, 6000])
        goods, back = ordered.order_line

        def bill(**quantities):
            invoice = ordered._create_invoices(final=True)
            for line, quantity in ((goods, quantities['goods']), (back, quantities['back'])):
                invoice.invoice_line_ids.filtered(lambda row, line=line: row.sale_line_ids == line).quantity = quantity
            invoice.action_post()
            return invoice

        first = bill(goods=6, back=0)
        self.assertEqual(self._get_sums(quotation), [6000, 0])  # 4 to invoice, 4 to take back
        bill(goods=4, back=-3)
        self.assertEqual(self._get_sums(quotation), [7000, -1000])
        refund = first._reverse_moves([{'invoice_date': self.today}])
        refund.action_post()
        self.assertEqual(self._get_sums(quotation), [1000, 5000])  # Odoo has the 6 to invoice again

    def test_a_down_payment_makes_an_order_no_less_than_nothing(self):
        ordered = self._create_quotation()
        ordered.sudo().action_confirm()
        quotation = self._create_quotation()
        self._advance(ordered, 80)
        ordered.sudo()._create_invoices().action_post()  # without taking the down payment off
        self.assertEqual(self._get_sums(quotation), [164000 + 205000, 0])

    def test_the_limit_counts_where_the_company_uses_limits(self):
        quotation = self._create_quotation()
        self.customer.sudo().credit_limit = 100000
        self.company.account_use_credit_limit = False
        self.assertFalse(self._get_credit(quotation)['has_limit'])
        self.company.account_use_credit_limit = True
        credit = self._get_credit(quotation)
        self.assertEqual((credit['credit_limit'], credit['excess']), (100000, 105000))

    def test_another_company_does_not_count(self):
        quotation = self._create_quotation()
        self._invoice(1000, self.today - timedelta(days=40))
        other = self.env['res.company'].create({'name': "Other"})
        foreign = self.env['sale.order'].create({
            'partner_id': self.customer.id, 'company_id': other.id, 'user_id': False, 'team_id': False})
        self.assertEqual(foreign._ltc_get_credit()['receivable'], 0)
        self.assertEqual(self._get_credit(quotation)['receivable'], 1000)

    def test_it_is_opened_by_whoever_reads_the_quotation_and_by_nobody_else(self):
        quotation = self._create_quotation()
        for user in (self.sales, self.finance, self.auditor):
            action = quotation.with_user(user).action_view_ltc_credit()
            credit = self.env['ltc.quote.credit'].with_user(user).browse(action['res_id'])
            self.assertEqual(credit.quoted, 205000)
        stranger = new_test_user(self.env, 'ltc_test_stranger', groups='base.group_user')
        with self.assertRaises(AccessError):
            quotation.with_user(stranger).action_view_ltc_credit()

    def test_it_costs_the_same_however_much_there_is(self):
        quotation = self._create_quotation()

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._get_credit(quotation)
            return self.cr.sql_log_count - before

        count()
        few = count()
        for _number in range(5):
            self._invoice(10, self.today)
        self.assertEqual(count(), few)

    def test_what_matters_is_said_beside_the_quotation(self):
        quotation = self._create_quotation()
        self.assertEqual(quotation.with_user(self.sales).ltc_get_credit_notice(), [])
        self._invoice(1000, self.today - timedelta(days=40))
        self.company.account_use_credit_limit = True
        self.customer.sudo().credit_limit = 200000
        overdue, excess = quotation.with_user(self.sales).ltc_get_credit_notice()
        self.assertIn("since 40 days", overdue)
        self.assertIn("1,000", overdue)
        self.assertIn("6,000", excess)
        with self.assertRaises(AccessError):
            quotation.with_user(new_test_user(self.env, 'ltc_credit_clerk', 'base.group_user')).ltc_get_credit_notice()
        quotation.sudo().action_confirm()
        self.assertEqual(quotation.with_user(self.sales).ltc_get_credit_notice(), [])
