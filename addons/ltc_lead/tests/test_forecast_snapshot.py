from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .forecast_common import LtcForecastCommon


@tagged('post_install', '-at_install')
class TestForecastSnapshot(LtcForecastCommon):

    def _take(self, kind='weekly', date=None):
        return self.env['ltc.forecast.snapshot']._take(self.company, kind, date or self.month)

    def _lock(self, month, **forecasts):
        """Lock forecasts {user name: amount} for ``month``, as if it had just begun."""
        snapshot = self.env['ltc.forecast.snapshot'].sudo().create({
            'company_id': self.company.id, 'kind': 'locked', 'date': month, 'taken_on': datetime(2025, 1, 1)})
        for name, amount in forecasts.items():
            self.env.cr.execute(
                """INSERT INTO ltc_forecast_snapshot_person
                          (snapshot_id, company_id, user_id, month, computed, forecast)
                   VALUES (%s, %s, %s, %s, %s, %s)""",
                (snapshot.id, self.company.id, getattr(self, name).id, month, amount, amount))
        self.env.invalidate_all()
        return snapshot

    # === TAKING === #

    def test_a_snapshot_keeps_rows_and_persons(self):
        lead = self._deal(1000.0, 'commit')
        self._deal(400.0, 'best_case', user=self.other)
        self.env['ltc.forecast.adjustment'].with_user(self.manager).say_about_person(
            self.other.id, str(self.month), 150.0, "Half.")
        snapshot = self._take()
        self.assertEqual((snapshot.line_count, snapshot.amount, snapshot.forecast), (2, 1400.0, 1150.0))
        lead.expected_revenue = 5000.0
        line = self.env['ltc.forecast.snapshot.line'].search(
            [('snapshot_id', '=', snapshot.id), ('lead_id', '=', lead.id)])
        self.assertEqual((line.amount, line.category, line.date_close), (1000.0, 'commit', self.closing))

    def test_taking_costs_the_same_for_any_number(self):
        counts = []
        for number in (1, 60):
            for _deal in range(number):
                self._deal()
            self.env.flush_all()
            before = self.cr.sql_log_count
            self._take(date=self.month - relativedelta(months=number))
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_the_cron_takes_each_once(self):
        self._deal()
        Snapshot = self.env['ltc.forecast.snapshot']
        self.patch(self.registry['ir.cron'], '_commit_progress', lambda cron, *args, **values: 60)
        with freeze_time('2025-06-02 08:00:00'):
            Snapshot._cron_take()
            Snapshot._cron_take()
            taken = Snapshot.search([
                ('company_id', '=', self.company.id), ('date', '>=', '2025-06-01'), ('date', '<', '2025-07-01')])
            self.assertEqual(sorted(taken.mapped('kind')), ['locked', 'weekly'])
        with freeze_time('2025-07-16 08:00:00'):  # too late for the start of July
            missing = [kind for company, kind, _date in Snapshot._get_missing() if company == self.company]
            self.assertEqual(missing, ['weekly'])

    def test_nobody_forges_a_snapshot(self):
        self._deal()
        snapshot = self._take('locked')
        for user in (self.sales, self.manager, self.operations):
            with self.assertRaises(AccessError):
                snapshot.with_user(user).create({'company_id': self.company.id, 'kind': 'locked', 'date': '2020-01-01'})
            with self.assertRaises(UserError):
                snapshot.with_user(user).write({'digest': "x"})
            with self.assertRaises(AccessError):
                snapshot.with_user(user).unlink()
        with self.assertRaises(UserError):
            snapshot.sudo().write({'forecast': 1.0})
        with self.assertRaises(UserError):
            snapshot.sudo().unlink()

    def test_a_change_by_sql_is_found(self):
        lead = self._deal(1000.0)
        snapshot = self._take('locked')
        self.assertEqual(snapshot.action_verify()['params']['type'], 'success')
        lead.unlink()
        self.assertEqual(snapshot.action_verify()['params']['type'], 'success')  # the rows outlive the opportunity
        self.env.cr.execute("UPDATE ltc_forecast_snapshot_line SET amount = 1 WHERE snapshot_id = %s", (snapshot.id,))
        self.assertEqual(snapshot.action_verify()['params']['type'], 'danger')

    def test_old_weekly_ones_go_and_locked_ones_stay(self):
        weekly, locked = self._take(), self._take('locked')
        for snapshot in (weekly, locked):
            self._age_snapshot(snapshot, datetime.now() - timedelta(days=500))
        self.env['ltc.forecast.snapshot']._gc_weekly()
        self.assertEqual((weekly.exists(), locked.exists()), (weekly.browse(), locked))

    def test_salespeople_read_their_own_rows(self):
        self._deal(1000.0)
        self._deal(500.0, user=self.other)
        snapshot = self._take()
        Line = self.env['ltc.forecast.snapshot.line']
        domain = [('snapshot_id', '=', snapshot.id)]
        self.assertEqual(Line.with_user(self.sales).search(domain).user_id, self.sales)
        self.assertEqual(Line.with_user(self.manager).search_count(domain), 2)

    def test_the_total_of_the_company_is_for_those_who_see_everybody(self):
        self._deal(1000.0)
        snapshot = self._take()
        self.assertTrue(snapshot.with_user(self.sales).display_name)
        for name in ('amount', 'forecast'):
            with self.assertRaises(AccessError):
                snapshot.with_user(self.sales).read([name])
            with self.assertRaises(AccessError):
                self.env['ltc.forecast.snapshot'].with_user(self.sales)._read_group([], [], [f'{name}:sum'])
        self.assertEqual(snapshot.with_user(self.manager).amount, 1000.0)

    def test_who_leads_sees_the_accuracy_of_his_people_only(self):
        month = self.month - relativedelta(months=1)
        self._lock(month, sales=100.0, other=50.0)
        Accuracy = self.env['ltc.forecast.accuracy']
        domain = [('company_id', '=', self.company.id), ('month', '=', month)]
        self.assertEqual(Accuracy.with_user(self.other).search(domain).user_id, self.other)
        self.team.user_id = self.other
        self.assertEqual(Accuracy.with_user(self.other).search(domain).user_id, self.other | self.sales)
        self.team.user_id = False
        self.sales.ltc_superior_id = self.other
        self.assertEqual(Accuracy.with_user(self.other).search(domain).user_id, self.other | self.sales)
        self.assertEqual(
            self.env['ltc.forecast.snapshot.person'].with_user(self.other).search([]).user_id, self.other | self.sales)

    # === CHANGES === #

    def test_changes_are_told_against_the_last_snapshot(self):
        lead, still, won = self._deal(1000.0), self._deal(500.0), self._deal(300.0)
        self._age_snapshot(self._take(), datetime.now() - timedelta(days=3))
        self._age_snapshot(self._take('locked'), datetime.now() - timedelta(days=30))
        lead.write({
            'expected_revenue': 1200.0, 'date_deadline': self.closing + timedelta(days=10),
            'ltc_forecast_override': 'commit', 'stage_id': self.stage_proposition.id})
        new = self._deal(50.0)
        won.action_set_won()
        found = self.env['ltc.pipeline.change'].with_user(self.manager).search([])
        changes = {change.lead_id: change for change in found}
        change = changes[lead]
        self.assertEqual((change.amount_change, change.days_pushed, change.days_in_stage), (200.0, 10, 0))
        self.assertTrue(
            change.is_amount_changed and change.is_pushed and change.is_stage_moved and change.is_category_changed)
        self.assertFalse(any(changes[still][name] for name in (
            'is_amount_changed', 'is_pushed', 'is_stage_moved', 'is_category_changed', 'is_new')))
        self.assertTrue(changes[new].is_new)
        self.assertEqual((changes[new].amount_change, changes[won].won_status), (50.0, 'won'))
        row = self._get_row(self.sales)
        self.assertEqual((row['before'], row['change']), (0.0, 300.0))
        action = self.env['ltc.forecast'].with_user(self.manager).action_open_changes('month', str(self.month))
        self.assertIn(lead, self.env['ltc.pipeline.change'].search(action['domain']).lead_id)

    def test_a_lead_converted_since_the_snapshot_is_new(self):
        lead = self._create_lead(expected_revenue=700.0)
        old = self._create_lead(expected_revenue=400.0)
        old.convert_opportunity(self.customer)
        self._age_snapshot(self._take(), datetime.now() - timedelta(days=3))
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = create_date - INTERVAL '30 days', date_conversion = date_conversion"
            " - INTERVAL '20 days' WHERE id = ANY(%s)", [(lead | old).ids])
        self.env.invalidate_all()
        lead.convert_opportunity(self.customer)
        Change = self.env['ltc.pipeline.change'].with_user(self.manager)
        changes = {change.lead_id: change for change in Change.search([('lead_id', 'in', (lead | old).ids)])}
        self.assertTrue(changes[lead].is_new)
        self.assertEqual(changes[lead].amount_change, 700.0)
        self.assertFalse(changes[old].is_new)

    def test_salespeople_see_the_changes_of_their_own(self):
        self._deal(1000.0)
        mine = self._deal(500.0, user=self.other)
        changes = self.env['ltc.pipeline.change'].with_user(self.other).search([('user_id', '!=', False)])
        self.assertEqual(changes.lead_id, mine)

    # === ACCURACY === #

    def _measure(self, code, month):
        last = month + relativedelta(months=1, days=-1)
        return self.env.ref(f'ltc_lead.ltc_kpi_forecast_{code}')._measure(self.company, month, last)

    def test_a_figure_names_a_category_that_the_forecast_knows(self):
        kpi = self.env.ref('ltc_lead.ltc_kpi_forecast_commit').with_user(self.operations)
        for argument in ('Commit', 'closed', 'omitted', False):
            with self.subTest(argument=argument), self.assertRaisesRegex(
                    ValidationError, "no category of the forecast"), self.env.cr.savepoint():
                kpi.argument = argument
        kpi.argument = 'most_likely'

    def test_a_million_promised_and_nine_hundred_thousand_come(self):
        month = self.month - relativedelta(months=1)
        self._lock(month, sales=1000000.0)
        self._win(self._deal(900000.0), month.replace(day=15))
        row = self.env['ltc.forecast.accuracy'].search([('month', '=', month), ('user_id', '=', self.sales.id)])
        self.assertEqual((row.forecast, row.actual, row.error, row.horizon), (1000000.0, 900000.0, 100000.0, 0))
        self.assertAlmostEqual(row.mape * 100, 11.1, 1)
        self.assertAlmostEqual(self._measure('accuracy', month)['value'], 100 - 100 / 9)
        self.assertAlmostEqual(self._measure('bias', month)['value'], 100 / 9)

    def test_errors_of_persons_do_not_cancel_each_other(self):
        month = self.month - relativedelta(months=1)
        self._lock(month, sales=600.0, other=400.0)
        self._win(self._deal(400.0), month)
        self._win(self._deal(600.0, user=self.other), month)
        [(accuracy, bias, mape)] = self.env['ltc.forecast.accuracy']._read_group(
            [('month', '=', month), ('company_id', '=', self.company.id)], [], ['accuracy:avg', 'bias:avg', 'mape:avg'])
        self.assertAlmostEqual(accuracy, 0.6)  # 1 − 400 ÷ 1000, and not 1 − 0 ÷ 1000
        self.assertAlmostEqual(bias, 0.0)
        self.assertAlmostEqual(mape, (200 / 400 + 200 / 600) / 2)

    def test_accuracy_is_never_below_zero_and_nothing_won_is_no_value(self):
        month = self.month - relativedelta(months=1)
        self._lock(month, sales=1000.0)
        self.assertIsNone(self._measure('accuracy', month)['value'])
        self._win(self._deal(100.0), month)
        self.assertEqual(self._measure('accuracy', month)['value'], 0.0)
        self.assertAlmostEqual(self._measure('bias', month)['value'], 900.0)

    def test_who_was_not_forecast_is_an_error_too(self):
        month = self.month - relativedelta(months=1)
        self._lock(month, sales=100.0)
        self._win(self._deal(100.0), month)
        self._win(self._deal(100.0, user=self.other), month)
        self.assertAlmostEqual(self._measure('accuracy', month)['value'], 50.0)

    def test_the_present_month_is_not_judged(self):
        self._lock(self.month, sales=100.0)
        self._win(self._deal(100.0), self.today)
        self.assertFalse(self.env['ltc.forecast.accuracy'].search([('company_id', '=', self.company.id)]))

    def test_the_horizon_tells_how_early_it_was_known(self):
        month = self.month - relativedelta(months=1)
        early = self._lock(month - relativedelta(months=2))
        self.env.cr.execute(
            """INSERT INTO ltc_forecast_snapshot_person (snapshot_id, company_id, user_id, month, computed, forecast)
               VALUES (%s, %s, %s, %s, 50, 50)""", (early.id, self.company.id, self.sales.id, month))
        self._win(self._deal(100.0), month)
        row = self.env['ltc.forecast.accuracy'].search([('snapshot_id', '=', early.id), ('month', '=', month)])
        self.assertEqual((row.horizon, row.forecast, row.accuracy), (2, 50.0, 0.5))

    def test_committed_and_surer(self):
        self._deal(1000.0, 'commit')
        self._deal(500.0, 'best_case')
        self._deal(250.0)
        values = [
            self.env.ref(f'ltc_lead.ltc_kpi_forecast_{code}')._measure(self.company, self.month, self.today)['value']
            for code in ('commit', 'best_case')]
        self.assertEqual(values, [1000.0, 1500.0])
