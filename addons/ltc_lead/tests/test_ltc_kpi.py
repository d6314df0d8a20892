from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import LtcLeadCommon

MARCH = (date(2025, 3, 1), date(2025, 3, 31))


@tagged('post_install', '-at_install')
class TestLtcKpi(LtcLeadCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = 'UTC'
        cls.other_company = cls.env['res.company'].create({'name': "Other"})

    def _measure(self, code, company=None):
        return self.env.ref(f'ltc_lead.ltc_kpi_{code}')._measure(company or self.company, *MARCH)

    def _lead(self, created_on, converted_on=False, closed_on=False, won=True, **values):
        """Return a lead whose history was written behind the ORM, as imports of old data do."""
        lead = self._create_lead(**values)
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE crm_lead SET create_date = %s, date_conversion = %s, date_closed = %s, won_status = %s,
                      active = %s, probability = %s WHERE id = %s""",
            (created_on, converted_on or None, closed_on or None,
             ('won' if won else 'lost') if closed_on else 'pending',
             not closed_on or won, {True: 100, False: 0}[won] if closed_on else 25, lead.id))
        self.env.invalidate_all()
        return lead

    def _opportunity(self, *dates, revenue=1000.0, **values):
        return self._lead(*dates, type='opportunity', expected_revenue=revenue, **values)

    def test_conversion_follows_the_cohort(self):
        self._lead('2025-03-02', '2025-06-01', type='opportunity')  # converted after the period: counts
        self._lead('2025-03-31 23:59:59')
        self._lead('2025-03-05', False, '2025-03-06', won=False)  # a lost lead is one that did not convert
        self._lead('2025-02-28', '2025-03-01', type='opportunity')  # cohort of February
        self._opportunity('2025-03-05')  # never a lead
        measure = self._measure('lead_conversion')
        self.assertAlmostEqual(measure['value'], 100 / 3)
        self.assertEqual((measure['numerator'], measure['denominator']), (1, 3))

    def test_win_rate_by_number_and_by_amount(self):
        self._opportunity('2025-01-01', False, '2025-03-11', revenue=6000.0)
        self._opportunity('2025-01-01', False, '2025-03-12', won=False, revenue=1000.0)
        self._opportunity('2025-01-01', False, '2025-03-13', won=False, revenue=1000.0)
        self._opportunity('2025-01-01', revenue=9000.0)  # open
        self._opportunity('2025-01-01', False, '2025-04-01', revenue=9000.0)  # closed later
        self.assertAlmostEqual(self._measure('win_rate')['value'], 100 / 3)
        measure = self._measure('win_rate_amount')
        self.assertEqual((measure['value'], measure['numerator'], measure['denominator']), (75.0, 6000.0, 8000.0))

    def test_the_sales_cycle_starts_with_the_opportunity(self):
        self._opportunity('2025-03-01', False, '2025-03-11')  # 10 days
        self._opportunity('2025-01-01', '2025-03-01', '2025-03-05')  # converted: 4 days
        self._opportunity('2025-03-01', False, '2025-03-21')  # 20 days
        self._opportunity('2025-03-01', False, '2025-03-02', won=False)  # lost
        measure = self._measure('sales_cycle')
        self.assertEqual((measure['value'], measure['count']), (10.0, 3))

    def test_velocity(self):
        self._opportunity('2025-03-01', False, '2025-03-11', revenue=4000.0)  # won, 10 days
        self._opportunity('2025-03-01', False, '2025-03-12', won=False)  # win rate 50 %
        for _number in range(3):
            self._opportunity('2025-03-20')  # open at the end
        self._opportunity('2025-04-02')  # born later
        measure = self._measure('sales_velocity')
        self.assertEqual((measure['value'], measure['count']), (3 * 0.5 * 4000.0 / 10, 3))

    def test_the_weighted_pipeline_of_today(self):
        before = self._measure('weighted_pipeline')['value']
        self._opportunity('2025-03-01', revenue=1000.0)
        self._opportunity('2025-03-01', False, '2025-03-02', won=False, revenue=5000.0)
        self.assertAlmostEqual(self._measure('weighted_pipeline')['value'] - before, 250.0)

    def test_nothing_closed_is_no_value_and_not_zero(self):
        for code in ('lead_conversion', 'win_rate', 'win_rate_amount', 'sales_cycle', 'sales_velocity'):
            self.assertIsNone(self._measure(code)['value'], code)

    def test_a_lead_counts_in_its_company(self):
        own, shared, foreign = (self._opportunity('2025-03-01', False, '2025-03-11') for _number in range(3))
        self.env.cr.execute("UPDATE crm_lead SET company_id = NULL, team_id = NULL WHERE id = %s", (shared.id,))
        self.env.cr.execute(
            "UPDATE crm_lead SET company_id = %s WHERE id = %s", (self.other_company.id, foreign.id))
        self.env.invalidate_all()
        self.assertEqual(self._measure('win_rate')['count'], 2)  # the shared one is with the salesperson
        self.assertEqual(self._measure('win_rate', self.other_company)['count'], 1)
        self.assertEqual(own.company_id, self.company)

    def test_managers_see_figures_and_salespeople_do_not(self):
        self.assertTrue(self.env['ltc.kpi'].with_user(self.manager).get_board()['cards'])
        with self.assertRaises(AccessError):
            self.env['ltc.kpi'].with_user(self.sales).get_board()
