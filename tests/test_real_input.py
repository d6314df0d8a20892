"""Real input: the pipeline of a hardware seller, imported from its CSV files as a user would, and its won deals paid.

The data, "CRM Sales Opportunities" of Maven Analytics, is not part of this repository. All of it is imported; the deals
won first in the file go on to cash, which keeps the test within minutes.
"""
import csv
import io
import os
import re
from collections import Counter, defaultdict
from pathlib import Path
from unittest import SkipTest

from odoo import Command
from odoo.tests import TransactionCase
from odoo.tools import split_every

DATA = Path(os.environ.get('LTC_DATA') or Path(__file__).resolve().parents[2] / 'shared' / 'data') / 'maven_crm'
IMPORT_OPTIONS = {
    'has_headers': True, 'separator': ',', 'quoting': '"', 'encoding': 'utf-8', 'advanced': True, 'keep_matches': False,
    'date_format': '%Y-%m-%d', 'datetime_format': '', 'float_thousand_separator': ',', 'float_decimal_separator': '.',
}
IMPORT_LIMIT = 2000  # rows a call, as the web client sends them
BATCH = 100  # documents of a click
DRIVEN_UNTIL = '2017-03-10'  # deals won before this day are driven to cash: the first 147 of the file
LOST_REASON = "Not recorded in the source"


def external_id(kind, name):
    return f"maven_{kind}_{re.sub(r'[^a-z0-9]+', '_', name.lower())}" if name else ''


class MavenFiles:
    """The published files, their known faults mended, with a column of external ids wherever a row names another.

    The figures to be met are computed from them too.
    """

    PRODUCTS = {'GTXPro': 'GTX Pro'}
    SECTORS = {'technolgy': 'technology'}
    COUNTRIES = {'Philipines': 'Philippines', 'Korea': 'South Korea'}
    STAGES = {
        'Prospecting': external_id('stage', 'Prospecting'),
        'Engaging': external_id('stage', 'Engaging'),
        'Lost': external_id('stage', 'Engaging'),  # it had got there; it is marked as lost, with a reason, afterwards
        'Won': 'crm.stage_lead4',
    }

    def __init__(self, folder):
        self.products = self._read(folder / 'products.csv')
        self.accounts = self._read(folder / 'accounts.csv')
        self.agents = self._read(folder / 'sales_teams.csv')
        self.deals = self._read(folder / 'sales_pipeline.csv')
        self._mend_products_and_accounts()
        teams = self._mend_agents()
        for deal in self.deals:
            deal['product'] = self.PRODUCTS.get(deal['product'], deal['product'])
            deal['team'] = teams[deal['sales_agent']]
            deal['title'] = f"{deal['product']} for {deal['account'] or 'a new customer'}"
            deal['stage_id'] = self.STAGES[deal['deal_stage']]
            deal['partner_id'] = external_id('account', deal['account'])
            deal['user_id'] = external_id('user', deal['sales_agent'])
            deal['team_id'] = external_id('team', deal['team'])
            deal['tag_id'] = external_id('tag', deal['product'])

    def _mend_products_and_accounts(self):
        for product in self.products:
            product['tag_id'] = external_id('tag', product['product'])
        for account in self.accounts:
            account['id'] = external_id('account', account['account'])
            account['parent_id'] = external_id('account', account['subsidiary_of'])
            account['sector'] = self.SECTORS.get(account['sector'], account['sector'])
            account['office_location'] = self.COUNTRIES.get(account['office_location'], account['office_location'])
        self.accounts.sort(key=lambda account: bool(account['subsidiary_of']))  # a parent comes before its subsidiaries

    def _mend_agents(self):
        """Return {agent: team}; a manager and his region make a team."""
        for agent in self.agents:
            agent['team'] = f"{agent['regional_office']}: {agent['manager']}"
            agent['user_id'] = external_id('user', agent['sales_agent'])
            agent['manager_id'] = external_id('user', agent['manager'])
            agent['team_id'] = external_id('team', agent['team'])
        return {agent['sales_agent']: agent['team'] for agent in self.agents}

    @staticmethod
    def _read(path):
        with path.open(encoding='utf-8-sig', newline='') as file:
            return list(csv.DictReader(file))

    def get_deals(self, deal_stage):
        return [deal for deal in self.deals if deal['deal_stage'] == deal_stage]

    def get_driven_deals(self):
        return [deal for deal in self.get_deals('Won') if deal['close_date'] < DRIVEN_UNTIL]

    @staticmethod
    def sum_by(deals, column):
        """Return {value of the column: (number of deals, their value)}."""
        counts, amounts = Counter(), Counter()
        for deal in deals:
            counts[deal[column]] += 1
            amounts[deal[column]] += float(deal['close_value'] or 0)
        return {value: (counts[value], amounts[value]) for value in counts}


