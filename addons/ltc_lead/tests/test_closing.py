from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users

from odoo.addons.ltc_lead.models import crm_lead_stale

from .common import LtcLeadCommon


@tagged('post_install', '-at_install')
class TestClosing(LtcLeadCommon):
    """Reasons of what is won and lost, the decision chain, and what rots."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lost_reason = cls.env['crm.lost.reason'].create({'name': "Too late"})
        cls.won_reason = cls.env['ltc.won.reason'].create({'name': "Best answer"})
        cls.competitor = cls.env['ltc.competitor'].create({'name': "Rival Robotics"})
        cls.opportunity = cls._create_opportunity(stage_id=cls.stage_new.id)

    # === REASONS === #

    def test_light_asks_for_no_reason(self):
        self.opportunity.with_user(self.sales).action_set_lost()
        self._create_opportunity().with_user(self.sales).action_set_won_rainbowman()

    def test_no_way_to_lose_goes_without_a_reason(self):
        self.company.ltc_lost_reason_required = True
        opportunity = self.opportunity.with_user(self.sales)
        for lose in (
            lambda: opportunity.action_set_lost(),
            lambda: opportunity.write({'active': False, 'probability': 0}),
            lambda: self.env['crm.lead.lost'].with_user(self.sales).create(
                {'lead_ids': [(6, 0, opportunity.ids)]}).action_lost_reason_apply(),
            lambda: self.env['crm.lead'].with_user(self.sales).create(
                self._prepare_lead_values(type='opportunity', active=False, probability=0)),
            lambda: opportunity.sudo().action_set_lost(),
        ):
            with self.assertRaisesRegex(UserError, "is lost without a reason"), self.cr.savepoint():
                lose()
        opportunity.action_set_lost(lost_reason_id=self.lost_reason.id)
        self.assertEqual(opportunity.won_status, 'lost')
        with self.assertRaisesRegex(UserError, "is lost without a reason"), self.cr.savepoint():
            opportunity.lost_reason_id = False

    def test_what_has_no_probability_is_lost_with_a_reason(self):
        self.company.ltc_lost_reason_required = True
        self.opportunity.probability = 0
        self.opportunity.with_user(self.sales).action_set_lost(lost_reason_id=self.lost_reason.id)
        self.assertEqual(self.opportunity.won_status, 'lost')

    def test_a_raw_lead_needs_no_reason_and_another_company_asks_for_none(self):
        self.company.ltc_lost_reason_required = True
        self._create_lead().action_set_lost()
        self.company.ltc_lost_reason_required = False
        self.env['res.company'].create({'name': "Strict", 'ltc_lost_reason_required': True})
        self.opportunity.action_set_lost()

    def test_the_dialog_keeps_competitor_and_gap(self):
        self.company.ltc_lost_reason_required = True
        dialog = Form(self.env['crm.lead.lost'].with_user(self.sales).with_context(
            default_lead_ids=self.opportunity.ids))
        dialog.lost_reason_id = self.lost_reason
        dialog.ltc_winner_id = self.competitor
        dialog.ltc_price_gap = 12.5
        dialog.save().action_lost_reason_apply()
        self.assertRecordValues(self.opportunity, [{
            'won_status': 'lost', 'lost_reason_id': self.lost_reason.id, 'ltc_winner_id': self.competitor.id,
            'ltc_price_gap': 12.5}])
        action = self.competitor.with_user(self.manager).action_view_opportunities()
        self.assertEqual(
            self.env['crm.lead'].with_context(active_test=False).search(action['domain']), self.opportunity)

    def test_winning_asks_why_where_the_company_wants_to_know(self):
        self.company.ltc_won_reason_required = True
        opportunity = self.opportunity.with_user(self.sales)
        with self.assertRaisesRegex(UserError, "is won without a reason"), self.cr.savepoint():
            opportunity.stage_id = self.stage_won
        with self.assertRaisesRegex(UserError, "is won without a reason"), self.cr.savepoint():
            opportunity.action_set_won()
        action = opportunity.action_set_won_rainbowman()
        dialog = Form(self.env[action['res_model']].with_user(self.sales).with_context(**action['context']))
        dialog.won_reason_id = self.won_reason
        dialog.winner_id = self.competitor
        dialog.save().action_win()
        self.assertEqual((opportunity.won_status, opportunity.ltc_won_reason_id), ('won', self.won_reason))

    def test_what_the_server_wins_may_come_without_a_reason(self):
        self.company.ltc_won_reason_required = True
        self.opportunity.sudo().action_set_won()
        self.assertEqual(self.opportunity.won_status, 'won')

    # === DECISION CHAIN === #

    def _contact(self, **values):
        return self.env['ltc.decision.contact'].create({
            'lead_id': self.opportunity.id, 'name': values.pop('name', "Mr Wu"), **values})

    def test_gaps_are_told_until_the_chain_is_known(self):
        gaps = self.opportunity.ltc_chain_gaps
        for text in ("No executive", "No technical", "No purchasing", "Nobody speaks for us"):
            self.assertIn(text, gaps)
        self._contact(role='executive', influence='5', attitude='supporter', relationship='1')
        self._contact(role='technical', influence='4', attitude='opponent', name="Ms Gu")
        self._contact(role='purchasing')
        self.assertEqual(self.opportunity.ltc_chain_gaps.splitlines(), [
            "Mr Wu decides and is hardly known to us: arrange a meeting.",
            "Ms Gu has much influence, is against us and nobody attends to it: name who does."])
        self.opportunity.ltc_contact_ids.write({'user_id': self.sales.id, 'relationship': '3'})
        self.assertFalse(self.opportunity.ltc_chain_gaps)

    def test_the_submission_keeps_the_gaps(self):
        self._set_profile('full')
        opportunity = self._create_opportunity()
        review = self._submit(opportunity, 'ati')
        self.assertIn("No executive is known", review.chain_gaps)
        self.env['ltc.decision.contact'].create({'lead_id': opportunity.id, 'name': "Boss", 'role': 'executive'})
        self.assertIn("No executive is known", review.chain_gaps)

    @users('ltc_test_sales')
    def test_a_contact_of_the_address_book_names_itself(self):
        partner = self.env['res.partner'].sudo().create({'name': "Fan Qi", 'function': "Production"})
        contact = self.env['ltc.decision.contact'].create(
            {'lead_id': self.opportunity.id, 'partner_id': partner.id})
        self.assertEqual((contact.name, contact.function), ("Fan Qi", "Production"))
        action = self.opportunity.with_env(self.env).action_ltc_view_chain()
        self.assertEqual(action['res_id'], self.opportunity.id)

    def test_the_chain_of_a_colleague_is_not_open_to_others(self):
        contact = self._contact()
        stranger = self.env['res.users'].with_context(no_reset_password=True).create({
            'name': "Stranger", 'login': 'ltc_test_stranger', 'company_id': self.company.id,
            'company_ids': [(6, 0, self.company.ids)],
            'group_ids': [(6, 0, self.env.ref('sales_team.group_sale_salesman').ids)]})
        with self.assertRaises(AccessError):
            contact.with_user(stranger).read(['name'])
        self.assertEqual(contact.with_user(self.presales).name, "Mr Wu")
        with self.assertRaises(AccessError):
            contact.with_user(self.presales).name = "Mrs Wu"

    def test_merged_opportunities_keep_their_people(self):
        tail = self._create_opportunity(name="Second line")
        self.env['ltc.decision.contact'].create({'lead_id': tail.id, 'name': "Ms Gu"})
        self._contact()
        merged = (self.opportunity | tail).merge_opportunity()
        self.assertEqual(sorted(merged.ltc_contact_ids.mapped('name')), ["Mr Wu", "Ms Gu"])

    # === STALE === #

    def _rot(self, lead, days):
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET date_last_stage_update = %s WHERE id = %s",
                            (fields.Datetime.now() - timedelta(days=days), lead.id))
        self.env.invalidate_all()

    def _run_stale(self):
        with patch.object(self.registry['ir.cron'], '_commit_progress', lambda cron, *args, **values: 60):
            self.env['crm.lead']._cron_tell_stale()
        return self.opportunity.activity_ids

    def test_a_stale_opportunity_is_told_once_a_spell(self):
        self.stage_new.rotting_threshold_days = 5
        self._rot(self.opportunity, 9)
        self.assertFalse(self._run_stale())  # the company has not switched it on
        self.company.ltc_stale_activity = True
        activity = self._run_stale()
        self.assertEqual((activity.user_id, activity.summary), (self.sales, "Nothing has moved for 9 days: New"))
        self.assertEqual(self._run_stale(), activity)
        activity.unlink()
        self.opportunity.stage_id = self.stage_proposition
        self.stage_proposition.rotting_threshold_days = 5
        self.assertFalse(self._run_stale())
        self.env.cr.execute("UPDATE crm_lead SET ltc_stale_told_on = %s WHERE id = %s",
                            (fields.Datetime.now() - timedelta(days=30), self.opportunity.id))
        self._rot(self.opportunity, 9)
        self.assertEqual(len(self._run_stale()), 1)

    def test_the_company_of_the_team_decides_about_a_lead_without_one(self):
        self.stage_new.rotting_threshold_days = 5
        other = self.env['res.company'].create({'name': "Elsewhere", 'ltc_stale_activity': True})
        team = self.env['crm.team'].create({'name': "Elsewhere", 'company_id': other.id})
        self._rot(self.opportunity, 9)
        self.env.cr.execute(
            "UPDATE crm_lead SET company_id = NULL, team_id = %s WHERE id = %s", [team.id, self.opportunity.id])
        self.env.invalidate_all()
        self.assertEqual(len(self._run_stale()), 1)

    def test_out_of_time_stale_ones_are_left(self):
        self.company.ltc_stale_activity = True
        self.stage_new.rotting_threshold_days = 5
        self._rot(self.opportunity, 9)
        self._rot(self._create_opportunity(stage_id=self.stage_new.id), 9)
        with patch.object(crm_lead_stale, 'CHUNK', 1):
            with self._cron_progress(enough=1) as progress:
                self.env['crm.lead']._cron_tell_stale()
            self.assertTrue(progress.remaining)
            with self._cron_progress() as progress:
                self.env['crm.lead']._cron_tell_stale()
            with self._cron_progress() as progress:
                self.env['crm.lead']._cron_tell_stale()
        self.assertFalse(progress.remaining)

    def test_each_salesperson_is_told_in_his_language(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.company.ltc_stale_activity = True
        self.stage_new.rotting_threshold_days = 5
        self.stage_new.with_context(lang='zh_CN').name = "新建"
        self.sales.lang = 'zh_CN'
        self._rot(self.opportunity, 9)
        self.assertRegex(self._run_stale().summary, "9.*天.*新建")

    def test_only_what_rots_is_told(self):
        self.company.ltc_stale_activity = True
        self.stage_new.rotting_threshold_days = 5
        self._rot(self.opportunity, 3)
        lost = self._create_opportunity(stage_id=self.stage_new.id)
        self._rot(lost, 9)
        lost.action_set_lost()
        self.assertFalse(self._run_stale() | lost.activity_ids)
