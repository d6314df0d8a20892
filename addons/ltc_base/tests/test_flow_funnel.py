from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import LtcCommon

YEAR = ('custom', '2025-01-01', '2025-12-31')


@tagged('post_install', '-at_install')
class TestFlowFunnel(LtcCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env['res.company'].create({'name': "Funnel"})
        cls.company.partner_id.tz = 'UTC'
        cls.other_company = cls.env['res.company'].create({'name': "Other"})
        cls.viewer = new_test_user(
            cls.env, 'ltc_test_viewer', groups='base.group_user,ltc_base.group_ltc_user', company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)])
        cls.Flow = cls.env['ltc.flow'].with_user(cls.viewer).with_context(allowed_company_ids=cls.company.ids)

    def _case(self, amount=100.0, state='open', company=None, ar=None, **entered):
        """Return a case that entered its steps on these days of January 2025: opportunity=1, quote=4…"""
        company = company or self.company
        flow = self.env['ltc.flow'].create({
            'name': f'FUNNEL/{self.env["ltc.flow"].search_count([])}', 'company_id': company.id,
            'currency_id': company.currency_id.id, 'stage': list(entered)[-1], 'amount': amount, 'state': state,
            'ar_user_id': (ar or self.sales).id})
        self.env['ltc.flow.log'].create([{
            'flow_id': flow.id, 'stage': stage, 'entered_by_id': self.env.uid,
            'entered_on': f'2025-01-{day:02d} 00:00:00' if isinstance(day, int) else day,
        } for stage, day in entered.items()])
        return flow

    def _get_step(self, key, *args, **filters):
        """Return one step; only what this addon counts, whatever stands above it."""
        steps = self.Flow.get_funnel(*(args or YEAR), filters=filters)['steps']
        return next(step for step in steps if step['key'] == key)

    def test_counts_conversion_and_median_days(self):
        self._case(lead=1, opportunity=3, quote=13, contract=14, amount=400.0)
        self._case(lead=1, opportunity=5, quote=7, amount=100.0, state='lost')
        self._case(opportunity=5, quote=11, amount=100.0)
        self._case(opportunity=5, amount=200.0)
        opportunity, quote, contract = (self._get_step(key) for key in ('opportunity', 'quote', 'contract'))
        self.assertEqual((opportunity['count'], opportunity['amount'], opportunity['moved']), (4, 800.0, 3))
        self.assertEqual((opportunity['conversion'], opportunity['conversion_amount']), (75.0, 75.0))
        self.assertEqual(opportunity['days'], 6.0)  # 10, 2, 6; the one still there has no stay yet
        self.assertEqual((opportunity['here'], opportunity['lost']), (1, 0))
        self.assertAlmostEqual(quote['conversion'], 100 / 3)
        self.assertAlmostEqual(quote['conversion_amount'], 400 / 600 * 100)
        self.assertEqual((quote['days'], quote['here'], quote['lost']), (1.0, 1, 1))
        self.assertEqual((contract['count'], contract['conversion'], contract['days']), (1, 0.0, None))
        self.assertEqual(self._get_step('delivery')['count'], 0)
        self.assertIsNone(self._get_step('delivery')['conversion'])
        self.assertIsNone(self._get_step('closed')['conversion'])

    def test_a_case_that_jumped_entered_what_it_jumped_over_and_not_what_came_before(self):
        self._case(opportunity=1, contract=11)
        self.assertEqual(self._get_step('quote')['count'], 1)
        self.assertEqual(self._get_step('quote')['conversion'], 100.0)
        self.assertIsNone(self._get_step('quote')['days'])
        self.assertEqual(self._get_step('opportunity')['days'], 10.0)
        self.assertEqual(self._get_step('delivery')['count'], 0)

    def test_the_lowest_conversion_is_the_bottleneck(self):
        for _number in range(2):
            self._case(opportunity=1, quote=2)
        self._case(opportunity=1, quote=2, contract=3, delivery=4, acceptance=5, invoice=6, cash=7, closed=8)
        steps = self.Flow.get_funnel(*YEAR)['steps']
        self.assertEqual([step['key'] for step in steps if step['is_bottleneck']], ['quote'])  # one of three

    def test_nothing_is_a_bottleneck_where_everything_goes_on(self):
        self._case(opportunity=1, quote=2, contract=3, delivery=4, acceptance=5, invoice=6, cash=7, closed=8)
        self.assertFalse([step for step in self.Flow.get_funnel(*YEAR)['steps'] if step['is_bottleneck']])

    def test_the_cohort_is_who_began_in_the_period(self):
        self._case(opportunity='2024-12-31 23:59:59', quote='2025-01-02 00:00:00')
        self._case(opportunity='2025-02-01 00:00:00', quote='2025-06-01 00:00:00')  # goes on after the period
        self._case(opportunity='2025-03-01 00:00:00')
        february = ('custom', '2025-02-01', '2025-02-28')
        self.assertEqual(self._get_step('opportunity', *february)['conversion'], 100.0)
        self.assertEqual(self._get_step('opportunity', *february)['count'], 1)
        self.assertEqual(self._get_step('opportunity')['count'], 2)

    def test_filters_and_companies(self):
        self._case(opportunity=1, ar=self.sales)
        self._case(opportunity=1, ar=self.manager)
        self._case(opportunity=1, company=self.other_company)
        self.assertEqual(self._get_step('opportunity')['count'], 2)
        self.assertEqual(self._get_step('opportunity', ar_user_id=self.sales.id)['count'], 1)
        self.assertEqual(
            self._get_step('opportunity', company_id=self.other_company.id)['count'], 2, "not a company of the viewer")
        offers = {offer['key']: offer['options'] for offer in self.Flow.get_funnel(*YEAR)['filters']}
        self.assertEqual({option['id'] for option in offers['ar_user_id']}, {self.sales.id, self.manager.id})
        self.assertNotIn('company_id', offers)

    def test_a_click_opens_what_was_counted(self):
        jumped = self._case(opportunity=1, contract=11)
        usual = self._case(opportunity=1, quote=3)
        self._case(opportunity=1)
        self._case(opportunity='2024-12-31 00:00:00', quote=3)
        action = self.Flow.action_open_funnel_step('quote', *YEAR[1:])
        self.assertEqual(self.Flow.search(action['domain']), usual + jumped)
        self.assertEqual(len(usual + jumped), self._get_step('quote')['count'])

    def test_the_number_of_queries_does_not_depend_on_the_number_of_cases(self):
        def count_queries():
            before = self.env.cr.sql_log_count
            self.Flow._get_funnel_steps(self.company, self.env['ltc.kpi']._get_period(self.company, *YEAR)[:2], {})
            return self.env.cr.sql_log_count - before

        self._case(opportunity=1, quote=2)
        self.env.flush_all()
        few = count_queries()
        for day in range(2, 12):
            self._case(opportunity=day, quote=day + 1, contract=day + 2)
        self.env.flush_all()
        self.assertLessEqual(count_queries(), few)

    def test_the_funnel_is_for_users_of_the_suite(self):
        outsider = new_test_user(self.env, 'ltc_test_outsider', groups='base.group_user')
        with self.assertRaises(AccessError):
            self.env['ltc.flow'].with_user(outsider).get_funnel()
        with self.assertRaises(AccessError):
            self.env['ltc.flow'].with_user(outsider).search([])
