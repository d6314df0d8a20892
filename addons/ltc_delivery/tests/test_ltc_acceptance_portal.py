import base64

from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.ltc_delivery.tests.common import SCAN, LtcDeliveryCommon

PIXEL = base64.b64encode(base64.b64decode(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=')).decode()


@tagged('post_install', '-at_install')
class TestLtcAcceptancePortal(LtcDeliveryCommon, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('en_US')
        cls.env['ir.default'].set('res.partner', 'lang', 'en_US')
        cls.env.ref('base.public_user').lang = 'en_US'
        cls.customer.lang = 'en_US'
        cls._set_profile('standard')
        cls.contract = cls._sell()
        cls._deliver(cls.contract.order_id)
        cls.acceptance = cls._create_acceptance(cls.contract)
        cls.token = cls.acceptance.sudo()._portal_ensure_token()
        cls.url = f'/my/acceptances/{cls.acceptance.id}'

    def _sign_online(self, token=None, **params):
        return self.make_jsonrpc_request(f'{self.url}/sign', {
            'access_token': token or self.token, 'name': "Ms Lin", 'signature': PIXEL, **params})

    def test_the_customer_signs_online_and_delivery_accepts(self):
        self.acceptance.action_submit()
        page = self.url_open(f'{self.url}?access_token={self.token}')
        self.assertIn("By signing", page.text)
        result = self._sign_online()
        self.assertIn('redirect_url', result)
        self.assertRecordValues(self.acceptance, [{'signatory_name': "Ms Lin", 'state': 'submitted'}])
        self.assertTrue(self.acceptance.signature_on and self.acceptance.signature_ip)
        page = self.url_open(f'{self.url}?access_token={self.token}')
        self.assertNotIn("By signing", page.text)
        self.assertIn('error', self._sign_online())
        self.acceptance.action_accept()
        self.assertEqual(self._get_node_on(self.contract, 'acceptance').state, 'billable')

    def test_a_signature_needs_the_token_the_name_and_a_picture(self):
        self.acceptance.action_submit()
        for params in ({'token': 'wrong'}, {'name': ''}, {'signature': False}):
            self.assertIn('error', self._sign_online(**params))
        self.assertFalse(self.acceptance.signature_on)

    def test_a_draft_is_neither_shown_nor_signed(self):
        self.assertIn('error', self._sign_online())
        page = self.url_open(f'{self.url}?access_token={self.token}')
        self.assertNotIn(self.acceptance.name, page.text)

    def test_failed_items_are_not_signed(self):
        self.acceptance.item_ids[0].result = 'fail'
        self.acceptance.action_submit()
        self.assertIn('error', self._sign_online())

    def test_an_online_signature_is_not_rewritten(self):
        self.acceptance.action_submit()
        self._sign_online()
        with self._assert_refused(UserError, "signed online"):
            self.acceptance.signatory_name = "Me"
        self.acceptance.action_draft()
        self.assertFalse(self.acceptance.signature)
        self.assertFalse(self.acceptance.signed_document)

    def test_the_portal_lists_the_customers_own(self):
        self.acceptance.action_submit()
        buyer, stranger = (
            new_test_user(self.env, login, groups='base.group_portal', password=f'{login}_1234', lang='en_US')
            for login in ('ltc_buyer', 'ltc_stranger'))
        buyer.partner_id.parent_id = self.customer
        for user, assert_seen in ((buyer, self.assertIn), (stranger, self.assertNotIn)):
            self.authenticate(user.login, f'{user.login}_1234')
            assert_seen(self.acceptance.name, self.url_open('/my/acceptances').text)
            assert_seen(self.acceptance.name, self.url_open(self.url).text)

    def test_the_scan_is_kept_out_of_the_public_page(self):
        self.acceptance.action_submit()
        self._sign_on_paper(self.acceptance, signed_document=SCAN)
        page = self.url_open(f'{self.url}?access_token={self.token}')
        self.assertNotIn("By signing", page.text)
        self.assertIn("Ms Lin", page.text)
