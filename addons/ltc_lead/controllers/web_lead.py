import hashlib
import json
import uuid
from http import HTTPStatus

from odoo.exceptions import UserError, ValidationError
from odoo.http import Controller, request, route

MAX_BYTES = 64 * 1024
HONEYPOT = 'fax'  # hidden from people, filled in by robots
UNKNOWN_KEYS_AN_HOUR = 30  # an address that guesses
FORM_TYPES = ('application/x-www-form-urlencoded', 'multipart/form-data')


class WebLead(Controller):

    @route('/ltc/lead', type='http', auth='public', methods=['POST', 'OPTIONS'], csrf=False, save_session=False,
           max_content_length=MAX_BYTES)
    def post_lead(self, **params):
        """Take a lead from outside, as JSON or as a form; every answer is JSON with one sentence for what is wrong.

        No session and no cookie is read, so there is nothing that a foreign page could ride on (CSRF).
        """
        if request.httprequest.method == 'OPTIONS':
            return self._answer_preflight()
        values, problem = self._read_values(params)
        if problem:
            return self._refuse(*problem)
        key = request.httprequest.headers.get('X-LTC-Key') or values.pop('key', None)
        values.pop('key', None)
        form_sudo = request.env['ltc.web.form']._get_by_key(key if isinstance(key, str) else None)
        problem = self._check_caller(form_sudo)
        if problem:
            return self._refuse(*problem, form_sudo=form_sudo)
        return self._receive(form_sudo, values)

    # === READING === #

    def _read_values(self, params):
        """Return (values sent, None), or (None, problem)."""
        mimetype = request.httprequest.mimetype
        if mimetype in FORM_TYPES:
            return dict(params), None
        if mimetype != 'application/json':
            return None, (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, request.env._("Post JSON or a form."))
        try:
            values = json.loads(request.httprequest.get_data(as_text=True) or 'null')
            json.dumps(values, ensure_ascii=False).encode()  # half a character cannot be stored
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, dict):
            return None, (HTTPStatus.BAD_REQUEST, request.env._("The body is no JSON object; correct it."))
        return values, None

    def _check_caller(self, form_sudo):
        """Return why this caller is refused, or None: the key, how often it was used, and where the page comes from."""
        Hit = request.env['ltc.web.hit']
        address = hashlib.sha256((request.httprequest.remote_addr or '').encode()).hexdigest()[:16]
        if not form_sudo:
            full = Hit._knock({f'unknown:{address}': UNKNOWN_KEYS_AN_HOUR})
            return self._get_limit_problem() if full else (
                HTTPStatus.UNAUTHORIZED, request.env._("This key opens no form; ask for the key in force."))
        full = Hit._knock({
            f'{form_sudo.id}:{address}': form_sudo.rate_limit_ip, f'{form_sudo.id}': form_sudo.rate_limit})
        if full:
            return self._get_limit_problem()
        if not form_sudo._is_origin_allowed(request.httprequest.headers.get('Origin')):
            return HTTPStatus.FORBIDDEN, request.env._("This website may not post here; ask to have it allowed.")
        return None

    def _get_limit_problem(self):
        return HTTPStatus.TOO_MANY_REQUESTS, request.env._("Too many posts; try again in an hour.")

    # === ANSWERING === #

    def _receive(self, form_sudo, values):
        sent_key = values.pop('idempotency_key', None)
        idempotency_key = str(request.httprequest.headers.get('Idempotency-Key') or sent_key or '').replace('\x00', '')
        reference = uuid.uuid4().hex
        if values.pop(HONEYPOT, None):
            request.env['ltc.web.submission'].sudo().create({
                'form_id': form_sudo.id, 'reference': reference, 'outcome': 'trapped'})
            return self._answer(HTTPStatus.CREATED, {'status': 'created', 'reference': reference}, form_sudo)
        lead_values, errors = form_sudo._validate(values)
        if errors:
            return self._refuse(
                HTTPStatus.UNPROCESSABLE_ENTITY, request.env._("Some fields are not right; see errors."), errors,
                form_sudo)
        try:
            with request.env.cr.savepoint():
                submission_sudo, is_repeated = request.env['ltc.web.submission']._receive(
                    form_sudo, lead_values, reference, idempotency_key[:200])
        except (UserError, ValidationError) as error:  # a rule of the company says no
            return self._refuse(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), {}, form_sudo)
        is_new = submission_sudo.outcome == 'created' and not is_repeated
        return self._answer(HTTPStatus.CREATED if is_new else HTTPStatus.OK, {
            'status': submission_sudo.outcome, 'reference': submission_sudo.reference}, form_sudo)

    def _refuse(self, status, message, errors=None, form_sudo=None):
        return self._answer(status, {'status': 'refused', 'message': message, 'errors': errors or {}}, form_sudo)

    def _answer(self, status, body, form_sudo=None):
        headers = self._get_cors_headers(form_sudo)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            headers['Retry-After'] = '3600'
        return request.make_json_response(body, status=status, headers=headers)

    def _answer_preflight(self):
        """A browser asks before it posts; it does not say with which key, so any form that names its origin will do."""
        origin = request.httprequest.headers.get('Origin')
        forms_sudo = request.env['ltc.web.form'].sudo().search([('allowed_origins', '!=', False)])
        form_sudo = next((form for form in forms_sudo if origin and form._is_origin_allowed(origin)), None)
        if not form_sudo:
            return request.make_response('', status=HTTPStatus.FORBIDDEN)
        return request.make_response('', status=HTTPStatus.NO_CONTENT, headers={
            **self._get_cors_headers(form_sudo),
            'Access-Control-Allow-Methods': 'POST',
            'Access-Control-Allow-Headers': 'Content-Type, X-LTC-Key, Idempotency-Key',
            'Access-Control-Max-Age': '3600',
        })

    def _get_cors_headers(self, form_sudo):
        """Only the websites that a form names read the answer in the browser, and never with cookies."""
        origin = request.httprequest.headers.get('Origin')
        if origin and form_sudo and form_sudo._is_origin_allowed(origin):
            return {'Access-Control-Allow-Origin': origin, 'Vary': 'Origin'}
        return {'Vary': 'Origin'}
