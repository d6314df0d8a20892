from odoo.tests import tagged

from .common import TODAY, LtcDunningCommon


@tagged('post_install', '-at_install')
class TestLtcDunningNotice(LtcDunningCommon):

    def _get_mails(self, notices):
        return self.env['mail.mail'].sudo().search([('model', '=', notices._name), ('res_id', 'in', notices.ids)])

    def test_a_customer_gets_one_mail_with_all_lines(self):
        invoices = self._create_due_invoice(days_overdue=10) + self._create_due_invoice(days_overdue=40, amount=250.0)
        notice = self._run_cron().notice_id
        self.assertRecordValues(notice, [{
            'partner_id': self.customer.id, 'level_id': self.level_30.id, 'date': TODAY, 'result': 'queued',
            'user_id': self.ar.id}])
        mail = self._get_mails(notice)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, 'outgoing', "queued, not sent")
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertEqual(mail.email_from, self.env.company.email_formatted)
        for text in (*invoices.mapped('name'), self.level_30.message, "1,250.00"):
            self.assertIn(text, mail.body_html)

    def test_totals_are_by_currency(self):
        currency = self.setup_other_currency('EUR', rates=[('2020-01-01', 2.0)])
        self._create_due_invoice()
        self._create_due_invoice(currency_id=currency, amount=300.0)
        notice = self._run_cron().notice_id
        self.assertEqual(
            dict(notice._get_totals()), {self.env.company.currency_id: 1000.0, currency: 300.0})

    def test_the_mail_speaks_the_language_of_the_customer(self):
        self.env['res.lang']._activate_lang('fr_FR')
        self.customer.lang = 'fr_FR'
        self.level_7.with_context(lang='fr_FR').write({'name': "Rappel", 'message': "Votre paiement est en retard."})
        self._create_due_invoice()
        mail = self._get_mails(self._run_cron().notice_id)
        self.assertIn("Votre paiement est en retard.", mail.body_html)
        self.assertIn("Rappel", mail.subject)

    def test_the_contact_of_the_invoice_gets_the_mail(self):
        contact = self.env['res.partner'].create({
            'name': "Accounts Payable", 'parent_id': self.customer.id, 'type': 'invoice',
            'email': 'ap@huadong.example.com'})
        self._create_due_invoice(partner_id=contact)
        notice = self._run_cron().notice_id
        self.assertEqual(notice.partner_id, self.customer)
        self.assertEqual(self._get_mails(notice).recipient_ids, contact)

    def test_without_an_address_the_collector_is_told(self):
        self.customer.email = False
        self._create_due_invoice()
        notice = self._run_cron().notice_id
        self.assertEqual(notice.result, 'no_email')
        self.assertFalse(self._get_mails(notice))
        self.assertEqual(notice.activity_ids.user_id, self.collector)
        self.assertIn("no email address", notice.activity_ids.summary)

    def test_a_level_without_template_makes_no_mail(self):
        self.level_7.template_id = False
        self._create_due_invoice()
        notice = self._run_cron().notice_id
        self.assertEqual(notice.result, 'no_mail')
        self.assertFalse(self._get_mails(notice))

    def test_the_level_says_who_gets_an_activity(self):
        invoice = self._create_due_invoice(days_overdue=10)
        expected = {10: self.env['res.users'], 15: self.ar, 30: self.ar + self.collector, 60: self.collector}
        for days, users in expected.items():
            invoice = self._create_due_invoice(days_overdue=days, partner_id=self.customer.copy())
            notice = self._run_cron().filtered(lambda dunning, invoice=invoice: dunning.move_id == invoice).notice_id
            self.assertEqual(notice.activity_ids.user_id, users, f"{days} days")

    def test_the_responsible_of_the_case_comes_before_the_salesperson(self):
        other = self._create_user('ltc_other_ar', 'ltc_base.group_ltc_user')
        flow = self.env['ltc.flow']._open_flows([{
            'partner_id': self.customer.id, 'company_id': self.env.company.id, 'ar_user_id': other.id}])
        invoice = self._create_due_invoice(days_overdue=20)
        invoice.sudo().ltc_flow_id = flow
        notice = self._run_cron().notice_id
        self.assertEqual(notice.activity_ids.user_id, other)
        self.assertEqual(notice.with_user(other).partner_id, self.customer)

    def test_the_people_told_note_what_the_customer_answered(self):
        self._create_due_invoice(days_overdue=30)
        notice = self._run_cron().notice_id
        for user in (self.ar, self.collector):
            own = notice.with_user(user)
            own.message_post(body="They pay on Friday.")
            activity = own.activity_ids.filtered(lambda activity, user=user: activity.user_id == user)
            activity.action_feedback(feedback="Called.")
            self.assertNotIn(user, notice.activity_ids.user_id)
