from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .solution_common import LtcSolutionCommon


@tagged('post_install', '-at_install')
class TestSaleOrderBid(LtcSolutionCommon):
    """QT13: gate ATB decides on the whole bid: closing date, chance to win, risks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.today = cls.company._ltc_get_today()

    def _quote(self, **values):
        return self._create_quotation(opportunity_id=self.opportunity.id, **values)

    def _get_forecast(self, quotation):
        quotation.invalidate_recordset(['ltc_approval_forecast'])
        return quotation.with_user(self.sales).ltc_approval_forecast

    # === CLOSING === #

    def test_a_bid_that_closes_soon_is_pointed_out_and_goes_higher(self):
        for days, note, level in (
            (6, '', "Sales Manager"), (5, '', "Sales Manager"), (4, "in 4 days", "Commercial Management"),
            (-1, "The bid closed on", "Commercial Management"),
        ):
            with self.subTest(days=days):
                quotation = self._quote(ltc_bid_closing=self.today + timedelta(days=days))
                forecast = self._get_forecast(quotation)
                self.assertEqual(forecast['level'], level)
                self.assertEqual(bool(forecast['notes']), bool(note))
                self.assertIn(note, ' '.join(forecast['notes']))
                self.assertEqual(self._submit(quotation, 'atb').sudo().level_name, level)
        self.assertIn("days to the closing of the bid, fewer than 5", ' '.join(forecast['reasons']))

    def test_the_notice_follows_while_typing(self):
        with Form(self._quote().with_user(self.sales)) as form:
            form.ltc_bid_closing = self.today + timedelta(days=2)
            self.assertIn("in 2 days", form.ltc_approval_forecast['notes'][0])

    def test_the_axis_reads_well(self):
        rule = self.env['ltc.gate']._get_by_code('atb').rule_ids.filtered(lambda rule: rule.level == 20)
        self.assertIn("fewer than 5 days to the closing of the bid", rule.triggers)

    # === CHANCE === #

    def test_a_low_chance_asks_why(self):
        self.opportunity.probability = 20
        quotation = self._quote()
        self.assertEqual(quotation.with_user(self.sales).ltc_win_chance, 20)
        self.assertIn("20 %, below 30 %", ' '.join(self._get_forecast(quotation)['notes']))
        with self.assertRaisesRegex(UserError, "say why to bid"), self.env.cr.savepoint():
            self._submit(quotation, 'atb')
        quotation.with_user(self.sales).ltc_bid_reason = "Two more lines next year"
        self.assertFalse(self._get_forecast(quotation)['notes'])
        review = self._submit(quotation, 'atb').sudo()
        self.assertEqual(review.figures['bid_reason'], "Two more lines next year")

    def test_the_company_sets_the_chance(self):
        self.opportunity.probability = 20
        self.company.ltc_challenge_below = 20
        self._submit(self._quote(), 'atb')
        self.opportunity.probability = 0  # typed: there is no chance; not filled in: there is none to judge by
        self.opportunity.automated_probability = 40
        with self.assertRaisesRegex(UserError, "say why to bid"), self.env.cr.savepoint():
            self._submit(self._quote(), 'atb')
        self.opportunity.automated_probability = 0
        self._submit(self._quote(), 'atb')

    # === RISKS === #

    def _add_risk(self, quotation, **values):
        return self.env['ltc.quote.risk'].with_user(self.sales).create({
            'order_id': quotation.id, 'name': "Steel price", 'category': 'commercial', **values})

    def test_severity_is_likelihood_times_impact(self):
        quotation = self._quote()
        for likelihood, impact, severity in (
            ('1', '1', '1'), ('2', '1', '1'), ('1', '3', '2'), ('2', '2', '2'), ('2', '3', '3'), ('3', '3', '3'),
        ):
            risk = self._add_risk(quotation, likelihood=likelihood, impact=impact)
            self.assertEqual(risk.severity, severity, (likelihood, impact))

    def test_a_high_risk_has_an_owner_and_a_measure(self):
        quotation = self._quote()
        risk = self._add_risk(quotation, likelihood='3', impact='3')
        for values in ({}, {'user_id': self.delivery.id}, {'user_id': False, 'measure': "Fix it now"}):
            risk.write(values)
            with self.assertRaisesRegex(UserError, "risk Steel price is high"), self.env.cr.savepoint():
                self._submit(quotation, 'atb')
        risk.user_id = self.delivery
        self._submit(quotation, 'atb')

    def test_risks_are_frozen_and_shown(self):
        quotation = self._quote()
        risk = self._add_risk(quotation, user_id=self.delivery.id, measure="Fix it by the advance")
        review = self._submit(quotation, 'atb')
        for change in (
            lambda: risk.write({'impact': '1'}), risk.unlink, lambda: self._add_risk(quotation, name="Another"),
            lambda: quotation.with_user(self.sales).write({'ltc_risk_ids': [Command.clear()]}),
        ):
            with self.assertRaisesRegex(UserError, "under review"), self.env.cr.savepoint():
                change()
            self.env.invalidate_all()
        rows = {row['label']: row for row in review.with_user(self.finance).sudo(False).figures_table['rows']}
        self.assertEqual(
            rows["Risks"]['frozen'], "Steel price (Commercial, likelihood medium, impact medium):"
            f" Fix it by the advance, {self.delivery.name}")
        self._hear(review)
        self._decide(review)
        self.assertFalse(quotation._ltc_get_offer_blockers())
        self._add_risk(quotation, name="Another")
        with self.assertRaisesRegex(UserError, "Risks"), self.env.cr.savepoint():
            quotation.with_user(self.sales).action_confirm()

    def test_who_keeps_the_register(self):
        quotation = self._quote()
        risk = self._add_risk(quotation)
        self.assertEqual(risk.with_user(self.finance).name, "Steel price")
        for user in (self.finance, self.auditor):
            with self.assertRaises(AccessError):
                risk.with_user(user).write({'impact': '3'})
        others = self._create_quotation(user=self.manager, user_id=self.manager.id)
        foreign = self.env['ltc.quote.risk'].with_user(self.manager).create({'order_id': others.id, 'name': "Theirs"})
        with self.assertRaises(AccessError):
            self._add_risk(others)
        with self.assertRaises(AccessError):
            foreign.with_user(self.sales).read(['name'])
        buyer = self.env['res.users'].create({
            'name': "Buyer", 'login': 'ltc_bid_buyer', 'partner_id': self.customer.id,
            'group_ids': [Command.set(self.env.ref('base.group_portal').ids)]})
        for name in ('ltc_risk_ids', 'ltc_bid_reason', 'ltc_bid_closing', 'ltc_win_chance'):
            with self.assertRaises(AccessError):
                quotation.with_user(buyer).read([name])

    def test_whoever_opens_the_order_without_the_register_may(self):
        accountant = new_test_user(self.env, 'ltc_test_accountant', groups='account.group_account_invoice')
        quotation = self._quote()
        self._add_risk(quotation)
        view = self.env['sale.order'].with_user(accountant).get_view(self.env.ref('sale.view_order_form').id, 'form')
        self.assertNotIn('ltc_risk_ids', view['arch'])
        self.assertIn('ltc_bid_closing', view['arch'])
        mine = self.env['sale.order'].with_user(self.sales).get_view(self.env.ref('sale.view_order_form').id, 'form')
        self.assertIn('ltc_risk_ids', mine['arch'])

    def test_a_copy_starts_anew(self):
        quotation = self._quote(ltc_bid_closing=self.today, ltc_bid_reason="Because")
        self._add_risk(quotation)
        copy = quotation.copy()
        self.assertFalse(copy.ltc_bid_closing or copy.ltc_bid_reason or copy.ltc_risk_ids)
