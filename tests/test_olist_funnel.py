"""Real input: the leads of a marketplace and the sellers they became, and whether our figures are those of the files.

The data, "Marketing Funnel by Olist", is not part of this repository. Both files are joined and imported as a user
would do it, with the days on which the leads truly came and were won. Their faults come with them: leads without an
origin, and one that was won before it came.
"""
import csv
import io
import os
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from statistics import median
from unittest import SkipTest

from odoo import Command
from odoo.tests import TransactionCase

DATA = Path(os.environ.get('LTC_DATA') or Path(__file__).resolve().parents[2] / 'shared' / 'data') / 'olist_funnel'
LEADS_FILE = DATA / 'olist_marketing_qualified_leads_dataset.csv'
DEALS_FILE = DATA / 'olist_closed_deals_dataset.csv'
IMPORT_OPTIONS = {
    'has_headers': True, 'separator': ',', 'quoting': '"', 'encoding': 'utf-8', 'advanced': True, 'keep_matches': False,
    'date_format': '%Y-%m-%d', 'datetime_format': '%Y-%m-%d %H:%M:%S', 'float_thousand_separator': ',',
    'float_decimal_separator': '.',
}
IMPORT_LIMIT = 2000  # rows a call, as the web client sends them
COLUMNS = {  # column of the joined file: field
    'mql_id': 'id', 'title': 'name', 'type': 'type', 'origin': 'source_id', 'received_on': 'ltc_received_on',
    'converted_on': 'date_conversion', 'stage': 'stage_id/id', 'won_date': 'date_closed',
}
EVER = (date(2017, 1, 1), date(2019, 12, 31))


class OlistFiles:
    """The published files, joined; what our figures must be is computed from them here."""

    def __init__(self):
        deals = {deal['mql_id']: deal for deal in self._read(DEALS_FILE)}
        self.leads = self._read(LEADS_FILE)
        for lead in self.leads:
            deal = deals.get(lead['mql_id'])
            came_on = f"{lead['first_contact_date']} 00:00:00"
            lead.update({
                'title': f"Seller {lead['mql_id'][:8]}", 'received_on': came_on,
                'type': 'opportunity' if deal else 'lead', 'converted_on': came_on if deal else '',
                'won_date': deal['won_date'] if deal else '', 'stage': 'crm.stage_lead4' if deal else '',
                'cycle': self._get_days(came_on, deal['won_date']) if deal else None,
            })

    @staticmethod
    def _read(path):
        with path.open(newline='', encoding='utf-8') as file:
            return list(csv.DictReader(file))

    @staticmethod
    def _get_days(start, end):
        return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() / 86400

    def get_funnel(self, column='origin'):
        """Return {origin: (leads, won, median days from lead to won or None)}."""
        groups = defaultdict(list)
        for lead in self.leads:
            groups[lead[column]].append(lead['cycle'])
        return {origin: self._summarize(cycles) for origin, cycles in groups.items()}

    def _summarize(self, cycles):
        won = [cycle for cycle in cycles if cycle is not None]
        return len(cycles), len(won), median(won) if won else None

    def get_total(self):
        return self._summarize([lead['cycle'] for lead in self.leads])


