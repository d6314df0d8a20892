from odoo import http
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.http import request

from odoo.addons.sale.controllers import portal as sale_portal


class CustomerPortal(sale_portal.CustomerPortal):
    """A quotation that was not decided shows its customer a notice, and neither prices nor a way to accept it."""

    def _prepare_sale_portal_rendering_values(
        self, page=1, date_begin=None, date_end=None, sortby=None, quotation_page=False, **kwargs
    ):
        values = super()._prepare_sale_portal_rendering_values(
            page=page, date_begin=date_begin, date_end=date_end, sortby=sortby, quotation_page=quotation_page,
            **kwargs)
        values['ltc_withheld_ids'] = values['quotations']._ltc_filter_unreleased().ids
        return values

    def _get_page_view_values(self, document, access_token, values, session_history, no_breadcrumbs, **kwargs):
        values = super()._get_page_view_values(
            document, access_token, values, session_history, no_breadcrumbs, **kwargs)
        if document._name == 'sale.order':
            values['ltc_notice'] = document._ltc_get_portal_notice()
            values['ltc_is_withheld'] = bool(values['ltc_notice']) and request.env.user.share
        return values

    def _get_payment_values(self, order_sudo, is_down_payment=False, payment_amount=None, **kwargs):
        if order_sudo._ltc_get_portal_notice():
            return {'payment_amount': None}  # also when a payment link asks for an amount
        return super()._get_payment_values(
            order_sudo, is_down_payment=is_down_payment, payment_amount=payment_amount, **kwargs)

    def _show_report(self, model, report_type, report_ref, download=False):
        if model._name == 'sale.order' and request.env.user.share and model._ltc_filter_unreleased():
            return request.redirect(model.get_portal_url())
        return super()._show_report(model, report_type, report_ref, download=download)

    @http.route()
    def portal_my_sale_order_download_edi(self, order_id=None, access_token=None, **kw):
        if request.env.user.share and _get_notice(self, order_id, access_token):
            return request.redirect('/my')
        return super().portal_my_sale_order_download_edi(order_id=order_id, access_token=access_token, **kw)

    @http.route()
    def portal_quote_accept(self, order_id, access_token=None, name=None, signature=None):
        notice = _get_notice(self, order_id, access_token or request.httprequest.args.get('access_token'))
        if notice:
            return {'error': notice}
        return super().portal_quote_accept(order_id, access_token=access_token, name=name, signature=signature)


class PaymentPortal(sale_portal.PaymentPortal):

    @http.route()
    def portal_order_transaction(self, order_id, access_token, **kwargs):
        notice = _get_notice(self, order_id, access_token)
        if notice:
            raise ValidationError(notice)
        return super().portal_order_transaction(order_id, access_token, **kwargs)


def _get_notice(portal, order_id, access_token):
    """Return what to tell the customer of a withheld quotation; nothing where core itself refuses the access."""
    try:
        order_sudo = portal._document_check_access('sale.order', order_id, access_token=access_token)
    except (AccessError, MissingError):
        return False
    return order_sudo._ltc_get_portal_notice()
