from werkzeug.exceptions import NotFound

from odoo.http import request, route
from odoo.tools import email_normalize

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

TEXTS = {  # name of the field: longest value
    'customer': 200, 'vat': 40, 'contact_name': 120, 'email': 200, 'phone': 40, 'city': 120, 'need': 4000,
}


class RegistrationPortal(CustomerPortal):
    """Channel partners register customers here and see what became of them."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if 'registration_count' in counters:
            values['registration_count'] = (
                request.env['ltc.lead.registration'].search_count(self._get_registrations_domain(), limit=1) or 1
                if self._get_channel_partner() else 0)
        return values

    def _get_channel_partner(self):
        """Return the channel partner that the user works for, or an empty recordset."""
        partner = request.env.user.partner_id.commercial_partner_id
        return partner if partner.sudo().ltc_is_channel else partner.browse()

    def _get_registrations_domain(self):
        return [('partner_id', '=', request.env.user.partner_id.commercial_partner_id.id)]

    @route(['/my/registrations', '/my/registrations/page/<int:page>'], type='http', auth='user', website=True)
    def portal_my_registrations(self, page=1, **kwargs):
        if not self._get_channel_partner():
            raise NotFound()
        Registration, domain = request.env['ltc.lead.registration'], self._get_registrations_domain()
        pager_values = pager(
            url='/my/registrations', total=Registration.search_count(domain), page=page, step=self._items_per_page)
        return request.render('ltc_lead.portal_my_registrations', {
            **self._prepare_portal_layout_values(),
            'registrations': Registration.search(domain, limit=self._items_per_page, offset=pager_values['offset']),
            'page_name': 'registration',
            'pager': pager_values,
            'default_url': '/my/registrations',
        })

    @route('/my/registrations/new', type='http', auth='user', website=True, methods=['GET', 'POST'])
    def portal_new_registration(self, **values):
        """Show the form, or take it: CSRF is checked by Odoo."""
        partner = self._get_channel_partner()
        if not partner:
            raise NotFound()
        errors = {}
        if request.httprequest.method == 'POST':
            errors = self._validate_registration(values)
            if not errors:
                registration = self._create_registration(partner, values)
                return request.redirect(f'/my/registrations/{registration.id}?new=1')
        return request.render('ltc_lead.portal_registration_form', {
            **self._prepare_portal_layout_values(),
            'page_name': 'registration', 'is_new': True, 'values': values, 'errors': errors,
        })

    def _validate_registration(self, values):
        errors = {
            name: request.env._("Too long; at most %s characters.", length)
            for name, length in TEXTS.items() if len(values.get(name) or '') > length}
        if not (values.get('customer') or '').strip():
            errors['customer'] = request.env._("Enter the company that you want to sell to.")
        if not (values.get('need') or '').strip():
            errors['need'] = request.env._("Describe what the customer needs.")
        if values.get('email') and not email_normalize(values['email']):
            errors['email'] = request.env._("This is no email address.")
        if values.get('amount') and not self._parse_amount(values['amount']):
            errors['amount'] = request.env._("Enter a number.")
        return errors

    def _parse_amount(self, text):
        try:
            amount = float((text or '0').replace(',', ''))
        except ValueError:
            return 0.0
        return amount if 0 <= amount < 1e15 else 0.0

    def _create_registration(self, partner, values):
        registration_sudo = request.env['ltc.lead.registration'].sudo()  # checked: the partner registers for himself
        return registration_sudo.create({
            **{name: (values.get(name) or '').strip() for name in TEXTS},
            'amount': self._parse_amount(values.get('amount')),
            'partner_id': partner.id, 'company_id': request.env.company.id, 'submitted_by_id': request.env.uid,
        })

    @route('/my/registrations/<int:registration_id>', type='http', auth='user', website=True)
    def portal_registration(self, registration_id, new=None, **kwargs):
        registration = self._get_registration(registration_id)
        return request.render('ltc_lead.portal_registration', {
            **self._prepare_portal_layout_values(),
            'page_name': 'registration', 'registration': registration, 'is_just_made': bool(new),
        })

    @route('/my/registrations/<int:registration_id>/withdraw', type='http', auth='user', website=True, methods=['POST'])
    def portal_withdraw_registration(self, registration_id, **kwargs):
        registration = self._get_registration(registration_id)
        if registration.state == 'submitted':
            registration.sudo().action_withdraw()  # his own, as the search above made sure
        return request.redirect(f'/my/registrations/{registration.id}')

    def _get_registration(self, registration_id):
        """Return the registration, if it is the partner's own; whether others exist is not told."""
        registration = request.env['ltc.lead.registration'].search(
            [('id', '=', registration_id), *self._get_registrations_domain()])
        if not registration:
            raise NotFound()
        return registration
