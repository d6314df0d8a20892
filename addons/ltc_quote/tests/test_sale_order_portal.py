from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import SIGNATURE, LtcQuoteCommon

ACCEPT = 'data-bs-target="#modalaccept"'
NOTICE = "is still being prepared and cannot be accepted or paid yet"


@tagged('post_install', '-at_install')
class TestSaleOrderPortal(LtcQuoteCommon, HttpCase):
    """What a customer who got the link can do, over real HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.quotation = cls._create_quotation(require_signature=True, require_payment=False)
        cls.token = cls.quotation.sudo()._portal_ensure_token()
        cls.env['res.lang']._activate_lang('en_US')
        cls.env['ir.default'].set('res.partner', 'lang', 'en_US')
        cls.env.ref('base.public_user').lang = 'en_US'
        cls._create_portal_user()

    @classmethod
    def _create_portal_user(cls):
        cls.env['res.users'].create({
            'name': "Buyer", 'lang': 'en_US', 'email': 'buyer@example.com',
            'login': 'ltc_test_buyer', 'password': 'ltc_test_buyer',
            'partner_id': cls.env['res.partner'].create({'name': "Buyer", 'parent_id': cls.customer.id}).id,
            'group_ids': [(6, 0, [cls.env.ref('base.group_portal').id])],
        })

    def _accept(self):
        return self.make_jsonrpc_request(f'/my/orders/{self.quotation.id}/accept', {
            'access_token': self.token, 'name': "Mr Wang", 'signature': SIGNATURE})

    def _pay(self):
        return self.make_jsonrpc_request(f'/my/orders/{self.quotation.id}/transaction', {
            'access_token': self.token, 'provider_id': 1, 'payment_method_id': 1, 'token_id': None,
            'amount': self.quotation.amount_total, 'flow': 'direct', 'tokenization_requested': False,
            'landing_route': '/my'})

    def _get_page(self, **params):
        return self.url_open(self.quotation.get_portal_url(**params), allow_redirects=False)

    def test_an_unreleased_quotation_shows_a_notice_and_no_figures(self):
        self.authenticate(None, None)
        page = self._get_page().text
        self.assertIn(NOTICE, page)
        self.assertIn(self.sales.name, page)
        self.assertIn('id="sales_order_table"', page)  # Odoo's script stops without
        for hidden in (ACCEPT, "Filling Line", "205,000", "100,000", "report_type=pdf"):
            self.assertNotIn(hidden, page)

    def test_an_unreleased_quotation_is_not_printed_for_its_customer(self):
        self.authenticate(None, None)
        for report_type in ('pdf', 'html', 'text'):
            response = self._get_page(report_type=report_type)
            self.assertEqual(response.status_code, 303, report_type)

    def test_a_released_quotation_is_printed_for_its_customer(self):
        self._pass_gate(self.quotation, 'atb')
        self.authenticate(None, None)
        self.assertIn("Filling Line", self._get_page(report_type='text').text)

    def test_a_payment_link_shows_no_payment_form(self):
        self.authenticate(None, None)
        page = self._get_page(query_string='&payment_amount=205000').text
        self.assertIn(NOTICE, page)
        self.assertNotIn('o_payment_form', page)
        self.assertNotIn("Pay Now", page)

    def test_an_unreleased_quotation_is_not_accepted(self):
        self.authenticate(None, None)
        self.assertIn(NOTICE, self._accept()['error'])
        self.quotation.invalidate_recordset()
        self.assertFalse(self.quotation.signed_by)
        self.assertEqual(self.quotation.state, 'draft')

    @mute_logger('odoo.http')
    def test_an_unreleased_quotation_is_not_paid(self):
        self.authenticate(None, None)
        with self.assertRaises(JsonRpcException) as refusal:
            self._pay()
        self.assertIn('ValidationError', str(refusal.exception))
        self.assertFalse(self.quotation.sudo().transaction_ids)

    def test_the_refusal_of_a_payment_is_the_customers_sentence(self):
        self.authenticate(None, None)
        with mute_logger('odoo.http'):
            response = self.url_open(f'/my/orders/{self.quotation.id}/transaction', json={
                'jsonrpc': '2.0', 'method': 'call', 'params': {'access_token': self.token}})
        self.assertIn(NOTICE, response.json()['error']['data']['message'])

    def test_a_wrong_token_learns_nothing(self):
        self.authenticate(None, None)
        answer = self.make_jsonrpc_request(f'/my/orders/{self.quotation.id}/accept', {
            'access_token': 'wrong', 'name': "Mr Wang", 'signature': SIGNATURE})
        self.assertEqual(answer['error'], "Invalid order.")

    def test_a_released_quotation_is_seen_signed_and_confirmed(self):
        self._pass_gate(self.quotation, 'atb')
        self.authenticate(None, None)
        page = self._get_page().text
        self.assertNotIn(NOTICE, page)
        self.assertIn("Filling Line", page)
        self.assertIn(ACCEPT, page)
        self.assertTrue(self._accept()['force_refresh'])
        self.quotation.invalidate_recordset()
        self.assertEqual(self.quotation.state, 'sale')
        self.assertEqual(self.quotation.signed_by, "Mr Wang")

    def test_a_sent_quotation_that_was_changed_is_withheld_again(self):
        self._pass_gate(self.quotation, 'atb')
        self.quotation.action_quotation_sent()
        self.quotation.order_line[0].price_unit = 88888
        self.authenticate('ltc_test_buyer', 'ltc_test_buyer')
        page = self._get_page().text
        self.assertIn(NOTICE, page)
        self.assertNotIn("88,888", page)
        self.assertIn(NOTICE, self._accept()['error'])
        listed = self.url_open('/my/quotes').text
        self.assertIn(self.quotation.name, listed)
        self.assertIn("In preparation", listed)
        self.assertNotIn("182,776", listed)

    def test_a_released_quotation_is_listed_with_its_amount(self):
        self._pass_gate(self.quotation, 'atb')
        self.quotation.action_quotation_sent()
        self.authenticate('ltc_test_buyer', 'ltc_test_buyer')
        self.assertIn("205,000", self.url_open('/my/quotes').text)

    def test_an_employee_previews_the_content_with_the_notice(self):
        self.sales.password = 'ltc_test_sales'
        self.authenticate('ltc_test_sales', 'ltc_test_sales')
        page = self.url_open(f'/my/orders/{self.quotation.id}').text
        self.assertIn(NOTICE, page)
        self.assertIn("Filling Line", page)
        self.assertNotIn(ACCEPT, page)

    def test_the_portal_is_as_ever_in_light(self):
        self._set_profile('light')
        self.authenticate(None, None)
        page = self._get_page().text
        self.assertNotIn(NOTICE, page)
        self.assertIn(ACCEPT, page)
        self.assertTrue(self._accept()['force_refresh'])
        self.quotation.invalidate_recordset()
        self.assertEqual(self.quotation.state, 'sale')

    def test_the_structured_order_is_withheld_too(self):
        self.authenticate(None, None)
        response = self.url_open(
            f'/my/orders/{self.quotation.id}/download_edi?access_token={self.token}', allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers['Location'].endswith('/my'))
