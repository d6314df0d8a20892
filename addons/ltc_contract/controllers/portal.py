from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager


class ContractPortal(CustomerPortal):

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        Contract = request.env['ltc.contract']
        if 'contract_count' in counters:
            values['contract_count'] = self._count_contracts(self._prepare_contracts_domain())
        if 'contract_to_sign_count' in counters:
            values['contract_to_sign_count'] = (
                Contract.search_count(self._prepare_contracts_domain('signing')) if Contract.has_access('read') else 0)
        return values

    def _count_contracts(self, domain):
        Contract = request.env['ltc.contract']
        return Contract.search_count(domain, limit=1) if Contract.has_access('read') else 0

    def _prepare_contracts_domain(self, state=None):
        """Return the contracts that were sent to the current customer."""
        states = [state] if state in ('signing', 'signed', 'closed') else ['signing', 'signed', 'closed']
        return [
            ('partner_id', 'child_of', [request.env.user.partner_id.commercial_partner_id.id]),
            ('state', 'in', states),
        ]

    @http.route(['/my/contracts', '/my/contracts/page/<int:page>'], type='http', auth='user', website=True)
    def portal_my_contracts(self, page=1, filterby=None, **kwargs):
        Contract = request.env['ltc.contract']
        domain = self._prepare_contracts_domain(filterby)
        readable = Contract.has_access('read')
        pager_values = pager(
            url='/my/contracts', total=Contract.search_count(domain) if readable else 0, page=page,
            step=self._items_per_page, url_args={'filterby': filterby})
        contracts = Contract.search(
            domain, limit=self._items_per_page, offset=pager_values['offset']) if readable else Contract
        request.session['my_contracts_history'] = contracts.ids[:100]
        return request.render('ltc_contract.portal_my_contracts', {
            **self._prepare_portal_layout_values(),
            'contracts': contracts.sudo(),  # the rules filtered them; the page shows related records as well
            'page_name': 'contract',
            'pager': pager_values,
            'default_url': '/my/contracts',
        })

    @http.route('/my/contracts/<int:contract_id>', type='http', auth='public', website=True)
    def portal_contract_page(
        self, contract_id, access_token=None, report_type=None, download=False, message=False, **kwargs
    ):
        contract_sudo = self._get_contract_sudo(contract_id, access_token)
        if not contract_sudo:
            return request.redirect('/my')
        if report_type == 'pdf':
            return self._show_contract_document(contract_sudo, download)
        backend_url = f'/odoo/ltc.contract/{contract_sudo.id}'
        values = {
            'contract': contract_sudo,
            'message': message,
            'page_name': 'contract',
            'report_type': 'html',
            'backend_url': backend_url,
            'res_company': contract_sudo.company_id,
        }
        values = self._get_page_view_values(
            contract_sudo, access_token, values, 'my_contracts_history', False, **kwargs)
        return request.render('ltc_contract.portal_contract_page', values)

    def _get_contract_sudo(self, contract_id, access_token):
        """Return the contract in sudo when the visitor holds its token or may read it, and it was sent, else None."""
        try:
            contract_sudo = self._document_check_access('ltc.contract', contract_id, access_token=access_token)
        except (AccessError, MissingError):
            return None
        is_internal = request.env.user._is_internal()
        return contract_sudo if is_internal or contract_sudo.state in ('signing', 'signed', 'closed') else None

    def _show_contract_document(self, contract_sudo, download):
        """Hand out the kept document: the signed one when there is one, so that nobody downloads another text."""
        content = contract_sudo.signed_document or contract_sudo.document
        if not content:
            return self._show_report(
                model=contract_sudo, report_type='pdf', report_ref='ltc_contract.action_report_contract',
                download=download)
        name = 'signed_document' if contract_sudo.signed_document else 'document'
        stream = request.env['ir.binary']._get_stream_from(
            contract_sudo, name, filename=contract_sudo[f'{name}_name'])
        response = stream.get_response(as_attachment=bool(download))
        if download:
            response.headers['Content-Disposition'] = content_disposition(contract_sudo[f'{name}_name'])
        return response

    @http.route('/my/contracts/<int:contract_id>/sign', type='jsonrpc', auth='public', website=True)
    def portal_contract_sign(self, contract_id, access_token=None, name=None, signature=None):
        access_token = access_token or request.httprequest.args.get('access_token')
        contract_sudo = self._get_contract_sudo(contract_id, access_token)
        if not contract_sudo:
            return {'error': request.env._("This contract is not available.")}
        error = self._get_sign_error(contract_sudo, name, signature)
        if error:
            return {'error': error}
        try:
            with request.env.cr.savepoint():
                contract_sudo._sign_in_portal(name, signature, request.httprequest.remote_addr)
        except UserError:
            contract_sudo._notify_sign_failure()
            return {'error': request.env._(
                "Contract %s cannot be signed just now; we will contact you.", contract_sudo.name)}
        contract_sudo._post_signed_message(name)
        return {
            'force_refresh': True,
            'redirect_url': contract_sudo.get_portal_url(query_string='&message=sign_ok'),
        }

    def _get_sign_error(self, contract_sudo, name, signature):
        """Return what is wrong with the request to sign, or False."""
        if request.env.user._is_internal():
            return request.env._(
                "Only the customer signs here; open the link without being logged in, or upload the signed copy.")
        if not contract_sudo._has_to_be_signed():
            return request.env._("Contract %s does not wait for a signature.", contract_sudo.name)
        if not name or not signature:
            return request.env._("Contract %s needs your name and your signature.", contract_sudo.name)
        return False