class TestOlistFunnel(TransactionCase):
    test_tags = {'standard', 'post_install'}
    test_module = 'ltc_collection'

    @classmethod
    def setUpClass(cls):
        if not (LEADS_FILE.is_file() and DEALS_FILE.is_file()):
            raise SkipTest(f"The published funnel is not on this machine ({DATA}); name its folder in LTC_DATA.")
        super().setUpClass()
        cls.env = cls.env(context={'lang': 'en_US', 'tz': 'UTC'})
        cls.company = cls.env['res.company'].create({'name': "Marketplace", 'ltc_profile': 'light'})
        cls.company.partner_id.tz = 'UTC'
        cls.importer = cls.env['res.users'].with_context(no_reset_password=True).create({
            'name': "Importer", 'login': 'olist_importer', 'company_id': cls.company.id,
            'company_ids': [Command.set(cls.company.ids)],
            'group_ids': [Command.link(cls.env.ref(group).id) for group in (
                'base.group_system', 'sales_team.group_sale_manager')],
        })
        cls.files = OlistFiles()
        cls._import()
        cls.kpi = {code: cls.env.ref(f'ltc_lead.ltc_kpi_{code}') for code in (
            'channel_conversion', 'channel_cycle', 'sales_cycle', 'lead_conversion')}

    @classmethod
    def _import(cls):
        """Import the joined file by Odoo's own import: preview, then call after call of so many rows."""
        text = io.StringIO()
        writer = csv.DictWriter(text, list(COLUMNS), extrasaction='ignore')
        writer.writeheader()
        writer.writerows(cls.files.leads)
        Import = cls.env['base_import.import'].with_user(cls.importer).with_company(cls.company)
        wizard = Import.with_context(
            tracking_disable=True, default_company_id=cls.company.id, default_user_id=cls.importer.id).create({
                'res_model': 'crm.lead', 'file': text.getvalue().encode(), 'file_name': 'funnel.csv',
                'file_type': 'text/csv'})
        preview = wizard.parse_preview({**IMPORT_OPTIONS})
        assert preview.get('headers') == list(COLUMNS), preview
        skip = 0
        while skip is not None:
            result = wizard.execute_import(list(COLUMNS.values()), list(COLUMNS), {
                **IMPORT_OPTIONS, 'skip': skip, 'limit': IMPORT_LIMIT,
                'name_create_enabled_fields': {'source_id': True},
            })
            assert not result['messages'], result['messages'][:5]
            skip = result['nextrow'] or None
            cls.env.invalidate_all()
        cls.env.flush_all()

    def _read_report(self, *groupby):
        return self.env['ltc.channel.report'].with_user(self.importer)._read_group(
            [('company_id', '=', self.company.id)], groupby,
            ['leads:sum', 'won:sum', 'won_rate:avg', 'cycle_days:avg'])

    def test_conversion_and_cycle_by_origin_are_those_of_the_files(self):
        expected = self.files.get_funnel()
        found = {source.name or '': figures for source, *figures in self._read_report('source_id')}
        self.assertEqual(set(found), set(expected))
        for origin, (leads, won, cycle) in expected.items():
            self.assertEqual(found[origin][:2], [leads, won], origin)
            self.assertAlmostEqual(found[origin][2], won / leads, msg=origin)
            self.assertAlmostEqual(found[origin][3] or 0, cycle or 0, places=6, msg=origin)

    def test_conversion_by_month_of_the_first_contact(self):
        months = defaultdict(lambda: [0, 0])
        for lead in self.files.leads:
            month = months[lead['first_contact_date'][:7]]
            month[0] += 1
            month[1] += lead['cycle'] is not None
        found = {f'{month:%Y-%m}': [leads, won] for month, leads, won, *_rest in self._read_report('date:month')}
        self.assertEqual(found, dict(months))

    def test_the_key_figures_are_those_of_the_files(self):
        leads, won, cycle = self.files.get_total()
        conversion = self.kpi['channel_conversion']._measure(self.company, *EVER)
        self.assertEqual((conversion['denominator'], conversion['numerator']), (leads, won))
        self.assertAlmostEqual(conversion['value'], won / leads * 100)
        self.assertAlmostEqual(self.kpi['channel_cycle']._measure(self.company, *EVER)['value'], cycle, places=6)
        sales_cycle = self.kpi['sales_cycle']._measure(self.company, *EVER)
        self.assertEqual(sales_cycle['count'], won)
        self.assertAlmostEqual(sales_cycle['value'], cycle, places=6)

    def test_a_quarter_is_measured_as_the_files_say(self):
        period = (date(2018, 1, 1), date(2018, 3, 31))
        first, last = (day.isoformat() for day in period)
        cycles = [lead['cycle'] for lead in self.files.leads if first <= lead['first_contact_date'] <= last]
        won = [cycle for cycle in cycles if cycle is not None]
        conversion = self.kpi['channel_conversion']._measure(self.company, *period)
        self.assertEqual((conversion['denominator'], conversion['numerator']), (len(cycles), len(won)))
        self.assertAlmostEqual(
            self.kpi['channel_cycle']._measure(self.company, *period)['value'], median(won), places=6)

    def test_the_faults_of_the_files_are_there_and_counted(self):
        without_origin = sum(not lead['origin'] for lead in self.files.leads)
        self.assertEqual(without_origin, 60)
        leads = self.env['crm.lead'].with_context(active_test=False).search([('company_id', '=', self.company.id)])
        self.assertEqual(len(leads), len(self.files.leads))
        self.assertEqual(len(leads.filtered(lambda lead: not lead.source_id)), without_origin)
        before = leads.filtered(lambda lead: lead.date_closed and lead.date_closed < lead.ltc_received_on)
        negative = [lead for lead in self.files.leads if lead['cycle'] is not None and lead['cycle'] < 0]
        self.assertEqual(len(before), len(negative))
        self.assertEqual(len(negative), 1)
        rows = self.env['ltc.channel.report'].search([('company_id', '=', self.company.id), ('cycle_days', '<', 0)])
        self.assertEqual(rows.lead_id, before)
