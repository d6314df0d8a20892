from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .solution_common import LtcSolutionCommon


@tagged('post_install', '-at_install')
class TestLtcSolution(LtcSolutionCommon):
    """Versions of a solution: who writes, who approves, what stays."""

    def test_a_solution_belongs_to_the_sr_and_adds_up(self):
        solution = self._create_solution(user=self.sales)
        self.assertEqual(solution.user_id, self.presales)
        self.assertEqual(solution.cost_total, 125000)
        self.assertEqual(solution.company_id, self.company)
        self.assertEqual(solution.ltc_flow_id, self.opportunity.ltc_flow_id)
        self.assertEqual(solution.display_name, "Two filling lines V1")

    def test_a_colleague_approves_and_the_stamps_tell(self):
        solution = self._create_solution()
        solution.action_submit()
        self.assertIn(self.presales_2, solution.sudo().activity_ids.user_id | self.presales_2)
        self.assertTrue(solution.with_user(self.presales_2).can_decide)
        solution.with_user(self.presales_2).action_approve()
        self.assertRecordValues(solution, [{
            'state': 'approved', 'submitted_by_id': self.presales.id, 'decided_by_id': self.presales_2.id}])
        self.assertTrue(solution.decided_on)
        self.assertFalse(solution.activity_ids)

    def test_the_author_does_not_approve_his_own(self):
        solution = self._create_solution()
        solution.action_submit()
        self.assertFalse(solution.can_decide)
        with self.assertRaisesRegex(AccessError, "your own"):
            solution.action_approve()
        with self.assertRaisesRegex(AccessError, "not yours"):
            solution.with_user(self.sales).action_approve()

    def test_named_reviewers_approve_and_nobody_else(self):
        solution = self._create_solution(reviewer_ids=[Command.set(self.delivery.ids)])
        solution.action_submit()
        with self.assertRaisesRegex(AccessError, "not yours"):
            solution.with_user(self.presales_2).action_approve()
        solution.with_user(self.delivery).action_approve()
        self.assertEqual(solution.state, 'approved')

    def test_a_reviewer_must_be_one(self):
        with self.assertRaisesRegex(ValidationError, "is no reviewer"):
            self._create_solution(reviewer_ids=[Command.set(self.manager.ids)])

    def test_without_anybody_to_approve_it_is_not_submitted(self):
        solution = self._create_solution(reviewer_ids=[Command.set(self.presales.ids)])
        with self.assertRaisesRegex(UserError, "Nobody but you"):
            solution.action_submit()

    def test_an_empty_solution_is_not_submitted(self):
        solution = self._create_solution(summary=False, line_ids=[])
        with self.assertRaisesRegex(UserError, "no summary.*\n.*no cost basis"):
            solution.action_submit()

    def test_what_was_submitted_stays(self):
        solution = self._create_solution()
        solution.action_submit()
        for paper in (solution, solution.sudo()):
            for values in ({'summary': "<p>Less</p>"}, {'name': "Other"}, {'opportunity_id': self.opportunity.id},
                           {'line_ids': [Command.clear()]}):
                with self.assertRaisesRegex(UserError, "stays as it is"), self.cr.savepoint():
                    paper.write(values)
        line = solution.line_ids[0]
        for change in (lambda: line.write({'unit_cost': 1}), line.unlink, solution.unlink,
                       lambda: line.create({'solution_id': solution.id, 'name': "More"})):
            with self.assertRaisesRegex(UserError, "stays as it is"), self.cr.savepoint():
                change()

    def test_a_line_is_not_moved_to_an_approved_solution(self):
        approved = self._approve(self._create_solution(), self.presales_2)
        draft = self._create_solution()
        with self.assertRaisesRegex(UserError, "stays as it is"):
            draft.line_ids[0].solution_id = approved

    def test_no_client_writes_state_or_stamps(self):
        solution = self._create_solution(
            state='approved', version=7, decided_by_id=self.manager.id, submitted_by_id=self.manager.id)
        self.assertRecordValues(solution, [{
            'state': 'draft', 'version': 1, 'decided_by_id': False, 'submitted_by_id': False}])
        solution.write({'state': 'approved', 'decided_by_id': self.manager.id})
        self.assertRecordValues(solution, [{'state': 'draft', 'decided_by_id': False}])
        defaults = self.env['ltc.solution'].with_user(self.presales).with_context(
            default_state='approved', default_version=9).default_get(['state', 'version'])
        self.assertEqual((defaults['state'], defaults['version']), ('draft', 1))
        with self.assertRaisesRegex(UserError, "cannot become"):
            solution.sudo().state = 'approved'
        solution.action_submit()
        with self.assertRaisesRegex(UserError, "decided by nobody"):
            solution.sudo().state = 'approved'

    def test_a_rejection_gives_its_reason(self):
        solution = self._create_solution()
        solution.action_submit()
        with self.assertRaisesRegex(UserError, "say why"):
            solution.with_user(self.presales_2).action_reject()
        action = solution.with_user(self.presales_2).action_open_rejection()
        dialog = self.env['ltc.version.reject'].with_user(self.presales_2).with_context(**action['context']).create(
            {'reason': "The crane is missing."})
        dialog.action_reject()
        self.assertRecordValues(solution, [{'state': 'rejected', 'decision_note': "The crane is missing."}])

    def test_the_dialog_rejects_nothing_else(self):
        dialog = self.env['ltc.version.reject'].with_user(self.presales_2).create(
            {'reason': "x", 'res_model': 'res.users', 'res_id': self.sales.id})
        with self.assertRaisesRegex(UserError, "no paper"):
            dialog.action_reject()

    def test_a_new_version_supersedes_when_it_is_approved(self):
        first = self._approve(self._create_solution(), self.presales_2)
        second = self.env['ltc.solution'].browse(first.action_new_version()['res_id']).with_user(self.presales)
        self.assertRecordValues(second, [{'version': 2, 'state': 'draft', 'cost_total': 125000}])
        self.assertEqual(first.state, 'approved')
        self._approve(second, self.presales_2)
        self.assertRecordValues(first + second, [{'state': 'superseded'}, {'state': 'approved'}])
        third = first.browse(first.action_new_version()['res_id'])
        self.assertEqual(third.version, 3)

    def test_a_draft_is_withdrawn_and_submitted_again(self):
        solution = self._create_solution()
        solution.action_submit()
        solution.action_withdraw()
        self.assertFalse(solution.sudo().activity_ids)
        solution.summary = "<p>More</p>"
        self._approve(solution, self.presales_2)
        with self.assertRaisesRegex(UserError, "cannot become"):
            solution.action_withdraw()

    def test_salespeople_see_the_papers_of_their_own_opportunities(self):
        solution = self._create_solution()
        self.assertTrue(solution.with_user(self.sales).has_access('write'))
        stranger = self.sales.copy({'login': 'ltc_test_stranger'})
        self.assertFalse(solution.with_user(stranger).has_access('read'))
        self.assertFalse(solution.line_ids.with_user(stranger).has_access('read'))
        self.assertTrue(solution.with_user(self.finance).has_access('read'))
        self.assertFalse(solution.with_user(self.finance).has_access('write'))

    def test_another_company_sees_nothing(self):
        solution = self._create_solution()
        other = self.env['res.company'].create({'name': "Other"})
        user = self.presales.copy({
            'login': 'ltc_test_other', 'company_id': other.id, 'company_ids': [Command.set(other.ids)]})
        self.assertFalse(solution.with_user(user).has_access('read'))
        solution.action_submit()
        with self.assertRaises(AccessError):
            solution.with_user(user).action_approve()

    def test_papers_follow_merged_opportunities(self):
        twin = self._create_opportunity(name="Two filling lines, again", expected_revenue=1.0)
        approved = self._approve(self._create_solution(opportunity_id=twin.id), self.presales_2)
        self.env['ltc.requirement'].create({'opportunity_id': twin.id})
        merged = (self.opportunity | twin).merge_opportunity(auto_unlink=True)
        self.assertEqual(approved.opportunity_id, merged)
        self.assertEqual(self.env['ltc.requirement'].search([('opportunity_id', '=', merged.id)]).exists().ids != [],
                         True)

    def test_an_estimate_is_made_of_an_approved_solution(self):
        solution = self._create_solution()
        with self.assertRaisesRegex(UserError, "not approved"):
            solution.action_create_estimate()
        self._approve(solution, self.presales_2)
        estimate = self.env['ltc.estimate'].browse(solution.action_create_estimate()['res_id'])
        self.assertRecordValues(estimate, [{
            'solution_id': solution.id, 'cost_total': 125000, 'cost_material': 120000, 'cost_labour': 5000}])

    def test_the_cost_of_a_product_is_filled_in(self):
        solution = self._create_solution(line_ids=[
            Command.create({'name': "Filler", 'product_id': self.line_product.id, 'quantity': 2})])
        self.assertEqual(solution.cost_total, 120000)

    def test_the_opportunity_opens_its_papers(self):
        solution = self._create_solution()
        action = self.opportunity.with_user(self.sales).action_ltc_view_solutions()
        self.assertEqual(self.env[action['res_model']].search(action['domain']), solution)
        self.assertFalse(self.opportunity.action_ltc_view_requirement()['res_id'])
        sheet = self.env['ltc.requirement'].create({'opportunity_id': self.opportunity.id})
        self.assertEqual(self.opportunity.action_ltc_view_requirement()['res_id'], sheet.id)
