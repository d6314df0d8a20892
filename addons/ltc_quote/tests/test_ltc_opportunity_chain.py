from lxml import etree

from odoo.tests import Form, tagged

from .solution_common import LtcSolutionCommon


@tagged('post_install', '-at_install')
class TestLtcOpportunityChain(LtcSolutionCommon):
    """From one paper of an opportunity to the others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.solution = cls._create_solution()
        cls.estimate = cls._create_estimate(solution_id=False)
        cls.quotation = cls._create_quotation(opportunity_id=cls.opportunity.id)
        cls.sheet = cls.env['ltc.requirement'].with_user(cls.sales).create({'opportunity_id': cls.opportunity.id})

    def test_each_paper_leads_to_the_others(self):
        for paper in (self.sheet, self.solution, self.estimate):
            paper = paper.with_user(self.presales)
            self.assertEqual((paper.solution_count, paper.estimate_count, paper.quotation_count), (1, 1, 1))
            for method, expected in (
                ('action_view_solutions', self.solution), ('action_view_estimates', self.estimate),
                ('action_view_quotations', self.quotation),
            ):
                action = getattr(paper, method)()
                self.assertEqual(self.env[action['res_model']].search(action['domain']), expected)
                self.assertEqual(action['context']['default_opportunity_id'], self.opportunity.id)
                self.assertTrue(action['help'], "an empty list says what belongs there")
            self.assertEqual(paper.action_view_requirement()['res_id'], self.sheet.id)
            self.assertEqual(paper.action_view_opportunity()['res_id'], self.opportunity.id)

    def test_a_reader_of_an_opportunity_without_a_sheet_makes_none(self):
        opportunity = self._create_opportunity()
        action = opportunity.with_user(self.legal).action_ltc_view_requirement()
        self.assertEqual(action['domain'], [('opportunity_id', '=', opportunity.id)])
        self.assertFalse(opportunity.with_user(self.sales).action_ltc_view_requirement()['res_id'])

    def test_the_counts_cost_the_same_for_many(self):
        def count(papers):
            for _run in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                papers.with_user(self.presales).read(['name', 'solution_count', 'estimate_count', 'quotation_count'])
            return self.cr.sql_log_count - before

        one = count(self.solution)
        more = self.solution
        for _number in range(5):
            more += self._create_solution(opportunity_id=self._create_opportunity().id)
        self.assertEqual(count(more), one)

    def test_an_estimate_begins_with_the_expected_revenue(self):
        self.opportunity.expected_revenue = 480000
        with Form(self.env['ltc.estimate'].with_user(self.presales).with_context(
                default_opportunity_id=self.opportunity.id)) as form:
            self.assertEqual(form.price, 480000)
            form.price = 450000
        self.assertEqual(form.record.price, 450000)
        self.assertEqual(self.estimate.price, 200000, "typed")
        self.assertEqual(self.estimate.copy().price, 200000)
        self._approve(self.solution, self.presales_2)
        estimate = self.env['ltc.estimate'].browse(self.solution.action_create_estimate()['res_id'])
        self.assertEqual(estimate.price, 480000)

    def test_the_expected_revenue_in_another_currency(self):
        self.opportunity.expected_revenue = 480000
        foreign = self.env['res.currency'].create({
            'name': 'LTQ', 'symbol': 'Q', 'rate_ids': [(0, 0, {'name': '2020-01-01', 'rate': 0.5})]})
        estimate = self.env['ltc.estimate'].with_user(self.presales).create({
            'opportunity_id': self.opportunity.id, 'currency_id': foreign.id})
        rate = foreign.with_company(self.company).rate / self.company.currency_id.with_company(self.company).rate
        self.assertAlmostEqual(estimate.price, 480000 * rate, places=2)

    def _get_buttons(self, model, user):
        arch = etree.fromstring(self.env[model].with_user(user).get_view(view_type='form')['arch'])
        return {button.get('name') for button in arch.xpath('//header/button')}

    def test_a_reviewer_is_offered_no_new_paper(self):
        writing = {'action_submit', 'action_new_version', 'action_withdraw'}
        for model in ('ltc.solution', 'ltc.estimate'):
            self.assertLessEqual(writing, self._get_buttons(model, self.presales))
            buttons = self._get_buttons(model, self.legal)
            self.assertFalse(writing & buttons)
            self.assertIn('action_approve', buttons)
        self.assertIn('action_create_estimate', self._get_buttons('ltc.solution', self.sales))
        self.assertNotIn('action_create_estimate', self._get_buttons('ltc.solution', self.legal))

    def test_where_a_name_is_cut_off_the_version_stands_in_front(self):
        solution = self.solution.with_context(ltc_version_first=True)
        self.assertTrue(solution.display_name.startswith("V1 · "))
        self.assertTrue(self.solution.display_name.endswith(" V1"))
