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

    # === WHAT A MAIL SHOWS === #

    def _create_template(self, **values):
        return self.env['mail.template'].create({
            'name': "Own", 'model_id': self.env.ref('sale.model_sale_order').id, 'subject': "{{ object.name }}",
            'body_html': '<p>Dear <t t-out="object.partner_id.name"/>, our price list is attached.</p>', **values})

    def _assert_held(self, template, orders=None):
        orders = orders or self.quotation
        with self.assertRaises(UserError), self.env.cr.savepoint():
            template.with_user(self.sales).send_mail_batch(orders.ids)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._compose(orders, default_template_id=template.id, default_composition_mode=(
                'comment' if len(orders) == 1 else 'mass_mail')).action_send_mail()

    def test_a_copied_template_without_its_report_is_an_offer(self):
        copy = self.template.copy({'report_template_ids': False})
        self._assert_held(copy)
        self._assert_held(copy, self.quotation | self.released)
        self._assert_held(self._create_template(
            report_template_ids=self.env.ref('sale.action_report_saleorder').ids))
        with self.mock_mail_gateway():
            copy.with_user(self.sales).send_mail(self.released.id)
        self.assertIn("205,000", self._new_mails.body_html)

    def test_whatever_fills_in_a_figure_is_an_offer(self):
        self.env['ir.ui.view'].create({
            'name': "Figures", 'key': 'ltc_quote.test_figures', 'type': 'qweb',
            'arch': '<p t-out="object.amount_total"/>'})
        for values in (
            {'subject': "{{ object.name }}: {{ object.amount_total }}"},
            {'body_html': '<p t-out="object.tax_totals"/>'},
            {'body_html': '<t t-foreach="object.order_line" t-as="line"><p t-out="line.name"/></t>'},
            {'body_html': '<p><a t-attf-href="/x?y={{ object[\'amount_untaxed\'] }}">Yes</a></p>'},
            {'body_html': '<p t-out="object.read()"/>'},
            {'body_html': '<p t-out="object.web_read({})"/>'},
            {'subject': "{{ object.search_read([('id', '=', object.id)]) }}"},
            {'subject': "{{ object.formatted_read_group([('id', '=', object.id)], [], ['__count']) }}"},
            {'body_html': '<p t-out="object.ltc_review_ids.figures"/>'},
            {'body_html': '<p t-out="object.env[\'ltc.quote.version\'].search([], limit=1).snapshot"/>'},
            {'body_html': '<t t-call="ltc_quote.test_figures"/>'},
            {'body_html': '<p t-field="object.ltc_room_floor"/>'},
            {'subject': "{{ object.amount_total }}", 'partner_to': False, 'use_default_to': False},
        ):
            with self.subTest(values=values):
                self._assert_held(self._create_template(**values))

    def test_every_language_is_looked_at(self):
        self.env['res.lang']._activate_lang('fr_FR')
        template = self._create_template()
        self.assertFalse(template._ltc_carries_offer())
        template.with_context(lang='fr_FR').subject = "{{ object.amount_total }}"
        self._assert_held(template)

    def test_a_mail_without_figures_goes_out(self):
        for values in (
            {}, {'body_html': '<p>Price: <t t-out="object.pricelist_id.name"/></p>'}, {'body_html': False},
        ):
            template = self._create_template(**values)
            with self.subTest(values=values), self.mock_mail_gateway():
                template.with_user(self.sales).send_mail(self.quotation.id)
                self._compose(self.quotation, default_template_id=template.id).action_send_mail()
                self._compose(
                    self.quotation | self.released, default_composition_mode='mass_mail',
                    default_template_id=template.id).action_send_mail()
        self.assertEqual(self.quotation.state, 'draft')

    def test_a_figure_typed_into_the_composer_is_an_offer(self):
        composer = self.env['mail.compose.message'].with_user(self.sales).create({
            'model': 'sale.order', 'res_ids': (self.quotation | self.released).ids, 'composition_mode': 'mass_mail',
            'subject': "Hello", 'body': '<p t-out="object.name"/>'})
        composer.sudo().body = '<p t-out="object.amount_total"/>'
        with self.assertRaises(UserError):
            composer.action_send_mail()

    def test_a_note_to_colleagues_may_show_figures(self):
        template = self._create_template(
            body_html='<p>Asks <t t-out="object.amount_total"/></p>', use_default_to=False, partner_to=False)
        note = {'subtype_xmlid': 'mail.mt_note'}
        message = self.quotation.with_user(self.sales).message_post_with_source(template, **note)
        self.assertIn("205000", message.body)
        template.partner_to = "{{ object.partner_id.id }}"
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.quotation.with_user(self.sales).message_post_with_source(template, **note)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            (self.quotation | self.released).with_user(self.sales).message_post_with_source(template, **note)
        with self.assertRaises(UserError):
            self.quotation.with_user(self.sales).with_context(mark_so_as_sent=True).message_post_with_source(
                template, **note)
