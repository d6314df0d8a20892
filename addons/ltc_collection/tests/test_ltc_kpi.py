from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .common import LtcCollectionCommon, LtcDunningCommon

QUARTER = (date(2026, 1, 1), date(2026, 3, 31))
MARCH = (date(2026, 3, 1), date(2026, 3, 31))


@tagged('post_install', '-at_install')
class TestLtcKpi(LtcDunningCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.other_company = cls.env['res.company'].sudo().create({'name': "Other"})
        cls.bank = cls.company_data['default_journal_bank']
        cls.bank.inbound_payment_method_line_ids.payment_account_id = cls.env['account.account'].create({
            'name': "Outstanding", 'code': '101498', 'account_type': 'asset_current', 'reconcile': True})

    def _measure(self, code, days=QUARTER, company=None):
        return self.env.ref(f'ltc_collection.ltc_kpi_{code}').sudo()._measure(company or self.company, *days)

    def _invoice(self, amount, day, due_on, **values):
        return self._create_due_invoice(amount=amount, invoice_date=day, invoice_date_due=due_on, **values)

    def _pay(self, invoice, amount, day):
        return self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids,
        ).create({'amount': amount, 'payment_date': day, 'journal_id': self.bank.id})._create_payments()

    def _create_vector(self):
        """The check value of B9: 6,200 at the start, 10,890 sold, 6,340 at the end, 3,590 of it not overdue."""
        old = self._invoice(6200.0, '2025-12-15', '2026-01-15')
        partly = self._invoice(7300.0, '2026-01-10', '2026-02-10')
        fresh = self._invoice(3590.0, '2026-03-20', '2026-04-20')
        self._pay(old, 6200.0, '2026-02-14')  # 30 days late
        self._pay(partly, 4550.0, '2026-03-12')  # 30 days late
        return old, partly, fresh

    def test_cei_has_its_check_value(self):
        self._create_vector()
        measure = self._measure('cei')
        self.assertEqual((measure['numerator'], measure['denominator']), (3490.0, 6240.0))
        self.assertAlmostEqual(measure['value'], 55.9, 1)
        self.assertEqual(self.env['ltc.kpi'].sudo()._get_cei_parts(6200, 10890, 6340, 3590, 3), (3490.0, 6240.0))

    def test_months_of_a_period(self):
        count = self.env['ltc.kpi']._count_months
        self.assertEqual([count(*days) for days in (
            QUARTER, MARCH, (date(2025, 4, 1), date(2026, 3, 31)), (date(2026, 3, 1), date(2026, 3, 10)),
        )], [3, 1, 12, 1])
        self.assertAlmostEqual(count(date(2026, 1, 1), date(2026, 2, 14)), 45 / 30.4375)

    def test_dso_is_receivables_by_sales_by_days(self):
        _old, _partly, fresh = self._create_vector()
        measure = self._measure('dso')
        self.assertAlmostEqual(measure['value'], 6340.0 / 10890.0 * 90)
        self.assertEqual(measure['count'], 2)
        fresh._reverse_moves([{'date': '2026-03-25', 'invoice_date': '2026-03-25'}], cancel=True)
        self.assertAlmostEqual(self._measure('dso')['value'], 2750.0 / 7300.0 * 90)

    def test_the_overdue_share_is_as_it_was_on_the_last_day(self):
        _old, partly, _fresh = self._create_vector()
        self.assertAlmostEqual(self._measure('overdue_share')['value'], 2750 / 6340 * 100)
        with freeze_time('2026-05-01'):
            self._pay(partly, 2750.0, '2026-04-15')
            self.assertAlmostEqual(self._measure('overdue_share')['value'], 2750 / 6340 * 100)
            april = self._measure('overdue_share', (date(2026, 4, 1), date(2026, 4, 30)))
            self.assertEqual((april['value'], april['denominator']), (100.0, 3590.0))
        january = self._measure('overdue_share', (date(2026, 1, 1), date(2026, 1, 31)))
        self.assertEqual((january['numerator'], january['denominator']), (6200.0, 13500.0))
        lines = self.env['account.move.line'].search(january['domain'])
        self.assertEqual(len(lines), 2)

    def test_days_late_and_late_receipts(self):
        self._create_vector()
        on_time = self._invoice(500.0, '2026-01-05', '2026-02-05')
        self._pay(on_time, 500.0, '2026-02-05')
        quick = self._invoice(100.0, '2026-01-05', '2026-02-05')
        self._pay(quick, 100.0, '2026-02-15')  # 10 days late
        reversed_invoice = self._invoice(900.0, '2026-01-05', '2026-01-06')
        reversed_invoice._reverse_moves([{'date': '2026-03-01', 'invoice_date': '2026-03-01'}], cancel=True)
        late = self._measure('days_late')
        self.assertAlmostEqual(late['value'], (30 + 30 + 10) / 3)
        share = self._measure('late_share')
        self.assertEqual((share['value'], share['numerator'], share['denominator']), (75.0, 3, 4))
        self.assertEqual(self._measure('days_late', MARCH)['value'], 30.0)

    def test_without_receivables_there_is_no_value(self):
        self._create_vector()
        for code in ('dso', 'cei', 'overdue_share', 'collection_rate', 'days_late', 'late_share'):
            self.assertIsNone(self._measure(code, company=self.other_company)['value'], code)

    def test_a_draft_or_cancelled_invoice_is_no_sale(self):
        self._create_vector()
        before = self._measure('dso')['denominator']
        self._invoice(1000.0, '2026-03-01', '2026-04-01', post=False)
        self._invoice(1000.0, '2026-03-01', '2026-04-01').button_cancel()
        self.assertEqual(self._measure('dso')['denominator'], before)


@tagged('post_install', '-at_install')
class TestLtcKpiCollectionRate(LtcCollectionCommon):

    def test_what_was_received_of_the_nodes_due(self):
        self.contract.sudo().plan_line_ids.date_planned = '2020-01-01'
        nodes = self.contract.plan_line_ids - self.node
        nodes[0].date_planned = '2025-03-20'  # planned, not invoiced: nothing received
        invoice = self._post_draft(self.node, (date.today() - date(2025, 3, 2)).days)
        self._pay(invoice, invoice.amount_total / 4, payment_date='2025-03-05')
        self._pay(invoice, invoice.amount_total / 4, payment_date='2025-04-05')
        kpi = self.env.ref('ltc_collection.ltc_kpi_collection_rate')
        measure = kpi._measure(self.company, date(2025, 3, 1), date(2025, 3, 31))
        self.assertEqual(self.env['ltc.payment.plan.line'].search(measure['domain']), self.node + nodes[0])
        self.assertAlmostEqual(measure['denominator'], self.node.amount + nodes[0].amount, 2)
        self.assertEqual(measure['count'], 2)
        self.assertAlmostEqual(measure['numerator'], self.node.amount / 4, 1)
