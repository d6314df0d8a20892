from odoo.fields import Command
from odoo.tests import tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestGradeTerms(LtcQuoteCommon):
    """A quotation of 205,000 for a customer of grade C, to whom the company gives 100,000 and 30 days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['account.chart.template'].try_loading('generic_coa', company=cls.company, install_demo=False)
        cls.days_30, cls.days_90 = cls.env['account.payment.term'].create([
            {'name': f"{days} days", 'company_id': cls.company.id, 'line_ids': [
                Command.create({'value': 'percent', 'value_amount': 100.0, 'nb_days': days})]}
            for days in (30, 90)])
        cls.terms = cls.env['ltc.grade.terms'].with_user(cls.operations).create({
            'company_id': cls.company.id, 'grade': 'C', 'credit_limit': 100000.0, 'payment_term_id': cls.days_30.id})
        cls.customer.sudo().write({'ltc_rating_need': '2', 'ltc_rating_power': '2'})
        cls.company.account_use_credit_limit = False

    def _get_notice(self, order):
        return order.with_user(self.sales).ltc_get_credit_notice()

    def test_the_limit_of_the_grade_counts_where_the_customer_has_none(self):
        quotation = self._create_quotation(payment_term_id=self.days_30.id)
        credit = quotation.with_user(self.sales)._ltc_get_credit()
        self.assertEqual(
            (credit['has_limit'], credit['credit_limit'], credit['excess'], credit['limit_grade']),
            (True, 100000.0, 105000.0, 'C'))
        [sentence] = self._get_notice(quotation)
        self.assertIn("105,000", sentence)
        self.assertIn("recommended for customers of grade C", sentence)

    def test_his_own_limit_goes_before_it(self):
        self.company.account_use_credit_limit = True
        self.customer.sudo().credit_limit = 300000.0
        quotation = self._create_quotation(payment_term_id=self.days_30.id)
        credit = quotation.with_user(self.sales)._ltc_get_credit()
        self.assertEqual((credit['credit_limit'], credit['excess'], credit['limit_grade']), (300000.0, 0.0, False))
        self.assertEqual(self._get_notice(quotation), [])

    def test_it_goes_before_the_limit_for_all(self):
        self.company.account_use_credit_limit = True
        self.env['ir.default'].sudo().set('res.partner', 'credit_limit', 300000.0, company_id=self.company.id)
        quotation = self._create_quotation(payment_term_id=self.days_30.id)
        self.assertEqual(quotation.with_user(self.sales)._ltc_get_credit()['credit_limit'], 100000.0)
        self.terms.unlink()
        self.assertEqual(quotation.with_user(self.sales)._ltc_get_credit()['credit_limit'], 300000.0)

    def test_nothing_on_credit_is_a_limit_too(self):
        self.terms.credit_limit = 0
        quotation = self._create_quotation(payment_term_id=self.days_30.id)
        self.assertEqual(quotation.with_user(self.sales)._ltc_get_credit()['excess'], 205000.0)
        [sentence] = self._get_notice(quotation)
        self.assertIn("are given nothing on credit", sentence)

    def test_later_payment_than_recommended_is_said(self):
        self.terms.credit_limit = 900000.0
        quotation = self._create_quotation(payment_term_id=self.days_90.id)
        self.assertEqual(self._get_notice(quotation), [
            "Customers of grade C are asked for the payment terms 30 days; this quotation says 90 days."])
        self.customer.sudo().with_company(self.company).property_payment_term_id = self.days_90
        self.assertEqual(self._get_notice(quotation), [], "he has terms of his own")

    def test_sooner_or_equal_payment_is_fine(self):
        self.terms.credit_limit = 900000.0
        for term in (self.days_30, self.env['account.payment.term']):
            self.assertEqual(self._get_notice(self._create_quotation(payment_term_id=term.id)), [])

    def test_the_customer_shows_both_and_the_dialog_names_the_grade(self):
        customer = self.customer.with_user(self.sales).with_company(self.company)
        self.assertEqual(
            (customer.ltc_grade_credit_limit, customer.ltc_grade_payment_term_id), (100000.0, self.days_30))
        quotation = self._create_quotation(payment_term_id=self.days_30.id)
        action = quotation.with_user(self.sales).action_view_ltc_credit()
        credit = self.env['ltc.quote.credit'].with_user(self.sales).browse(action['res_id'])
        self.assertEqual((credit.limit_grade, credit.excess), ('C', 105000.0))

    def test_terms_cost_the_credit_of_a_quotation_no_query(self):
        quotation = self._create_quotation(payment_term_id=self.days_30.id)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            quotation.with_user(self.sales)._ltc_get_credit()
            return self.cr.sql_log_count - before

        count()
        with_terms = count()
        self.terms.unlink()
        count()
        self.assertEqual(count(), with_terms)