class RealInputCommon(TransactionCase):

    @classmethod
    def setUpClass(cls):
        if not (DATA / 'sales_pipeline.csv').is_file():
            raise SkipTest(f"The published sales data is not on this machine ({DATA}); name its folder in LTC_DATA.")
        super().setUpClass()
        cls.env = cls.env(context={'lang': 'en_US', 'tz': 'UTC'})
        cls.company = cls.env.company
        cls.company.ltc_profile = 'light'
        cls.company.account_sale_tax_id = False  # the file's amounts hold no tax
        cls.files = MavenFiles(DATA)
        cls.importer = cls._new_user("Importer", 'base.group_system', 'sales_team.group_sale_manager')
        cls.storeman = cls._new_user("Storeman", 'stock.group_stock_user')
        cls.accountant = cls._new_user("Accountant", 'account.group_account_invoice')
        cls._import_all()

    @classmethod
    def _new_user(cls, name, *groups):
        return cls.env['res.users'].with_context(no_reset_password=True).create({
            'name': name,
            'login': f'real_input_{name.lower()}',
            'email': f'{name.lower()}@example.com',
            'group_ids': [Command.link(cls.env.ref(group).id) for group in groups],
        })

    # === IMPORT === #

    @classmethod
    def _import_all(cls):
        cls._import_people()
        cls._import('crm.stage', [
            {'id': cls.files.STAGES[stage], 'name': stage, 'sequence': sequence}
            for sequence, stage in enumerate(('Prospecting', 'Engaging'))
        ], {'id': 'id', 'name': 'name', 'sequence': 'sequence'})
        cls._import(
            'product.product', cls.files.products,
            {'product': 'name', 'series': 'categ_id', 'sales_price': 'list_price'}, creates=['categ_id'])
        cls._import('crm.tag', cls.files.products, {'tag_id': 'id', 'product': 'name'})
        cls._import('res.partner', [{**account, 'is_company': 'True'} for account in cls.files.accounts], {
            'id': 'id', 'account': 'name', 'is_company': 'is_company', 'sector': 'industry_id',
            'office_location': 'country_id', 'parent_id': 'parent_id/id',
        }, creates=['industry_id'])
        cls._import('crm.lead', [{**deal, 'type': 'opportunity'} for deal in cls.files.deals], {
            'opportunity_id': 'id', 'title': 'name', 'type': 'type', 'partner_id': 'partner_id/id',
            'user_id': 'user_id/id', 'team_id': 'team_id/id', 'tag_id': 'tag_ids/id', 'stage_id': 'stage_id/id',
            'close_value': 'expected_revenue', 'close_date': 'date_deadline',
        })
        cls._lose([deal['opportunity_id'] for deal in cls.files.get_deals('Lost')])

    @classmethod
    def _import_people(cls):
        agents = cls.files.agents
        managers = {agent['manager']: agent for agent in agents}.values()
        salesman = 'base.group_user,sales_team.group_sale_salesman'
        manager = 'base.group_user,sales_team.group_sale_salesman_all_leads'
        cls._import('res.users', [
            {'id': agent['user_id'], 'name': agent['sales_agent'], 'login': agent['sales_agent'], 'groups': salesman}
            for agent in agents
        ] + [
            {'id': agent['manager_id'], 'name': agent['manager'], 'login': agent['manager'], 'groups': manager}
            for agent in managers
        ], {'id': 'id', 'name': 'name', 'login': 'login', 'groups': 'group_ids/id'})
        cls._import('crm.team', managers, {'team_id': 'id', 'team': 'name', 'manager_id': 'user_id/id'})
        cls._import('crm.team.member', agents, {'team_id': 'crm_team_id/id', 'user_id': 'user_id/id'})

    @classmethod
    def _import(cls, model, rows, mapping, creates=()):
        """Import rows by Odoo's own import, as its dialog does: preview, then call after call of so many rows.

        :param dict mapping: {column of the file: field of the model}
        :param creates: many2one fields for which the user ticked "create new values"
        """
        text = io.StringIO()
        writer = csv.DictWriter(text, list(mapping), extrasaction='ignore')
        writer.writeheader()
        writer.writerows(rows)
        wizard = cls.env['base_import.import'].with_user(cls.importer).with_context(tracking_disable=True).create({
            'res_model': model, 'file': text.getvalue().encode(), 'file_name': f'{model}.csv', 'file_type': 'text/csv',
        })
        preview = wizard.parse_preview({**IMPORT_OPTIONS})
        assert preview.get('headers') == list(mapping), preview
        skip = 0
        while skip is not None:
            result = wizard.execute_import(list(mapping.values()), list(mapping), {
                **IMPORT_OPTIONS, 'skip': skip, 'limit': IMPORT_LIMIT,
                'name_create_enabled_fields': dict.fromkeys(creates, True),
            })
            assert not result['messages'], result['messages'][:5]
            skip = result['nextrow'] or None
            cls.env.invalidate_all()

    @classmethod
    def _lose(cls, references):
        """Mark opportunities as lost from their list, by the wizard, as a manager does with many at once."""
        reason = cls.env['crm.lost.reason'].create({'name': LOST_REASON})
        wizard = cls.env['crm.lead.lost'].with_user(cls.importer).with_context(tracking_disable=True).create({
            'lead_ids': [Command.set(cls._get_opportunities(references).ids)],
            'lost_reason_id': reason.id,
        })
        wizard.action_lost_reason_apply()
        cls.env.invalidate_all()

    @classmethod
    def _get_opportunities(cls, references):
        data = cls.env['ir.model.data'].search([
            ('model', '=', 'crm.lead'), ('module', '=', '__import__'), ('name', 'in', references)])
        return cls.env['crm.lead'].browse(data.mapped('res_id'))

    # === TO CASH === #

    @classmethod
    def _drive_to_cash(cls, opportunities):
        """Sell, deliver, invoice and collect won opportunities, each step by who does it, many at once.

        :return: the invoices
        """
        orders = cls.env['sale.order']
        for agent, won in opportunities.grouped('user_id').items():
            orders += cls._sell(won.with_user(agent)).sudo()
            cls.env.invalidate_all()
        pickings = orders.picking_ids.with_user(cls.storeman)
        for batch in split_every(BATCH, pickings.ids, pickings.browse):
            batch.button_validate()
            cls.env.invalidate_all()
        invoices = cls.env['account.move']
        for batch in split_every(BATCH, orders.ids, orders.browse):
            invoices += cls._collect(batch).sudo()
            cls.env.invalidate_all()
        return invoices

    @classmethod
    def _sell(cls, opportunities):
        products = {product.name: product for product in cls.env['product.product'].search([])}
        values = []
        for opportunity in opportunities:
            context = opportunity._prepare_opportunity_quotation_context()
            product = products[opportunity.tag_ids.name]
            values.append({
                **{name.removeprefix('default_'): value for name, value in context.items()},
                'order_line': [Command.create({
                    'product_id': product.id, 'product_uom_qty': 1, 'price_unit': opportunity.expected_revenue,
                })],
            })
        orders = opportunities.env['sale.order'].create(values)
        orders.action_confirm()
        return orders

    @classmethod
    def _collect(cls, orders):
        invoices = orders.with_user(cls.accountant)._create_invoices(grouped=True)
        invoices.action_post()
        cls.env['account.payment.register'].with_user(cls.accountant).with_context(
            active_model='account.move', active_ids=invoices.ids,
        ).create({'group_payment': False}).action_create_payments()
        return invoices


