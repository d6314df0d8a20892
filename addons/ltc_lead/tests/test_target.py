from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .forecast_common import LtcForecastCommon


@tagged('post_install', '-at_install')
class TestTarget(LtcForecastCommon):

    def _target(self, **values):
        return self.env['ltc.target'].create({
            'company_id': self.company.id, 'year': self.today.year, 'user_id': self.sales.id, **values})

    def _attain(self, target, month=None):
        return self.env['ltc.target.attainment'].search(
            [('target_id', '=', target.id), ('month', '=', month or self.month)])

    def test_a_year_is_spread_over_its_months(self):
        target = self._target(amount=1000.0)
        self.assertEqual((target.month_01, target.month_12, target.amount), (83.33, 83.37, 1000.0))
        target.month_01 = 183.33
        self.assertAlmostEqual(target.amount, 1100.0)
        target.amount = 2200.0
        self.assertAlmostEqual(target.month_01, 366.66)

    def test_a_target_is_for_one_holder_and_once(self):
        self._target()
        with self.assertRaisesRegex(ValidationError, "name just that one"):
            self._target(team_id=self.team.id)
        with mute_logger('odoo.sql_db'), self.assertRaises(UniqueViolation), self.cr.savepoint():
            self._target()
        self._target(kind='collection')
        self.assertEqual(self._target(user_id=False, team_id=self.team.id).scope, 'team')

    def test_attainment_of_person_team_unit_and_company(self):
        unit = self.env['ltc.business.unit'].create({'name': "North"})
        self.env['ltc.business.unit'].create(
            {'name': "North One", 'parent_id': unit.id, 'member_ids': [(6, 0, self.other.ids)]})
        months = {f'month_{number:02d}': 1000.0 for number in range(1, 13)}
        targets = [
            self._target(**months), self._target(user_id=self.presales.id, **months),
            self._target(user_id=False, team_id=self.team.id, **months),
            self._target(user_id=False, unit_id=unit.id, **months),
            self._target(user_id=False, scope='company', **months),
        ]
        lead = self._win(self._deal(900.0), self.today)
        self.env['ltc.lead.split']._replace(lead, [
            (self.sales.id, 'revenue', 60.0), (self.other.id, 'revenue', 40.0), (self.presales.id, 'overlay', 50.0)])
        self.assertEqual(
            [self._attain(target).actual for target in targets], [540.0, 450.0, 900.0, 360.0, 900.0])
        row = self._attain(targets[0])
        self.assertEqual((row.gap, row.attainment), (460.0, 0.54))
        self.assertLessEqual(row.due, 1000.0)
        for month, due in ((1, 1000.0), (12, 0.0)):
            if month != self.today.month:  # a month that is over is due in full, one to come not at all
                other = self._attain(targets[0], self.month.replace(month=month))
                self.assertEqual((other.due, other.actual), (due, 0.0))

    def test_attainment_of_several_is_a_share_of_sums(self):
        self._target(**{f'month_{self.today.month:02d}': 900.0})
        self._target(user_id=self.other.id, **{f'month_{self.today.month:02d}': 100.0})
        self._win(self._deal(500.0), self.today)
        [(attainment,)] = self.env['ltc.target.attainment']._read_group(
            [('company_id', '=', self.company.id), ('month', '=', self.month)], [], ['attainment:avg'])
        self.assertAlmostEqual(attainment, 0.5)
        measure = self.env.ref('ltc_lead.ltc_kpi_target_sales')._measure(self.company, self.month, self.today)
        self.assertEqual((measure['value'], measure['denominator']), (50.0, 1000.0))
        self._target(user_id=False, scope='company', **{f'month_{self.today.month:02d}': 2000.0})
        measure = self.env.ref('ltc_lead.ltc_kpi_target_sales')._measure(self.company, self.month, self.today)
        self.assertEqual(measure['value'], 25.0)  # the company's own target counts before those of its persons

    def test_the_board_shows_the_targets(self):
        self._target(**{f'month_{self.today.month:02d}': 900.0})
        self._deal(500.0, 'commit')
        row = self._get_row(self.sales)
        self.assertEqual((row['target'], row['gap']), (900.0, 400.0))

    @users('ltc_test_manager')
    def test_the_next_year_is_copied_with_a_change(self):
        target = self._target(amount=1200.0).with_env(self.env)
        copy = self.env['ltc.target.copy'].create({'percent': 10.0, 'year_from': self.today.year})
        copy.action_copy()
        copy.action_copy()  # what stands there already stays
        following = self.env['ltc.target'].search([('year', '=', target.year + 1), ('user_id', '=', self.sales.id)])
        self.assertEqual((len(following), following.amount, following.month_05), (1, 1320.0, 110.0))
        with self.assertRaisesRegex(UserError, "has no targets"):
            self.env['ltc.target.copy'].create({'year_from': 2001}).action_copy()

    def test_salespeople_read_their_own_and_change_none(self):
        own, others = self._target(), self._target(user_id=self.other.id)
        seen = self.env['ltc.target'].with_user(self.sales).search([])
        self.assertIn(own, seen)
        self.assertNotIn(others, seen)
        with self.assertRaises(AccessError):
            own.with_user(self.sales).month_01 = 1.0
        with self.assertRaises(AccessError):
            self.env['ltc.target'].with_user(self.sales).create({'user_id': self.sales.id, 'year': 2030})
        own.with_user(self.manager).month_01 = 1.0

    def test_another_company_keeps_its_targets(self):
        company = self.env['res.company'].create({'name': "Elsewhere"})
        foreign = self._target(company_id=company.id, user_id=False, scope='company')
        self.assertNotIn(foreign, self.env['ltc.target'].with_user(self.manager).search([]))
