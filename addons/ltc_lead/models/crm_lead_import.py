import csv
import io

import xlsxwriter

from odoo import api, models

LEAD_COLUMNS = [  # field, example
    ('name', "Two palletizing lines"),
    ('type', None),
    ('partner_name', "Suzhou Huachen Co., Ltd."),
    ('contact_name', "Li Na"),
    ('function', "Purchasing Manager"),
    ('email_from', "li.na@huachen.example.com"),
    ('phone', "+86 512 5550 1234"),
    ('street', "8 Jinji Lake Road"),
    ('city', "Suzhou"),
    ('country_id', "CN"),
    ('ltc_vat', "91320500MA1X00000X"),
    ('source_id', None),
    ('user_id', None),
    ('team_id', None),
    ('expected_revenue', 890000),
    ('ltc_need', "Palletize 60 cases a minute on two lines."),
    ('ltc_object', "Two palletizers"),
    ('ltc_constraints', "Hall of 180 m², running before summer"),
    ('ltc_competitors', "Kawasaki integrator"),
    ('description', "Met at the fair"),
]
OPPORTUNITY_COLUMNS = [
    ('stage_id', None),
    ('probability', 40),
    ('date_deadline', "2027-03-31"),
    ('ltc_acceptance_basis', "60 cases a minute for eight hours, signed by the plant manager"),
    ('ltc_decision_chain', "Purchasing prepares, the plant manager decides."),
]


class CrmLead(models.Model):
    """Templates to import from: made when asked for, in the language of the user and never out of date."""
    _inherit = 'crm.lead'

    @api.model
    def get_import_templates(self):
        leads, opportunities = self.env._("Leads"), self.env._("Opportunities")
        return [
            {'label': self.env._("%s with examples (Excel)", leads), 'template': '/ltc/import_template/lead.xlsx'},
            {'label': self.env._("%s (CSV)", leads), 'template': '/ltc/import_template/lead.csv'},
            {'label': self.env._("%s with examples (Excel)", opportunities),
             'template': '/ltc/import_template/opportunity.xlsx'},
            {'label': self.env._("%s (CSV)", opportunities), 'template': '/ltc/import_template/opportunity.csv'},
        ]

    @api.model
    def _ltc_get_import_columns(self, lead_type):
        """Return [(field, example)] of the template for leads or opportunities; extend the list of ``super()``."""
        columns = LEAD_COLUMNS + (OPPORTUNITY_COLUMNS if lead_type == 'opportunity' else [])
        examples = self._ltc_get_import_examples(lead_type)
        return [(name, examples.get(name, example)) for name, example in columns]

    @api.model
    def _ltc_get_import_examples(self, lead_type):
        """Return the examples that stand in this database: the user himself, his team, a source, the first stage."""
        labels = dict(self._fields['type']._description_selection(self.env))
        team = self.env.user.sale_team_id or self.env['crm.team'].search([], limit=1)
        stages = self.env['crm.stage'].search(
            ['|', ('team_ids', '=', False), ('team_ids', 'in', team.ids)], limit=1)
        return {
            'type': labels[lead_type],
            'user_id': self.env.user.name,
            'team_id': team.name or '',
            'source_id': self.env['utm.source'].search([], limit=1).name or '',
            'stage_id': stages.name or '',
        }

    @api.model
    def _ltc_get_import_rows(self, lead_type):
        """Return the heading and the example row, as people read them."""
        columns = self._ltc_get_import_columns(lead_type)
        return [
            [self._fields[name]._description_string(self.env) for name, _example in columns],
            [example if example is not None else '' for _name, example in columns],
        ]

    @api.model
    def _ltc_make_import_csv(self, lead_type):
        """Return the template as CSV, with the mark by which Excel recognises UTF-8."""
        content = io.StringIO()
        csv.writer(content).writerows(self._ltc_get_import_rows(lead_type))
        return content.getvalue().encode('utf-8-sig')

    @api.model
    def _ltc_make_import_xlsx(self, lead_type):
        """Return the template as a workbook: the rows to fill in, and a sheet that explains each column."""
        content = io.BytesIO()
        with xlsxwriter.Workbook(content, {'in_memory': True}) as book:
            bold, wrapped = book.add_format({'bold': True}), book.add_format({'text_wrap': True, 'valign': 'top'})
            sheet = book.add_worksheet(self.env._("Import"))
            heading, example = self._ltc_get_import_rows(lead_type)
            sheet.write_row(0, 0, heading, bold)
            sheet.write_row(1, 0, example)
            sheet.set_column(0, len(heading) - 1, 22)
            sheet.freeze_panes(1, 0)
            self._ltc_explain_columns(book.add_worksheet(self.env._("Columns")), lead_type, bold, wrapped)
        return content.getvalue()

    @api.model
    def _ltc_explain_columns(self, sheet, lead_type, bold, wrapped):
        sheet.write_row(0, 0, [
            self.env._("Column"), self.env._("Technical Name"), self.env._("Kind"), self.env._("Choices"),
            self.env._("Explanation")], bold)
        kinds = dict(self.env['ir.model.fields']._fields['ttype']._description_selection(self.env))
        for row, (name, _example) in enumerate(self._ltc_get_import_columns(lead_type), start=1):
            field = self._fields[name]
            choices = field._description_selection(self.env) if field.type == 'selection' else []
            sheet.write_row(row, 0, [
                field._description_string(self.env), name, kinds.get(field.type, field.type),
                ', '.join(label for _value, label in choices), field._description_help(self.env) or ''], wrapped)
        sheet.set_column(0, 3, 24)
        sheet.set_column(4, 4, 80)
