from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import new_test_user, tagged

from .common import LtcLeadCommon

MAIL = """Message-ID: <{number}@yangtze.example.com>
Date: Mon, 03 Mar 2025 08:00:00 +0000
From: {sender}
To: ask@example.com
Subject: {subject}
Content-Type: text/plain

We need two filling lines by spring.
"""


@tagged('post_install', '-at_install')
class TestCrmLeadIncoming(LtcLeadCommon):
    """What comes in by the mail alias, Odoo's website form or its chat takes the way of every lead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.medium_mail, cls.medium_website = (
            cls.env['utm.medium']._fetch_or_create_utm_medium(name) for name in ('email', 'website'))
        cls.source_mail, cls.source_website = (
            cls.env['utm.source'].create({'name': name, 'ltc_channel_type': 'direct'})
            for name in ("Test Mail", "Test Website"))
        cls.medium_mail.ltc_source_id = cls.source_mail
        cls.medium_website.ltc_source_id = cls.source_website
        cls.env['ltc.lead.sla'].with_context(active_test=False).search([]).unlink()
        cls.env['ltc.lead.sla'].create({'name': "Standard", 'company_id': cls.company.id, 'first_hours': 4})
        cls.company.ltc_conflict_policy = 'block'
        cls.env['ltc.field.policy'].search([]).active = False
        cls.env['ltc.field.policy'].create({'name': "Policy", 'line_ids': [
            Command.create({'field_id': cls.env['ir.model.fields']._get('crm.lead', name).id, 'weight': 1})
            for name in ('phone', 'email_from')]})
        cls.held = cls.env['crm.lead'].with_user(cls.sales).create(cls._prepare_lead_values(
            partner_id=False, partner_name="Yangtze Bottling", email_from='buyer@bottling.example.com'))

    # === AS THOSE MODULES DO IT === #

    def _receive_mail(self, sender='Li Na <buyer@bottling.example.com>', number=1, **custom_values):
        """Return the lead of a mail to the alias of the team."""
        lead_id = self.env['mail.thread'].message_process(
            'crm.lead', MAIL.format(sender=sender, number=number, subject="Two filling lines"),
            custom_values={'team_id': self.team.id, 'type': 'lead', **custom_values})
        return self.env['crm.lead'].browse(lead_id)

    def _receive_form(self, user=SUPERUSER_ID, **values):
        """Return the lead of Odoo's website form: made by the superuser for a visitor."""
        public = self.env.ref('base.public_user')
        return self.env['crm.lead'].with_user(public).with_user(user).sudo().with_context(
            mail_create_nosubscribe=True).create({
                'name': "Visitor", 'contact_name': "Li Na", 'email_from': 'buyer@bottling.example.com',
                'partner_name': "Yangtze Bottling", 'medium_id': self.medium_website.id, 'team_id': self.team.id,
                'user_id': False, 'type': 'lead', 'company_id': self.company.id, **values})

    def _assert_on_its_way(self, lead, source):
        self.env.flush_all()
        self.assertEqual((lead.source_id, lead.source_id.ltc_channel_type), (source, 'direct'))
        self.assertTrue(lead.ltc_sla_deadline, "the clock runs")
        self.assertEqual(lead.ltc_completeness, 50)
        conflict = self.env['ltc.lead.conflict'].search([('lead_id', '=', lead.id)])
        self.assertEqual(conflict.holder_lead_id, self.held)
        self._run_scores()
        self.assertTrue(self.env['ltc.lead.score'].search([('lead_id', '=', lead.id)]))

    def _run_scores(self):
        with patch.object(self.registry['ir.cron'], '_commit_progress', return_value=600.0):
            self.env['ltc.score.pass']._cron_score()
        self.env.invalidate_all()

    # === ON THEIR WAY === #

    def test_a_source_that_is_gone_turns_no_mail_away(self):
        self.assertEqual(self._receive_mail().source_id, self.source_mail)
        self.source_mail.with_user(self.env.ref('base.user_admin')).unlink()
        lead = self._receive_mail(sender="Wang <wang@other.example.com>", number=2)
        self.assertFalse(lead.source_id)
        self.assertEqual(lead.medium_id, self.medium_mail)

    def test_a_mail_to_the_alias(self):
        lead = self._receive_mail()
        self.assertEqual(lead.medium_id, self.medium_mail)
        self.assertEqual(lead.user_id, self.manager, "Odoo gives it to the leader of the team")
        self._assert_on_its_way(lead, self.source_mail)

    def test_a_mail_that_a_colleague_forwards_is_not_blocked_either(self):
        lead = self._receive_mail(sender=self.sales.email_formatted, email_from='buyer@bottling.example.com',
                                  user_id=False)
        self.assertTrue(lead.exists())
        self.assertEqual(lead.source_id, self.source_mail)

    def test_odoos_website_form(self):
        self._assert_on_its_way(self._receive_form(), self.source_website)

    def test_a_chat_of_a_visitor(self):
        """Odoo's chat makes the lead in the name of the public user, in sudo, with a source of its own."""
        source = self.env['utm.source'].create({'name': "Chat", 'ltc_channel_type': 'direct'})
        lead = self._receive_form(self.env.ref('base.public_user').id, source_id=source.id, medium_id=False)
        lead._assign_userless_lead_in_team("livechat discussion")
        self._assert_on_its_way(lead, source)

    def test_what_the_alias_or_the_visitor_says_counts(self):
        campaign_source = self.env['utm.source'].create({'name': "Fair"})
        self.assertEqual(self._receive_mail(source_id=campaign_source.id).source_id, campaign_source)
        lead = self._receive_mail(number=2, medium_id=self.medium_website.id)
        self.assertEqual((lead.medium_id, lead.source_id), (self.medium_website, self.source_website))
        self.medium_website.ltc_source_id = False
        self.assertFalse(self._receive_form().source_id)

    def test_only_what_a_medium_counts_for_empties_the_caches(self):
        Medium = self.env['utm.medium']
        with patch.object(Registry, 'clear_cache') as clear:
            medium = self.env['utm.mixin'].sudo()._find_or_create_record('utm.medium', "a visitor's own")
            medium.name = "Renamed"
            medium.active = False
            clear.assert_not_called()
        for change in (
                lambda: medium.write({'ltc_source_id': self.source_mail.id}),
                lambda: Medium.create({'name': "Fair", 'ltc_source_id': self.source_mail.id}),
                lambda: Medium.with_context(default_ltc_source_id=self.source_mail.id).create({'name': "Show"}),
                medium.unlink):
            with patch.object(Registry, 'clear_cache') as clear:
                change()
                clear.assert_called()
        self.assertNotIn(medium.id, Medium._ltc_get_sources())

    # === NOBODY IS TURNED AWAY === #

    def test_a_mandatory_field_of_the_first_stage_turns_no_customer_away(self):
        self.stage_new.ltc_required_field_ids = self.env['ir.model.fields']._get('crm.lead', 'ltc_competitors')
        for lead in (self._receive_mail(type='opportunity'), self._receive_form(type='opportunity')):
            self.assertEqual((lead.type, lead.stage_id), ('opportunity', self.stage_new))
            self.assertTrue(lead.ltc_flow_id)
        with self.assertRaisesRegex(UserError, "needs for stage New"), self.env.cr.savepoint():
            self.env['crm.lead'].with_user(self.sales).create(self._prepare_lead_values(
                type='opportunity', partner_name="Other"))
        lead = self._receive_form(type='lead')
        with self.assertRaisesRegex(UserError, "needs for stage New"), self.env.cr.savepoint():
            lead.convert_opportunity(self.customer)

    def test_but_nothing_begins_where_nothing_may_begin(self):
        self.stage_proposition.ltc_is_start = False
        with self.assertRaisesRegex(UserError, "cannot begin in stage Proposition"), self.env.cr.savepoint():
            self._receive_form(type='opportunity', stage_id=self.stage_proposition.id)

    # === WHO IS MEANT === #

    def test_what_colleagues_enter_stays_as_it_is(self):
        lead = self.env['crm.lead'].with_user(self.sales).with_context(ltc_incoming=True).create(
            self._prepare_lead_values(medium_id=self.medium_mail.id))
        self.assertFalse(lead.source_id or lead._ltc_is_incoming())
        self.assertFalse(lead.sudo()._ltc_is_incoming(), "not even by an automation that runs for him")

    def test_only_marketing_and_managers_say_what_a_medium_counts_for(self):
        marketing = new_test_user(self.env, 'ltc_test_marketing', groups='ltc_base.group_ltc_marketing')
        with self.assertRaises(AccessError):
            self.medium_mail.with_user(self.sales).ltc_source_id = self.source_website
        self.medium_mail.with_user(marketing).ltc_source_id = self.source_website
        self.assertEqual(self._receive_mail().source_id, self.source_website)
