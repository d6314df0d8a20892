from odoo.fields import Command
from odoo.tests import new_test_user, tagged, users

from .stage_rule_common import StageRuleCommon


@tagged('post_install', '-at_install')
class TestStageRulesTeams(StageRuleCommon):
    """Nobody gets past a stage of his team by way of a team that does not have it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage_visit.ltc_is_skippable = False
        cls.lax_team = cls.env['crm.team'].create({'name': "Lax", 'company_id': cls.company.id})
        (cls.pipeline - cls.stage_visit).write({'team_ids': [Command.link(cls.lax_team.id)]})
        cls.lax = new_test_user(cls.env, 'ltc_test_lax', groups='sales_team.group_sale_salesman', name="LTC Lax")
        cls.env['crm.team.member'].create({'crm_team_id': cls.lax_team.id, 'user_id': cls.lax.id})

    def _create_ahead(self, **values):
        """Return an opportunity that stands, rightly so in its team, where ours stand after a visit only."""
        return self._create_opportunity(**{
            'team_id': self.lax_team.id, 'user_id': self.lax.id, 'stage_id': self.stage_proposition.id, **values})

    @users('ltc_test_manager')
    def test_a_stage_of_both_teams_is_no_way_round(self):
        opportunity = self._create_ahead().with_env(self.env)
        opportunity.team_id = self.team
        self.assertEqual(opportunity.stage_id, self.stage_new, "it begins anew in the pipeline of the team")
        with self._refused("cannot skip stage Visit on its way to Proposition"):
            opportunity.stage_id = self.stage_proposition

    @users('ltc_test_manager')
    def test_with_the_team_one_gives_the_stage_and_is_asked_for_what_lies_before(self):
        opportunity = self._create_ahead().with_env(self.env)
        for stage in (self.stage_offer, self.stage_won):
            with self._refused(f"cannot skip stage Visit on its way to {stage.name}"):
                opportunity.write({'team_id': self.team.id, 'stage_id': stage.id})
        opportunity.write({'team_id': self.team.id, 'stage_id': self.stage_visit.id})
        self.assertEqual(opportunity.stage_id, self.stage_visit)

    @users('ltc_test_manager')
    def test_what_the_stage_asks_for_counts_too(self):
        self.stage_visit.sudo().write({
            'ltc_is_skippable': True, 'ltc_required_field_ids': self._get_field('ltc_competitors').ids})
        lacking, complete = self._create_ahead(), self._create_ahead(ltc_competitors="Krones")
        (lacking | complete).with_env(self.env).team_id = self.team
        self.assertEqual((lacking | complete).mapped('stage_id'), self.stage_new | self.stage_proposition)
        self.assertEqual(complete.stage_id, self.stage_proposition, "nothing is missing: it stays where it is")

    @users('ltc_test_manager')
    def test_a_stage_of_no_return_is_not_left_by_a_change_of_team(self):
        opportunity = self._create_ahead().with_env(self.env)
        self.stage_proposition.sudo().ltc_is_return_allowed = False
        with self._refused("does not return from stage Proposition to New"):
            opportunity.team_id = self.team
        self.assertEqual(opportunity.team_id, self.lax_team)

    @users('ltc_test_manager')
    def test_another_salesperson_brings_his_team_and_its_rules(self):
        opportunity = self._create_ahead().with_env(self.env)
        opportunity.user_id = self.sales
        self.env.flush_all()
        self.assertEqual((opportunity.team_id, opportunity.stage_id), (self.team, self.stage_new))
        opportunity = self._create_ahead().with_env(self.env)
        opportunity._handle_salesmen_assignment(user_ids=self.sales.ids, team_id=self.team.id)
        self.assertEqual((opportunity.team_id, opportunity.stage_id), (self.team, self.stage_new))

    def test_a_claim_brings_the_team_of_the_claimant(self):
        pool = self.env['ltc.lead.pool'].create({
            'name': "East", 'company_id': self.company.id, 'team_ids': self.team.ids})
        opportunity = self._create_ahead()
        opportunity.ltc_pool_id = pool
        self.env.flush_all()
        self.env['ltc.pool.lead'].with_user(self.sales).browse(opportunity.id).action_claim()
        self.env.flush_all()
        self.assertRecordValues(opportunity, [{
            'user_id': self.sales.id, 'team_id': self.team.id, 'stage_id': self.stage_new.id}])

    @users('ltc_test_manager')
    def test_an_import_and_a_merge_are_no_way_round(self):
        opportunity = self._create_ahead().with_env(self.env)
        result = self.env['crm.lead'].load(
            ['.id', 'team_id/.id'], [[str(opportunity.id), str(self.team.id)]])
        self.assertFalse(result['messages'])
        self.assertEqual((opportunity.team_id, opportunity.stage_id), (self.team, self.stage_new))
        ahead = self._create_ahead()
        mine = self._create_opportunity(stage_id=self.stage_new.id)
        merged = (ahead | mine).with_env(self.env)._merge_opportunity(team_id=self.team.id, user_id=self.sales.id)
        self.assertEqual((merged.team_id, merged.stage_id), (self.team, self.stage_new))

    def test_a_team_without_such_a_stage_changes_nothing(self):
        opportunity = self._create_opportunity(stage_id=self.stage_new.id)
        opportunity.stage_id = self.stage_visit
        opportunity.stage_id = self.stage_proposition
        opportunity.team_id = self.lax_team
        self.assertEqual(opportunity.stage_id, self.stage_proposition)
