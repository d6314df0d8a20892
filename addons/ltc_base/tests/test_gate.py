from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import LtcCommon


@tagged('post_install', '-at_install')
class TestGate(LtcCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        model_id = cls.env['ir.model']._get_id('res.partner')
        cls.standard, cls.full = cls.env['ltc.gate'].create([
            {'name': "S", 'code': 'test_s', 'model_id': model_id, 'profile': 'standard'},
            {'name': "F", 'code': 'test_f', 'model_id': model_id, 'profile': 'full'},
        ])

    def _active_codes(self, company=None):
        return set(self.env['ltc.gate']._get_activations((company or self.company).id)) & {'test_s', 'test_f'}

    def test_the_profile_of_a_company_switches_its_gates(self):
        other = self.env['res.company'].create({'name': "Other"})
        self._set_profile('light')
        self.assertEqual(self._active_codes(), set())
        self._set_profile('standard')
        self.assertEqual(self._active_codes(), {'test_s'})
        self._set_profile('full')
        self.assertEqual(self._active_codes(), {'test_s', 'test_f'})
        self.assertEqual(self._active_codes(other), set())
        self._set_profile('light')
        self.assertEqual(self._active_codes(), set())

    def test_a_gate_that_stays_on_keeps_its_date(self):
        self._set_profile('standard')
        self.standard.activation_ids.active_since = '2020-01-01 00:00:00'
        self._set_profile('full')
        self.assertEqual(str(self.env['ltc.gate']._get_activations(self.company.id)['test_s']), '2020-01-01 00:00:00')

    def test_a_gate_created_later_is_in_force_where_the_profile_asks_for_it(self):
        self._set_profile('full')
        self.standard.copy({'code': 'test_new'})
        self.assertIn('test_new', self.env['ltc.gate']._get_activations(self.company.id))

    def test_asking_what_is_in_force_costs_no_query(self):
        self.env['ltc.gate']._get_activations(self.company.id)
        with self.assertQueryCount(0):
            self.env['ltc.gate']._get_activations(self.company.id)

    def test_nobody_but_operations_configures_and_nobody_forges(self):
        self._set_profile('full')
        for user in (self.sales, self.manager, self.director, self.auditor):
            with self.assertRaises(AccessError):
                self.standard.with_user(user).write({'tolerance': 100})
            with self.assertRaises(AccessError):
                self.env['ltc.gate.activation'].with_user(user).search([]).unlink()
        self.standard.with_user(self.operations).write({'tolerance': 1})
        for model in ('ltc.gate.review', 'ltc.gate.opinion', 'ltc.gate.approval', 'ltc.gate.condition',
                      'ltc.gate.answer', 'ltc.gate.activation', 'ltc.flow'):
            for operation in ('create', 'write', 'unlink'):
                self.assertFalse(
                    self.env[model].with_user(self.operations).has_access(operation), f'{model} {operation}')
