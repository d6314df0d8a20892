"""The cooperation history of a customer, counted from invoices and payments that Odoo's own buttons made."""
from datetime import timedelta

from odoo import Command, fields

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


class TestCustomerHistory(AccountTestInvoicingCommon):
    test_tags = {'standard', 'post_install', 'lead_to_cash'}
    test_module = 'ltc_collection'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.customer = cls.env['res.partner'].create({'name': "Payer", 'is_company': True})
        cls.buyer = cls.env['res.partner'].create({'name': "Buyer", 'parent_id': cls.customer.id})

    def _invoice(self, due, paid=None, partner=None):
        """Return an invoice due so many days ago, paid so many days ago if at all."""
        invoice = self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': (partner or self.customer).id,
            'invoice_date': self.today - timedelta(days=due + 30),
            'invoice_date_due': self.today - timedelta(days=due), 'invoice_payment_term_id': False,
            'invoice_line_ids': [Command.create({'name': "Machine", 'price_unit': 1000.0, 'tax_ids': False})]})
        invoice.action_post()
        if paid is not None:
            self.env['account.payment.register'].with_context(
                active_model='account.move', active_ids=invoice.ids,
            ).create({'payment_date': self.today - timedelta(days=paid)})._create_payments()
        return invoice

    def _rate(self):
        self.env['res.partner']._ltc_cron_grade_customers()
        return self.customer.ltc_rating_history

    def test_punctual_payments_are_the_best_history(self):
        for due in (90, 60, 30):
            self._invoice(due, paid=due + 1)
        self.assertEqual(self._rate(), '5')

    def test_the_average_delay_counts_and_contacts_count_with_their_company(self):
        self._invoice(100, paid=90)
        self._invoice(80, paid=70, partner=self.buyer)
        self._invoice(60, paid=50)
        self.assertEqual(self._rate(), '3')
        self.assertEqual(self.buyer.ltc_rating_history, '3')

    def test_open_invoices_are_late_until_today(self):
        for due in (120, 100, 80):
            self._invoice(due)
        self.assertEqual(self._rate(), '0')

    def test_what_is_not_due_yet_and_two_invoices_say_nothing(self):
        self._invoice(-10)
        self._invoice(40, paid=10)
        self._invoice(50, paid=10)
        self.assertFalse(self._rate())

    def test_the_history_moves_the_grade_and_a_second_run_writes_nothing(self):
        self.customer.write({
            'ltc_rating_need': '4', 'ltc_rating_power': '4', 'ltc_rating_cycle': '4', 'ltc_rating_potential': '4'})
        self.assertEqual(self.customer.ltc_grade, 'A')
        for due in (120, 100, 80):
            self._invoice(due)
        self._rate()
        self.assertEqual((self.customer.ltc_grade, self.buyer.ltc_grade), ('B', 'B'))
        self.assertEqual(self.env['res.partner'].sudo()._ltc_update_histories(), 0)
        self.assertEqual(self.env['res.partner'].sudo()._ltc_update_grades_of(), 0)
