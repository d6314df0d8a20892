from unittest.mock import patch

from odoo.tests import tagged, users

from .stage_rule_common import StageRuleCommon


@tagged('post_install', '-at_install')
class TestNextStageNote(StageRuleCommon):
    """What the next stage asks for is said before somebody is refused."""

    def _get_note(self, opportunity):
        opportunity.invalidate_recordset()
        return opportunity.with_user(self.sales).ltc_next_stage_note

    def test_what_is_missing_for_the_next_stage_of_the_team_is_named(self):
        self.stage_visit.write({
            'ltc_required_field_ids': self._get_field('ltc_competitors', 'ltc_need').ids,
            'ltc_is_quotation_required': True})
        opportunity = self._create_opportunity(stage_id=self.stage_new.id)
        with patch.object(self.registry['crm.lead'], '_ltc_has_quotation', lambda lead: False):
            self.assertEqual(
                self._get_note(opportunity), "Stage Visit still asks for: Competitors, a quotation")
        with patch.object(self.registry['crm.lead'], '_ltc_has_quotation', lambda lead: True):
            opportunity.ltc_competitors = "Krones"
            self.assertFalse(self._get_note(opportunity))

    def test_a_gate_is_named_until_it_is_passed(self):
        self._set_profile('full')
        self.stage_visit.ltc_gate_ids = self.env['ltc.gate']._get_by_code('ati')
        opportunity = self._create_opportunity(stage_id=self.stage_new.id)
        self.assertIn("gate ATI", self._get_note(opportunity))
        self._pass_gate(opportunity.sudo(), 'ati')
        self.assertFalse(self._get_note(opportunity))

    def test_a_stage_that_asks_for_nothing_is_passed_over(self):
        self.stage_offer.ltc_required_field_ids = self._get_field('ltc_competitors')
        self.assertEqual(
            self._get_note(self._create_opportunity(stage_id=self.stage_new.id)),
            "Stage Offer still asks for: Competitors")

    def test_leads_closed_ones_and_the_last_stage_have_none(self):
        self.stage_visit.ltc_required_field_ids = self._get_field('ltc_competitors')
        self.assertFalse(self._get_note(self._create_lead(stage_id=self.stage_new.id)))
        opportunity = self._create_opportunity(stage_id=self.stage_new.id)
        self.assertTrue(self._get_note(opportunity))
        opportunity.action_archive()
        self.assertFalse(self._get_note(opportunity))
        self.assertFalse(self._get_note(self._create_opportunity(
            stage_id=self.stage_offer.id, ltc_competitors="Krones")))

    @users('ltc_test_sales')
    def test_without_rules_it_costs_nothing(self):
        opportunities = self._create_opportunity().with_env(self.env) | self._create_opportunity().with_env(self.env)
        self.env['crm.stage']._ltc_get_rules()
        opportunities.mapped('stage_id')
        with self.assertQueryCount(0):
            self.assertEqual(opportunities.mapped('ltc_next_stage_note'), [False, False])
