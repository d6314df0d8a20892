from datetime import timedelta
from http import HTTPStatus

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import LtcLeadCommon


class RegistrationCommon(LtcLeadCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner, cls.other_partner = cls.env['res.partner'].create([
            {'name': name, 'is_company': True, 'ltc_is_channel': True} for name in ("Yangtze Agents", "Delta Agents")])
        cls.agent, cls.other_agent = (
            cls._create_agent(login, partner) for login, partner in (
                ('ltc_test_agent', cls.partner), ('ltc_test_other_agent', cls.other_partner)))

    @classmethod
    def _create_agent(cls, login, partner):
        agent = new_test_user(cls.env, login, groups='base.group_portal', name=f"Agent of {partner.name}")
        agent.partner_id.parent_id = partner
        return agent

    @classmethod
    def _register(cls, partner=None, **values):
        return cls.env['ltc.lead.registration'].create({
            'partner_id': (partner or cls.partner).id, 'customer': "Minjiang Beverage Co., Ltd.", 'need': "Two lines",
            'email': 'huang@minjiang.cn', 'company_id': cls.company.id, 'submitted_by_id': cls.agent.id, **values})


@tagged('post_install', '-at_install')
class TestLeadRegistration(RegistrationCommon):

    def test_approved_it_becomes_a_lead_and_protects_the_partner(self):
        self.company.ltc_protection_days = 60
        registration = self._register(vat="CN913501", amount=890000.0)
        registration.with_user(self.manager).action_approve()
        today = self.company._ltc_get_today()
        self.assertRecordValues(registration, [{
            'state': 'approved', 'decided_by_id': self.manager.id, 'date_until': today + timedelta(days=60)}])
        self.assertRecordValues(registration.lead_id, [{
            'type': 'lead', 'partner_name': "Minjiang Beverage Co., Ltd.", 'user_id': self.manager.id,
            'referred': "Yangtze Agents", 'ltc_vat': "CN913501", 'ltc_registration_id': registration.id,
            'ltc_protected_until': registration.date_until, 'expected_revenue': 890000.0}])
        row = self.env['ltc.channel.report'].with_user(self.manager).search(
            [('lead_id', '=', registration.lead_id.id)])
        self.assertEqual((row.channel_type, row.leads), ('partner', 1))
        self.assertIn('partner', [chip['key'] for chip in registration.lead_id.ltc_glance])
        self.assertIn(self.agent.partner_id, registration.message_ids.notified_partner_ids)
        self.assertEqual(self.env['ltc.audit.log'].search(
            [('res_model', '=', registration._name), ('res_id', '=', registration.id)]).kind, 'registration')

    def test_who_attends_to_the_partner_is_called_else_who_has_the_least_to_decide(self):
        company = self.env['res.company'].create({'name': "Branch"})
        one, two, abroad = (
            new_test_user(self.env, f'ltc_test_channel_{name}', groups='ltc_lead.group_ltc_channel', name=name,
                          company_id=home.id, company_ids=[(6, 0, home.ids)])
            for name, home in (('one', company), ('two', company), ('abroad', self.company)))
        registrations = self.env['ltc.lead.registration'].create([
            {'partner_id': self.partner.id, 'customer': customer, 'company_id': home.id}
            for customer, home in (("Alpha", company), ("Beta", self.company))])
        self.assertEqual(registrations[0].activity_ids.user_id, one, "one of its own company")
        self.assertNotIn(registrations[1].activity_ids.user_id, one | two)
        self.assertEqual(self._register(company_id=company.id).activity_ids.user_id, two)
        self.partner.user_id = one
        self.assertEqual(self._register(company_id=company.id).activity_ids.user_id, one)
        self.partner.user_id = self.sales  # he decides on nothing
        self.assertIn(self._register(company_id=company.id).activity_ids.user_id, one | two)

    def test_only_a_channel_manager_decides_and_only_once(self):
        registration = self._register()
        with self.assertRaises(AccessError):
            registration.with_user(self.sales).action_approve()
        channel = registration.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "rejected with a reason"):
            channel.action_reject()
        channel.reason = "We know them for years."
        channel.action_reject()
        with self.assertRaisesRegex(UserError, "cannot become"):
            channel.action_approve()
        with self.assertRaisesRegex(UserError, "stays on record"):
            channel.unlink()

    def test_stamps_are_the_servers(self):
        registration = self._register().with_user(self.manager)
        registration.write({'date_until': '2099-01-01', 'decided_by_id': self.sales.id, 'need': "Three lines"})
        self.assertRecordValues(registration, [{
            'date_until': False, 'decided_by_id': False, 'need': "Three lines"}])
        lead = self._create_lead().with_user(self.manager)
        lead.write({'ltc_protected_until': '2099-01-01', 'ltc_registration_id': registration.id})
        self.assertRecordValues(lead, [{'ltc_protected_until': False, 'ltc_registration_id': False}])
        forged = lead.with_context(default_ltc_protected_until='2099-01-01', default_ltc_in_conflict=True).create({
            'name': "Forged"})
        self.assertRecordValues(forged, [{'ltc_protected_until': False, 'ltc_in_conflict': False}])

    def test_a_second_partner_is_refused_while_the_first_is_protected(self):
        self._register().with_user(self.manager).action_approve()
        rival = self._register(self.other_partner, customer="MINJIANG BEVERAGE", email=False).with_user(self.manager)
        self.assertIn("Yangtze Agents is protected until", rival.in_the_way)
        with self.assertRaisesRegex(UserError, "Yangtze Agents is protected for this customer"):
            rival.action_approve()
        self._register(customer="Minjiang Beverage").with_user(self.manager).action_approve()  # the same partner may

    def test_the_channel_manager_sees_the_direct_team(self):
        self._create_lead(partner_id=False, partner_name="Minjiang Beverage")
        self.assertIn("Team LTC Team works on", self._register().with_user(self.manager).in_the_way)

    def test_a_direct_lead_of_a_protected_customer_is_a_conflict(self):
        self.company.ltc_conflict_policy = 'warn'
        registration = self._register()
        registration.with_user(self.manager).action_approve()
        registration.lead_id.action_set_lost()
        lead = self._create_lead(partner_id=False, partner_name="Minjiang Beverage")
        conflict = self.env['ltc.lead.conflict'].search([('lead_id', '=', lead.id)])
        self.assertRecordValues(conflict, [{
            'holder_registration_id': registration.id, 'holder_team_name': "Channel partner", 'match': 'name'}])
        search = self.env['ltc.customer.search'].with_user(self.sales).create({'customer': "Minjiang"})
        search.action_search()
        self.assertIn("Channel partner", search.line_ids.mapped('team_name'))

    def test_the_cron_reminds_once_and_ends_the_protection(self):
        self.company.ltc_protection_remind_days = 10
        registration = self._register()
        registration.with_user(self.manager).action_approve()
        today = self.company._ltc_get_today()
        self._run_cron()
        self.assertFalse(registration.reminded_on)
        registration.date_until = today + timedelta(days=5)
        for _twice in range(2):
            self._run_cron()
        self.assertEqual(len(registration.message_ids.filtered(lambda message: "ends on" in message.body)), 1)
        registration.date_until = today - timedelta(days=1)
        for _twice in range(2):
            self._run_cron()
        self.assertEqual(registration.state, 'expired')
        self.assertEqual(len(registration.message_ids.filtered(lambda message: "is over" in message.body)), 1)

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref('ltc_lead.ir_cron_lead_registration').method_direct_trigger()
        self.env.invalidate_all()

    def test_a_partner_is_told_in_his_language(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.agent.lang = 'zh_CN'
        registration = self._register()
        self.assertIn("Decide on the registration", registration.activity_ids.mapped('summary')[0])
        registration.with_user(self.manager).action_approve()
        registration.date_until = self.company._ltc_get_today() - timedelta(days=1)
        self._run_cron()
        bodies = ''.join(registration.message_ids.mapped('body'))
        self.assertNotIn("The protection for", bodies)
        self.assertNotIn("is registered for you", bodies)
        self.assertIn("Minjiang Beverage", bodies)

    def test_a_partner_reads_his_own_and_not_who_is_in_the_way(self):
        registration, other = self._register(), self._register(self.other_partner)
        found = self.env['ltc.lead.registration'].with_user(self.agent).search(
            [('id', 'in', (registration | other).ids)])
        self.assertEqual(found, registration)
        for name in ('in_the_way', 'lead_id', 'name_key'):
            with self.assertRaises(AccessError):
                found.read([name])
        for action in (found.action_approve, lambda: found.write({'need': "x"}), lambda: found.copy()):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                action()

    def test_other_companies_see_nothing(self):
        company = self.env['res.company'].create({'name': "Other"})
        registration = self._register(company_id=company.id)
        self.assertFalse(self.env['ltc.lead.registration'].with_user(self.manager).search(
            [('id', '=', registration.id)]))


@tagged('post_install', '-at_install')
class TestRegistrationPortal(RegistrationCommon, HttpCase):
    """The pages of the partner, over real HTTP."""

    def _post(self, path, **values):
        token = self.url_open('/my/registrations/new').text.split('name="csrf_token" value="')[1].split('"')[0]
        return self.url_open(path, data={'csrf_token': token, **values})

    def _get_own(self):
        return self.env['ltc.lead.registration'].search([('partner_id', '=', self.partner.id)])

    def test_a_partner_registers_sees_and_withdraws(self):
        self.authenticate('ltc_test_agent', 'ltc_test_agent')
        self.assertIn("You have registered nobody yet", self.url_open('/my/registrations').text)
        self.assertIn('<textarea name="need"', self.url_open('/my/registrations/new').text)
        response = self._post(
            '/my/registrations/new', customer="Taihu <b>Paper</b>", need="Robots", amount="760,000", partner_id='1',
            state='approved')
        self.assertEqual(response.status_code, HTTPStatus.OK)
        self.assertIn("Your channel manager decides", response.text)
        self.assertNotIn("<b>Paper</b>", response.text)
        registration = self._get_own()
        self.assertRecordValues(registration, [{
            'state': 'submitted', 'customer': "Taihu <b>Paper</b>", 'amount': 760000.0,
            'submitted_by_id': self.agent.id}])
        self.assertIn(registration.name, self.url_open('/my/registrations').text)
        self._post(f'/my/registrations/{registration.id}/withdraw')
        self.assertEqual(registration.state, 'withdrawn')

    def test_what_is_wrong_is_said_on_the_form(self):
        self.authenticate('ltc_test_agent', 'ltc_test_agent')
        response = self._post('/my/registrations/new', customer=" ", need="", email="x", amount="much")
        for sentence in ("Enter the company", "Describe what", "no email address", "Enter a number"):
            self.assertIn(sentence, response.text)
        self.assertFalse(self._get_own())

    @mute_logger('odoo.http')
    def test_no_token_no_stranger_and_no_other_partner(self):
        registration = self._register()
        self.authenticate('ltc_test_agent', 'ltc_test_agent')
        response = self.url_open('/my/registrations/new', data={'customer': "Forged", 'need': "x"})
        self.assertEqual(response.status_code, HTTPStatus.BAD_REQUEST)
        self.assertEqual(self._get_own(), registration)
        self.authenticate('ltc_test_other_agent', 'ltc_test_other_agent')
        self.assertEqual(self.url_open(f'/my/registrations/{registration.id}').status_code, HTTPStatus.NOT_FOUND)
        response = self._post(f'/my/registrations/{registration.id}/withdraw')
        self.assertEqual(response.status_code, HTTPStatus.NOT_FOUND)
        self.assertEqual(registration.state, 'submitted')
        self.other_partner.ltc_is_channel = False
        self.assertEqual(self.url_open('/my/registrations').status_code, HTTPStatus.NOT_FOUND)
