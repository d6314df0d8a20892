import binascii

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager


class AcceptancePortal(CustomerPortal):

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if 'acceptance_count' in counters:
            Acceptance = request.env['ltc.acceptance']
            values['acceptance_count'] = Acceptance.search_count(
                self._get_acceptance_domain()) if Acceptance.has_access('read') else 0
        return values

    def _get_acceptance_domain(self):
        return [('state', '!=', 'draft')]

    @http.route(['/my/acceptances', '/my/acceptances/page/<int:page>'], type='http', auth='user', website=True)
    def portal_my_acceptances(self, page=1, **kwargs):
        """List the certificates of the customer's contracts."""
        Acceptance = request.env['ltc.acceptance']
        domain = self._get_acceptance_domain()
        page_values = pager(
            url='/my/acceptances', total=Acceptance.search_count(domain), page=page, step=self._items_per_page)
        acceptances = Acceptance.search(domain, limit=self._items_per_page, offset=page_values['offset'])
        return request.render('ltc_delivery.portal_my_acceptances', {
            **self._prepare_portal_layout_values(),
            'acceptances': acceptances.sudo(),
            'page_name': 'acceptance',
            'pager': page_values,
            'default_url': '/my/acceptances',
        })

    @http.route(['/my/acceptances/<int:acceptance_id>'], type='http', auth='public', website=True)
    def portal_acceptance_page(self, acceptance_id, report_type=None, access_token=None, download=False, **kwargs):
        """Show a certificate: what was tested, and where the customer signs."""
        try:
            acceptance_sudo = self._document_check_access('ltc.acceptance', acceptance_id, access_token=access_token)
        except (AccessError, MissingError):
            return request.redirect('/my')
        if acceptance_sudo.state == 'draft':
            return request.redirect('/my')
        if report_type in ('html', 'pdf', 'text'):
            return self._show_report(
                model=acceptance_sudo, report_type=report_type,
                report_ref='ltc_delivery.action_report_acceptance', download=download)
        values = self._get_page_view_values(
            acceptance_sudo, access_token, {'acceptance': acceptance_sudo, 'page_name': 'acceptance'},
            'my_acceptances_history', False, **kwargs)
        return request.render('ltc_delivery.portal_acceptance_page', values)

    @http.route(['/my/acceptances/<int:acceptance_id>/sign'], type='jsonrpc', auth='public', website=True)
    def portal_acceptance_sign(self, acceptance_id, access_token=None, name=None, signature=None):
        """Keep the customer's signature; the delivery team accepts the certificate with it."""
        access_token = access_token or request.httprequest.args.get('access_token')
        try:
            acceptance_sudo = self._document_check_access('ltc.acceptance', acceptance_id, access_token=access_token)
        except (AccessError, MissingError):
            return {'error': request.env._("Invalid certificate.")}
        if not name or not signature:
            return {'error': request.env._("Name or signature is missing.")}
        try:
            acceptance_sudo._sign_online(name, signature, request.httprequest.remote_addr)
            request.env.cr.flush()
        except UserError as error:
            return {'error': str(error)}
        except (TypeError, binascii.Error):
            return {'error': request.env._("Invalid signature data.")}
        acceptance_sudo.message_post(
            body=request.env._("Certificate signed by %s", name),
            author_id=self._get_portal_author(acceptance_sudo).id,
            message_type='comment', subtype_xmlid='mail.mt_comment')
        return {
            'force_refresh': True,
            'redirect_url': acceptance_sudo.get_portal_url(query_string='&message=sign_ok'),
        }

    def _get_portal_author(self, acceptance_sudo):
        user = request.env.user
        return acceptance_sudo.partner_id if user._is_public() else user.partner_id
