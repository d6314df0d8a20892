from datetime import date

from odoo.tests import tagged

from .common import LtcContractOnlyCommon

MARCH = (date(2025, 3, 1), date(2025, 3, 31))


@tagged('post_install', '-at_install')
class TestLtcKpi(LtcContractOnlyCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = 'UTC'
        cls.other_company = cls.env['res.company'].create({'name': "Other"})

    def _measure(self, code, company=None):
        return self.env.ref(f'ltc_contract.ltc_kpi_{code}')._measure(company or self.company, *MARCH)

    def _signed(self, signed_on='2025-03-10 10:00:00'):
        contract = self._create_signed_contract().sudo()
        contract.signed_on = signed_on
        return contract

    def test_signed_value_counts_the_period_and_no_void_contract(self):
        first, second = self._signed(), self._signed()
        self._signed('2025-04-01 00:00:00')
        self._create_contract()  # a draft
        measure = self._measure('signed_value')
        self.assertAlmostEqual(measure['value'], first.amount_base + second.amount_base)  # 2 × 231,300
        self.assertAlmostEqual(measure['value'], 2 * (200000 * 1.13 + 5000 * 1.06))
        self.assertEqual(measure['count'], 2)
        self.assertEqual(self._measure('signed_value', self.other_company)['value'], 0.0)

    def test_signed_value_in_the_currency_of_the_company(self):
        contract = self._signed()
        currency = self.env['res.currency'].with_context(active_test=False).search(
            [('id', '!=', self.company.currency_id.id)], limit=1)
        currency.rate_ids.unlink()
        self.env['res.currency.rate'].create([
            {'currency_id': currency.id, 'company_id': self.company.id, 'name': day, 'rate': rate}
            for day, rate in (('2025-03-01', 2.0), ('2025-03-11', 8.0))])
        self.env.flush_all()
        self.env.cr.execute("UPDATE ltc_contract SET currency_id = %s WHERE id = %s", (currency.id, contract.id))
        self.env.invalidate_all()
        self.assertAlmostEqual(self._measure('signed_value')['value'], contract.amount_base / 2)

    def test_backlog_and_what_is_to_be_invoiced(self):
        order = self._signed().order_id
        line, training = order.order_line
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order_line SET qty_delivered = 1, qty_invoiced = 0 WHERE id = %s", (line.id,))
        self.env.cr.execute(
            "UPDATE sale_order_line SET qty_delivered = 1, qty_invoiced = 1 WHERE id = %s", (training.id,))
        self.env.invalidate_all()
        backlog = self._measure('backlog')
        self.assertAlmostEqual(backlog['value'], 113000.0)  # one of two lines at 100,000 and 13 %
        self.assertEqual(self.env['sale.order.line'].search(backlog['domain']), line)
        self.assertAlmostEqual(self._measure('unbilled')['value'], 113000.0)

    def test_an_order_without_signed_contract_is_no_backlog(self):
        contract = self._create_contract()
        self._send_to_sign(contract)
        self.assertEqual(self._measure('backlog')['count'], 0)

    def test_approval_time_is_that_of_the_contract_gate(self):
        self._set_profile('standard')
        contract = self._create_contract()
        review = self._pass_gate(contract, 'atc').sudo()
        review.write({
            'submitted_on': '2025-03-10 10:00:00', 'decided_on': '2025-03-11 10:00:00',
            'deadline': '2025-03-11 09:00:00', 'cycle_hours': 8.0})
        self.assertEqual(self._measure('contract_approval_time')['value'], 8.0)
        on_time = self._measure('contract_approval_on_time')
        self.assertEqual((on_time['value'], on_time['count']), (0.0, 1))
        self.assertIsNone(self._measure('contract_approval_time', self.other_company)['value'])
