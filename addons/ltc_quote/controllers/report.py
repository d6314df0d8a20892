import json

from werkzeug.http import parse_options_header

from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.web.controllers import report


class ReportController(report.ReportController):
    """Mark the file of a quotation that is not released: it may leave the company by a hand that did not open it."""

    @http.route()
    def report_download(self, data, context=None, token=None, readonly=True):
        response = super().report_download(data, context=context, token=token, readonly=readonly)
        mark = _get_mark(data)
        if mark and response is not None and 'Content-Disposition' in response.headers:
            _kind, options = parse_options_header(response.headers['Content-Disposition'])
            response.headers['Content-Disposition'] = content_disposition(f'{mark} - {options.get("filename", "")}')
        return response


def _get_mark(data):
    """Return the mark of the quotations that a download asks for, or '': ``[url, kind]`` as the web client sends it."""
    name, _slash, ids = json.loads(data)[0].split('?')[0].removeprefix('/report/').partition('/')[2].partition('/')
    action = request.env['ir.actions.report']._get_report_from_name(name)
    if action.model != 'sale.order':
        return ''
    return request.env['sale.order'].browse(int(part) for part in ids.split(',') if part.isdigit())._ltc_get_mark()
