from werkzeug.exceptions import NotFound

from odoo.http import Controller, content_disposition, request, route

XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'


class ImportTemplate(Controller):

    @route('/ltc/import_template/<string:lead_type>.<string:extension>', type='http', auth='user', methods=['GET'])
    def import_template(self, lead_type, extension):
        """Hand out a template to import leads or opportunities, in the language of the user."""
        Lead = request.env['crm.lead']
        makers = {
            'csv': (Lead._ltc_make_import_csv, 'text/csv; charset=utf-8'),
            'xlsx': (Lead._ltc_make_import_xlsx, XLSX),
        }
        if lead_type not in ('lead', 'opportunity') or extension not in makers or not Lead.has_access('create'):
            raise NotFound()
        make, mimetype = makers[extension]
        return request.make_response(make(lead_type), headers=[
            ('Content-Type', mimetype),
            ('Content-Disposition', content_disposition(f'{lead_type}_import.{extension}')),
        ])
