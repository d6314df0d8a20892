import json

from werkzeug.http import parse_options_header

from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.web.controllers import report


class ReportController(report.ReportController):
    """Say in the file's name which version of a quotation it is, and mark one that is not released: it may leave the
    company by a hand that did not open it.
    """

    @http.route()
    def report_download(self, data, context=None, token=None, readonly=True):
        response = super().report_download(data, context=context, token=token, readonly=readonly)
        orders = _get_orders(data)
        if orders and response is not None and 'Content-Disposition' in response.headers:
            _kind, options = parse_options_header(response.headers['Content-Disposition'])
            name = options.get('filename', '')
            if len(orders) == 1:
                name = orders._ltc_add_version(name)
            name = ' - '.join(filter(None, [orders._ltc_get_mark(), name]))
            response.headers['Content-Disposition'] = content_disposition(name)
        return response


def _get_orders(data):
    """Return the quotations and orders that a download asks for: ``[url, kind]`` as the web client sends it."""
    name, _slash, ids = json.loads(data)[0].split('?')[0].removeprefix('/report/').partition('/')[2].partition('/')
    action = request.env['ir.actions.report']._get_report_from_name(name)
    orders = request.env['sale.order']
    if action.model != 'sale.order':
        return orders
    return orders.browse(int(part) for part in ids.split(',') if part.isdigit())
