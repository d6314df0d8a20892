from datetime import timedelta

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

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

    def test_the_quotation_says_what_is_overdue_or_beyond_the_limit(self):
        quotation = self._create_quotation().with_user(self.sales)
        self.assertFalse(quotation.ltc_credit_notice)
        self._invoice(1500, self.today - timedelta(days=40))
        quotation.invalidate_recordset(['ltc_credit_notice'])
        self.assertIn("1,500.00 overdue, the oldest since 40 days", quotation.ltc_credit_notice)
        self.company.account_use_credit_limit = True
        self.customer.sudo().credit_limit = 200000
        quotation.invalidate_recordset(['ltc_credit_notice'])
        self.assertIn("6,500.00 beyond the credit limit", quotation.ltc_credit_notice)
        quotation.action_confirm()
        self.assertFalse(quotation.ltc_credit_notice)

    def test_the_notice_follows_the_customer_while_typing(self):
        self._invoice(1500, self.today - timedelta(days=40))
        form = Form(self.env['sale.order'].with_user(self.sales))
        self.assertFalse(form.ltc_credit_notice)
        form.partner_id = self.customer
        self.assertIn("overdue", form.ltc_credit_notice)

    def test_the_notice_costs_a_form_four_queries(self):
        self._invoice(1500, self.today - timedelta(days=40))
        self.company.account_use_credit_limit = True
        quotation = self._create_quotation().with_user(self.sales)

        arch = etree.fromstring(quotation.get_view(self.env.ref('sale.view_order_form').id, 'form')['arch'])
        names = {*arch.xpath("//field[not(ancestor::field)]/@name")} - {'ltc_credit_notice'}
        self.assertIn('ltc_approval_forecast', names)

        def count(*more):
            for _run in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                quotation.read([*names, *more])
            return self.cr.sql_log_count - before

        self.assertLessEqual(count('ltc_credit_notice'), count() + 4)

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
