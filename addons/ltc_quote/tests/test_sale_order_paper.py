import json
from datetime import timedelta
from unittest.mock import patch

from odoo import http
from odoo.fields import Command
from odoo.http import Response
from odoo.tests import HttpCase, tagged

from odoo.addons.web.controllers.report import ReportController

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderPaper(LtcQuoteCommon, HttpCase):
    """What the customer reads: on paper and in the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.quotation = cls._create_released_quotation(require_signature=True, require_payment=False)
        cls.quotation.action_quotation_sent()
        cls.token = cls.quotation.sudo()._portal_ensure_token()
        cls.env.ref('base.public_user').lang = 'en_US'

    def _print(self, quotation):
        content, _kind = self.env['ir.actions.report'].with_user(self.sales)._render_qweb_html(
            'sale.report_saleorder', quotation.ids)
        return content.decode()

    def _open(self):
        return self.url_open(f'/my/orders/{self.quotation.id}?access_token={self.token}').text

    def test_the_paper_says_version_validity_and_payment(self):
        paper = self._print(self.quotation)
        self.assertIn('<span>V1</span>', paper)
        self.assertIn("Valid until:", paper)
        self.assertIn("30 Days", paper)
        self.assertNotIn("replaces every earlier one", paper)
        self._revise()
        paper = self._print(self.quotation)
        self.assertIn('<span>V2</span>', paper)
        self.assertIn("replaces every earlier one", paper)

    def test_scope_terms_and_contact_are_on_paper_and_in_the_portal(self):
        opportunity = self._create_opportunity()
        solution = self.env['ltc.solution'].with_user(self.presales).create({
            'opportunity_id': opportunity.id, 'summary': "<p>Two fillers.</p>",
            'exclusions': "Foundations\nCompressed air", 'assumptions': "Our engineers are free in May",
            'line_ids': [Command.create({'kind': 'material', 'name': "Fillers", 'quantity': 2, 'unit_cost': 60000})]})
        colleague = self.presales.copy({'login': 'ltc_test_presales_2'})
        solution.action_submit()
        solution.with_user(colleague).action_approve()
        self.sales.sudo().partner_id.phone = '+86 512 1234'
        quotation = self._create_released_quotation(
            opportunity_id=opportunity.id, commitment_date='2031-05-04 06:00:00')
        quotation.action_quotation_sent()
        self.assertEqual(quotation.ltc_solution_id, solution)
        portal = self.url_open(f'/my/orders/{quotation.id}?access_token={quotation._portal_ensure_token()}').text
        for page in (self._print(quotation), portal):
            self.assertIn("Two fillers.", page)
            self.assertIn("Compressed air", page)
            self.assertNotIn("engineers are free", page)
        paper = self._print(quotation)
        for text in ("05/04/2031", "+86 512 1234", "Your contact:"):
            self.assertIn(text, paper)

    def _revise(self, price=99000):
        self.quotation.ltc_revise("Again")
        self.quotation.order_line[0].price_unit = price
        self._pass_gate(self.quotation, 'atb')

    def test_the_first_offer_that_the_customer_gets_replaces_none(self):
        self.quotation = self._create_released_quotation()
        for price in (99000, 98000):  # nobody saw these
            self._revise(price)
        self.assertEqual(self.quotation._ltc_get_version_label(), 'V3')
        self.assertNotIn("replaces every earlier one", self._print(self.quotation))
        self.quotation.action_quotation_sent()
        self.assertNotIn("replaces every earlier one", self._print(self.quotation), "it is what it is")
        self._revise(97000)
        self.assertIn("replaces every earlier one", self._print(self.quotation))

    def test_a_version_that_its_successor_made_was_sent_all_the_same(self):
        self._set_profile('light')
        self.quotation = self._create_quotation()
        self.quotation.action_quotation_sent()
        self.quotation.ltc_revise("Again")
        self.assertEqual(self.quotation._ltc_get_version_label(), 'V2')
        self.assertIn("replaces every earlier one", self._print(self.quotation))

    def test_subject_and_file_of_the_mail_name_the_version(self):
        self._revise()
        template = self.env.ref('sale.email_template_edi_sale')
        composer = self.env['mail.compose.message'].with_user(self.sales).with_context(mark_so_as_sent=True).create({
            'composition_mode': 'comment', 'model': 'sale.order', 'res_ids': self.quotation.ids,
            'template_id': template.id})
        self.assertIn(f"(Ref {self.quotation.name} V2)", composer.subject)
        [name] = composer.attachment_ids.mapped('name')
        self.assertTrue(name.startswith(f"Quotation - {self.quotation.name} V2."), name)
        composer._action_send_mail()
        version = self.env['ltc.quote.version'].search([('order_id', '=', self.quotation.id)], limit=1)
        self.assertEqual((version.number, bool(version.sent_on)), (2, True))
        self.assertEqual(self.quotation._get_report_base_filename(), f"Quotation {self.quotation.name} V2")

    def test_an_order_keeps_its_name_in_mails(self):
        self.quotation.action_confirm()
        values = self.env.ref('sale.email_template_edi_sale')._generate_template(self.quotation.ids, {'subject'})
        self.assertIn(f"(Ref {self.quotation.name})", values[self.quotation.id]['subject'])

    def test_an_order_has_no_version_on_paper(self):
        self.quotation.action_confirm()
        paper = self._print(self.quotation)
        self.assertNotIn('<span>V1</span>', paper)
        self.assertNotIn("Valid until:", paper)

    def test_what_is_not_released_says_so_on_paper_and_in_its_file_name(self):
        self.assertNotIn("Not Released", self._print(self.quotation))
        quotation = self._create_quotation()
        self.assertIn("Not Released", self._print(quotation))
        self.authenticate(self.sales.login, self.sales.login)
        for order, is_marked in ((quotation, True), (self.quotation, False)):
            url = f'/report/pdf/sale.report_saleorder/{order.id}'
            with patch.object(ReportController, 'report_routes', lambda *args, **kwargs: Response("paper")):
                response = self.url_open('/report/download', data={
                    'data': json.dumps([url, 'qweb-pdf']), 'csrf_token': http.Request.csrf_token(self)})
            name = response.headers['Content-Disposition']
            self.assertEqual("Not%20Released" in name or "Not Released" in name, is_marked, name)
            self.assertIn(order.name, name)
            self.assertEqual("V1" in name, not is_marked, name)
            self.assertEqual(order._get_report_base_filename().startswith("Not Released"), is_marked)
        self._pass_gate(quotation, 'atb')
        self.assertNotIn("Not Released", self._print(quotation))
        quotation.order_line[0].price_unit = 1.0
        self.assertIn("Not Released", self._print(quotation))
        quotation.action_cancel()
        self.assertNotIn("Not Released", self._print(quotation))

    def test_in_light_no_paper_is_marked(self):
        self._set_profile('light')
        self.assertNotIn("Not Released", self._print(self._create_quotation()))

    def test_where_no_version_was_made_the_paper_is_odoos(self):
        self._set_profile('light')
        self.assertNotIn('<span>V', self._print(self._create_quotation()))

    def test_the_portal_shows_the_version(self):
        page = self._open()
        self.assertIn('title="Version of this offer"', page)
        self.assertNotIn("Expired</span>", page)

    def test_an_expired_offer_cannot_be_accepted(self):
        self.quotation.validity_date = self.company._ltc_get_today() - timedelta(days=2)
        page = self._open()
        self.assertIn("Expired</span>", page)
        self.assertNotIn('data-bs-target="#modalaccept"', page)

    def test_a_version_in_work_is_withheld(self):
        self.quotation.ltc_revise("Again")
        self.quotation.order_line[0].price_unit = 99000
        page = self._open()
        self.assertIn("is still being prepared", page)
        self.assertNotIn("99,000", page)
