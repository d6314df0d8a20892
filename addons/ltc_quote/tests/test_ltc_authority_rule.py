from datetime import datetime, time, timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestLtcAuthorityRule(LtcQuoteCommon):
    """The axes that quotations add to the matrix; one high level asks for one of them at a time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.env['ltc.price.rule'].search([]).active = False
        gate = cls.env['ltc.gate']._get_by_code('atb')
        gate.rule_ids.unlink()
        Rule = cls.env['ltc.authority.rule']
        cls.ground, cls.high = Rule.create([
            {'gate_id': gate.id, 'name': "Ground", 'level': 10, 'group_id': cls.env.ref(group).id}
            for group in ('sales_team.group_sale_manager',)
        ] + [{'gate_id': gate.id, 'name': "High", 'level': 50, 'use_total_discount': True,
              'total_discount_above': 99, 'group_id': cls.env.ref('ltc_base.group_ltc_decision').id}])

    def _ask(self, **values):
        """Let the high level ask for these limits only."""
        switches = {name: False for name in self.high._fields if name.startswith('use_')}
        self.high.write({**switches, **values})

    def _quote(self, *lines, **values):
        return self._create_quotation(order_line=[Command.create({
            'product_id': self.line_product.id, 'product_uom_qty': 1, **line}) for line in lines], **values)

    def _get_level(self, quotation):
        review = self._submit(quotation, 'atb').sudo()
        return review.level

    def test_below_floor_by_more_than_a_percentage(self):
        self.env['ltc.price.rule'].create({
            'name': "Floor", 'use_floor_price': True, 'floor_price': 90000,
            'product_tmpl_id': self.line_product.product_tmpl_id.id})
        self._ask(use_below_floor=True, below_floor_above=5)
        self.assertEqual(self._get_level(self._quote({'price_unit': 86000.0})), 10)
        self.assertEqual(self._get_level(self._quote({'price_unit': 85000.0})), 50)
        self._ask(use_below_floor=True, below_floor_above=0)
        self.assertEqual(self._get_level(self._quote({'price_unit': 89990.0})), 50)
        self.assertEqual(self._get_level(self._quote({'price_unit': 90000.0})), 10)

    def test_over_the_free_discount(self):
        self.env['ltc.price.rule'].create({'name': "Free", 'use_max_discount': True, 'max_discount': 10})
        self._ask(use_over_discount=True)
        self.assertEqual(self._get_level(self._quote({'discount': 10.0})), 10)
        self.assertEqual(self._get_level(self._quote({'discount': 10.5})), 50)

    def test_total_discount_is_that_of_the_whole_quotation(self):
        self._ask(use_total_discount=True, total_discount_above=10)
        self.assertEqual(self._get_level(self._quote({'discount': 15.0}, {})), 10)
        self.assertEqual(self._get_level(self._quote({'discount': 15.0}, {'discount': 6.0})), 50)
        self.assertEqual(self._get_level(self._quote(
            {}, {'product_id': self.training.id, 'name': "Goodwill", 'price_unit': -11000.0})), 50)

    def test_the_price_axes_ask_for_the_lowest_price_within_the_room(self):
        """At list price nothing fires; 15 % room let the price fall 5.56 % below its floor, and to 15 % discount."""
        self.env['ltc.price.rule'].create({
            'name': "Floor", 'use_floor_price': True, 'floor_price': 90000, 'use_max_discount': True,
            'max_discount': 10, 'product_tmpl_id': self.line_product.product_tmpl_id.id})
        lines = {'use_lines': True, 'line_aggregate': 'max', 'line_measure': 'line_discount', 'line_operator': 'above'}
        for limits in (
            {'use_below_floor': True, 'below_floor_above': 5.5},
            {'use_over_discount': True, 'over_discount_above': 4.9},
            {'use_total_discount': True, 'total_discount_above': 14.9},
            {**lines, 'line_value': 14.9},
            {**lines, 'line_measure': 'line_margin', 'line_aggregate': 'min', 'line_operator': 'below',
             'line_value': 29.5},
            {**lines, 'line_measure': 'line_amount', 'line_aggregate': 'sum', 'line_operator': 'below',
             'line_value': 86000},
        ):
            with self.subTest(limits=limits):
                self._ask(**limits)
                self.assertEqual(self._get_level(self._quote({})), 10)
                self.assertEqual(self._get_level(self._quote({}, ltc_concession_room=10)), 10)
                self.assertEqual(self._get_level(self._quote({}, ltc_concession_room=15)), 50)

    def test_room_takes_no_level_away(self):
        self._ask(use_lines=True, line_aggregate='sum', line_measure='line_amount', line_operator='above',
                  line_value=99000)
        self.assertEqual(self._get_level(self._quote({}, ltc_concession_room=15)), 50)

    def test_what_deducts_gets_no_room(self):
        self._ask(use_total_discount=True, total_discount_above=19)
        lines = ({}, {'product_id': self.training.id, 'name': "Goodwill", 'price_unit': -10000.0})
        self.assertEqual(self._get_level(self._quote(*lines, ltc_concession_room=9)), 10)
        self.assertEqual(self._get_level(self._quote(*lines, ltc_concession_room=9.5)), 50)

    def test_lines_by_highest_lowest_average_and_sum(self):
        two = [{'discount': 20.0}, {'discount': 4.0}]
        for aggregate, below, above in (('max', 19, 20), ('min', 3, 4), ('avg', 11, 12), ('sum', 23, 24)):
            with self.subTest(aggregate):
                limits = {'line_aggregate': aggregate, 'line_measure': 'line_discount', 'line_operator': 'above'}
                self._ask(use_lines=True, line_value=above, **limits)
                self.assertEqual(self._get_level(self._quote(*two)), 10)
                self._ask(use_lines=True, line_value=below, **limits)
                self.assertEqual(self._get_level(self._quote(*two)), 50)

    def test_the_lowest_line_margin(self):
        self._ask(use_lines=True, line_aggregate='min', line_measure='line_margin', line_operator='below',
                  line_value=20)
        self.assertEqual(self._get_level(self._quote({'price_unit': 75000.0}, {})), 10)
        self.assertEqual(self._get_level(self._quote({'price_unit': 74000.0}, {})), 50)

    def test_line_amounts_are_in_company_currency(self):
        currency = self.env['res.currency'].create({'name': 'LTQ', 'symbol': 'Q', 'rate_ids': [
            Command.create({'name': '2020-01-01', 'rate': 0.1, 'company_id': self.company.id})]})
        pricelist = self.env['product.pricelist'].create({'name': "Abroad", 'currency_id': currency.id})
        self._ask(use_lines=True, line_aggregate='max', line_measure='line_amount', line_operator='above',
                  line_value=90000)
        self.assertEqual(
            self._get_level(self._quote({'price_unit': 8000.0}, pricelist_id=pricelist.id)), 10)
        self.assertEqual(
            self._get_level(self._quote({'price_unit': 9500.0}, pricelist_id=pricelist.id)), 50)

    def test_a_condition_on_lines_is_complete(self):
        with self.assertRaisesRegex(ValidationError, "judges the lines by nothing"):
            self._ask(use_lines=True, line_aggregate=False)

    def test_a_level_for_certain_products_countries_and_teams(self):
        country = self.env.ref('base.de')
        abroad = self.customer.copy({'country_id': country.id})
        team = self.env['crm.team'].create({'name': "Service", 'company_id': self.company.id})
        for domain, values in (
            ([('order_line.product_id', '=', self.training.id)],
             {'order_line': [Command.create({'product_id': self.training.id})]}),
            ([('partner_id.country_id', '=', country.id)], {'partner_id': abroad.id}),
            ([('team_id', '=', team.id)], {'team_id': team.id}),
            ([('payment_term_id', '=', self.term_120.id)], {'payment_term_id': self.term_120.id}),
        ):
            with self.subTest(domain=domain):
                self._ask(scope_domain=repr(domain))
                for level, quotation in (
                    (10, self._quote({})),
                    (50, self._create_quotation(**{'order_line': [
                        Command.create({'product_id': self.line_product.id})], **values})),
                ):
                    forecast = quotation.with_user(self.sales).ltc_approval_forecast
                    self.assertEqual(forecast['level'], {10: "Ground", 50: "High"}[level])
                    self.assertEqual(self._get_level(quotation), level)

    # === PROMISED DATE === #

    def test_the_promise_does_not_depend_on_who_looks(self):
        """23:30 in London is the next day in Shanghai; the company has no zone of its own but its calendar's."""
        self.company.partner_id.tz = False
        self.company.resource_calendar_id.tz = 'Europe/London'
        quotation = self._quote({'customer_lead': 0})
        promised = quotation._ltc_get_earliest_date() - timedelta(days=1)
        quotation.commitment_date = datetime.combine(promised, time(22, 30))
        for zone in ('Asia/Shanghai', 'America/New_York', False):
            self.sales.tz = zone
            self.assertEqual(quotation.with_user(self.sales).sudo()._ltc_get_days_too_early(), 1, zone)

    def test_the_form_shows_what_can_be_promised_while_typing(self):
        self._set_profile('standard')
        self.company.write({'ltc_design_days': 20, 'ltc_assembly_days': 30, 'ltc_commissioning_days': 10})
        today = self.company._ltc_get_today()
        with Form(self.env['sale.order'].with_user(self.sales)) as form:
            form.partner_id = self.customer
            self.assertFalse(form.ltc_earliest_date, "nothing is offered yet")
            with form.order_line.new() as line:
                line.product_id = self.line_product
            self.assertEqual(form.ltc_earliest_date, today + timedelta(days=60))
            form.commitment_date = datetime.combine(today + timedelta(days=59), time(12))
            notes = form.ltc_approval_forecast['notes']
            self.assertEqual(len([note for note in notes if "is 1 day before" in note]), 1)
        quotation = form.save()
        quotation.action_cancel()
        self.assertFalse(quotation.ltc_earliest_date)

    def test_a_promise_earlier_than_possible_goes_up(self):
        self._ask(use_lead_time=True)
        self.company.write({'ltc_design_days': 20, 'ltc_assembly_days': 30, 'ltc_commissioning_days': 10})
        now = fields.Datetime.now()
        late, early = now + timedelta(days=62), now + timedelta(days=50)
        self.assertEqual(self._get_level(self._quote({'customer_lead': 0}, commitment_date=late)), 10)
        self.assertEqual(self._get_level(self._quote({'customer_lead': 0}, commitment_date=early)), 50)
        self.assertEqual(self._get_level(self._quote({'customer_lead': 0})), 10)  # nothing promised
        self._ask(use_lead_time=True, lead_time_above=15)
        self.assertEqual(self._get_level(self._quote({'customer_lead': 0}, commitment_date=early)), 10)
        self.assertEqual(self._get_level(self._quote({'customer_lead': 90}, commitment_date=late)), 50)

    def test_an_order_date_in_the_past_gains_no_time(self):
        self._ask(use_lead_time=True)
        self.company.ltc_assembly_days = 30
        now = fields.Datetime.now()
        quotation = self._quote(
            {}, commitment_date=now + timedelta(days=20), date_order=now - timedelta(days=60))
        self.assertEqual(self._get_level(quotation), 50)

    def test_services_alone_need_no_assembly(self):
        self._ask(use_lead_time=True)
        self.company.ltc_assembly_days = 30
        soon = fields.Datetime.now() + timedelta(days=2)
        self.assertEqual(
            self._get_level(self._quote({'product_id': self.training.id}, commitment_date=soon)), 10)

    def test_the_products_own_lead_time_counts_where_there_is_one(self):
        if 'sale_delay' not in self.line_product._fields:
            self.skipTest("inventory is not installed")
        self._ask(use_lead_time=True)
        self.line_product.sale_delay = 40
        soon = fields.Datetime.now() + timedelta(days=20)
        self.assertEqual(self._get_level(self._quote({'customer_lead': 0}, commitment_date=soon)), 50)

    def test_the_limits_read_well(self):
        self._ask(use_below_floor=True, below_floor_above=5, use_lines=True, line_value=20)
        self.assertEqual(
            self.high.triggers, "more than 5 % below the floor price or lines: highest discount (%) above 20")
        self._ask(use_below_floor=True, use_over_discount=True, use_lead_time=True, below_floor_above=0)
        self.assertEqual(
            self.high.triggers, "below the floor price or over the free discount or promised too early")
