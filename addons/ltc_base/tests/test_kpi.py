from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import LtcCommon

MARCH = (date(2025, 3, 1), date(2025, 3, 31))


@tagged('post_install', '-at_install')
class TestKpi(LtcCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env['res.company'].create({'name': "Measured", 'ltc_profile': 'light'})
        cls.company.partner_id.tz = 'UTC'
        cls.company.resource_calendar_id.tz = 'UTC'  # Monday to Friday, 8-12 and 13-17
        cls.other_company = cls.env['res.company'].create({'name': "Other"})
        cls.env.ref('base.user_admin').company_ids += cls.company + cls.other_company
        cls.gate = cls.env['ltc.gate'].create({
            'name': "K", 'code': 'test_k', 'profile': 'full',
            'model_id': cls.env['ir.model']._get_id('res.partner')})
        cls.analyst = new_test_user(
            cls.env, 'ltc_test_analyst', groups='base.group_user,ltc_base.group_ltc_operations',
            company_id=cls.company.id, company_ids=[(6, 0, cls.company.ids)])

    def _kpi(self, code):
        return self.env.ref(f'ltc_base.ltc_kpi_{code}')

    def _measure(self, code, company=None, days=MARCH):
        return self._kpi(code)._measure(company or self.company, *days)

    def _review(self, submitted_on, decided_on, company=None, **values):
        company = company or self.company
        hours = decided_on and company._ltc_count_hours(*map(datetime.fromisoformat, (submitted_on, decided_on)))
        return self.env['ltc.gate.review'].create({
            'cycle_hours': hours,
            'name': "R", 'gate_id': self.gate.id, 'gate_code': 'test_k', 'gate_name': "K", 'round': 1, 'mode': 'any',
            'res_model': 'res.partner', 'res_id': company.partner_id.id, 'document_name': "D", 'figures': {},
            'company_id': company.id, 'currency_id': company.currency_id.id, 'submitted_by_id': self.env.uid,
            'submitted_on': submitted_on, 'decided_on': decided_on, 'state': 'decided', 'decision': 'go', **values})

    def _flow(self, company=None, **entered):
        """Return a case that entered its stages on the days given: lead='2025-03-01', quote=…"""
        flow = self.env['ltc.flow'].create({
            'name': f'TEST/{len(self.env["ltc.flow"].search([]))}', 'company_id': (company or self.company).id,
            'currency_id': self.company.currency_id.id, 'stage': list(entered)[-1], 'amount': 100.0})
        self.env['ltc.flow.log'].create([
            {'flow_id': flow.id, 'stage': stage, 'entered_on': moment, 'entered_by_id': self.env.uid}
            for stage, moment in entered.items()])
        return flow

    # === DECISIONS === #

    def test_cycle_time_counts_working_hours_only(self):
        self._review('2025-03-07 15:00:00', '2025-03-10 10:00:00')  # Friday to Monday: 2 + 2
        self._review('2025-03-11 10:00:00', '2025-03-11 14:00:00')  # over lunch: 2 + 1
        self._review('2025-03-12 08:00:00', '2025-03-13 17:00:00')  # two days: 16
        self._review('2025-02-03 08:00:00', '2025-02-03 09:00:00')  # before the period
        self._review('2025-03-12 08:00:00', '2025-03-12 17:00:00', company=self.other_company)
        measure = self._measure('gate_cycle_time')
        self.assertEqual((measure['value'], measure['count']), (4.0, 3))
        self.assertEqual(
            self.env[measure['model']].search_count(measure['domain']), 3, "the card opens what it counts")

    def test_on_time_counts_rounds_with_a_deadline(self):
        for decided, deadline in (('10 10', '10 12'), ('11 10', '11 10'), ('12 10', '11 10'), ('13 10', False)):
            self._review('2025-03-10 08:00:00', f'2025-03-{decided}:00:00',
                         deadline=deadline and f'2025-03-{deadline}:00:00')
        measure = self._measure('gate_on_time')
        self.assertAlmostEqual(measure['value'], 66.667, 3)
        self.assertEqual((measure['numerator'], measure['denominator'], measure['count']), (2, 3, 3))

    def test_the_go_rate_counts_conditional_go_and_not_what_was_withdrawn(self):
        for decision in ('go', 'conditional', 'hold', 'no_go', 'no_go'):
            self._review('2025-03-10 08:00:00', '2025-03-10 09:00:00', decision=decision)
        self._review('2025-03-10 08:00:00', False, decision=False, state='withdrawn')
        self.assertEqual(self._measure('gate_go_rate')['value'], 40.0)

    def test_a_gate_may_have_a_figure_of_its_own(self):
        self._review('2025-03-10 08:00:00', '2025-03-10 09:00:00')
        self._review('2025-03-10 08:00:00', '2025-03-10 10:00:00', gate_code='test_x')
        kpi = self.env['ltc.kpi'].with_user(self.operations).create({
            'name': "X", 'code': 'x', 'hook': 'gate_cycle_time', 'argument': 'test_x', 'module': 'ltc_base',
            'category': 'decision', 'formula': "F", 'population': "P", 'unit': 'hours'})
        self.assertEqual(kpi._measure(self.company, *MARCH)['value'], 2.0)

    def test_a_figure_needs_a_computation(self):
        with self.assertRaisesRegex(ValidationError, "no computation named unlink"):
            self._kpi('gate_go_rate').hook = 'unlink'

    def test_an_argument_is_one_that_the_computation_knows(self):
        kpi = self._kpi('stage_days_quote').with_user(self.operations)
        for argument in ('Quotation', '', False):
            with self.subTest(argument=argument), self.assertRaisesRegex(
                    ValidationError, "no stage of a case"), self.env.cr.savepoint():
                kpi.argument = argument
        kpi.argument = 'lead'

    # === CASES === #

    def test_stage_days_are_the_median_of_completed_stays(self):
        self._flow(opportunity='2025-02-20 00:00:00', quote='2025-03-02 00:00:00')  # 10 days
        self._flow(opportunity='2025-03-01 00:00:00', quote='2025-03-05 12:00:00')  # 4.5 days
        self._flow(opportunity='2025-03-01 00:00:00', contract='2025-03-31 23:00:00')  # jumped over the quotation
        self._flow(opportunity='2025-03-01 00:00:00')  # still there
        self._flow(opportunity='2025-01-01 00:00:00', quote='2025-02-01 00:00:00')  # left before the period
        self._flow(self.other_company, opportunity='2025-03-01 00:00:00', quote='2025-03-02 00:00:00')
        measure = self._measure('stage_days_opportunity')
        self.assertEqual((measure['value'], measure['count']), (10.0, 3))
        self.assertEqual(self._measure('stage_days_opportunity', self.other_company)['value'], 1.0)
        self.assertIsNone(self._measure('stage_days_contract')['value'])
        kpis = self.env['ltc.kpi'].search([('hook', '=', 'stage_days')])
        for kpi, at_once in kpis._measure_many(self.company, *MARCH).items():  # the board asks for all of them
            alone = kpis.browse(kpi)._measure(self.company, *MARCH)
            self.assertEqual([at_once[name] for name in ('value', 'count')], [alone['value'], alone['count']])

    def test_the_ltc_cycle_runs_from_the_first_step_to_the_closing(self):
        self._flow(lead='2025-01-01 00:00:00', opportunity='2025-01-11 00:00:00', closed='2025-03-02 00:00:00')  # 60
        self._flow(opportunity='2025-03-01 00:00:00', closed='2025-03-21 00:00:00')  # 20
        self.assertEqual(self._measure('ltc_cycle')['value'], 40.0)

    def test_without_records_there_is_no_value(self):
        for kpi in self.env['ltc.kpi'].search([('module', '=', 'ltc_base'), ('basis', '!=', 'today')]):
            measure = kpi._measure(self.company, *MARCH)
            self.assertIsNone(measure['value'], kpi.code)
            self.assertEqual(measure['count'], 0, kpi.code)

    def test_the_day_ends_where_the_company_is(self):
        self.company.partner_id.tz = 'Asia/Shanghai'
        start, end = self.env['ltc.kpi']._get_moments(self.company, *MARCH)
        self.assertEqual((start, end), (datetime(2025, 2, 28, 16), datetime(2025, 3, 31, 16)))

    def test_amounts_use_the_rate_of_the_document(self):
        euro = self.env['res.currency'].with_context(active_test=False).search([
            ('id', '!=', self.company.currency_id.id)], limit=1)
        euro.rate_ids.unlink()
        self.env['res.currency.rate'].create([
            {'currency_id': euro.id, 'company_id': self.company.id, 'name': day, 'rate': rate}
            for day, rate in (('2025-01-01', 2.0), ('2025-03-10', 4.0))])
        Kpi = self.env['ltc.kpi']
        for day, amount in (('2024-06-01', 50.0), ('2025-03-09', 50.0), ('2025-03-10', 25.0)):
            expression = Kpi._sql_company_amount(100.0, euro.id, self.company, day)
            sql_amount = self.env.execute_query(Kpi.env['res.company']._search(
                [('id', '=', self.company.id)]).select(expression))[0][0]
            self.assertAlmostEqual(sql_amount, amount)
            self.assertAlmostEqual(euro._convert(100.0, self.company.currency_id, self.company, day), amount)

    # === BOARD === #

    def _get_board(self, *args, user=None):
        return self.env['ltc.kpi'].with_user(user or self.analyst).with_company(self.company).get_board(*args)

    def _get_card(self, board, code):
        return next(card for card in board['cards'] if card['code'] == code)

    @freeze_time('2025-03-20 12:00:00')
    def test_a_card_compares_with_the_same_days_of_the_month_before(self):
        self._review('2025-03-10 08:00:00', '2025-03-10 09:00:00')
        self._review('2025-02-10 08:00:00', '2025-02-10 11:00:00')
        self._review('2025-02-25 08:00:00', '2025-02-25 17:00:00')  # after the 20th: not compared
        board = self._get_board()
        self.assertEqual((board['date_from'], board['date_to']), ('2025-03-01', '2025-03-20'))
        card = self._get_card(board, 'gate_cycle_time')
        self.assertEqual((card['value'], card['previous'], card['count']), (1.0, 3.0, 1))
        self.assertTrue(card['formula'] and card['population'] and card['can_open'])

    @freeze_time('2025-05-20 12:00:00')
    def test_the_periods(self):
        Kpi = self.env['ltc.kpi']
        self.assertEqual([[str(day) for day in (start, end, *before)] for start, end, before in (
            Kpi._get_period(self.company, 'last_month'), Kpi._get_period(self.company, 'quarter'),
            Kpi._get_period(self.company, 'year'),
            Kpi._get_period(self.company, 'custom', '2025-05-01', '2025-05-10'),
        )], [
            ['2025-04-01', '2025-04-30', '2025-03-01', '2025-03-31'],
            ['2025-04-01', '2025-05-20', '2025-01-01', '2025-02-20'],
            ['2025-01-01', '2025-05-20', '2024-01-01', '2024-05-20'],
            ['2025-05-01', '2025-05-10', '2025-04-21', '2025-04-30'],
        ])

    @freeze_time('2025-03-20 12:00:00')
    def test_targets_colour_the_card_of_their_company(self):
        self._review('2025-03-10 08:00:00', '2025-03-10 11:00:00')
        kpi = self._kpi('gate_cycle_time')
        target = self.env['ltc.kpi.target'].create(
            {'kpi_id': kpi.id, 'company_id': self.company.id, 'target': 3.0, 'warning': 5.0})
        self.env['ltc.kpi.target'].create(
            {'kpi_id': kpi.id, 'company_id': self.other_company.id, 'target': 1.0})
        self.assertEqual(self._get_card(self._get_board(), 'gate_cycle_time')['colour'], 'success')
        target.target = 2.0
        self.assertEqual(self._get_card(self._get_board(), 'gate_cycle_time')['colour'], 'warning')
        target.warning = 2.5
        self.assertEqual(self._get_card(self._get_board(), 'gate_cycle_time')['colour'], 'danger')
        self.assertFalse(target._get_colour(None))

    def test_a_card_opens_the_records_behind_it(self):
        flow = self._flow(opportunity='2025-03-01 00:00:00', quote='2025-03-02 00:00:00')
        action = self._kpi('stage_days_opportunity').with_user(self.analyst).with_company(
            self.company).action_view_records('2025-03-01', '2025-03-31')
        self.assertEqual((action['res_model'], action['domain']), ('ltc.flow', [('id', 'in', flow.ids)]))

    def test_figures_are_for_those_who_steer_or_audit(self):
        for user in (self.operations, self.auditor, self.director):
            self.assertTrue(self.env['ltc.kpi'].with_user(user).get_board()['cards'])
        for user in (self.presales, self.legal, self.collector):
            with self.assertRaises(AccessError):
                self.env['ltc.kpi'].with_user(user).get_board()
        with self.assertRaises(AccessError):
            self._kpi('gate_go_rate').with_user(self.auditor).write({'name': "Nice"})
        self.assertFalse(self.env['ltc.kpi.snapshot'].with_user(self.operations).has_access('create'))

    # === SNAPSHOT === #

    def _run_cron(self, stop_after=None):
        steps = []

        def commit_progress(cron, processed=0, *, remaining=None, deactivate=False):
            cron.env.flush_all()
            steps.append(processed)
            return 0 if stop_after and sum(steps) >= stop_after else 60

        Snapshot = self.env['ltc.kpi.snapshot']
        with patch.object(self.registry['ir.cron'], '_commit_progress', commit_progress):
            Snapshot._cron_snapshot()
        return Snapshot.search([('company_id', '=', self.company.id)])

    @freeze_time('2025-03-20 12:00:00')
    def test_the_cron_keeps_each_figure_once_a_day(self):
        self._review('2025-03-10 08:00:00', '2025-03-10 11:00:00')
        snapshots = self._run_cron()
        self.assertEqual(snapshots.kpi_id, self.env['ltc.kpi'].search([]))
        self.assertEqual(self._run_cron(), snapshots)
        kept = snapshots.filtered(lambda snapshot: snapshot.kpi_id == self._kpi('gate_cycle_time'))
        self.assertRecordValues(kept, [{
            'value': 3.0, 'has_value': True, 'count': 1, 'date': date(2025, 3, 20), 'date_from': date(2025, 2, 19)}])
        empty = snapshots.filtered(lambda snapshot: snapshot.kpi_id == self._kpi('ltc_cycle'))
        self.assertFalse(empty.has_value)

    @freeze_time('2025-03-20 12:00:00')
    def test_a_total_never_mixes_figures_of_several_kinds(self):
        kpis = self._kpi('gate_cycle_time') | self._kpi('ltc_cycle')
        Snapshot = self.env['ltc.kpi.snapshot']
        Snapshot.create([
            {'kpi_id': kpi.id, 'company_id': self.company.id, 'date': day, 'value': value, 'has_value': True}
            for kpi, value in zip(kpis, (4.0, 100.0), strict=True) for day in ('2025-03-01', '2025-03-02')])
        domain = [('company_id', '=', self.company.id)]
        by_kpi = dict(Snapshot._read_group(domain, ['kpi_id'], ['value:avg']))
        self.assertEqual([by_kpi[kpi] for kpi in kpis], [4.0, 100.0])
        self.assertFalse(Snapshot._read_group(domain, [], ['value:avg'])[0][0])
        self.assertEqual(Snapshot._read_group(domain, [], ['__count'])[0][0], 4)

    def test_a_killed_run_goes_on_where_it_stopped(self):
        Snapshot = self.env['ltc.kpi.snapshot']
        total = len(Snapshot._get_missing())
        self._run_cron(stop_after=5)
        self.assertEqual(len(Snapshot._get_missing()), total - 5)
        self._run_cron()
        self.assertFalse(Snapshot._get_missing())

    def test_what_stands_today_only_comes_from_its_snapshot_later(self):
        self._flow(opportunity='2025-03-01 00:00:00')
        with freeze_time('2025-03-20 12:00:00'):
            self._run_cron()
        self._flow(opportunity='2025-04-02 00:00:00')
        with freeze_time('2025-04-10 12:00:00'):
            board = self._get_board('custom', '2025-03-01', '2025-03-22')
            card = self._get_card(board, 'open_cases')
            self.assertEqual((card['value'], card['snapshot_date'], card['can_open']), (1.0, '2025-03-20', False))
            self.assertEqual(self._get_card(self._get_board(), 'open_cases')['value'], 2.0)
            self.assertIsNone(self._get_card(
                self._get_board('custom', '2025-01-01', '2025-01-31'), 'open_cases')['value'])
