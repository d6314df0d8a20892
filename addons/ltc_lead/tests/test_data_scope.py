from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import LtcLeadCommon


@tagged('post_install', '-at_install')
class TestDataScope(LtcLeadCommon):
    """A company of two business units; sellers who by Odoo's own rights see all leads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sellers = {
            name: new_test_user(
                cls.env, f'ltc_scope_{name}', groups='sales_team.group_sale_salesman_all_leads,crm.group_use_lead')
            for name in ('head', 'north', 'north_mate', 'south', 'outsider')
        }
        Unit = cls.env['ltc.business.unit']
        cls.beverage = Unit.create({'name': "Beverage", 'member_ids': cls.sellers['head'].ids})
        cls.north, cls.south = Unit.create([
            {'name': "North", 'parent_id': cls.beverage.id,
             'member_ids': (cls.sellers['north'] | cls.sellers['north_mate']).ids},
            {'name': "South", 'parent_id': cls.beverage.id, 'member_ids': cls.sellers['south'].ids},
        ])
        Unit.create({'name': "Dairy", 'member_ids': cls.sellers['outsider'].ids})
        cls.leads = {name: cls._create_opportunity(
            user_id=user.id, ltc_sr_user_id=False, ltc_fr_user_id=False) for name, user in cls.sellers.items()}
        cls.group = cls.env.ref('sales_team.group_sale_salesman_all_leads')

    def _set_scope(self, scope, model='crm.lead', **holder):
        return self.env['ltc.data.scope'].create(
            {'object': model, 'scope': scope, **(holder or {'group_id': self.group.id})})

    def _get_seen(self, name):
        leads = self.env['crm.lead'].union(*self.leads.values())
        seen = self.env['crm.lead'].with_user(self.sellers[name]).search([('id', 'in', leads.ids)])
        return {name for name, lead in self.leads.items() if lead in seen}

    def test_without_a_scope_odoo_decides(self):
        self.assertEqual(self._get_seen('north'), set(self.leads))

    def test_each_scope_shows_its_part_of_the_tree(self):
        scope = self._set_scope('own')
        for kind, seen in (
            ('own', {'north'}),
            ('team', {'north', 'north_mate'}),
            ('department', {'north', 'north_mate'}),
            ('unit', {'head', 'north', 'north_mate', 'south'}),
            ('all', set(self.leads)),
        ):
            scope.scope = kind
            self.assertEqual(self._get_seen('north'), seen, kind)
        scope.scope = 'department'
        self.assertEqual(self._get_seen('head'), {'head', 'north', 'north_mate', 'south'})
        scope.scope = 'team'
        self.assertEqual(self._get_seen('head'), {'head'})

    def test_what_is_not_seen_is_not_written_either(self):
        self._set_scope('own')
        with self.assertRaises(AccessError):
            self.leads['south'].with_user(self.sellers['north']).write({'name': "Mine now"})
        with self.assertRaises(AccessError):
            self.leads['south'].with_user(self.sellers['north']).unlink()
        self.leads['north'].with_user(self.sellers['north']).write({'name': "Still mine"})

    def test_responsibility_of_any_kind_and_no_owner_are_seen(self):
        self._set_scope('own')
        self.leads['south'].ltc_sr_user_id = self.sellers['north']
        self.leads['outsider'].user_id = False
        self.assertEqual(self._get_seen('north'), {'north', 'south', 'outsider'})

    def test_the_own_row_counts_before_the_group_and_the_widest_of_groups(self):
        self._set_scope('own')
        self._set_scope('unit', group_id=self.env.ref('ltc_base.group_ltc_user').id)
        self.assertEqual(self._get_seen('north'), {'head', 'north', 'north_mate', 'south'})
        self._set_scope('team', user_id=self.sellers['north'].id)
        self.assertEqual(self._get_seen('north'), {'north', 'north_mate'})

    def test_a_new_member_is_seen_at_once(self):
        self._set_scope('team')
        self.assertNotIn('outsider', self._get_seen('north'))
        self.north.member_ids |= self.sellers['outsider']
        self.assertIn('outsider', self._get_seen('north'))

    def test_a_list_pays_no_query(self):
        leads = self.env['crm.lead'].with_user(self.sellers['north'])
        costs = []
        for scope in (None, 'unit'):
            if scope:
                self._set_scope(scope)
            for _run in range(2):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                leads.search_fetch([('type', '=', 'opportunity')], ['name'], limit=80)
                cost = self.env.cr.sql_log_count - before
            costs.append(cost)
        self.assertEqual(costs[0], costs[1])

    def test_cases_have_a_scope_of_their_own(self):
        self._set_scope('own', model='ltc.flow')
        flows = self.env['crm.lead'].union(*self.leads.values()).ltc_flow_id
        seen = self.env['ltc.flow'].with_user(self.sellers['north']).search([('id', 'in', flows.ids)])
        self.assertEqual(seen, self.leads['north'].ltc_flow_id)
        self.assertEqual(self._get_seen('north'), set(self.leads))

    def test_what_is_said_shared_and_aimed_at_has_the_scope_of_the_opportunities(self):
        north, south = self.sellers['north'], self.sellers['south']
        month = self.company._ltc_get_today().replace(day=1)
        Adjustment = self.env['ltc.forecast.adjustment']
        for user in (north, south):
            lead = next(lead for lead in self.leads.values() if lead.user_id == user)
            Adjustment.with_user(user).say_about_lead(lead.id, 5.0, "Five.")
            Adjustment.with_user(user).with_company(self.company).say_about_person(user.id, str(month), 9.0, "Nine.")
            self.env['ltc.lead.split'].sudo()._replace(lead, [(user.id, 'revenue', 100.0)])
            self.env['ltc.target'].create({'user_id': user.id, 'company_id': self.company.id, 'amount': 1200.0})
        self.env.flush_all()
        owners = {
            'ltc.forecast.adjustment': lambda word: word.sudo().user_id | word.sudo().lead_id.user_id,
            'ltc.lead.split': lambda split: split.sudo().user_id,
            'ltc.target': lambda target: target.sudo().user_id,
            'ltc.target.attainment': lambda row: row.sudo().user_id,
        }
        for scope, seen in ((None, north | south), ('own', north)):
            if scope:
                self._set_scope(scope)
            for model, get_owners in owners.items():
                records = self.env[model].with_user(north).search([])
                self.assertEqual(get_owners(records) & (north | south), seen, (scope, model))
        self.assertEqual(len(Adjustment.with_user(north).search([('made_by_id', '=', north.id)])), 2)

    def test_only_operations_configure(self):
        for user in (self.sales, self.manager, self.director, self.auditor):
            with self.assertRaises(AccessError):
                self.env['ltc.data.scope'].with_user(user).create(
                    {'object': 'crm.lead', 'scope': 'all', 'user_id': user.id})
            with self.assertRaises(AccessError):
                self.north.with_user(user).write({'member_ids': [(4, user.id)]})
        self._set_scope('own').with_user(self.operations).write({'scope': 'all'})
