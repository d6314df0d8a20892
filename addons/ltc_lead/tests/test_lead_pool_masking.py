from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .pool_common import LtcPoolCommon


@tagged('post_install', '-at_install')
class TestLeadPoolMasking(LtcPoolCommon):
    """What a pool hides is hidden on every route, and nobody writes what the server alone says."""

    # === MASKED BY CONSTRUCTION === #

    def test_a_lead_in_a_pool_has_no_owner_and_an_owned_lead_no_pool(self):
        lead = self._create_pooled()
        self.assertFalse(lead.user_id)
        self.assertTrue(lead.ltc_pool_since)
        lead.user_id = self.sales
        self.assertFalse(lead.ltc_pool_id or lead.ltc_pool_since)
        lead.ltc_pool_id = self.pool
        self.assertFalse(lead.user_id or lead.date_open)
        self.env.flush_all()

    def test_no_route_of_crm_shows_a_pooled_lead_to_a_member(self):
        lead = self._create_pooled()
        lead.message_post(body="Ask for 138 5550 1234", message_type='comment')
        activity = lead.activity_schedule('mail.mail_activity_data_call', user_id=self.manager.id)
        attachment = self.env['ir.attachment'].create({
            'name': "card.txt", 'raw': b"138 5550 1234", 'res_model': 'crm.lead', 'res_id': lead.id})
        self.env.flush_all()
        for user in (self.sales, self.colleague):
            mine = lead.with_user(user)
            Lead = mine.browse()
            for domain in ([('id', '=', lead.id)], [('phone', 'ilike', '5550')], [('phone_mobile_search', '=', '5550')],
                           [('email_from', 'ilike', 'ruian')]):
                self.assertNotIn(lead, Lead.search(domain + [('id', '=', lead.id)]))
            self.assertFalse([row for row in Lead.name_search("Two filling") if row[0] == lead.id])
            self.assertFalse(Lead.formatted_read_group([('id', '=', lead.id)], ['phone'], ['__count']))
            for number, action in enumerate((
                lambda mine=mine: mine.read(['phone']), lambda mine=mine: mine.export_data(['phone']),
                lambda mine=mine: mine.write({'user_id': mine.env.uid}), lambda mine=mine: mine.copy(),
                lambda mine=mine: mine.message_post(body="Hello"),
                lambda mine=mine: mine.activity_schedule('mail.mail_activity_data_call'),
                lambda mine=mine: mine.action_ltc_view_owners(), lambda mine=mine: mine.convert_opportunity(False),
                lambda mine=mine: mine.action_set_lost(), lambda mine=mine: mine.message_ids.read(['body']),
            )):
                with self.assertRaises(AccessError, msg=number), self.env.cr.savepoint():
                    action()
                self.env.invalidate_all()
            mine.message_subscribe(user.partner_id.ids)  # Odoo passes over it in silence
            self.assertNotIn(user.partner_id, lead.message_partner_ids)
            self.assertFalse(self.env['mail.message'].with_user(user).search(
                [('model', '=', 'crm.lead'), ('res_id', '=', lead.id)]))
            self.assertNotIn(activity, self.env['mail.activity'].with_user(user).search([('res_id', '=', lead.id)]))
            self.assertNotIn(attachment, self.env['ir.attachment'].with_user(user).search([('name', '=', "card.txt")]))

    def test_the_activity_analysis_of_crm_keeps_quiet_too(self):
        lead = self._create_pooled()
        lead.activity_schedule('mail.mail_activity_data_call').action_feedback(feedback="138 5550 1234")
        self.env.flush_all()
        Report = self.env['crm.activity.report']
        self.assertTrue(Report.search([('lead_id', '=', lead.id)]))
        self.assertTrue(Report.with_user(self.keeper).search([('lead_id', '=', lead.id)]))
        self.assertFalse(Report.with_user(self.sales).search([('lead_id', '=', lead.id)]))

    def test_what_hangs_on_a_pooled_lead_is_hidden_with_it(self):
        lead = self._create_pooled(type='opportunity')
        contact = self.env['ltc.decision.contact'].create(
            {'lead_id': lead.id, 'name': "Ye Fan", 'notes': "Decides alone", 'role': 'executive'})
        cadence = self.env['ltc.nurture.cadence'].create({
            'name': "Wake up", 'company_id': self.company.id,
            'step_ids': [Command.create({'kind': 'call', 'days': 1, 'summary': "Call"})]})
        enrolment = self.env['ltc.nurture.enrolment'].sudo()._enrol(lead, cadence)
        delivery = self.env['ltc.nurture.delivery'].sudo().create(
            {'enrolment_id': enrolment.id, 'step_id': cadence.step_ids.id})
        change = self.env['ltc.pipeline.change'].browse(lead.id)
        self.env.flush_all()
        for record in (contact, enrolment, delivery, change):
            for user in (self.keeper, self.manager):
                self.assertTrue(record.with_user(user).search([('id', '=', record.id)]), (record, user.name))
            for user in (self.sales, self.colleague):
                with self.subTest(record=record, user=user.name):
                    self.assertFalse(record.with_user(user).search([('id', '=', record.id)]))
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(['display_name'])
        for user in (self.sales, self.colleague):
            for action in (
                lambda mine: mine.write({'notes': "Mine"}), lambda mine: mine.unlink(),
                lambda mine: mine.create({'lead_id': lead.id, 'name': "Spy"}),
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    action(contact.with_user(user))
        lead.user_id = self.sales
        self.env.flush_all()
        for record in (contact, enrolment, delivery, change):
            self.assertTrue(record.with_user(self.sales).search([('id', '=', record.id)]), record)

    def test_what_the_pool_shows_cannot_be_asked_for_what_it_hides(self):
        lead = self._create_pooled()
        seen = self._see(lead, self.sales)
        self.assertEqual((seen.partner_name, seen.city, seen.owner_count), ("Ruian Valves", "Ruian", 0))
        for name in ('phone', 'email_from', 'contact_name', 'description', 'ltc_need', 'street'):
            with self.assertRaises(AccessError):
                seen.read([name])
            with self.assertRaises(AccessError):
                seen.search([(name, '!=', False)])
            with self.assertRaises(AccessError):
                seen.formatted_read_group([], [name], ['__count'])
        view = self.env['ltc.pool.view'].browse(seen.action_open()['res_id']).with_user(self.sales)
        self.assertEqual(view.phone, '138****1234')
        self.assertEqual(view.email_from, 'y***@ruianvalves.example.com')
        self.assertEqual(view.contact_name, 'Y**')
        self.assertFalse(view.street or view.description or view.ltc_need)
        self.assertEqual(view.city, "Ruian")

    def test_masks_hold_for_short_and_foreign_numbers(self):
        phones = {"0512-6255 1234": '051****1234', "13855501234": '138****1234', "86 138 5550 1234": '138****1234',
                  "555 0102": '****02', "": False, "12": '****12', "+49 30 1234567": '493****4567'}
        for phone, masked in phones.items():
            lead = self._create_pooled(phone=phone)
            self.env.flush_all()
            self.assertEqual(self._see(lead, self.sales).sudo().phone, masked, phone)

    def test_a_pool_may_show_more(self):
        self.pool.write({'hides_phone': False, 'hides_contact': False, 'hides_description': False})
        view = self.env['ltc.pool.view'].browse(
            self._see(self._create_pooled(), self.sales).action_open()['res_id']).with_user(self.sales)
        self.assertEqual((view.phone, view.contact_name), ("+86 138 5550 1234", "Ye Fan"))
        self.assertIn("Monday", view.description)

    def test_a_duplicate_tells_nothing(self):
        pooled = self._create_pooled()
        own = self._create_lead(partner_id=False, phone="+86 138 5550 1234", country_id=self.env.ref('base.cn').id)
        self.env.flush_all()
        self.assertIn(pooled, own.with_user(self.manager).duplicate_lead_ids)
        self.env.invalidate_all()
        self.assertFalse(own.with_user(self.sales).duplicate_lead_count)

    def test_administrators_of_the_pool_and_managers_see_leads_in_full(self):
        lead = self._create_pooled()
        for user in (self.keeper, self.manager):
            self.assertEqual(lead.with_user(user).phone, "+86 138 5550 1234")
        with self.assertRaises(AccessError):
            lead.with_user(self.outsider).read(['phone'])
        self.assertFalse(self.env['ltc.pool.lead'].with_user(self.outsider).search([]))
        with self.assertRaises(AccessError):
            self._claim(lead, self.outsider)

    def test_members_come_from_teams_units_and_names_and_leave_at_once(self):
        lead = self._create_pooled()
        Seen = self.env['ltc.pool.lead'].with_user(self.outsider)
        unit = self.env['ltc.business.unit'].create({'name': "East"})
        branch = self.env['ltc.business.unit'].create({'name': "Suzhou", 'parent_id': unit.id})
        self.pool.unit_ids = unit
        self.assertFalse(Seen.search([('id', '=', lead.id)]))
        branch.member_ids = self.outsider
        self.assertTrue(Seen.search([('id', '=', lead.id)]))
        branch.member_ids = False
        self.assertFalse(Seen.search([('id', '=', lead.id)]))
        member = self.env['crm.team.member'].create({'crm_team_id': self.team.id, 'user_id': self.outsider.id})
        self.assertTrue(Seen.search([('id', '=', lead.id)]))
        member.active = False
        self.assertFalse(Seen.search([('id', '=', lead.id)]))

    # === HOSTILE WRITES === #

    def test_a_salesperson_neither_fills_a_pool_nor_touches_its_stamps(self):
        lead = self._create_lead()
        mine = lead.with_user(self.sales)
        with self.assertRaisesRegex(AccessError, "Only its administrators"):
            mine.write({'ltc_pool_id': self.pool.id})
        with self.assertRaises(AccessError):
            mine.create({'name': "Mine", 'ltc_pool_id': self.pool.id})
        mine.write({'ltc_is_locked': True, 'ltc_pool_since': '2020-01-01'})
        self.assertFalse(lead.ltc_is_locked or lead.ltc_pool_since)
        with self.assertRaises(AccessError):
            self.pool.with_user(self.sales).write({'member_ids': [(4, self.sales.id)]})
        with self.assertRaises(AccessError):
            self.pool.with_user(self.keeper).write({'day_cap': 0})

    def test_no_preset_forges_what_the_server_stamps(self):
        partner = self.env['res.partner'].create({'name': "Partner", 'is_company': True, 'ltc_is_channel': True})
        registration = self.env['ltc.lead.registration'].create({'customer': "Ruian", 'partner_id': partner.id})
        forged = {
            'ltc_is_locked': True, 'ltc_pool_since': '2020-01-01 00:00:00', 'ltc_reviewed_on': '2020-01-01',
            'ltc_reviewed_by_id': self.manager.id, 'ltc_stale_told_on': '2099-01-01 00:00:00', 'ltc_in_conflict': True,
            'ltc_protected_until': '2099-01-01', 'ltc_registration_id': registration.id}
        Lead = self.env['crm.lead'].with_user(self.sales)
        values = {'name': "Mine", 'user_id': self.sales.id}
        lead = Lead.with_context(**{f'default_{name}': value for name, value in forged.items()}).create(values)
        for name, value in forged.items():
            self.env['ir.default'].with_user(self.sales).set('crm.lead', name, value, user_id=True)
        lead |= Lead.create(values)
        lead[0].write(forged)
        for name in forged:
            self.assertFalse(any(lead.sudo().mapped(name)), name)

    def test_a_preset_pool_is_judged_like_a_typed_one(self):
        Lead = self.env['crm.lead'].with_context(default_ltc_pool_id=self.pool.id)
        with self.assertRaisesRegex(AccessError, "Only its administrators"), self.env.cr.savepoint():
            Lead.with_user(self.sales).create({'name': "Mine", 'user_id': False})
        lead = Lead.with_user(self.keeper).create({'name': "Bought list"})
        self.assertEqual(lead.ltc_pool_id, self.pool)
        self.assertTrue(lead.ltc_pool_since)
        self.assertFalse(lead.user_id)

    def test_administrators_put_leads_into_their_pool(self):
        lead = self.env['crm.lead'].with_user(self.keeper).create({'name': "Bought list", 'ltc_pool_id': self.pool.id})
        self.assertFalse(lead.sudo().user_id)
        self.assertIn(lead.id, self.env['ltc.pool.lead'].with_user(self.sales).search([]).ids)

    def test_keys_of_the_context_open_nothing(self):
        lead = self._create_pooled()
        for key in ('ltc_owner_way', 'ltc_leave_pools', 'skip_pool', 'tracking_disable', 'install_mode'):
            with self.assertRaises(AccessError):
                lead.with_user(self.sales).with_context(**{key: True}).read(['phone'])
