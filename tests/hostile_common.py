"""What the hostile tests share: attackers, refusals that must be sentences, and proof that nothing was lost."""
from contextlib import contextmanager
from datetime import timedelta

from lead_to_cash_common import LeadToCashCommon

from odoo import fields
from odoo.tests import new_test_user
from odoo.tools import mute_logger

SENTENCES = {f'odoo.exceptions.{name}' for name in ('UserError', 'AccessError', 'ValidationError', 'RedirectWarning')}
NOISE = ('odoo.http', 'odoo.sql_db', 'odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule',
         'odoo.addons.base.models.ir_access')
DENIED = "not allowed|access|No group currently allows"
HISTORY = ('approval_ids', 'opinion_ids', 'condition_ids', 'answer_ids')
BOOKKEEPING = {'write_date', 'write_uid', 'message_main_attachment_id', 'access_token'}


class HostileCommon(LeadToCashCommon):
    """Attackers: a salesperson, a manager who submits himself, a plain employee, the customer in the portal.

    Mix in ``HttpCase`` first: every call goes through the external API over real HTTP.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what is signed is no matter here, and rendering it takes most of the time
        cls.classPatch(cls.registry['ltc.contract'], '_render_document', lambda self: b'%PDF-1.4 hostile')
        cls.clerk = new_test_user(
            cls.env, 'ltc_test_clerk', groups='base.group_user', company_id=cls.company.id, lang='en_US')
        cls.buyer = cls.env['res.users'].create({
            'name': "Buyer", 'lang': 'en_US', 'email': 'buyer@example.com', 'login': 'ltc_test_buyer',
            'password': 'ltc_test_buyer', 'group_ids': [(6, 0, [cls.env.ref('base.group_portal').id])],
            'partner_id': cls.env['res.partner'].create({'name': "Buyer", 'parent_id': cls.customer.id}).id,
        })

    def setUp(self):
        super().setUp()
        self.keys = {}  # a test's own: they go with its transaction

    # === CALLING === #

    def _get_key(self, user):
        if user not in self.keys:
            self.keys[user] = self.env['res.users.apikeys'].with_user(user).sudo(False)._generate(
                'rpc', "Hostile", fields.Datetime.now() + timedelta(hours=1))
        return self.keys[user]

    def _post(self, user, model, method, arguments):
        key = self._get_key(user)
        self.env.flush_all()
        with mute_logger(*NOISE):
            response = self.url_open(
                f'/json/2/{model}/{method}', json=arguments, headers={'Authorization': f'bearer {key}'})
        self.env.invalidate_all()
        return response

    def call(self, user, model, method, **arguments):
        """Call as ``user`` and return the result."""
        response = self._post(user, model, method, arguments)
        self.assertEqual(response.status_code, 200, response.text)
        return response.json()

    def refuse(self, user, pattern, model, method, **arguments):
        """Call as ``user`` and be refused with a sentence that says ``pattern``, not with a crash."""
        response = self._post(user, model, method, arguments)
        self.assertGreaterEqual(response.status_code, 400, f'{model}.{method}({arguments}): {response.text}')
        answer = response.json()
        self.assertIn(answer['name'], SENTENCES, answer['debug'])
        self.assertRegex(answer['message'], f'(?i){pattern}')
        return answer['message']

    def refuse_in_client(self, pattern, url, params):
        """Call a JSON-RPC route with the session of :meth:`authenticate` and be refused."""
        self.env.flush_all()
        with mute_logger(*NOISE):
            answer = self.url_open(url, json={'jsonrpc': '2.0', 'method': 'call', 'params': params}).json()
        self.env.invalidate_all()
        self.assertIn('error', answer, f'{url}: {answer}')
        error = answer['error']['data']
        self.assertIn(error['name'], SENTENCES, error['debug'])
        self.assertRegex(error['message'], f'(?i){pattern}')

    def call_kw(self, model, method, args, **kwargs):
        """Return url and params of the web client's own route."""
        return f'/web/dataset/call_kw/{model}/{method}', {
            'model': model, 'method': method, 'args': args, 'kwargs': kwargs}

    # === NOTHING LOST === #

    def _get_answers(self, code):
        return {str(check.id): True for check in self.env['ltc.gate']._get_by_code(code).check_ids}

    def _read_all(self, records):
        names = [name for name, field in records._fields.items()
                 if field.store and field.type != 'one2many' and name not in BOOKKEEPING]
        return records.sudo().read(names, load=None)

    def _get_history(self, document):
        """Return every stored value of the rounds of ``document`` and of what belongs to them."""
        reviews_sudo = document.sudo().ltc_review_ids.sorted('id')
        return [self._read_all(reviews_sudo)] + [self._read_all(reviews_sudo[name].sorted('id')) for name in HISTORY]

    def _get_facts(self, document):
        return self._read_all(document), [
            document.sudo()._ltc_get_gate_figures(code) for code in document._ltc_gate_codes]

    @contextmanager
    def untouched(self, *documents):
        """Assert that the documents and their history are afterwards what they were before."""
        self.env.invalidate_all()
        before = [(self._get_facts(document), self._get_history(document)) for document in documents]
        yield
        self.env.invalidate_all()
        for document, (facts, history) in zip(documents, before, strict=True):
            self.assertEqual(self._get_facts(document), facts, "The document is as it was.")
            self.assertEqual(self._get_history(document), history, "Its history is as it was.")

    @contextmanager
    def keep_history(self, document):
        """Assert that the rounds are afterwards what they were, whatever became of the document."""
        self.env.flush_all()
        before = self._get_history(document)
        yield
        self.env.invalidate_all()
        self.assertEqual(self._get_history(document), before)

    @contextmanager
    def attempt(self, **names):
        """A sub-test that leaves nothing behind."""
        self._get_key(self.sales)  # made before, so that it is there after
        keys = dict(self.keys)
        with self.subTest(**names):
            savepoint = self.env.cr.savepoint()
            try:
                yield
            finally:
                savepoint.close(rollback=True)
                self.env.invalidate_all()
                self.keys = keys
