"""The web client, the portal and the mail composer, over their own routes, on a quotation that nobody released."""
from hostile_common import DENIED, NOISE, HostileCommon

from odoo.fields import Command
from odoo.tests import HttpCase
from odoo.tools import mute_logger

from odoo.addons.ltc_contract.tests.common import SIGNATURE

UNDECIDED = "was not decided"
NOTICE = "is still being prepared"


class TestHostileHttp(HostileCommon, HttpCase):
    test_tags = {'standard', 'post_install', 'hostile'}
    test_module = 'ltc_collection'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales.password = 'ltc_test_sales'
        cls.clerk.password = 'ltc_test_clerk'
        cls.order = cls._create_quotation(require_signature=True, require_payment=True, prepayment_percent=0.5)
        cls.order.order_line = [
            Command.create({'display_type': 'line_section', 'name': "Options", 'is_optional': True, 'sequence': 90}),
            Command.create({'product_id': cls.training.id, 'product_uom_qty': 0, 'sequence': 91})]
        cls.token = cls.order.sudo()._portal_ensure_token()
        cls.released = cls._create_released_quotation(require_signature=True)

    # === WEB CLIENT === #

    def test_the_web_client_finds_no_way_either(self):
        self.authenticate('ltc_test_sales', 'ltc_test_sales')
        ids = self.order.ids
        with self.untouched(self.order):
            for values in ({'state': 'sale'}, {'state': 'sent'}):
                self.refuse_in_client(UNDECIDED, *self.call_kw('sale.order', 'write', [ids, values]))
                self.refuse_in_client(UNDECIDED, *self.call_kw(
                    'sale.order', 'web_save', [ids, values], specification={}))
            for method in ('action_confirm', 'action_quotation_send', 'action_quotation_sent'):
                url, params = self.call_kw('sale.order', method, [ids])
                self.refuse_in_client(UNDECIDED, url, params)
                self.refuse_in_client(UNDECIDED, f'/web/dataset/call_button/sale.order/{method}', params)
            for method in ('_action_confirm', '_validate_order', '_ltc_submit'):
                self.refuse_in_client("private|remotely", *self.call_kw('sale.order', method, [ids]))

    def test_a_plain_employee_reaches_nothing(self):
        review = self._submit(self.order, 'atb').sudo()
        opinion = review.opinion_ids[:1]
        calls = [
            ('sale.order', 'write', self.order.ids, {'vals': {'state': 'sale'}}),
            ('sale.order', 'action_confirm', self.order.ids, {}),
            ('sale.order', 'ltc_submit', self.order.ids, {'code': 'atb'}),
            ('sale.order', 'action_ltc_submit', self.order.ids, {'code': 'atb'}),
            ('ltc.gate.review', 'action_decide', review.ids, {'decision': 'go'}),
            ('ltc.gate.review', 'action_open', review.ids, {}),
            ('ltc.gate.review', 'read', review.ids, {'fields': ['figures']}),
            ('ltc.gate.opinion', 'action_give', opinion.ids, {'verdict': 'agree'}),
        ]
        with self.untouched(self.order):
            for model, method, ids, arguments in calls:
                with self.subTest(model=model, method=method):
                    self.refuse(self.clerk, DENIED, model, method, ids=ids, **arguments)
            for model in ('ltc.gate.decide', 'ltc.gate.opinion.give', 'ltc.gate.submit'):
                self.refuse(self.clerk, DENIED, model, 'create', vals_list=[{}])

    # === MAIL === #

    def _compose(self, order, **values):
        [composer_id] = self.call(self.sales, 'mail.compose.message', 'create', vals_list=[{
            'model': 'sale.order', 'res_ids': str(order.ids), 'composition_mode': 'comment',
            'partner_ids': [[6, 0, self.customer.ids]], 'body': "Our offer", **values}])
        return [composer_id]

    def test_no_mail_carries_an_unreleased_quotation(self):
        template = self.env.ref('sale.email_template_edi_sale')
        proforma = self.env.ref('sale.email_template_proforma')
        with self.untouched(self.order):
            count = self.env['mail.message'].search_count([('model', '=', 'sale.order')])
            for ids, context in (
                (self._compose(self.order, template_id=template.id), {}),
                (self._compose(self.order, template_id=proforma.id), {}),
                (self._compose(self.order), {'mark_so_as_sent': True}),
                (self._compose(self.order, template_id=template.id, composition_mode='mass_mail'), {}),
            ):
                self.refuse(self.sales, UNDECIDED, 'mail.compose.message', 'action_send_mail', ids=ids,
                            context=context)
            self.refuse(self.sales, UNDECIDED, 'sale.order', 'message_post', ids=self.order.ids, body="Our offer",
                        context={'mark_so_as_sent': True})
            self.refuse(self.sales, UNDECIDED, 'mail.template', 'send_mail', ids=template.ids, res_id=self.order.id)
            self.assertEqual(self.env['mail.message'].search_count([('model', '=', 'sale.order')]), count)

    # === PORTAL === #

    def _accept(self, order):
        return self.make_jsonrpc_request(f'/my/orders/{order.id}/accept', {
            'access_token': order.sudo()._portal_ensure_token(), 'name': "Mr Wang", 'signature': SIGNATURE})

    def test_the_customer_neither_signs_nor_pays_nor_adds_options(self):
        self.env.flush_all()
        self.authenticate(None, None)
        option = self.order.order_line[-1]
        with self.untouched(self.order):
            self.assertIn(NOTICE, self._accept(self.order)['error'])
            self.refuse_in_client(NOTICE, f'/my/orders/{self.order.id}/transaction', {
                'access_token': self.token, 'provider_id': 1, 'payment_method_id': 1, 'token_id': None, 'amount': 1.0,
                'flow': 'direct', 'tokenization_requested': False, 'landing_route': '/my'})
            for values in ({'input_quantity': 7}, {}, {'remove': True}):
                self.make_jsonrpc_request(f'/my/orders/{self.order.id}/update_line_dict', {
                    'line_id': option.id, 'access_token': self.token, **values})
            page = self.url_open(f'/my/orders/{self.order.id}?access_token={self.token}').text
        self.assertIn(NOTICE, page)
        self.assertNotIn("100,000", page)
        self.assertFalse(self.order.sudo().transaction_ids)

    def test_a_changed_quotation_is_withheld_again_on_every_route(self):
        self.released.action_quotation_sent()
        self.released.sudo().message_subscribe(self.customer.ids)
        self.released.order_line[0].price_unit = 88888.0
        self.env.flush_all()
        self.authenticate('ltc_test_buyer', 'ltc_test_buyer')
        with self.untouched(self.released):
            self.assertIn(NOTICE, self._accept(self.released)['error'])
            for report in ('pdf', 'html', 'text'):
                with mute_logger(*NOISE):
                    page = self.url_open(f'/report/{report}/sale.report_saleorder/{self.released.id}').text
                self.assertNotIn('88,888', page)
            for model, method, args in (
                ('sale.order', 'read', [self.released.ids, ['amount_total']]),
                ('sale.order', 'web_read', [self.released.ids, {'amount_total': {}}]),
                ('sale.order', 'search_read', [[('id', '=', self.released.id)], ['amount_untaxed']]),
                ('sale.order', 'search_count', [[('amount_total', '>', 100000)]]),
                ('sale.order.line', 'read', [self.released.order_line.ids, ['price_unit']]),
                ('sale.order.line', 'search_read', [[('order_id', '=', self.released.id)], ['price_subtotal']]),
            ):
                with self.subTest(model=model, method=method):
                    self.refuse_in_client("access|allowed", *self.call_kw(model, method, args))

    def test_the_customer_calls_no_method_of_ours(self):
        self.env.flush_all()
        self.released.sudo().message_subscribe(self.customer.ids)
        review = self.released.sudo().ltc_review_ids
        self.env.flush_all()
        self.authenticate('ltc_test_buyer', 'ltc_test_buyer')
        with self.untouched(self.released):
            for model, method, args in (
                ('sale.order', 'write', [self.released.ids, {'state': 'sale'}]),
                ('sale.order', 'action_confirm', [self.released.ids]),
                ('sale.order', 'ltc_submit', [self.released.ids, 'atb']),
                ('ltc.gate.review', 'read', [review.ids, ['figures']]),
                ('ltc.gate.review', 'action_decide', [review.ids, 'go']),
                ('ltc.contract', 'create', [{'order_id': self.released.id}]),
            ):
                with self.subTest(model=model, method=method):
                    self.refuse_in_client("access|allowed|contract", *self.call_kw(model, method, args))

    def test_a_payment_link_confirms_nothing(self):
        [link_id] = self.call(self.sales, 'payment.link.wizard', 'create', vals_list=[{
            'amount': self.order.amount_total, 'amount_max': 9999999.0, 'currency_id': self.order.currency_id.id,
            'partner_id': self.customer.id, 'res_model': 'sale.order', 'res_id': self.order.id}])
        link = self.env['payment.link.wizard'].browse(link_id).link
        self.authenticate(None, None)
        with self.untouched(self.order):
            page = self.url_open(link[link.index('/', 9):]).text
        self.assertNotIn('o_payment_form', page)

    # === CONTRACT IN THE PORTAL === #

    def test_the_customer_signs_no_contract_that_was_not_decided(self):
        contract = self._create_contract(self.released)
        token = contract.sudo()._portal_ensure_token()
        self.env.flush_all()
        self.authenticate(None, None)
        parameters = {'access_token': token, 'name': "Mr Wang", 'signature': SIGNATURE}
        with self.untouched(contract, self.released):
            answer = self.make_jsonrpc_request(f'/my/contracts/{contract.id}/sign', parameters)
            self.assertIn("not available", answer['error'])
        self._send_to_sign(contract)
        contract.sudo().acceptance_criteria = "Anything goes"  # altered behind the gate's back
        self.env.flush_all()
        with self.keep_history(contract):
            answer = self.make_jsonrpc_request(f'/my/contracts/{contract.id}/sign', parameters)
        self.assertIn("cannot be signed just now", answer['error'])
        self.assertEqual((contract.state, contract.signed_by, self.released.state), ('signing', False, 'draft'))
