from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .pool_common import LtcPoolCommon

LONG_AGO = '2001-01-01 08:00:00'
LATER = '2099-01-01 08:00:00'


@tagged('post_install', '-at_install')
class TestLeadFigures(LtcPoolCommon):
    """What the server counts is the server's: nobody writes it, and no detour sets it back."""

    # === WRITTEN BY HAND === #

    def test_computed_columns_and_stamps_are_not_written_by_a_client(self):
        opportunity = self._create_opportunity().with_user(self.sales)
        forged = {'won_status': 'won', 'ltc_completeness': 1, 'ltc_missing': "x", 'ltc_forecast_category': 'closed',
                  'ltc_temperature': 'hot', 'date_last_stage_update': LATER, 'date_closed': LONG_AGO,
                  'date_conversion': LONG_AGO, 'day_close': 7.0}
        before = opportunity.read(list(forged))
        opportunity.write({**forged, 'name': "Renamed"})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(opportunity.read(list(forged)), before)
        self.assertEqual(opportunity.name, "Renamed")
        born = opportunity.create({'name': "Born won", 'type': 'opportunity', **forged})
        self.assertRecordValues(born, [{
            'won_status': 'pending', 'date_closed': False, 'ltc_forecast_category': 'pipeline'}])

    def test_odoo_stamps_them_and_managers_enter_history(self):
        opportunity = self._create_opportunity().with_user(self.sales)
        opportunity.action_set_won()
        self.assertLess(abs(opportunity.date_closed - fields.Datetime.now()), timedelta(minutes=1))
        opportunity.with_user(self.manager).write({'date_closed': LONG_AGO})
        self.assertEqual(opportunity.date_closed, fields.Datetime.to_datetime(LONG_AGO))
        lead = self._create_lead().with_user(self.sales)
        lead.convert_opportunity(self.customer)
        self.assertTrue(lead.date_conversion)

    def test_what_is_lost_has_no_probability_and_nobody_invents_one(self):
        opportunity = self._create_opportunity(probability=40).with_user(self.sales)
        opportunity.action_set_lost()
        self.assertEqual((opportunity.probability, opportunity.automated_probability), (0, 0))
        other = self._create_opportunity().with_user(self.sales)
        before = other.automated_probability
        for forged in ({'automated_probability': 99.0}, {'automated_probability': 99.0, 'probability': 0}):
            other.write(forged)
            self.assertEqual(other.automated_probability, before)

    def test_no_default_stamps_a_new_lead(self):
        names = {'ltc_is_locked': True, 'ltc_reviewed_on': '2099-01-01'}
        defaults = {f'default_{name}': value for name, value in names.items()}
        for name, value in names.items():
            self.env['ir.default'].with_user(self.sales).set('crm.lead', name, value, user_id=True)
        for context in ({}, defaults):
            lead = self.env['crm.lead'].with_user(self.sales).with_context(**context).create({'name': "Mine"})
            self.assertFalse(lead.ltc_is_locked or lead.ltc_reviewed_on)
        with self.assertRaises(AccessError):
            self.env['crm.lead'].with_user(self.sales).with_context(default_ltc_pool_id=self.pool.id).create(
                {'name': "Theirs"})

    def test_nobody_dates_his_messages_on_a_lead(self):
        lead = self._create_lead().with_user(self.sales)
        message = lead.message_post(body="Called", date=LONG_AGO)
        message.date = LATER
        written = self.env['mail.message'].with_user(self.sales).create({
            'model': 'crm.lead', 'res_id': lead.id, 'body': "Called", 'date': LONG_AGO})
        for mine in message | written:
            self.assertLess(abs(mine.date - fields.Datetime.now()), timedelta(minutes=1))
        history = lead.with_user(self.manager).message_post(body="Moved in", date=LONG_AGO)
        self.assertEqual(history.date, fields.Datetime.to_datetime(LONG_AGO), "A manager corrects history.")
        gateway = lead.sudo().message_post(body="Hello", date=LONG_AGO)
        self.assertEqual(gateway.date, fields.Datetime.to_datetime(LONG_AGO), "A mail was sent when it was sent.")

    def test_engagement_happened_and_was_something(self):
        lead = self._create_lead().with_user(self.sales)
        for arguments in ({'quantity': 0}, {'quantity': -1}, {'date': LATER}):
            with self.assertRaisesRegex(UserError, "once it happened"):
                lead.action_ltc_log_engagement('demo', **arguments)

    # === DETOURS === #

    def _get_since(self, lead):
        self.env.flush_all()
        self.env.invalidate_all()
        return lead.date_open

    def test_whoever_drops_a_lead_and_takes_it_again_had_it_all_the_time(self):
        lead = self._create_lead()
        self._age(lead, 40)
        since = self._get_since(lead)
        for _twice in range(2):
            lead.with_user(self.sales).user_id = False
            lead.with_user(self.sales).user_id = self.sales
            self.assertEqual(self._get_since(lead), since)
            self.env.cr.flush()  # as a commit does
        lead.with_user(self.manager).user_id = self.manager
        lead.with_user(self.manager).user_id = self.sales
        self.assertGreater(self._get_since(lead), since + timedelta(days=39), "In between it was somebody else's.")

    def test_a_claim_begins_a_time_of_its_own(self):
        lead = self._create_lead()
        self._age(lead, 40)
        lead.with_user(self.sales)._ltc_release(self.pool, "No time")
        self.env.cr.flush()
        self._claim(lead, self.sales)
        claimed = self._get_since(lead)
        self.assertLess(abs(claimed - fields.Datetime.now()), timedelta(minutes=1))
        self.env.cr.flush()
        lead.with_user(self.sales).user_id = False
        lead.with_user(self.sales).user_id = self.sales
        self.assertLess(abs(self._get_since(lead) - claimed), timedelta(minutes=1), "From the claim on, no earlier.")

    def test_a_lead_that_waits_for_sales_is_taken_closed_and_merged_by_whom_it_waits_for(self):
        lead = self._create_lead(user_id=False)
        lead._ltc_hand_over(self.env['res.users'], self.team)
        stranger = lead.with_user(self.outsider)
        own = self._create_lead(user_id=self.outsider.id)
        for action in (
            lambda: stranger.write({'user_id': self.outsider.id}), lambda: stranger.write({'type': 'opportunity'}),
            stranger.action_set_lost, stranger.action_archive, (stranger | own).merge_opportunity,
        ):
            with self.assertRaisesRegex(AccessError, "was handed to LTC Team"), self.env.cr.savepoint():
                action()
            self.env.invalidate_all()
        lead.with_user(self.manager).user_id = self.outsider
        stranger.action_ltc_accept()
        self.assertEqual(lead.ltc_handover_state, 'accepted', "A manager gave it to him.")

    def test_whoever_handed_over_takes_back_but_does_not_accept(self):
        marketing = new_test_user(
            self.env, 'ltc_test_giver', groups='ltc_base.group_ltc_marketing', name="LTC Giver")
        lead = self._create_lead(user_id=marketing.id)
        lead.with_user(marketing)._ltc_hand_over(self.env['res.users'], self.team)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            lead.with_user(marketing).action_ltc_accept()
        lead.with_user(marketing).user_id = marketing
        self.assertEqual(lead.user_id, marketing)

    # === TOLD TO OTHERS === #

    def test_neither_side_of_a_conflict_learns_of_the_other_by_who_made_it(self):
        self.company.ltc_conflict_policy = 'warn'
        self._create_lead(user_id=self.outsider.id, partner_id=False, partner_name="Huachen Machinery Co., Ltd.")
        lead = self.env['crm.lead'].with_user(self.sales).create(self._prepare_lead_values(
            partner_id=False, partner_name="Huachen Machinery"))
        conflict = self.env['ltc.lead.conflict'].search([('lead_id', '=', lead.id)])
        messages = self.env['mail.message'].search([
            ('model', '=', 'ltc.lead.conflict'), ('res_id', '=', conflict.id)])
        self.assertTrue(messages)
        root = self.env.ref('base.user_root')
        self.assertEqual(conflict.create_uid | conflict.write_uid | messages.create_uid, root)
        self.assertEqual(messages.author_id, root.partner_id)

    def test_who_may_not_decide_is_told_why(self):
        self.company.ltc_conflict_policy = 'warn'
        self._create_lead(user_id=self.manager.id, partner_id=False, partner_name="Huachen Machinery Co., Ltd.")
        lead = self._create_lead(partner_id=False, partner_name="Huachen Machinery")
        conflict = self.env['ltc.lead.conflict'].search([('lead_id', '=', lead.id)])
        self.assertIn("is your own", conflict.with_user(self.manager).decider_note)
        self.assertIn("by a sales manager", conflict.with_user(self.sales).decider_note)
        self.assertFalse(conflict.decider_note)
