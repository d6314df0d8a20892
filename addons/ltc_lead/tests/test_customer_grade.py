from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import LtcLeadCommon

PEOPLE = ('ltc_rating_need', 'ltc_rating_power', 'ltc_rating_cycle', 'ltc_rating_potential')


@tagged('post_install', '-at_install')
class TestCustomerGrade(LtcLeadCommon):

    def _rate(self, partner, *ratings):
        partner.write(dict(zip(PEOPLE, ratings, strict=False)))

    def test_the_grade_follows_the_weights_and_limits(self):
        for ratings, grade, points in (
            (('5', '5', '5', '5'), 'A', 100), (('4', '3', '3', '3'), 'B', 66), (('2', '2', '3', '2'), 'C', 43),
            (('0', '1', '0', '1'), 'D', 11),
        ):
            self._rate(self.customer, *ratings)
            self.assertEqual((self.customer.ltc_grade, self.customer.ltc_grade_points), (grade, points), ratings)

    def test_too_little_is_no_grade(self):
        self._rate(self.customer, '5')
        self.assertFalse(self.customer.ltc_grade)
        self._rate(self.customer, '5', '5')
        self.assertEqual(self.customer.ltc_grade, 'A')

    def test_new_limits_and_weights_grade_everybody_anew(self):
        self._rate(self.customer, '4', '4', '4', '4')
        self.assertEqual(self.customer.ltc_grade, 'A')
        scale = self.env['ltc.customer.scale'].search([('company_id', '=', False)])
        scale.limit_a = 90
        self.assertEqual(self.customer.ltc_grade, 'B')
        self.env['ltc.customer.scale'].create({'company_id': self.company.id, 'limit_a': 70})
        self.assertEqual(self.customer.ltc_grade, 'B', "a customer shared by companies has the shared scale")
        self.customer.company_id = self.company
        self.env['res.partner']._ltc_update_grades()
        self.assertEqual(self.customer.ltc_grade, 'A')
        self.env['ltc.customer.scale'].search([]).unlink()
        self.assertEqual(self.customer.ltc_grade, 'A', "without a scale the usual weights and limits count")

    def test_contacts_show_the_grade_of_their_company(self):
        early = self.env['res.partner'].create({'name': "Early", 'parent_id': self.customer.id})
        self._rate(self.customer, '5', '5', '5', '5')
        late = self.env['res.partner'].create({'name': "Late", 'parent_id': self.customer.id})
        alone = self.env['res.partner'].create({'name': "Alone"})
        self.assertEqual((early.ltc_grade, late.ltc_grade, alone.ltc_grade), ('A', 'A', False))
        alone.parent_id = self.customer
        self.assertEqual(alone.ltc_grade, 'A')
        lead = self._create_lead(partner_id=late.id)
        self.assertEqual(lead.ltc_customer_grade, 'A')
        self.assertIn(lead, self.env['crm.lead'].search([('ltc_customer_grade', 'in', ['A'])]))
        lead.partner_id = self.env['res.partner'].create({'name': "Unknown"})
        self.assertFalse(lead.ltc_customer_grade)

    def test_nobody_types_a_grade(self):
        self.customer.write({'ltc_grade': 'A', 'ltc_grade_points': 99})
        created = self.env['res.partner'].create({'name': "Typed", 'ltc_grade': 'A'})
        self.assertFalse(self.customer.ltc_grade or created.ltc_grade)
        rated = self.env['res.partner'].create({'name': "Rated", 'ltc_rating_need': '1', 'ltc_rating_power': '1'})
        self.assertEqual(rated.ltc_grade, 'D')

    def test_only_sales_operations_change_the_scale(self):
        scale = self.env['ltc.customer.scale'].search([('company_id', '=', False)])
        for user in (self.sales, self.manager):
            with self.assertRaises(AccessError):
                scale.with_user(user).limit_a = 1
        scale.with_user(self.operations).limit_a = 85
        other = self.env['ltc.customer.scale'].create({
            'company_id': self.env['res.company'].create({'name': "Elsewhere"}).id})
        self.assertNotIn(other, self.env['ltc.customer.scale'].with_user(self.operations).search([]))

    def test_the_authority_matrix_is_asked_with_the_grade(self):
        opportunity = self._create_opportunity()
        self.assertEqual(opportunity._ltc_get_authority_figures('ati').get('customer_grade'), '')
        self._rate(self.customer, '0', '0', '0', '1')
        self.assertEqual(opportunity._ltc_get_authority_figures('ati')['customer_grade'], 'D')
        self.assertNotIn('customer_grade', opportunity._ltc_get_gate_figures('ati'), "it moves by itself")

    def test_an_unrated_database_costs_contacts_nothing(self):
        self._rate(self.customer, '5', '5', '5', '5')
        contact = self.env['res.partner'].create({'name': "Early", 'parent_id': self.customer.id})
        contact.phone = '1'
        self.env.flush_all()
        before = self.cr.sql_log_count
        contact.write({'ltc_rating_need': contact.ltc_rating_need, 'comment': "Same"})
        self.env.flush_all()
        self.assertLessEqual(self.cr.sql_log_count - before, 3)

    def test_without_accounting_people_rate_the_history(self):
        if 'account.move' in self.env:
            self.skipTest("There is accounting here: tests/test_customer_history.py counts the payments.")
        self.customer.ltc_rating_history = '3'
        self.env['res.partner']._ltc_cron_grade_customers()
        self.assertEqual(self.customer.ltc_rating_history, '3')
