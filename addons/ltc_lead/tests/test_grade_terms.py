from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import LtcLeadCommon


@tagged('post_install', '-at_install')
class TestGradeTerms(LtcLeadCommon):
    """What the grade of a customer says of his credit; the quotation's side is tested where quotations are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms = cls.env['ltc.grade.terms'].with_user(cls.operations).create([
            {'company_id': cls.company.id, 'grade': 'A', 'credit_limit': 900000.0},
            {'company_id': cls.company.id, 'grade': 'D', 'credit_limit': 0.0},
        ])

    def _rate(self, rating):
        self.customer.write({'ltc_rating_need': rating, 'ltc_rating_power': rating})
        self.customer.invalidate_recordset()

    def _see(self, user=None, company=None):
        customer = self.customer.with_user(user or self.sales).with_company(company or self.company)
        return customer.ltc_has_grade_terms, customer.ltc_grade_credit_limit

    def test_the_customer_shows_what_his_grade_recommends(self):
        self.assertEqual(self._see(), (False, 0.0), "without a grade nothing is recommended")
        self._rate('5')
        self.assertEqual(self._see(), (True, 900000.0))
        self._rate('0')
        self.assertEqual((self.customer.ltc_grade, self._see()), ('D', (True, 0.0)))
        self._rate('3')
        self.assertEqual((self.customer.ltc_grade, self._see()), ('B', (False, 0.0)))

    def test_the_customer_does_not_read_what_is_kept_of_him(self):
        self._rate('5')
        portal = new_test_user(self.env, 'ltc_test_graded', groups='base.group_portal')
        portal.partner_id.parent_id = self.customer
        customer = self.customer.with_user(portal)
        self.assertTrue(customer.read(['name']))
        for name in ('ltc_has_grade_terms', 'ltc_grade_credit_limit'):
            with self.assertRaises(AccessError):
                customer.read([name])

    def test_new_terms_show_at_once_and_each_company_has_its_own(self):
        self._rate('5')
        self.terms[0].with_user(self.operations).credit_limit = 500000.0
        self.customer.invalidate_recordset()
        self.assertEqual(self._see(), (True, 500000.0))
        other = self.env['res.company'].create({'name': "Elsewhere"})
        self.assertEqual(self._see(self.env.user, other), (False, 0.0))
        foreign = self.env['ltc.grade.terms'].create({'company_id': other.id, 'grade': 'A', 'credit_limit': 1.0})
        self.assertNotIn(foreign, self.env['ltc.grade.terms'].with_user(self.operations).search([]))

    def test_only_sales_operations_set_terms_and_it_is_on_record(self):
        for user in (self.sales, self.manager):
            self.assertTrue(self.terms.with_user(user).mapped('credit_limit'))
            with self.assertRaises(AccessError):
                self.terms[0].with_user(user).credit_limit = 10.0
            with self.assertRaises(AccessError):
                self.env['ltc.grade.terms'].with_user(user).create({'grade': 'B', 'credit_limit': 10.0})
        stranger = new_test_user(self.env, 'ltc_test_stranger', groups='base.group_user')
        with self.assertRaises(AccessError):
            self.terms.with_user(stranger).read(['credit_limit'])
        self.terms[0].with_user(self.operations).credit_limit = 10.0
        entry = self.env['ltc.audit.log'].search([('res_model', '=', 'ltc.grade.terms')], limit=1, order='id DESC')
        self.assertIn('credit_limit', entry.payload)

    def test_one_row_a_grade_and_no_negative_limit(self):
        for values, error in (
            ({'grade': 'A'}, UniqueViolation), ({'grade': 'B', 'credit_limit': -1.0}, CheckViolation),
        ):
            with self.assertRaises(error), mute_logger('odoo.sql_db'), self.env.cr.savepoint():
                self.env['ltc.grade.terms'].create({'company_id': self.company.id, **values})

    def test_a_warm_customer_form_costs_no_query_for_it(self):
        self._rate('5')
        customer = self.customer.with_company(self.company)
        self.assertTrue(customer.ltc_grade_credit_limit and customer.company_id.name is not None)
        customer.invalidate_recordset(['ltc_has_grade_terms', 'ltc_grade_credit_limit', 'ltc_terms_currency_id'])
        with self.assertQueryCount(0):
            self.assertEqual(customer.ltc_grade_credit_limit, 900000.0)
