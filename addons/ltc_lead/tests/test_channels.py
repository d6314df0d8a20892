from datetime import date, datetime, timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged, users
from odoo.tools import mute_logger

from .common import LtcLeadCommon

MARCH = datetime(2025, 3, 10, 9, 0)
SPRING = (date(2025, 3, 1), date(2025, 5, 31))


@tagged('post_install', '-at_install')
class TestChannels(LtcLeadCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fair, cls.ad = cls.env['utm.source'].create([
            {'name': "Fair in Suzhou", 'ltc_channel_type': 'event'}, {'name': "Search ads", 'ltc_channel_type': 'ad'}])
        cls.marketing = new_test_user(
            cls.env, 'ltc_test_marketing', groups='ltc_base.group_ltc_marketing', name="LTC Marketing")

    def _enter(self, source, received_on=MARCH, **values):
        return self._create_lead(source_id=source.id, ltc_received_on=received_on, **values)

    def _win(self, lead, days=20):
        lead.convert_opportunity(self.customer)
        lead.action_set_won()
        self.env.flush_all()
        self.cr.execute("UPDATE crm_lead SET date_closed = %s WHERE id = %s",
                        [lead.ltc_received_on + timedelta(days=days), lead.id])
        self.env.invalidate_all()

    def _spend(self, source, amount, date_from=SPRING[0], **values):
        return self.env['ltc.channel.cost'].create({
            'name': "Cost", 'source_id': source.id, 'amount': amount, 'date_from': date_from, **values})

    def _read(self, source, *aggregates, groupby=(), domain=()):
        rows = self.env['ltc.channel.report']._read_group(
            [('source_id', '=', source.id), *domain], list(groupby), list(aggregates))
        return rows if groupby else rows[0]

    def _measure(self, code):
        return self.env.ref(f'ltc_lead.ltc_kpi_{code}')._measure(self.company, *SPRING)

    def test_a_channel_shows_what_it_costs_and_brings(self):
        leads = [self._enter(self.fair) for _number in range(4)]
        self._win(leads[0], days=20)
        self._win(leads[1], days=40)
        self._enter(self.ad)
        self._spend(self.fair, 400000)
        self.assertEqual(
            self._read(self.fair, 'leads:sum', 'won:sum', 'won_amount:sum', 'cost:sum', 'roi:avg', 'won_rate:avg',
                       'opportunity_rate:avg', 'cycle_days:avg', 'cost_per_lead:avg'),
            (4, 2, 1600000, 400000, 3.0, 0.5, 0.5, 30, 100000))

    def test_rates_are_those_of_the_group_not_the_mean_of_rows(self):
        self._win(self._enter(self.fair))
        self._spend(self.fair, 800000)
        [(kind, cost, roi)] = self.env['ltc.channel.report']._read_group(
            [('source_id', '=', self.fair.id)], ['channel_type'], ['cost:sum', 'roi:avg'])
        self.assertEqual((kind, cost, roi), ('event', 800000, 0.0))

    def test_without_a_cost_there_is_no_return(self):
        self._win(self._enter(self.fair))
        self.assertFalse(self._read(self.fair, 'roi:avg')[0])

    def test_a_cost_is_spread_over_its_days(self):
        self._spend(self.fair, 6100, date(2025, 3, 17), date_to=date(2025, 5, 16))  # 61 days
        rows = self._read(self.fair, 'cost:sum', groupby=['date:month'])
        self.assertEqual([round(cost) for _month, cost in rows], [1500, 3000, 1600])

    def test_a_period_bears_the_days_of_a_cost_that_it_has(self):
        self._spend(self.fair, 3100, date(2025, 3, 1), date_to=date(2025, 3, 31))
        kpi = self.env.ref('ltc_lead.ltc_kpi_channel_roi_amount')
        for timezone in ('UTC', 'Asia/Shanghai', 'America/New_York', 'Pacific/Auckland'):
            self.company.partner_id.tz = timezone
            for first, last, cost in (
                (date(2025, 3, 1), date(2025, 3, 5), 500), (date(2025, 2, 15), date(2025, 3, 14), 1400),
                (date(2025, 3, 15), date(2025, 4, 14), 1700), (date(2025, 2, 1), date(2025, 2, 28), 0),
                (date(2025, 3, 1), date(2025, 3, 31), 3100),
            ):
                with self.subTest(timezone=timezone, first=first):
                    figure = kpi._measure(self.company, first, last)
                    self.assertAlmostEqual(figure['denominator'] or 0, cost, 2)
                    self.assertEqual(figure['count'], 0, "a day of a cost is no lead")

    def test_a_cost_in_another_currency_counts_at_its_first_day(self):
        currency = self.env['res.currency'].with_context(active_test=False).search(
            [('id', '!=', self.company.currency_id.id)], limit=1)
        currency.active = True
        self.env['res.currency.rate'].create([
            {'currency_id': currency.id, 'company_id': self.company.id, 'name': day, 'rate': rate}
            for day, rate in (('2025-03-01', 2.0), ('2025-04-01', 4.0))])
        cost = self._spend(self.fair, 1000, currency_id=currency.id)
        self.assertEqual(cost.amount_company, 500)

    def test_a_cost_needs_a_channel_and_ordered_days(self):
        for values in ({'source_id': False}, {'date_to': date(2025, 2, 1)}, {'amount': -1}):
            with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.cr.savepoint():
                self._spend(self.fair, 10).write(values)
                self.env.flush_all()

    def test_first_last_and_even_touch(self):
        lead = self._enter(self.fair)
        lead._ltc_add_touch(self.ad, touched_on=MARCH + timedelta(days=5), way='web')
        for attribution, shares in (('first', (1, 0)), ('last', (0, 1)), ('even', (0.5, 0.5))):
            self.company.ltc_attribution = attribution
            found = tuple(self._read(source, 'leads:sum')[0] or 0 for source in (self.fair, self.ad))
            self.assertEqual(found, shares, attribution)

    def test_a_merged_lead_is_a_touch(self):
        kept = self._enter(self.fair, name="Kept")
        other = self._enter(self.ad, MARCH - timedelta(days=3), name="Other")
        merged = (kept | other).merge_opportunity()
        touches = self.env['ltc.lead.touch'].search([('lead_id', '=', merged.id)])
        self.assertEqual(len(touches), 1)
        self.assertEqual(touches.way, 'merge')
        self.assertEqual(touches.source_id | merged.source_id, self.fair | self.ad)
        self.company.ltc_attribution = 'even'
        self.assertEqual(self._read(self.ad, 'leads:sum'), (0.5,))

    def test_what_sales_accepts_is_counted_by_channel(self):
        leads = [self._enter(self.fair) for _number in range(3)]
        for lead in leads[:2]:
            lead.with_user(self.manager)._ltc_hand_over(self.sales, self.team)
        leads[0].with_user(self.sales).action_ltc_accept()
        self.assertEqual(
            self._read(self.fair, 'handovers:sum', 'sqls:sum', 'sql_rate:avg', 'mqls:sum'), (2, 1, 0.5, 2))

    def test_key_figures_of_a_period(self):
        leads = [self._enter(self.fair) for _number in range(4)]
        self._enter(self.fair, MARCH - timedelta(days=90))
        self._win(leads[0], days=30)
        self._spend(self.fair, 320000)
        self.assertEqual(self._measure('channel_conversion')['value'], 25)
        self.assertEqual(self._measure('channel_cycle')['value'], 30)
        self.assertEqual(self._measure('channel_roi_amount')['value'], 150)
        self.assertEqual(self._measure('channel_roi_amount')['denominator'], 320000)
        kpi = self.env.ref('ltc_lead.ltc_kpi_channel_conversion').with_user(self.manager)
        action = kpi.action_view_records(*SPRING)
        self.assertEqual(len(self.env[action['res_model']].search(action['domain'])), 4)

    def test_response_and_acceptance_are_key_figures(self):
        today = fields.Date.today()
        period = (today - timedelta(days=1), today + timedelta(days=1))
        leads = [self._create_lead() for _number in range(4)]
        self.env['ltc.lead.clock'].search([('lead_id', 'in', [lead.id for lead in leads])]).unlink()
        self.env['ltc.lead.clock'].create([{
            'lead_id': lead.id, 'company_id': self.company.id, 'state': 'idle', 'level': 'on_time',
            'received_on': fields.Datetime.now(), 'first_response_on': fields.Datetime.now(), 'response_hours': hours,
            'in_time_rate': rate} for lead, hours, rate in zip(leads, (1, 2, 6, 8), (1, 1, 1, 0), strict=True)])
        figures = {code: self.env.ref(f'ltc_lead.ltc_kpi_{code}')._measure(self.company, *period)
                   for code in ('first_response', 'response_in_time')}
        self.assertEqual(figures['first_response']['value'], 4)
        self.assertEqual(figures['response_in_time']['value'], 75)
        for lead in leads[:2]:
            lead.with_user(self.manager)._ltc_hand_over(self.sales, self.team)
        leads[0].with_user(self.sales).action_ltc_accept()
        acceptance = self.env.ref('ltc_lead.ltc_kpi_sql_acceptance')._measure(self.company, *period)
        self.assertEqual((acceptance['numerator'], acceptance['denominator']), (1, 2))

    def test_marketing_sees_figures_and_enters_costs_and_a_salesperson_does_neither(self):
        self._enter(self.fair)
        marketing = self.env['ltc.channel.report'].with_user(self.marketing)
        self.assertTrue(marketing._read_group([('source_id', '=', self.fair.id)], [], ['leads:sum'])[0][0])
        self.env['ltc.channel.cost'].with_user(self.marketing).create({
            'name': "Stand", 'source_id': self.fair.id, 'amount': 10, 'date_from': MARCH})
        for model in ('ltc.channel.report', 'ltc.channel.cost', 'ltc.lead.touch'):
            self.assertFalse(self.env[model].with_user(self.sales).has_access('read'), model)

    def test_another_company_sees_nothing(self):
        self._enter(self.fair)
        self._spend(self.fair, 100)
        company = self.env['res.company'].create({'name': "Other"})
        foreign = new_test_user(
            self.env, 'ltc_test_foreign', groups='sales_team.group_sale_manager', company_id=company.id,
            company_ids=[Command.set(company.ids)])
        for model in ('ltc.channel.report', 'ltc.channel.cost'):
            self.assertFalse(self.env[model].with_user(foreign).search([('source_id', '=', self.fair.id)]), model)

    @users('ltc_test_sales')
    def test_only_a_manager_corrects_when_a_lead_came_in(self):
        lead = self.env['crm.lead'].create(self._prepare_lead_values(ltc_received_on=MARCH))
        with self.assertRaisesRegex(AccessError, "ask a sales manager"), self.cr.savepoint():
            lead.ltc_received_on = MARCH + timedelta(days=30)
        lead.with_user(self.manager).ltc_received_on = MARCH + timedelta(days=1)
        with self.assertRaisesRegex(ValidationError, "in the future"), self.cr.savepoint():
            lead.with_user(self.manager).ltc_received_on = fields.Datetime.now() + timedelta(days=3)
