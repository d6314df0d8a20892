import psycopg2

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LtcDunningCommon


@tagged('post_install', '-at_install')
class TestLtcDunningLevel(LtcDunningCommon):

    def test_the_shared_levels_are_7_15_30_60_days(self):
        levels = self.env.ref('ltc_collection.ltc_dunning_level_7').search(
            [('company_id', '=', False), ('id', 'in', [
                self.env.ref(f'ltc_collection.ltc_dunning_level_{days}').id for days in (7, 15, 30, 60)])])
        self.assertEqual(levels.mapped('days'), [7, 15, 30, 60])
        self.assertEqual(len(levels.template_id), 1)

    def test_a_company_without_levels_uses_the_shared_ones(self):
        self.assertEqual(self.env.company._ltc_get_dunning_levels(), self.levels)
        self.levels.sudo().active = False
        shared = self.env.company._ltc_get_dunning_levels()
        self.assertTrue(shared)
        self.assertFalse(shared.company_id)

    def test_a_level_starts_after_the_due_date_and_once_a_day(self):
        for values, error in (
            ({'days': 0}, psycopg2.errors.CheckViolation),
            ({'days': 7}, psycopg2.errors.UniqueViolation),
        ):
            with mute_logger('odoo.sql_db'), self.assertRaises(error), self.cr.savepoint():
                self.level_15.sudo().write(values)
                self.env.flush_all()

    def test_only_operations_configures_levels(self):
        operations = self._create_user('ltc_operations', 'ltc_base.group_ltc_operations')
        self.level_7.with_user(operations).days = 5
        for user in (self.ar, self.collector):
            with self.assertRaises(AccessError):
                self.level_7.with_user(user).days = 6
