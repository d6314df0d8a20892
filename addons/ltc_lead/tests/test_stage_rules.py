from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged, users

from odoo.addons.ltc_lead.models.crm_lead_stage_rule import CrmLead

from .stage_rule_common import StageRuleCommon


@tagged('post_install', '-at_install')
class TestStageRules(StageRuleCommon):

    # === BEGINNING === #

    @users('ltc_test_sales')
    def test_an_opportunity_begins_only_where_it_may(self):
        (self.pipeline - self.stage_new).sudo().ltc_is_start = False
        values = self._prepare_lead_values(type='opportunity')
        with self._refused(r"Two filling lines cannot begin in stage Offer; begin in one of: .*New"):
            self.env['crm.lead'].create({**values, 'stage_id': self.stage_offer.id})
        opportunity = self.env['crm.lead'].create({**values, 'stage_id': self.stage_new.id})
        opportunity.stage_id = self.stage_offer

    @users('ltc_test_sales')
    def test_without_a_stage_it_begins_in_the_first_start_stage(self):
        (self.stage_new + self.stage_visit).sudo().ltc_is_start = False
        opportunity = self.env['crm.lead'].create(self._prepare_lead_values(type='opportunity'))
        self.assertEqual(opportunity.stage_id, self.stage_proposition)

    @users('ltc_test_sales')
    def test_a_converted_lead_begins_too(self):
        lead = self._create_lead(stage_id=self.stage_offer.id).with_env(self.env)
        self.stage_offer.sudo().ltc_is_start = False
        for convert in (lambda: lead.convert_opportunity(self.customer), lambda: lead.write({'type': 'opportunity'})):
            with self._refused("cannot begin in stage Offer"):
                convert()
        lead.write({'type': 'opportunity', 'stage_id': self.stage_new.id})

    # === SKIPPING AND RETURNING === #

    @users('ltc_test_sales')
    def test_nobody_skips_a_stage_that_must_be_gone_through(self):
        opportunity = self._create_opportunity(stage_id=self.stage_new.id).with_env(self.env)
        self.stage_visit.sudo().ltc_is_skippable = False
        sentence = "Two filling lines cannot skip stage Visit on its way to Offer; move it there first"
        with self._refused(sentence):
            opportunity.stage_id = self.stage_offer
        with self._refused("skip stage Visit on its way to Won"):
            opportunity.action_set_won()
        opportunity.stage_id = self.stage_visit
        opportunity.stage_id = self.stage_offer
        opportunity.action_set_won()

    @users('ltc_test_sales')
    def test_beginning_behind_it_is_skipping_too(self):
        self.stage_visit.sudo().ltc_is_skippable = False
        with self._refused("cannot skip stage Visit"):
            self._create_opportunity(stage_id=self.stage_offer.id).with_env(self.env)

    @users('ltc_test_manager')
    def test_managers_are_bound_and_leads_are_not(self):
        self.stage_visit.sudo().ltc_is_skippable = False
        opportunity = self._create_opportunity(stage_id=self.stage_new.id).with_env(self.env)
        with self._refused("cannot skip stage Visit"):
            opportunity.write({'stage_id': self.stage_offer.id})
        lead = self._create_lead(stage_id=self.stage_new.id).with_env(self.env)
        lead.stage_id = self.stage_offer

    @users('ltc_test_sales')
    def test_a_stage_of_no_return(self):
        opportunity = self._create_opportunity(stage_id=self.stage_offer.id).with_env(self.env)
        self.stage_offer.sudo().ltc_is_return_allowed = False
        with self._refused("does not return from stage Offer to Visit"):
            opportunity.stage_id = self.stage_visit
        opportunity.action_set_lost()
        opportunity.action_restore()
        self.assertEqual(opportunity.stage_id, self.stage_offer, "losing and restoring move nothing")

    def test_a_change_of_team_is_no_way_round(self):
        other_team = self.env['crm.team'].create({'name': "Other", 'company_id': self.company.id})
        early = self.env['crm.stage'].create({'name': "Early", 'sequence': -40, 'team_ids': [other_team.id]})
        opportunity = self._create_opportunity(stage_id=self.stage_offer.id, user_id=False)
        self.stage_offer.ltc_is_return_allowed = False
        with self._refused("does not return from stage Offer to Early"):
            opportunity.team_id = other_team
        self.stage_offer.ltc_is_return_allowed = True
        opportunity.team_id = other_team
        self.assertEqual(opportunity.stage_id, early)

    @users('ltc_test_sales')
    def test_the_stages_of_other_teams_are_not_on_the_way(self):
        other_team = self.env['crm.team'].sudo().create({'name': "Other", 'company_id': self.company.id})
        self.env['crm.stage'].sudo().create({
            'name': "Theirs", 'sequence': -27, 'team_ids': [other_team.id], 'ltc_is_skippable': False})
        opportunity = self._create_opportunity(stage_id=self.stage_new.id).with_env(self.env)
        opportunity.stage_id = self.stage_offer

    # === WHAT A STAGE ASKS FOR === #

    @users('ltc_test_sales')
    def test_mandatory_fields_are_named_all_at_once(self):
        self.stage_proposition.sudo().ltc_required_field_ids = self._get_field('date_deadline', 'ltc_competitors')
        opportunity = self._create_opportunity(stage_id=self.stage_new.id).with_env(self.env)
        with self._refused("Two filling lines needs for stage Proposition: .*; fill them in first"):
            opportunity.stage_id = self.stage_proposition
        opportunity.write({
            'stage_id': self.stage_proposition.id, 'date_deadline': '2026-12-31', 'ltc_competitors': "Krones"})
        opportunity.ltc_competitors = False  # only moves are checked

    @users('ltc_test_sales')
    def test_a_jump_over_a_stage_is_asked_the_same(self):
        self.stage_proposition.sudo().ltc_required_field_ids = self._get_field('ltc_competitors')
        opportunity = self._create_opportunity(stage_id=self.stage_new.id, ltc_competitors="  ").with_env(self.env)
        with self._refused("needs for stage Proposition: Competitors"):
            opportunity.stage_id = self.stage_offer

    @users('ltc_test_sales')
    def test_a_quotation_is_asked_of_whoever_knows_quotations(self):
        self.stage_offer.sudo().ltc_is_quotation_required = True
        opportunity = self._create_opportunity(stage_id=self.stage_new.id).with_env(self.env)
        with patch.object(CrmLead, '_ltc_has_quotation', lambda lead: False), \
                self._refused("has no quotation, and stage Offer requires one"):
            opportunity.stage_id = self.stage_offer
        with patch.object(self.registry['crm.lead'], '_ltc_has_quotation', lambda lead: True):
            opportunity.stage_id = self.stage_offer

    def test_a_stage_behind_a_gate_binds_where_the_gate_is_in_force(self):
        gate = self.env['ltc.gate']._get_by_code('ati')
        self.stage_offer.ltc_gate_ids = gate
        self._create_opportunity(stage_id=self.stage_new.id).with_user(self.sales).stage_id = self.stage_offer
        self._set_profile('full')
        opportunity = self._create_opportunity(stage_id=self.stage_new.id).with_user(self.sales)
        with self._refused("was not decided at gate ATI"):
            opportunity.stage_id = self.stage_offer
        self._pass_gate(opportunity.sudo(), 'ati')
        opportunity.stage_id = self.stage_offer

    def test_the_gate_of_another_document_is_passed_in_the_case(self):
        model = self.env['ir.model']._get('ltc.flow')
        gate = self.env['ltc.gate'].sudo().create({
            'name': "Bid", 'code': 'ltc_test_bid', 'model_id': model.id, 'profile': 'full'})
        self.stage_offer.ltc_gate_ids = gate
        self._set_profile('full')
        opportunity = self._create_opportunity(stage_id=self.stage_new.id).with_user(self.sales)
        with self._refused("nothing of its case passed gate Bid"):
            opportunity.stage_id = self.stage_offer

    # === ROUTES === #

    @users('ltc_test_sales')
    def test_the_form_and_the_import_are_refused_alike(self):
        self.stage_visit.sudo().ltc_is_skippable = False
        opportunity = self._create_opportunity(stage_id=self.stage_new.id).with_env(self.env)
        with self._refused("cannot skip stage Visit"), \
                Form(opportunity, view='crm.crm_lead_view_form') as form:
            form.stage_id = self.stage_offer
        result = self.env['crm.lead'].load(
            ['name', 'type', 'stage_id/.id', 'team_id/.id'],
            [["Imported", 'opportunity', str(self.stage_offer.id), str(self.team.id)]])
        self.assertFalse(result['ids'])
        self.assertIn("Imported cannot skip stage Visit", result['messages'][0]['message'])

    def test_an_automation_is_refused_too(self):
        self.stage_visit.ltc_is_skippable = False
        opportunity = self._create_opportunity(stage_id=self.stage_new.id)
        action = self.env['ir.actions.server'].create({
            'name': "Push", 'model_id': self.env['ir.model']._get('crm.lead').id, 'state': 'code',
            'code': f"record.write({{'stage_id': {self.stage_offer.id}}})"})
        with self._refused("cannot skip stage Visit"):
            action.with_context(active_model='crm.lead', active_id=opportunity.id).run()

    # === WHO SETS THE RULES, AND WHAT THEY COST === #

    @users('ltc_test_manager')
    def test_only_sales_operations_sets_the_rules(self):
        stage = self.stage_visit.with_env(self.env)
        stage.name = "First Visit"
        with self.assertRaisesRegex(AccessError, "ask sales operations"):
            stage.ltc_is_skippable = False
        with self.assertRaisesRegex(AccessError, "ask sales operations"), self.env.cr.savepoint():
            stage.create({'name': "Mine", 'ltc_is_start': False})
        self.stage_visit.sudo().ltc_is_skippable = False
        with self.assertRaisesRegex(AccessError, "ask sales operations"):
            stage.unlink()
        with self.assertRaisesRegex(AccessError, "ask sales operations"):
            self.stage_offer.with_env(self.env).sequence = -29  # moved before what must not be skipped
        stage.with_user(self.operations).write({'ltc_is_skippable': True})
        self.stage_offer.with_env(self.env).sequence = -29

    def test_a_change_of_the_rules_is_in_the_audit_log(self):
        self.stage_visit.with_user(self.operations).ltc_is_skippable = False
        self.stage_visit.with_user(self.operations).sequence = -27
        entries = self.env['ltc.audit.log'].search([
            ('res_model', '=', 'crm.stage'), ('res_id', '=', self.stage_visit.id)])
        self.assertEqual([entry.payload for entry in entries], [
            '{"change":"changed","values":{"ltc_is_skippable":"False"}}'])

    @users('ltc_test_sales')
    def test_without_rules_a_move_costs_nothing_and_with_rules_a_batch_costs_what_one_costs(self):
        opportunities = self.env['crm.lead'].concat(*[
            self._create_opportunity(stage_id=self.stage_new.id) for _number in range(20)]).with_env(self.env)
        counts = []
        for batch in (opportunities[:1], opportunities[1:]):
            batch.write({'stage_id': self.stage_visit.id})
            self.stage_proposition.sudo().ltc_required_field_ids = self._get_field('ltc_need')
            self.env['crm.stage']._ltc_get_rules()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            batch.write({'stage_id': self.stage_proposition.id})
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 4)