class TestRealInput(RealInputCommon):
    test_tags = {'standard', 'post_install'}
    test_module = 'ltc_collection'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.opportunities = cls.env['crm.lead'].with_context(active_test=False).search([
            ('team_id.name', 'in', [agent['team'] for agent in cls.files.agents])])

    def _sum_by(self, field, domain):
        """Return {name: (number of opportunities, expected revenue)}, as :meth:`MavenFiles.sum_by` does."""
        groups = self.opportunities._read_group(
            [('id', 'in', self.opportunities.ids), *domain], [field], ['__count', 'expected_revenue:sum'])
        return {record.name: (count, amount) for record, count, amount in groups}

    def test_every_account_product_and_agent_is_there(self):
        names = {account['account'] for account in self.files.accounts}
        partners = self.env['res.partner'].search([('name', 'in', list(names)), ('is_company', '=', True)])
        self.assertEqual(set(partners.mapped('name')), names)
        subsidiaries = {account['account']: account['subsidiary_of'] for account in self.files.accounts}
        self.assertEqual({partner.name: partner.parent_id.name or '' for partner in partners}, subsidiaries)
        self.assertFalse(partners.filtered(lambda partner: not partner.country_id or not partner.industry_id))
        members = self.env['crm.team.member'].search([('crm_team_id', 'in', self.opportunities.team_id.ids)])
        self.assertEqual(
            {member.user_id.name: member.crm_team_id.name for member in members},
            {agent['sales_agent']: agent['team'] for agent in self.files.agents})

    def test_every_opportunity_stands_at_its_stage(self):
        self.assertEqual(len(self.opportunities), len(self.files.deals))
        expected = {'Prospecting': 500, 'Engaging': 1589, 'Won': 4238}
        for stage, count in expected.items():
            opportunities = self.opportunities.filtered(
                lambda opportunity, stage=stage: opportunity.active and opportunity.stage_id.name == stage)
            self.assertEqual((len(self.files.get_deals(stage)), len(opportunities)), (count, count), stage)
        won = self.opportunities.filtered(lambda opportunity: opportunity.stage_id.is_won)
        self.assertEqual(set(won.mapped('won_status')), {'won'})

    def test_the_lost_have_their_reason(self):
        lost = self.opportunities.filtered(lambda opportunity: opportunity.won_status == 'lost')
        self.assertEqual(len(lost), len(self.files.get_deals('Lost')))
        self.assertEqual(lost.lost_reason_id.mapped('name'), [LOST_REASON])
        self.assertFalse(any(lost.mapped('active')))

    def test_every_opportunity_has_its_case(self):
        flows = self.opportunities.ltc_flow_id
        self.assertEqual(len(flows), len(self.opportunities))
        groups = dict(flows._read_group([('id', 'in', flows.ids)], ['state'], ['__count']))
        lost = len(self.files.get_deals('Lost'))
        self.assertEqual(groups, {'open': len(self.files.deals) - lost, 'lost': lost})

    def test_won_amounts_equal_the_file(self):
        won = self.files.get_deals('Won')
        for field, column in (('tag_ids', 'product'), ('user_id', 'sales_agent'), ('team_id', 'team')):
            self.assertEqual(
                self._sum_by(field, [('won_status', '=', 'won')]), self.files.sum_by(won, column), column)

    def test_cash_received_equals_what_was_won(self):
        deals = self.files.get_driven_deals()
        opportunities = self._get_opportunities([deal['opportunity_id'] for deal in deals])
        self.assertEqual(len(opportunities), len(deals))
        invoices = self._drive_to_cash(opportunities)
        self.assertEqual(len(invoices), len(deals))
        self.assertEqual(set(invoices.mapped('payment_state')), {'paid'})
        self.assertEqual(sum(invoices.mapped('amount_residual')), 0)
        orders = opportunities.order_ids
        self.assertEqual(set(orders.picking_ids.mapped('state')), {'done'})
        self.assertEqual(set(orders.mapped('invoice_status')), {'invoiced'})
        self._check_received(invoices, deals)
        self.assertEqual(set(opportunities.ltc_flow_id.mapped('stage')), {'cash'})
        self.assertEqual(invoices.ltc_flow_id, opportunities.ltc_flow_id)

    def _check_received(self, invoices, deals):
        """The money of the payments, by product, agent and team, is that of the file."""
        received = defaultdict(Counter)
        for payment in invoices.matched_payment_ids:
            opportunity = payment.reconciled_invoice_ids.line_ids.sale_line_ids.order_id.opportunity_id
            received['product'][payment.reconciled_invoice_ids.invoice_line_ids.product_id.name] += payment.amount
            received['sales_agent'][opportunity.user_id.name] += payment.amount
            received['team'][opportunity.team_id.name] += payment.amount
        for column, amounts in received.items():
            expected = {name: amount for name, (_count, amount) in self.files.sum_by(deals, column).items()}
            self.assertEqual(dict(amounts), expected, column)
