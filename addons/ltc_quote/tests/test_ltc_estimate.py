from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .solution_common import LtcSolutionCommon


@tagged('post_install', '-at_install')
class TestLtcEstimate(LtcSolutionCommon):
    """The allowed cost, the estimated cost, and what ATB makes of it."""

    def test_allowed_cost_gap_and_kinds(self):
        estimate = self._create_estimate()
        self.assertRecordValues(estimate, [{
            'allowed_cost': 140000, 'cost_total': 126000, 'gap': 14000, 'cost_material': 120000,
            'cost_travel': 6000, 'cost_labour': 0, 'margin_percent': 37}])
        estimate.price = 160000
        self.assertEqual(estimate.gap, -14000)

    def test_the_target_margin_is_the_companys(self):
        self.company.ltc_target_margin = 40
        estimate = self.env['ltc.estimate'].create({'opportunity_id': self.opportunity.id, 'price': 100})
        self.assertEqual(estimate.allowed_cost, 60)

    def test_another_opportunity_brings_its_own_price(self):
        other = self._create_opportunity(expected_revenue=80000)
        self.opportunity.expected_revenue = 500000
        with Form(self.env['ltc.estimate'].with_user(self.presales)) as form:
            form.opportunity_id = self.opportunity
            self.assertEqual(form.price, 500000)
            form.opportunity_id = other
            self.assertEqual(form.price, 80000)
            form.price = 75000
            form.target_margin = 20
            self.assertEqual(form.price, 75000, "what was typed stays")

    def test_a_salesperson_cannot_approve_his_own_estimate(self):
        estimate = self._create_estimate(user=self.sales)
        estimate.action_submit()
        with self.assertRaisesRegex(AccessError, "your own"):
            estimate.action_approve()
        with self.assertRaisesRegex(AccessError, "not yours"):
            estimate.with_user(self.manager).action_approve()
        estimate.write({'state': 'approved', 'cost_company': 1.0})
        self.assertRecordValues(estimate, [{'state': 'submitted', 'cost_company': 0.0}])

    def test_who_is_finance_does_not_approve_what_he_wrote(self):
        self.sales.group_ids = [Command.link(self.env.ref('ltc_base.group_ltc_finance').id)]
        estimate = self._create_estimate(user=self.sales, user_id=self.presales.id)
        estimate.action_submit()
        with self.assertRaisesRegex(AccessError, "your own"):
            estimate.action_approve()
        estimate.with_user(self.finance).action_approve()
        self.assertEqual(estimate.state, 'approved')

    def test_an_approved_estimate_is_read_only(self):
        estimate = self._approve(self._create_estimate(), self.finance)
        for values in ({'price': 1}, {'target_margin': 1}, {'line_ids': [Command.clear()]}, {'note': "x"}):
            with self.assertRaisesRegex(UserError, "stays as it is"), self.cr.savepoint():
                estimate.write(values)
        with self.assertRaisesRegex(UserError, "stays as it is"):
            estimate.line_ids[0].unit_cost = 1

    def test_costs_over_the_allowed_ones_are_explained(self):
        estimate = self._create_estimate(price=150000)
        with self.assertRaisesRegex(UserError, "over the allowed cost"):
            estimate.action_submit()
        estimate.note = "First order of a new customer."
        estimate.action_submit()
        self.assertEqual(estimate.state, 'submitted')

    def test_an_empty_estimate_is_not_submitted(self):
        estimate = self._create_estimate(price=0, line_ids=[])
        with self.assertRaisesRegex(UserError, "no price.*\n.*no costs"):
            estimate.action_submit()

    def test_a_solution_of_another_opportunity_is_refused(self):
        solution = self._create_solution(opportunity_id=self._create_opportunity().id)
        with self.assertRaisesRegex(ValidationError, "another opportunity"):
            self._create_estimate(solution_id=solution.id)

    def test_foreign_costs_are_fixed_in_company_currency(self):
        currency = self.env['res.currency'].create({'name': 'LTQ', 'symbol': 'Q', 'rate_ids': [
            Command.create({'name': '2020-01-01', 'rate': 0.1, 'company_id': self.company.id})]})
        estimate = self._approve(self._create_estimate(currency_id=currency.id), self.finance)
        self.assertEqual(estimate.cost_company, 1260000)
        currency.rate_ids.rate = 0.5
        self.assertEqual(estimate.cost_company, 1260000)

    # === THE BUDGET'S BASE === #

    def test_the_budget_is_based_on_the_approved_estimate(self):
        estimate = self._create_estimate()
        quotation = self._create_quotation(opportunity_id=self.opportunity.id)
        self.assertEqual(quotation._ltc_get_budget_base(), {})
        self.assertEqual(estimate._ltc_get_budget_base(), {})
        self._approve(estimate, self.finance)
        base = quotation._ltc_get_budget_base()
        self.assertEqual(base['estimate_id'], estimate.id)
        self.assertEqual(base['total'], 126000)
        self.assertEqual(base['by_kind']['travel'], 6000)

    # === ATB === #

    def _get_margin(self, quotation):
        return quotation.with_user(self.sales).sudo()._ltc_get_authority_figures('atb')['margin_percent']

    def test_the_level_counts_the_approved_cost_when_it_is_higher(self):
        """Lines say 122,000 for 205,000; the approved estimate says 180,000: 12.2 %, not 40.5 %."""
        self._set_profile('standard')
        quotation = self._create_quotation(opportunity_id=self.opportunity.id)
        self.assertAlmostEqual(self._get_margin(quotation), 40.49)
        estimate = self._create_estimate(price=300000, line_ids=[
            Command.create({'kind': 'material', 'name': "All", 'quantity': 1, 'unit_cost': 180000})])
        estimate.action_submit()
        self.assertAlmostEqual(self._get_margin(quotation), 40.49)  # not approved yet
        estimate.with_user(self.finance).action_approve()
        self.assertAlmostEqual(self._get_margin(quotation), 12.2)
        quotation.invalidate_recordset(['ltc_approval_forecast'])
        self.assertIn("by the approved estimate", quotation.ltc_approval_forecast['reasons'][0])
        quotation.order_line.purchase_price = 1.0
        review = self._submit(quotation, 'atb').sudo()
        self.assertEqual(review.level_name, "CFO and General Manager")
        self.assertGreater(review.margin_percent, 90)  # frozen is what the lines say

    def test_a_cheaper_estimate_changes_nothing(self):
        quotation = self._create_quotation(opportunity_id=self.opportunity.id)
        self._approve(self._create_estimate(line_ids=[
            Command.create({'kind': 'material', 'name': "All", 'quantity': 1, 'unit_cost': 10000})]), self.finance)
        self.assertAlmostEqual(self._get_margin(quotation), 40.49)

    def test_the_estimate_of_the_solution_counts_before_others(self):
        self._approve(self._create_estimate(line_ids=[
            Command.create({'kind': 'material', 'name': "Large", 'quantity': 1, 'unit_cost': 500000})], price=900000),
            self.finance)
        solution = self._approve(self._create_solution(), self.presales_2)
        own = self._approve(self._create_estimate(solution_id=solution.id, line_ids=[
            Command.create({'kind': 'material', 'name': "Small", 'quantity': 1, 'unit_cost': 130000})]), self.finance)
        quotation = self._create_quotation(opportunity_id=self.opportunity.id)
        self.assertEqual(quotation.ltc_solution_id, solution)
        self.assertEqual(quotation._ltc_get_estimate(), own)
        quotation.ltc_solution_id = False
        self.assertTrue(quotation._ltc_get_estimate())  # leaving the solution out does not shake it off

    def test_a_quotation_in_another_currency_is_compared_in_its_own(self):
        currency = self.env['res.currency'].create({'name': 'LTQ', 'symbol': 'Q', 'rate_ids': [
            Command.create({'name': '2020-01-01', 'rate': 0.1, 'company_id': self.company.id})]})
        pricelist = self.env['product.pricelist'].create({'name': "Abroad", 'currency_id': currency.id})
        self._approve(self._create_estimate(), self.finance)
        quotation = self._create_quotation(
            opportunity_id=self.opportunity.id, pricelist_id=pricelist.id, order_line=[
                Command.create({'product_id': self.training.id, 'price_unit': 20000.0})])
        self.assertAlmostEqual(quotation._ltc_get_estimate_cost(), 12600)
        self.assertAlmostEqual(self._get_margin(quotation), 37)
