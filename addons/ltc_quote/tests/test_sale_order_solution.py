from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .solution_common import LtcSolutionCommon
from .test_ltc_requirement import KNOWN


@tagged('post_install', '-at_install')
class TestSaleOrderSolution(LtcSolutionCommon):
    """What a quotation must rest on before gate ATB decides on it."""

    def _quote(self, **values):
        return self._create_quotation(opportunity_id=self.opportunity.id, **values)

    def test_nothing_is_asked_where_the_company_asks_nothing(self):
        self._set_profile('standard')
        self._submit(self._quote(), 'atb')

    def test_the_requirement_is_asked_for_where_the_company_says_so(self):
        self._set_profile('standard')
        self.company.ltc_requirement_required = True
        quotation = self._quote()
        with self.assertRaisesRegex(UserError, "no requirement sheet"):
            self._submit(quotation, 'atb')
        sheet = self.env['ltc.requirement'].create({'opportunity_id': self.opportunity.id})
        with self.assertRaisesRegex(UserError, "0 % ready.*budget range"):
            self._submit(quotation, 'atb')
        sheet.write(KNOWN)
        self._submit(quotation, 'atb')

    def test_a_quotation_without_opportunity_does_not_slip_through(self):
        self._set_profile('standard')
        self.company.write({
            'ltc_requirement_required': True, 'ltc_solution_required': True, 'ltc_estimate_required': True})
        with self.assertRaisesRegex(UserError, "no requirement sheet.*\n.*no solution.*\n.*no approved estimate"):
            self._submit(self._create_quotation(), 'atb')

    def test_small_quotations_need_none_of_it(self):
        self._set_profile('standard')
        self.company.write({'ltc_solution_required': True, 'ltc_preparation_amount': 500000})
        self._submit(self._quote(), 'atb')
        self.company.ltc_preparation_amount = 205000
        with self.assertRaisesRegex(UserError, "no solution"):
            self._submit(self._quote(), 'atb')

    def test_the_one_approved_solution_is_proposed(self):
        self.assertFalse(self._quote().ltc_solution_id)
        self._create_solution()
        self.assertFalse(self._quote().ltc_solution_id)
        solution = self._approve(self._create_solution(), self.presales_2)
        self.assertEqual(self._quote().ltc_solution_id, solution)
        self._approve(self._create_solution(name="Option B"), self.presales_2)
        self.assertFalse(self._quote().ltc_solution_id)

    def test_only_an_approved_solution_counts(self):
        self._set_profile('standard')
        self.company.ltc_solution_required = True
        draft = self._create_solution()
        quotation = self._quote(ltc_solution_id=draft.id)
        with self.assertRaisesRegex(UserError, "is not approved"):
            self._submit(quotation, 'atb')
        self._approve(draft, self.presales_2)
        self._submit(quotation, 'atb')

    def test_a_superseded_solution_does_not_count(self):
        self._set_profile('standard')
        first = self._approve(self._create_solution(), self.presales_2)
        quotation = self._quote()
        second = first.browse(first.action_new_version()['res_id'])
        self._approve(second.with_user(self.presales), self.presales_2)
        with self.assertRaisesRegex(UserError, "Superseded.*choose the approved version"):
            self._submit(quotation, 'atb')
        quotation.ltc_solution_id = second
        self._submit(quotation, 'atb')

    def test_the_solution_of_another_opportunity_is_refused(self):
        other = self._approve(self._create_solution(opportunity_id=self._create_opportunity().id), self.presales_2)
        with self.assertRaisesRegex(ValidationError, "another opportunity"):
            self._quote(ltc_solution_id=other.id)
        with self.assertRaisesRegex(ValidationError, "another opportunity"):
            self._create_quotation(ltc_solution_id=other.id)

    def test_another_solution_voids_the_go(self):
        self._set_profile('standard')
        self._approve(self._create_solution(), self.presales_2)
        quotation = self._quote()
        self._pass_gate(quotation, 'atb')
        self.assertFalse(quotation._ltc_get_offer_blockers())
        quotation.ltc_solution_id = self._approve(self._create_solution(name="Option B"), self.presales_2)
        self.assertTrue(quotation._ltc_get_offer_blockers())
        technical = self.env.ref('ltc_quote.gate_atb_dimension_technical')
        self.assertIn('solution', technical._get_inputs())

    def test_a_quotation_without_solution_keeps_its_figures(self):
        """A round decided before this feature came does not read as changed."""
        self.assertNotIn('solution', self._quote()._ltc_get_gate_figures('atb'))

    def test_solutions_of_many_quotations_are_looked_up_at_once(self):
        opportunities = self.env['crm.lead'].create([self._prepare_lead_values(
            type='opportunity', name=f"Deal {number}") for number in range(22)])
        orders = self.env['sale.order'].create([
            {'partner_id': self.customer.id, 'opportunity_id': lead.id} for lead in opportunities])
        self.env.flush_all()
        orders.mapped('opportunity_id.name')
        self.env['product.pricelist.item']._ltc_get_share_pricelists()  # cached
        with self.assertQueryCount(1):
            orders._compute_ltc_solution_id()
