from base64 import b64decode

from odoo.tests import HttpCase, tagged

from .common import SIGNATURE, LtcContractOnlyCommon


@tagged('post_install', '-at_install')
class TestContractPortal(LtcContractOnlyCommon, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.contract = cls._send_to_sign(cls._create_contract())
        cls.contract.sudo()._portal_ensure_token()

    def _post_signature(self, contract, token, **values):
        return self.make_jsonrpc_request(f'/my/contracts/{contract.id}/sign', {
            'access_token': token, 'name': "Ms Wu", 'signature': SIGNATURE, **values})

    def test_the_customer_reads_and_signs(self):
        page = self.url_open(self.contract.get_portal_url())
        self.assertIn(self.contract.name, page.text)
        self.assertIn('modalaccept', page.text)
        result = self._post_signature(self.contract, self.contract.access_token)
        self.assertTrue(result.get('force_refresh'), result)
        self.assertRecordValues(self.contract, [{'state': 'signed', 'signed_by': "Ms Wu"}])
        self.assertTrue(self.contract.signature_ip)
        self.assertEqual(self.contract.order_id.state, 'sale')
        self.assertTrue(self.contract._is_document_intact())
        document = self.url_open(self.contract.get_portal_url(report_type='pdf', download=True))
        self.assertEqual(document.content, b64decode(self.contract.sudo().signed_document))

    def test_a_wrong_token_signs_nothing(self):
        for token in (None, 'guess'):
            self.assertIn('error', self._post_signature(self.contract, token))
        self.assertEqual(self.contract.state, 'signing')

    def test_nothing_is_signed_twice_or_as_a_draft(self):
        self._post_signature(self.contract, self.contract.access_token)
        signed_on = self.contract.signed_on
        again = self._post_signature(self.contract, self.contract.access_token, name="Someone Else")
        self.assertIn('error', again)
        self.assertRecordValues(self.contract, [{'signed_by': "Ms Wu", 'signed_on': signed_on}])
        draft = self._create_contract()
        draft.sudo()._portal_ensure_token()
        self.assertIn('error', self._post_signature(draft, draft.access_token))
        self.assertEqual(draft.state, 'draft')

    def test_name_and_signature_are_needed(self):
        for values in ({'name': ''}, {'signature': False}, {'signature': 'no base64!'}):
            self.assertIn('error', self._post_signature(self.contract, self.contract.access_token, **values))
        self.assertEqual(self.contract.state, 'signing')

    def test_staff_do_not_sign_for_the_customer(self):
        self.authenticate('ltc_test_sales', 'ltc_test_sales')
        result = self._post_signature(self.contract, self.contract.access_token)
        self.assertIn("Only the customer signs here", result['error'])

    def test_what_changed_since_the_decision_cannot_be_signed(self):
        self.contract.sudo().amount_change = 5.0
        result = self._post_signature(self.contract, self.contract.access_token)
        self.assertIn("cannot be signed just now", result['error'])
        self.assertEqual(self.contract.state, 'signing')
        self.assertIn("could not sign", self.contract.activity_ids.summary)

    def test_the_list_shows_the_customers_contracts(self):
        user = self.env['res.users'].with_context(no_reset_password=True).create({
            'name': "Ms Wu", 'login': 'ltc_ms_wu', 'password': 'ltc_ms_wu', 'partner_id': self.customer.id,
            'group_ids': [(6, 0, self.env.ref('base.group_portal').ids)]})
        self.authenticate(user.login, user.login)
        self.assertIn(self.contract.name, self.url_open('/my/contracts').text)
        self.assertNotIn(self.contract.name, self.url_open('/my/contracts?filterby=closed').text)
        self.assertEqual(self.url_open('/my').status_code, 200)

    def test_a_customer_who_accepts_the_quotation_reads_what_comes_next(self):
        order = self._create_released_quotation(require_signature=True)
        order.action_quotation_sent()
        token = order._portal_ensure_token()
        self.authenticate(None, None)
        page = f'/my/orders/{order.id}?access_token={token}'
        self.assertNotIn("You accepted this quotation", self.url_open(page).text)
        self.make_jsonrpc_request(f'/my/orders/{order.id}/accept', {
            'access_token': token, 'name': "Mr Wang", 'signature': SIGNATURE})
        self.env.invalidate_all()
        self.assertEqual(order.state, 'sent', "the contract is missing")
        self.assertIn("You accepted this quotation", self.url_open(page).text)
