from http import HTTPStatus

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import LtcLeadCommon

OPTIONS = {
    'has_headers': True, 'quoting': '"', 'separator': ',', 'encoding': 'utf-8', 'float_thousand_separator': ',',
    'float_decimal_separator': '.', 'date_format': '%Y-%m-%d', 'keep_matches': False,
}


@tagged('post_install', '-at_install')
class TestLeadImport(LtcLeadCommon, HttpCase):
    """The templates, and Odoo's own import on them: its "Test" is the dry run, and our rules speak in it."""

    def setUp(self):
        super().setUp()
        if 'base_import.import' not in self.env:
            self.skipTest("base_import is not installed")
        self.sales.sale_team_id = self.team
        self.stage_new.name, self.stage_proposition.name = "Opening", "Offering"

    def _import(self, content, name, dryrun, user=None):
        wizard = self.env['base_import.import'].with_user(user or self.sales).create({
            'res_model': 'crm.lead', 'file': content, 'file_name': name,
            'file_type': 'text/csv' if name.endswith('csv') else
            'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'})
        preview = wizard.parse_preview(dict(OPTIONS))
        self.assertNotIn('error', preview)
        matches = preview['matches']
        columns = ['/'.join(matches[number]) if number in matches else False
                   for number in range(len(preview['headers']))]
        return columns, wizard.execute_import(columns, preview['headers'], dict(OPTIONS), dryrun=dryrun)

    def _make(self, lead_type, extension, user=None):
        Lead = self.env['crm.lead'].with_user(user or self.sales)
        return getattr(Lead, f'_ltc_make_import_{extension}')(lead_type)

    def test_each_template_is_imported_as_it_is(self):
        for lead_type in ('lead', 'opportunity'):
            for extension in ('csv', 'xlsx'):
                columns, result = self._import(self._make(lead_type, extension), f'x.{extension}', dryrun=False)
                self.assertFalse(result['messages'], (lead_type, extension))
                lead = self.env['crm.lead'].browse(result['ids'])
                names = [name for name, _example in self.env['crm.lead']._ltc_get_import_columns(lead_type)]
                self.assertEqual(columns, names)
                self.assertRecordValues(lead, [{
                    'type': lead_type, 'partner_name': "Suzhou Huachen Co., Ltd.", 'user_id': self.sales.id,
                    'ltc_constraints': "Hall of 180 m², running before summer",
                    'country_id': self.env.ref('base.cn').id}])

    def test_a_dry_run_keeps_nothing_and_names_the_rows(self):
        self.company.ltc_conflict_policy = 'block'
        self.stage_proposition.ltc_gate_required = False
        self.stage_proposition.ltc_is_start = False
        self._create_lead(partner_id=False, partner_name="Taken Ltd", user_id=self.manager.id)
        count = self.env['crm.lead'].search_count([])
        lines = [
            "Opportunity,Type,Company Name,Sales Team,Stage", f"Good,Opportunity,Free Ltd,{self.team.name},Opening",
            f"Late,Opportunity,Free Too Ltd,{self.team.name},Offering",
            f"Taken,Lead,Taken Co.,{self.team.name},Opening"]
        _columns, result = self._import('\n'.join(lines).encode(), 'x.csv', dryrun=True)
        self.assertEqual(self.env['crm.lead'].search_count([]), count)
        messages = {message['rows']['from']: message['message'] for message in result['messages']}
        self.assertIn("Late cannot begin in stage Offering", messages[1])
        self.assertIn("Taken Co. is worked on already by team", messages[2])
        self.assertNotIn("Good", ''.join(messages.values()))

    @mute_logger('odoo.http')
    def test_the_templates_are_offered_and_handed_out_to_whoever_may_create_leads(self):
        self.authenticate('ltc_test_sales', 'ltc_test_sales')
        for template in self.env['crm.lead'].get_import_templates():
            response = self.url_open(template['template'])
            self.assertEqual(response.status_code, HTTPStatus.OK)
            self.assertIn('attachment', response.headers['Content-Disposition'])
        self.assertEqual(self.url_open('/ltc/import_template/users.csv').status_code, HTTPStatus.NOT_FOUND)
        self.authenticate('ltc_test_auditor', 'ltc_test_auditor')
        self.assertEqual(self.url_open('/ltc/import_template/lead.csv').status_code, HTTPStatus.NOT_FOUND)

    def test_the_heading_speaks_the_language_of_the_user(self):
        self.env['res.lang']._activate_lang('fr_FR')
        self.sales.lang = 'fr_FR'
        self.env['ir.model.fields']._get('crm.lead', 'ltc_need').with_context(lang='fr_FR').field_description = "Besoin"
        Lead = self.env['crm.lead'].with_user(self.sales).with_context(lang='fr_FR')
        self.assertIn("Besoin", Lead._ltc_make_import_csv('lead').decode('utf-8-sig'))
