from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import MailCase

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderMail(LtcQuoteCommon, MailCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.template = cls.env.ref('sale.email_template_edi_sale')
        cls.quotation = cls._create_quotation()
        cls.released = cls._create_released_quotation()

    def _compose(self, order, user=None, **context):
        return Form(self.env['mail.compose.message'].with_user(user or self.sales).with_context(
            default_model='sale.order', default_res_ids=order.ids, **context)).save()

    def test_the_composer_sends_no_quotation_without_a_go(self):
        composer = self._compose(self.quotation, default_template_id=self.template.id)
        with self.assertRaises(UserError):
            composer.action_send_mail()
        composer = self._compose(self.quotation, mark_so_as_sent=True)
        with self.assertRaises(UserError):
            composer.action_send_mail()
        self.assertEqual(self.quotation.state, 'draft')

    def test_the_composer_sends_the_released_quotation(self):
        action = self.released.action_quotation_send()
        composer = Form(self.env['mail.compose.message'].with_user(self.sales).with_context(**action['context'])).save()
        with self.mock_mail_gateway():
            composer.action_send_mail()
        self.assertEqual(self.released.state, 'sent')

    def test_a_composer_opened_before_an_edit_sends_nothing_after_it(self):
        action = self.released.action_quotation_send()
        composer = Form(self.env['mail.compose.message'].with_user(self.sales).with_context(**action['context'])).save()
        self.released.order_line[0].price_unit = 50000
        with self.assertRaises(UserError):
            composer.action_send_mail()

    def test_mass_mode_sends_no_quotation_without_a_go(self):
        composer = self._compose(
            self.quotation | self.released, default_composition_mode='mass_mail', default_template_id=self.template.id)
        with self.assertRaises(UserError):
            composer.action_send_mail()

    def test_scheduling_is_sending(self):
        composer = self._compose(self.quotation, default_template_id=self.template.id, mark_so_as_sent=True)
        composer.scheduled_date = '2031-01-01 08:00:00'
        with self.assertRaises(UserError):
            composer.action_schedule_message()

    def test_a_scheduled_message_is_asked_again_when_it_goes_out(self):
        scheduled = self.env['mail.scheduled.message'].with_user(self.sales).create({
            'model': 'sale.order', 'res_id': self.released.id, 'body': "Our offer",
            'author_id': self.sales.partner_id.id, 'scheduled_date': '2031-01-01 08:00:00',
            'send_context': {'mark_so_as_sent': True},
        })
        self.released.order_line[0].price_unit = 50000
        with self.assertRaises(UserError):
            scheduled.post_message()
        self.assertEqual(self.released.state, 'draft')

    def test_posting_with_the_mark_is_sending(self):
        with self.assertRaises(UserError):
            self.quotation.with_context(mark_so_as_sent=True).message_post(body="Our offer")
        self.released.with_context(mark_so_as_sent=True).message_post(body="Our offer")
        self.released.order_line[0].price_unit = 50000
        with self.assertRaises(UserError):  # sent already, and changed since
            self.released.with_context(mark_so_as_sent=True).message_post(body="Our better offer")

    def test_the_template_sends_no_quotation_by_any_method(self):
        for send in (
            lambda: self.template.with_user(self.sales).send_mail(self.quotation.id),
            lambda: self.template.with_user(self.sales).send_mail_batch((self.released | self.quotation).ids),
            lambda: self.quotation.message_post_with_source(self.template),
            lambda: self.quotation.message_mail_with_source(self.template),
            lambda: self.env.ref('sale.email_template_proforma').with_user(self.sales).send_mail(self.quotation.id),
        ):
            with self.assertRaises(UserError):
                send()

    def test_a_plain_message_to_the_customer_goes_out_without_the_amount(self):
        with self.mock_mail_gateway():
            self.quotation.message_post(
                body="When may we visit?", partner_ids=self.customer.ids, subtype_xmlid='mail.mt_comment')
            self.released.message_post(
                body="When may we visit?", partner_ids=self.customer.ids, subtype_xmlid='mail.mt_comment')
        withheld, shown = (
            self._new_mails.filtered(lambda mail, order=order: mail.res_id == order.id).body_html
            for order in (self.quotation, self.released)
        )
        self.assertNotIn("205,000", withheld)
        self.assertIn("205,000", shown)

    def test_a_composed_plain_message_goes_out(self):
        composer = self._compose(self.quotation)
        composer.write({'body': "When may we visit?", 'partner_ids': self.customer.ids})
        composer.action_send_mail()
        self.assertEqual(self.quotation.state, 'draft')

    def test_other_documents_are_none_of_our_business(self):
        composer = Form(self.env['mail.compose.message'].with_user(self.sales).with_context(
            default_model='res.partner', default_res_ids=self.customer.ids)).save()
        composer.body = "Hello"
        composer.action_send_mail()
