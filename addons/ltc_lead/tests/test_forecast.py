from datetime import date
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged, users

from .forecast_common import LtcForecastCommon


@tagged('post_install', '-at_install')
class TestForecast(LtcForecastCommon):

    # === CATEGORIES === #

    def test_the_stage_says_how_an_opportunity_counts(self):
        self.stage_new.ltc_forecast_category = 'best_case'
        lead = self._deal()
        self.assertEqual(lead.ltc_forecast_category, 'best_case')
        self.assertFalse(self._create_lead().ltc_forecast_category)
        self.stage_new.ltc_forecast_category = 'commit'
        self.assertEqual(lead.ltc_forecast_category, 'commit')
        lead.action_set_won()
        self.assertEqual(lead.ltc_forecast_category, 'closed')
        lead.stage_id = self.stage_new
        lead.action_set_lost()
        self.assertEqual(lead.ltc_forecast_category, 'omitted')

    def test_a_won_stage_is_closed_and_another_one_is_not(self):
        self.assertEqual(self.stage_won.ltc_forecast_category, 'closed')
        self.stage_new.is_won = True
        self.assertEqual(self.stage_new.ltc_forecast_category, 'closed')
        self.stage_new.is_won = False
        self.assertEqual(self.stage_new.ltc_forecast_category, 'pipeline')

    def test_the_own_category_counts_and_leaves_a_trace(self):
        lead = self._deal()
        self.cr.flush()  # what follows is another transaction
        lead.with_user(self.sales).ltc_forecast_override = 'commit'
        self.cr.flush()
        self.env.invalidate_all()
        self.assertEqual(lead.ltc_forecast_category, 'commit')
        tracked = lead.sudo().message_ids.tracking_value_ids.field_id
        self.assertIn('ltc_forecast_override', tracked.mapped('name'))
        with self.assertRaises(ValueError):
            lead.ltc_forecast_override = 'closed'  # only what is won is closed

    # === BOARD === #

    def test_the_board_adds_up_by_person_and_category(self):
        self._deal(1000.0, 'commit')
        self._deal(500.0, 'best_case')
        self._deal(250.0, user=self.other)
        self._deal(9000.0, 'omitted')
        self._deal(300.0, 'commit', date_deadline=self.closing + relativedelta(months=1))
        self._win(self._deal(700.0), self.today)
        row = self._get_row(self.sales)
        self.assertEqual(
            [row[name] for name in ('closed', 'commit', 'best_case', 'pipeline', 'computed', 'forecast')],
            [700.0, 1000.0, 500.0, 0.0, 1700.0, 1700.0])
        self.assertEqual(self._get_row(self.other)['pipeline'], 250.0)
        following = self.month + relativedelta(months=1)
        self.assertEqual(self._get_row(self.sales, selected=str(following))['commit'], 300.0)

    def test_what_was_said_of_a_month_is_never_less_than_what_is_won(self):
        self.env['ltc.forecast.adjustment'].with_user(self.sales).say_about_person(
            self.sales.id, str(self.month), 400.0, "Carefully.")
        self.assertEqual(self._get_row(self.sales)['forecast'], 400.0)
        self._win(self._deal(700.0), self.today)
        self.assertEqual(self._get_row(self.sales)['forecast'], 700.0)

    def test_the_company_says_what_counts(self):
        lead = self._deal(1000.0, 'most_likely')
        self.assertEqual(self._get_row(self.sales)['forecast'], 0.0)
        self.company.ltc_forecast_basis = 'most_likely'
        self.assertEqual(self._get_row(self.sales)['forecast'], 1000.0)
        self.company.ltc_forecast_basis = 'weighted'
        lead.probability = 40
        self.assertAlmostEqual(self._get_row(self.sales)['forecast'], 400.0)

    def test_a_quarter_adds_up_its_months(self):
        self._deal(1000.0, 'commit')
        board = self.env['ltc.forecast'].with_user(self.manager).get_board(span='quarter')
        self.assertEqual(len(board['periods']), 6)
        self.assertEqual([period['forecast'] for period in board['periods'] if period['is_present']], [1000.0])
        self.assertFalse(board['rows'][0]['level'])  # months are spoken about, not quarters

    def test_what_no_period_counts_is_told(self):
        self._deal(1000.0, date_deadline=False)
        self._deal(500.0, date_deadline=self.month - relativedelta(days=3))
        board = self.env['ltc.forecast'].with_user(self.manager).get_board()
        self.assertEqual(board['undated'], {'count': 2, 'amount': 1500.0})
        action = self.env['ltc.forecast'].with_user(self.manager).action_open_undated()
        self.assertEqual(self.env['crm.lead'].search_count(action['domain']), 2)

    def test_a_quarter_opens_as_many_undated_ones_as_it_counts(self):
        Forecast = self.env['ltc.forecast'].with_user(self.manager)
        with patch.object(self.registry['res.company'], '_ltc_get_today', lambda company: date(2025, 5, 20)):
            for day in (date(2025, 5, 2), date(2025, 4, 10), date(2025, 3, 31)):
                self._deal(100.0, date_deadline=day)
            for span, count in (('month', 2), ('quarter', 1)):
                self.assertEqual(Forecast.get_board(span=span)['undated']['count'], count)
                action = Forecast.action_open_undated(span)
                self.assertEqual(self.env['crm.lead'].search_count(action['domain']), count, span)

    def test_a_figure_opens_its_opportunities(self):
        commit = self._deal(1000.0, 'commit')
        self._deal(500.0, 'best_case')
        action = self.env['ltc.forecast'].with_user(self.manager).action_open_cell(
            'month', str(self.month), self.sales.id, 'commit')
        self.assertEqual(self.env['crm.lead'].search(action['domain']), commit)
        action = self.env['ltc.forecast'].with_user(self.manager).action_open_cell('month', str(self.month))
        self.assertEqual(self.env['crm.lead'].search_count(action['domain']), 2)

    def test_salespeople_see_themselves_and_managers_everybody(self):
        self._deal(1000.0)
        self._deal(500.0, user=self.other)
        self.assertTrue(self._get_row(self.other))
        self.assertTrue(self._get_row(self.sales, viewer=self.sales))
        self.assertFalse(self._get_row(self.other, viewer=self.sales))
        with self.assertRaisesRegex(AccessError, "not yours to see"):
            self.env['ltc.forecast'].with_user(self.sales).action_open_cell('month', str(self.month), self.other.id)
        with self.assertRaisesRegex(AccessError, "salespeople and their managers"):
            self.env['ltc.forecast'].with_user(self.legal).get_board()

    def test_a_leader_sees_the_team_and_a_superior_the_subordinates(self):
        self._deal(500.0, user=self.other)
        self.team.user_id = self.sales
        self.assertTrue(self._get_row(self.other, viewer=self.sales))
        self.team.user_id = self.manager
        self.assertFalse(self._get_row(self.other, viewer=self.sales))
        self.other.ltc_superior_id = self.sales
        self.assertTrue(self._get_row(self.other, viewer=self.sales))

    def test_a_data_scope_narrows_the_board(self):
        self._deal(500.0, user=self.other)
        self.env['ltc.data.scope'].create({'object': 'crm.lead', 'user_id': self.manager.id, 'scope': 'own'})
        self.assertFalse(self._get_row(self.other))

    def test_another_company_has_a_forecast_of_its_own(self):
        company = self.env['res.company'].create({'name': "Elsewhere"})
        self.manager.company_ids += company
        self._deal(1000.0, 'commit')
        board = self.env['ltc.forecast'].with_user(self.manager).with_company(company).get_board()
        self.assertFalse(board['rows'])

    def test_the_board_costs_a_constant_number_of_queries(self):
        counts = []
        for number in (2, 40):
            for _deal in range(number):
                self._deal(100.0, 'commit')
            self.env.flush_all()
            self.env.invalidate_all()
            self._get_row(self.sales)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._get_row(self.sales)
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    # === ADJUSTMENTS === #

    def test_the_manager_speaks_last_and_the_amount_stays(self):
        lead = self._deal(1000.0, 'commit')
        Adjustment = self.env['ltc.forecast.adjustment']
        Adjustment.with_user(self.sales).say_about_lead(lead.id, 800.0, "One line only.")
        self.assertEqual(self._get_row(self.sales)['commit'], 800.0)
        Adjustment.with_user(self.manager).say_about_lead(lead.id, 600.0, "They will haggle.")
        self.assertEqual(self._get_row(self.sales)['commit'], 600.0)
        self.assertEqual(lead.expected_revenue, 1000.0)
        Adjustment.with_user(self.manager).say_about_lead(lead.id, False, "")
        self.assertEqual(self._get_row(self.sales)['commit'], 800.0)
        self.assertEqual(Adjustment.search_count([('lead_id', '=', lead.id)]), 3)
        self.assertEqual(Adjustment.search([('lead_id', '=', lead.id), ('level', '=', 'owner')]).made_by_id, self.sales)

    def test_a_month_of_a_person_is_spoken_about(self):
        self._deal(1000.0, 'commit')
        Adjustment = self.env['ltc.forecast.adjustment']
        Adjustment.with_user(self.sales).say_about_person(self.sales.id, str(self.month), 1500.0, "Spares on top.")
        self.assertEqual(self._get_row(self.sales)['forecast'], 1500.0)
        Adjustment.with_user(self.manager).say_about_person(self.sales.id, str(self.month), 1200.0, "Not all of it.")
        said = Adjustment.with_user(self.manager).search([('user_id', '=', self.sales.id)])
        self.assertEqual(said.mapped('previous_amount'), [1000.0, 1000.0], "the server says what it was instead of")
        row = self._get_row(self.sales)
        self.assertEqual([row['computed'], row['owner'], row['manager'], row['forecast']], [1000, 1500, 1200, 1200])
        self.assertEqual((row['level'], self._get_row(self.sales, viewer=self.sales)['level']), ('manager', 'owner'))

    def test_nobody_speaks_for_a_colleague(self):
        lead = self._deal(1000.0)
        Adjustment = self.env['ltc.forecast.adjustment'].with_user(self.other)
        with self.assertRaises(AccessError):
            Adjustment.say_about_lead(lead.id, 1.0, "Mine.")
        with self.assertRaisesRegex(AccessError, "each in the own name"):
            Adjustment.say_about_person(self.sales.id, str(self.month), 1.0, "Mine.")

    def test_a_word_needs_a_note_a_sane_amount_and_a_month_to_come(self):
        Adjustment = self.env['ltc.forecast.adjustment'].with_user(self.sales)
        for amount, note in ((1.0, " "), (-1.0, "Less.")):
            with self.assertRaises(UserError):
                Adjustment.say_about_person(self.sales.id, str(self.month), amount, note)
        with self.assertRaisesRegex(UserError, "is over"):
            Adjustment.say_about_person(self.sales.id, str(self.month - relativedelta(months=1)), 1.0, "Late.")
        won = self._win(self._deal(10.0), self.today)
        with self.assertRaisesRegex(UserError, "not an open opportunity"):
            Adjustment.say_about_lead(won.id, 1.0, "Late.")

    def test_nobody_writes_or_deletes_what_was_said(self):
        self.env['ltc.forecast.adjustment'].with_user(self.sales).say_about_person(
            self.sales.id, str(self.month), 5.0, "Five.")
        said = self.env['ltc.forecast.adjustment'].search([('user_id', '=', self.sales.id)])
        for user in (self.sales, self.manager, self.operations):
            with self.assertRaises(AccessError):
                said.with_user(user).amount = 9.0
            with self.assertRaises(AccessError):
                said.with_user(user).unlink()
            with self.assertRaises(AccessError):
                said.with_user(user).create({'note': "Forged", 'user_id': self.sales.id})

    @users('ltc_test_sales')
    def test_the_dialog_tells_as_what_one_speaks(self):
        lead = self._deal(1000.0).with_env(self.env)
        action = lead.action_ltc_adjust_forecast()
        with Form(self.env[action['res_model']].with_context(**action['context'])) as dialog:
            self.assertEqual(dialog.level, 'owner')
            dialog.amount = 900.0
            dialog.note = "Discount."
        dialog.record.action_say()
        again = self.env['ltc.forecast.adjust'].create({'lead_id': lead.id})
        self.assertTrue(again.can_withdraw)
        again.action_withdraw()
        self.assertFalse(self.env['ltc.forecast.adjust'].create({'lead_id': lead.id}).can_withdraw)

    # === SPLITS === #

    def test_revenue_is_shared_and_overlay_comes_on_top(self):
        lead = self._deal(1000.0, 'commit')
        self.env['ltc.lead.split']._replace(lead.with_user(self.sales), [
            (self.sales.id, 'revenue', 70.0), (self.other.id, 'revenue', 30.0), (self.presales.id, 'overlay', 100.0)])
        self.assertEqual(self._get_row(self.sales)['commit'], 700.0)
        self.assertEqual(self._get_row(self.other)['commit'], 300.0)
        self.assertFalse(self._get_row(self.presales))

    def test_revenue_shares_add_up_to_the_whole(self):
        lead = self._deal(1000.0)
        Split = self.env['ltc.lead.split']
        with self.assertRaisesRegex(ValidationError, "add up to 90 %"), self.cr.savepoint():
            Split._replace(lead, [(self.sales.id, 'revenue', 60.0), (self.other.id, 'revenue', 30.0)])
        Split._replace(lead, [(self.sales.id, 'overlay', 80.0), (self.other.id, 'overlay', 80.0)])
        self.assertEqual(self._get_row(self.sales)['pipeline'], 1000.0)  # overlay alone takes nothing away
        with self.assertRaises(AccessError):
            Split.with_user(self.manager).create(
                {'lead_id': lead.id, 'user_id': self.sales.id, 'kind': 'revenue', 'percent': 100})
        with self.assertRaises(AccessError):
            Split._replace(lead.with_user(self.other), [])

    @users('ltc_test_sales')
    def test_the_dialog_begins_with_the_salesperson(self):
        lead = self._deal(1000.0).with_env(self.env)
        action = lead.action_ltc_edit_splits()
        form = Form(self.env[action['res_model']].with_context(**action['context']))
        self.assertEqual(form.revenue_total, 100.0)
        with form.line_ids.edit(0) as line:
            line.percent = 60.0
        with form.line_ids.new() as line:
            line.user_id = self.other
            line.percent = 40.0
        form.save().action_apply()
        splits = self.env['ltc.lead.split'].search([('lead_id', '=', lead.id)])
        self.assertEqual(splits.mapped('amount'), [600.0, 400.0])
        self.assertIn("LTC Other 40 %", lead.message_ids[0].body)
