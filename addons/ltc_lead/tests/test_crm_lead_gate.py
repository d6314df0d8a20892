from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged, users

from .common import LtcLeadCommon


@tagged('post_install', '-at_install')
class TestCrmLeadGate(LtcLeadCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('full')

    # === THE DECISION === #

    def test_a_go_lets_the_opportunity_through_to_the_end(self):
        opportunity = self._create_opportunity()
        review = self._pass_gate(opportunity, 'ati')
        self.assertEqual(review.approval_ids.candidate_ids & self.manager, self.manager, "the sales manager decides")
        self.assertEqual(set(review.opinion_ids.mapped('kind')), {'technical', 'commercial'})
        opportunity.with_user(self.sales).stage_id = self.stage_proposition
        opportunity.with_user(self.sales).action_set_won()
        self.assertEqual(opportunity.won_status, 'won')

    def test_a_go_names_the_iron_triangle_of_the_case(self):
        opportunity = self._create_opportunity(ltc_sr_user_id=False, ltc_fr_user_id=False)
        self.assertFalse(opportunity.ltc_flow_id.sr_user_id)
        opportunity.write({
            'ltc_sr_user_id': self.presales.id, 'ltc_fr_user_id': self.delivery.id, 'expected_revenue': 900000.0})
        self._pass_gate(opportunity, 'ati')
        self.assertRecordValues(opportunity.ltc_flow_id, [{
            'ar_user_id': self.sales.id, 'sr_user_id': self.presales.id, 'fr_user_id': self.delivery.id,
            'amount': 900000.0,
        }])

    def test_a_review_after_the_quotation_keeps_the_amount_of_the_quotation(self):
        opportunity = self._create_opportunity()
        opportunity.ltc_flow_id._advance('quote', amount=777000.0)
        self._pass_gate(opportunity, 'ati')
        self.assertRecordValues(opportunity.ltc_flow_id, [{'amount': 777000.0, 'sr_user_id': self.presales.id}])

    def test_a_big_opportunity_goes_to_the_decision_team(self):
        review = self._submit(self._create_opportunity(expected_revenue=1200000.0), 'ati')
        self.assertIn(self.director, review.approval_ids.candidate_ids)
        self.assertNotIn(self.manager, review.approval_ids.candidate_ids)

    def test_a_hold_needs_the_day_on_which_it_is_cleaned_up(self):
        opportunity = self._create_opportunity()
        review = self._submit(opportunity, 'ati')
        self._hear(review)
        with self.assertRaisesRegex(UserError, "needs a future date"):
            review.with_user(self.manager).action_decide('hold', reason="No people before June.")
        until = fields.Date.today() + timedelta(days=30)
        review.with_user(self.manager).action_decide('hold', reason="No people before June.", hold_until=until)
        with self.assertRaisesRegex(UserError, "on hold"):
            opportunity.stage_id = self.stage_proposition

    def test_a_no_go_closes_the_way(self):
        opportunity = self._create_opportunity()
        self._pass_gate(opportunity, 'ati', decision='no_go', reason="Not our market.")
        with self.assertRaisesRegex(UserError, "Not our market"):
            opportunity.stage_id = self.stage_proposition

    def test_the_submission_tells_everything_that_is_missing(self):
        opportunity = self._create_opportunity(
            ltc_sr_user_id=False, ltc_fr_user_id=False, ltc_need=False, expected_revenue=0.0)
        with self.assertRaisesRegex(
                UserError, r"describe the need(.|\n)*estimate it(.|\n)*Solution \(SR\), Fulfilment \(FR\)"):
            self._submit(opportunity, 'ati')

    def test_a_lead_and_a_lost_opportunity_are_not_submitted(self):
        with self.assertRaisesRegex(UserError, "still a lead"):
            self._submit(self._create_lead(), 'ati')
        opportunity = self._create_opportunity()
        opportunity.action_set_lost()
        with self.assertRaisesRegex(UserError, "is lost"):
            self._submit(opportunity, 'ati')

    def test_the_submitter_does_not_decide(self):
        opportunity = self._create_opportunity(user_id=self.manager.id)
        review = self._submit(opportunity, 'ati', self.manager)
        with self.assertRaises(AccessError):
            review.with_user(self.manager).action_decide('go')

    # === WAYS ROUND IT === #

    def test_no_route_leads_into_a_gated_stage(self):
        opportunity = self._create_opportunity()
        own = opportunity.with_user(self.sales)
        gated, won = self.stage_proposition.id, self.stage_won.id
        routes = {
            'form': lambda: own.write({'stage_id': gated}),
            'kanban': lambda: own.web_save({'stage_id': gated}, {'stage_id': {}}),
            'won': own.action_set_won,
            'won with a rainbow': own.action_set_won_rainbowman,
            'won stage': lambda: own.write({'stage_id': won, 'probability': 100}),
            'automation': lambda: opportunity.sudo().write({'stage_id': gated}),
            'as manager': lambda: opportunity.with_user(self.manager).write({'stage_id': gated}),
            'copy': lambda: own.copy({'stage_id': gated}),
            'duplicate won': lambda: own.copy({'stage_id': won}),
            'create': lambda: own.create(self._prepare_lead_values(type='opportunity', stage_id=gated)),
            'create won': lambda: own.create(self._prepare_lead_values(type='opportunity', stage_id=won)),
            'create by default': lambda: own.with_context(default_stage_id=gated).create(
                self._prepare_lead_values(type='opportunity')),
            'as a lead': lambda: own.create(self._prepare_lead_values(stage_id=won)),
            'context': lambda: own.with_context(
                ltc_skip=True, tracking_disable=True, install_mode=True).write({'stage_id': gated}),
        }
        for route, move in routes.items():
            with self.subTest(route=route), self.assertRaisesRegex(UserError, "submit it for review"), \
                    self.cr.savepoint():
                move()
        self.assertEqual(opportunity.stage_id, self.stage_new)

    @users('ltc_test_sales')
    def test_no_import_leads_into_a_gated_stage(self):
        opportunity = self._create_opportunity().with_env(self.env)
        Lead = self.env['crm.lead']
        results = [
            Lead.load(['.id', 'stage_id/.id'], [[str(opportunity.id), str(self.stage_proposition.id)]]),
            Lead.load(['name', 'type', 'team_id/.id', 'stage_id/.id'],
                      [["Imported", 'opportunity', str(self.team.id), str(self.stage_won.id)]]),
        ]
        for result in results:
            self.assertFalse(result['ids'])
            self.assertIn("submit it for review", result['messages'][0]['message'])
        self.assertEqual(opportunity.stage_id, self.stage_new)

    @users('ltc_test_sales')
    def test_no_form_leads_into_a_gated_stage(self):
        opportunity = self._create_opportunity().with_env(self.env)
        with self.assertRaisesRegex(UserError, "submit it for review"), Form(opportunity) as form:
            form.stage_id = self.stage_proposition

    def test_turning_a_stage_into_a_won_one_wins_nothing(self):
        opportunity = self._create_opportunity()
        with self.assertRaisesRegex(UserError, "submit it for review"), self.cr.savepoint():
            self.stage_new.with_user(self.manager).is_won = True
        self.assertNotEqual(opportunity.won_status, 'won')

    def test_one_refused_opportunity_refuses_the_batch(self):
        passed, waiting = self._create_opportunity(), self._create_opportunity(name="Waiting")
        self._pass_gate(passed, 'ati')
        with self.assertRaisesRegex(UserError, "^Waiting was not decided"), self.cr.savepoint():
            (passed | waiting).write({'stage_id': self.stage_proposition.id})
        self.assertEqual(passed.stage_id, self.stage_new)

    def test_an_old_go_does_not_carry_new_figures(self):
        changes = {
            'expected_revenue': 5000000.0, 'partner_id': self.customer.copy().id, 'ltc_need': "Ten lines.",
            'ltc_competitors': "KHS", 'ltc_sr_user_id': self.manager.id, 'ltc_fr_user_id': False,
            'user_id': self.manager.id,
        }
        opportunity = self._create_opportunity()
        self._pass_gate(opportunity, 'ati')
        for name, value in changes.items():
            with self.subTest(field=name), self.assertRaisesRegex(UserError, "is not what was decided"), \
                    self.cr.savepoint():
                opportunity.write({name: value, 'stage_id': self.stage_proposition.id})
        with self.assertRaisesRegex(UserError, "Amount: .*800,000.* → .*5,000,000"):
            opportunity.write({'expected_revenue': 5000000.0, 'stage_id': self.stage_proposition.id})

    def test_a_copy_does_not_inherit_the_go(self):
        opportunity = self._create_opportunity()
        self._pass_gate(opportunity, 'ati')
        with self.assertRaisesRegex(UserError, "was not decided"):
            opportunity.copy().stage_id = self.stage_proposition

    def test_a_merge_does_not_carry_a_go_to_another_opportunity(self):
        passed = self._create_opportunity(name="Passed")
        self._pass_gate(passed, 'ati')
        target = self._create_opportunity(name="Target", probability=90)
        merged = (passed | target).merge_opportunity()
        if merged == target:
            with self.assertRaisesRegex(UserError, "was not decided"):
                merged.stage_id = self.stage_proposition

    def test_changing_the_company_is_a_move_too(self):
        light = self.env['res.company'].create({'name': "Light Branch"})
        self.sales.company_ids += light
        self.team.company_id = False
        opportunity = self._create_lead(type='opportunity', company_id=light.id).with_user(self.sales).with_context(
            allowed_company_ids=(self.company | light).ids)
        opportunity.action_set_won()
        with self.assertRaisesRegex(UserError, "submit it for review"):
            opportunity.company_id = self.company

    def test_a_team_that_starts_in_a_gated_stage_is_no_way_in(self):
        shortcut = self.env['crm.team'].create({'name': "Shortcut", 'company_id': self.company.id})
        self.env['crm.stage'].create({
            'name': "Straight In", 'sequence': -99, 'team_ids': [shortcut.id], 'ltc_gate_required': True})
        opportunity = self._create_opportunity(user_id=False)
        with self.assertRaisesRegex(UserError, "submit it for review"):
            opportunity.team_id = shortcut
            opportunity.flush_recordset()

    # === WHAT STAYS FREE === #

    def test_in_the_stage_work_goes_on_after_the_figures_moved(self):
        opportunity = self._create_opportunity()
        self._pass_gate(opportunity, 'ati')
        opportunity.stage_id = self.stage_proposition
        opportunity.expected_revenue = 5000000.0
        opportunity.write({'user_id': self.manager.id})
        opportunity.write({'stage_id': self.stage_proposition.id, 'probability': 70})
        opportunity.flush_recordset()
        with self.assertRaisesRegex(UserError, "is not what was decided"), self.cr.savepoint():
            opportunity.action_set_won()
        opportunity.stage_id = self.stage_new
        opportunity.action_set_lost()
        self.assertEqual(opportunity.ltc_flow_id.state, 'lost')

    def test_nothing_is_refused_outside_full(self):
        for profile in ('light', 'standard'):
            self._set_profile(profile)
            opportunity = self._create_opportunity(
                partner_id=False, ltc_need=False, expected_revenue=0.0, ltc_sr_user_id=False)
            opportunity.with_user(self.sales).stage_id = self.stage_proposition
            opportunity.with_user(self.sales).action_set_won()
            self.assertEqual(opportunity.won_status, 'won')
            self._create_opportunity(stage_id=self.stage_won.id)
            self.assertFalse(opportunity.ltc_gate_summary)

    def test_a_gate_of_ones_own_lives_with_scopes_that_cannot_be_frozen(self):
        """Part of a date, a property, a picture: the level is found by it, the frozen figures leave it out."""
        gate = self.env['ltc.gate'].with_user(self.operations).create({
            'name': "Own", 'model_id': self.env['ir.model']._get_id('crm.lead'), 'profile': 'own',
            'guard_domain': "[('priority', '=', '3')]", 'company_ids': [Command.set(self.company.ids)],
            'rule_ids': [Command.create({
                'name': "Director", 'user_ids': [Command.set(self.director.ids)], 'scope_domain':
                    "[('create_date.month_number', '>', 0), ('partner_id.image_1920', '=', False),"
                    " ('partner_id.name', '!=', False)]"})]})
        opportunity = self._create_opportunity()
        review = self._submit(opportunity, gate.code, self.sales)
        self.assertEqual(review.sudo().level_name, "Director")
        self.assertEqual(
            {key for key in review.sudo().figures if key.startswith('field.')}, {'field.partner_id.name'})
        self._hear(review)
        self._decide(review)
        opportunity.with_user(self.sales).priority = '3'
        self.assertEqual(opportunity.priority, '3')

    def _create_old_opportunity(self, **values):
        self._set_profile('light')
        opportunity = self._create_opportunity(**values)
        self.env.cr.execute("UPDATE crm_lead SET create_date = '2020-01-01' WHERE id = %s", [opportunity.id])
        opportunity.invalidate_recordset(['create_date'])
        return opportunity.with_user(self.sales)

    def test_opportunities_past_the_gate_when_it_is_switched_on_are_free(self):
        opportunity = self._create_old_opportunity(stage_id=self.stage_proposition.id)
        self._set_profile('full')
        self.assertFalse(opportunity.ltc_gate_summary)
        opportunity.action_set_won()
        self.assertEqual(opportunity.won_status, 'won')
        opportunity.stage_id = self.stage_new
        with self.assertRaisesRegex(UserError, "was switched on"), self.env.cr.savepoint():
            opportunity.stage_id = self.stage_proposition

    def test_older_opportunities_before_the_gate_need_it_at_their_next_move(self):
        opportunity = self._create_old_opportunity()
        lost = self._create_old_opportunity()
        lost.action_set_lost()
        self._set_profile('full')
        opportunity.expected_revenue = 7.0  # what is no move goes on
        [card] = opportunity.ltc_gate_summary
        self.assertEqual(card['state'], 'todo')
        self.assertRegex(card['detail'], "Switched on .*while this document was open")
        with self.assertRaisesRegex(UserError, "was open when gate ATI .* was switched on"), self.env.cr.savepoint():
            opportunity.stage_id = self.stage_proposition
        lost.action_unarchive()
        with self.assertRaisesRegex(UserError, "was switched on"), self.env.cr.savepoint():
            lost.action_set_won()
        opportunity.sudo().write({'expected_revenue': 800000.0})
        self._pass_gate(opportunity, 'ati')
        opportunity.stage_id = self.stage_proposition
        opportunity.action_set_won()

    def test_which_gates_bind_an_older_opportunity_is_not_for_a_client_to_say(self):
        opportunity = self._create_old_opportunity()
        self._set_profile('full')
        opportunity.write({'ltc_gates_ahead': False})
        self.assertEqual(opportunity.ltc_gates_ahead, ' ati ')
        self.env['crm.lead'].with_user(self.sales).load(
            ['.id', 'ltc_gates_ahead'], [[str(opportunity.id), '']])
        self.assertEqual(opportunity.ltc_gates_ahead, ' ati ')
        self.assertFalse(opportunity.copy().ltc_gates_ahead)

    def test_the_gate_lists_what_is_older_and_undecided(self):
        opportunity, past = self._create_old_opportunity(), self._create_old_opportunity(
            stage_id=self.stage_proposition.id)
        self._set_profile('full')
        gate = self.env['ltc.gate']._get_by_code('ati').with_user(self.operations).sudo(False)

        def get_listed():
            return self.env['crm.lead'].with_context(active_test=False).search(gate.action_view_ahead()['domain'])

        self.assertIn(opportunity, get_listed())
        self.assertNotIn(past, get_listed())
        self.assertEqual(gate.sudo().ahead_count, len(get_listed()))
        self._pass_gate(opportunity, 'ati')
        self.assertNotIn(opportunity, get_listed())
        other = self._create_old_opportunity()
        self._set_profile('light')
        other.stage_id = self.stage_proposition
        self._set_profile('full')
        self.assertFalse(other.ltc_gates_ahead, "moved on while no gate was on: past it")

    # === STAGES, COMPANY, ACCESS === #

    def test_a_won_stage_always_requires_the_decision(self):
        self.assertTrue(self.stage_won.ltc_gate_required)
        self.assertFalse(self.stage_new.ltc_gate_required)
        self.assertTrue(all(self.env['crm.stage'].search([('is_won', '=', True)]).mapped('ltc_gate_required')))
        proposition = self.env.ref('crm.stage_lead3', raise_if_not_found=False)
        self.assertTrue(not proposition or proposition.ltc_gate_required)

    def test_the_company_is_found_when_the_opportunity_has_none(self):
        branch = self.env['res.company'].create({'name': "Branch"})
        opportunity = self._create_opportunity()
        opportunity.ltc_flow_id = self.env['ltc.flow']._open_flows([{'company_id': branch.id}])
        self.team.company_id = False
        opportunity.company_id = False
        self.assertEqual(opportunity._ltc_get_company(), branch, "its case's")
        opportunity.ltc_flow_id = False
        self.assertEqual(opportunity._ltc_get_company(), self.sales.company_id, "its salesperson's")

    def test_reviewers_read_opportunities_and_no_raw_leads(self):
        opportunity, lead = self._create_opportunity(), self._create_lead()
        seen = self.env['crm.lead'].with_user(self.presales).search([('id', 'in', (opportunity | lead).ids)])
        self.assertEqual(seen.sudo(), opportunity.sudo())
        self.assertEqual(seen.name, opportunity.name)
        with self.assertRaises(AccessError):
            seen.ltc_need = "Mine."

    def test_the_banner_tells_where_the_decision_stands(self):
        opportunity = self._create_opportunity().with_user(self.sales)
        self.assertEqual([card['state'] for card in opportunity.ltc_gate_summary], ['todo'])
        self._pass_gate(opportunity.sudo(), 'ati')
        opportunity.invalidate_recordset()
        self.assertEqual([card['state'] for card in opportunity.ltc_gate_summary], ['go'])
