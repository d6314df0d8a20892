"""The doors of the leads over real HTTP: stages, customer check, the portal of partners, the web-lead endpoint."""
import json

from hostile_common import DENIED, NOISE
from hostile_lead_common import HostileLeadCommon

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user
from odoo.tools import mute_logger


class TestHostileLeadDoors(HostileLeadCommon, HttpCase):
    test_tags = {'standard', 'post_install', 'hostile'}
    test_module = 'ltc_lead'

    # === STAGES === #

    def _guard_stages(self):
        """New, Visit, Offer, Won: begin in New, never skip Visit, never return from Offer."""
        self._set_profile('light')
        self.env['crm.stage'].search([]).write({
            'ltc_is_start': True, 'ltc_is_skippable': True, 'ltc_is_return_allowed': True,
            'ltc_required_field_ids': [Command.clear()], 'ltc_gate_ids': [Command.clear()],
            'ltc_is_quotation_required': False, 'ltc_gate_required': False})
        visit, offer = self.env['crm.stage'].create([
            {'name': "Visit", 'sequence': -28, 'team_ids': self.team.ids, 'ltc_is_skippable': False,
             'ltc_is_start': False},
            {'name': "Offer", 'sequence': -15, 'team_ids': self.team.ids, 'ltc_is_return_allowed': False,
             'ltc_is_start': False}])
        (self.stage_proposition | self.stage_won).ltc_is_start = False
        return visit, offer

    def test_no_route_leads_around_the_stages(self):
        visit, offer = self._guard_stages()
        opportunity = self._create_opportunity(stage_id=self.stage_new.id)
        lead = self._create_lead(stage_id=offer.id)
        ids, skipped, born = opportunity.ids, "cannot skip stage Visit", "cannot begin in stage|cannot skip stage"
        values = {'name': "Short cut", 'type': 'opportunity', 'team_id': self.team.id, 'user_id': self.sales.id}
        with self.untouched(opportunity, lead):
            for stage in (offer, self.stage_won):
                self._refuse_all(self.sales, [
                    ('crm.lead', 'write', {'ids': ids, 'vals': {'stage_id': stage.id}}),
                    ('crm.lead', 'web_save', {'ids': ids, 'vals': {'stage_id': stage.id}, 'specification': {}}),
                    ('crm.lead', 'web_save_multi', {
                        'ids': ids, 'vals_list': [{'stage_id': stage.id}], 'specification': {}}),
                ], pattern=skipped)
                self._refuse_all(self.sales, [
                    ('crm.lead', 'create', {'vals_list': [{**values, 'stage_id': stage.id}]}),
                    ('crm.lead', 'create', {'vals_list': [values], 'context': {'default_stage_id': stage.id}}),
                    ('crm.lead', 'copy', {'ids': ids, 'default': {'stage_id': stage.id}}),
                    ('crm.lead', 'web_save', {
                        'ids': [], 'vals': {**values, 'stage_id': stage.id}, 'specification': {}}),
                ], pattern=born)
                self._load(self.sales, ['name', 'type', 'team_id/.id', 'stage_id/.id'], [
                    "Imported", 'opportunity', str(self.team.id), str(stage.id)], pattern=born)
                self._load(self.sales, ['.id', 'stage_id/.id'], [str(opportunity.id), str(stage.id)], pattern=skipped)
            for method in ('action_set_won', 'action_set_won_rainbowman'):
                self.refuse(self.sales, skipped, 'crm.lead', method, ids=ids)
            self.refuse(self.sales, born, 'crm.lead', 'write', ids=lead.ids, vals={'type': 'opportunity'})
            self.refuse(self.sales, born, 'crm.lead', 'convert_opportunity', ids=lead.ids, partner=False)
            wizard = 'crm.lead2opportunity.partner'
            context = {'active_id': lead.id, 'active_ids': lead.ids, 'active_model': 'crm.lead'}
            wizard_ids = self.call(self.sales, wizard, 'create', vals_list=[{
                'lead_id': lead.id, 'name': 'convert'}], context=context)
            self.refuse(self.sales, born, wizard, 'action_apply', ids=wizard_ids, context=context)

    def test_losing_and_going_back_to_a_lead_are_no_detours(self):
        visit, offer = self._guard_stages()
        opportunity = self._create_opportunity(stage_id=self.stage_new.id)
        ids = opportunity.ids
        self.call(self.sales, 'crm.lead', 'action_set_lost', ids=ids)
        self.refuse(self.sales, "cannot skip stage Visit", 'crm.lead', 'write', ids=ids, vals={'stage_id': offer.id})
        self.refuse(self.sales, "cannot skip stage Visit", 'crm.lead', 'write', ids=ids, vals={
            'active': True, 'stage_id': self.stage_won.id})
        self.call(self.sales, 'crm.lead', 'action_unarchive', ids=ids)
        with self.attempt(detour='lead'):
            self.call(self.sales, 'crm.lead', 'write', ids=ids, vals={'type': 'lead', 'stage_id': offer.id})
            self.refuse(self.sales, "cannot begin", 'crm.lead', 'write', ids=ids, vals={'type': 'opportunity'})
        self.call(self.sales, 'crm.lead', 'write', ids=ids, vals={'stage_id': visit.id})
        self.call(self.sales, 'crm.lead', 'write', ids=ids, vals={'stage_id': offer.id})
        self.refuse(self.sales, "does not return", 'crm.lead', 'write', ids=ids, vals={'stage_id': visit.id})
        self._refuse_all(self.sales, [
            ('crm.stage', 'write', {'ids': visit.ids, 'vals': {'ltc_is_skippable': True}}),
            ('crm.stage', 'unlink', {'ids': visit.ids})], pattern=f"{DENIED}|ask sales operations")
        self.refuse(self.manager, "ask sales operations", 'crm.stage', 'write', ids=visit.ids, vals={
            'ltc_is_skippable': True})
        self.call(self.sales, 'crm.lead', 'action_set_won', ids=ids)
        self.assertEqual(opportunity.won_status, 'won')

    # === CUSTOMER CHECK AND CONFLICTS === #

    def test_of_somebody_elses_customer_only_name_and_team_are_told(self):
        self.company.ltc_conflict_policy = 'warn'
        rivals = self.env['crm.team'].create({'name': "Rival Team", 'company_id': self.company.id, 'use_leads': True})
        self.env['crm.team.member'].create({'crm_team_id': rivals.id, 'user_id': self.outsider.id})
        held = self._create_lead(
            name="Secret project", partner_id=False, partner_name="Huachen Machinery Co., Ltd.", team_id=rivals.id,
            user_id=self.outsider.id, phone="+86 512 5555 0123", expected_revenue=4711.0)
        Search, Line = 'ltc.customer.search', 'ltc.customer.search.line'
        [search_id] = self.call(self.sales, Search, 'create', vals_list=[{'customer': "Huachen Machinery"}])
        self.call(self.sales, Search, 'action_search', ids=[search_id])
        [line] = self.call(self.sales, Line, 'search_read', domain=[('search_id', '=', search_id)], fields=[])
        told = json.dumps(line)
        self.assertIn("Rival Team", told)
        for secret in ("Secret", "4711", "5555", "Outsider", 'holder_id', 'holder_lead_id'):
            self.assertNotIn(secret, told)
        self._refuse_all(self.sales, [
            (Line, 'search', {'domain': [('holder_id.name', 'ilike', "LTC")]}),
            (Line, 'search', {'domain': [], 'order': 'holder_id'}),
            (Line, 'write', {'ids': [line['id']], 'vals': {'is_own': True}}),
            ('ltc.customer.search.log', 'search_read', {'domain': [], 'fields': ['id']}),
            ('crm.lead', 'read', {'ids': held.ids, 'fields': ['phone']})])
        self.refuse(self.outsider, DENIED, Line, 'read', ids=[line['id']], fields=['name'])
        self.refuse(self.outsider, DENIED, Search, 'action_search', ids=[search_id])
        self.call(self.sales, Line, 'action_ask', ids=[line['id']])
        conflict = self.env['ltc.lead.conflict'].search([('holder_lead_id', '=', held.id)])
        self._judge_conflict(conflict, held)

    def _judge_conflict(self, conflict, held):
        """Neither side learns who the other one is, and neither decides."""
        for user, other in ((self.outsider, "LTC Sales"), (self.sales, "LTC Outsider")):
            told = json.dumps(self.call(user, 'ltc.lead.conflict', 'read', ids=conflict.ids, fields=[]))
            told += json.dumps(self.call(user, 'ltc.lead.conflict', 'get_metadata', ids=conflict.ids))
            told += json.dumps(self.call(user, 'mail.message', 'search_read', domain=[
                ('model', '=', 'ltc.lead.conflict'), ('res_id', '=', conflict.id)], fields=[
                    'author_id', 'email_from', 'create_uid', 'body']))
            self.assertNotIn(other, told)
            self._refuse_all(user, [
                ('ltc.lead.conflict', 'action_decide', {'ids': conflict.ids, 'decision': 'keep', 'reason': "Mine"}),
                ('ltc.lead.conflict', 'write', {'ids': conflict.ids, 'vals': {'state': 'decided'}}),
                ('ltc.lead.conflict', 'unlink', {'ids': conflict.ids}),
                ('ltc.lead.conflict', 'search', {'domain': [('holder_id.login', 'ilike', 'ltc')]}),
                ('ltc.lead.conflict', 'formatted_read_group', {
                    'domain': [], 'groupby': ['user_id'], 'aggregates': ['__count']}),
                ('ltc.lead.conflict.decide', 'create', {'vals_list': [{
                    'conflict_id': conflict.id, 'decision': 'keep', 'reason': "Mine"}]}),
            ], pattern=f"{DENIED}|by a sales manager|stays on record")
        with self.untouched(held):
            self.refuse(self.manager, "give both", 'ltc.lead.conflict', 'action_decide', ids=conflict.ids,
                        decision='keep', reason=" ")
        self.call(self.manager, 'ltc.lead.conflict', 'action_decide', ids=conflict.ids, decision='share',
                  reason="Two sites")
        self.refuse(self.manager, "a decision stands", 'ltc.lead.conflict', 'action_decide', ids=conflict.ids,
                    decision='hand_over', reason="After all")

    # === THE PARTNER'S PORTAL === #

    def _create_agent(self, login, name):
        partner = self.env['res.partner'].create({'name': name, 'is_company': True, 'ltc_is_channel': True})
        agent = new_test_user(self.env, login, groups='base.group_portal', name=f"Agent of {name}", lang='en_US')
        agent.partner_id.parent_id = partner
        return agent, partner

    def _create_registration(self, partner, **values):
        return self.env['ltc.lead.registration'].create({
            'partner_id': partner.id, 'customer': "Minjiang Beverage", 'need': "Two lines",
            'company_id': self.company.id, **values})

    def _send(self, path, **values):
        with mute_logger(*NOISE):
            page = self.url_open('/my/registrations/new').text
            return self.url_open(path, data={
                'csrf_token': page.split('name="csrf_token" value="')[1].split('"')[0], **values})

    def test_a_partner_reaches_his_own_registrations_and_decides_on_none(self):
        agent, partner = self._create_agent('ltc_test_agent', "Yangtze Agents")
        _rival, rival_partner = self._create_agent('ltc_test_rival_agent', "Delta Agents")
        elsewhere = self.env['res.company'].create({'name': "Elsewhere"})
        own, theirs, abroad = (
            self._create_registration(partner), self._create_registration(rival_partner),
            self._create_registration(rival_partner, company_id=elsewhere.id))
        self.env.flush_all()
        self.authenticate('ltc_test_agent', 'ltc_test_agent')
        for registration in (theirs, abroad):
            with mute_logger(*NOISE):
                for path in ('', '?new=1', '?access_token=x', '/../' + str(registration.id)):
                    page = self.url_open(f'/my/registrations/{registration.id}{path}')
                    self.assertNotIn("Delta Agents", page.text)
                    self.assertNotIn(registration.name, page.text)
            self.assertEqual(self._send(f'/my/registrations/{registration.id}/withdraw').status_code, 404)
        self._send('/my/registrations/new', customer="Taihu Paper", need="Robots", partner_id=str(rival_partner.id),
                   company_id=str(elsewhere.id), state='approved', date_until='2099-01-01', name="FORGED",
                   lead_id=str(self.foreign.id), submitted_by_id=str(self.manager.id))
        made = self.env['ltc.lead.registration'].search([('customer', '=', "Taihu Paper")])
        self.assertRecordValues(made, [{
            'partner_id': partner.id, 'company_id': self.company.id, 'state': 'submitted', 'date_until': False,
            'lead_id': False, 'submitted_by_id': agent.id}])
        self.assertNotEqual(made.name, "FORGED")
        own.with_user(self.manager).action_approve()
        self._send(f'/my/registrations/{own.id}/withdraw')
        self.assertEqual(own.state, 'approved')
        self._judge_agent(made, theirs)

    def _judge_agent(self, own, theirs):
        """The external route of the web client opens nothing more to the partner than his pages do."""
        before = self._read_all(theirs)
        Registration, lead = 'ltc.lead.registration', own.sudo().search([('lead_id', '!=', False)], limit=1).lead_id
        for model, method, args in (
            (Registration, 'action_approve', [own.ids]), (Registration, 'action_reject', [own.ids]),
            (Registration, 'action_withdraw', [theirs.ids]), (Registration, 'write', [own.ids, {'state': 'approved'}]),
            (Registration, 'write', [own.ids, {'customer': "Other"}]), (Registration, 'unlink', [own.ids]),
            (Registration, 'create', [{'customer': "x", 'partner_id': own.partner_id.id, 'need': "x"}]),
            (Registration, 'read', [theirs.ids, ['customer']]), (Registration, 'read', [own.ids, ['in_the_way']]),
            (Registration, 'read', [own.ids, ['lead_id']]), (Registration, 'search', [[('name_key', '!=', False)]]),
            (Registration, 'search', [[('lead_id.expected_revenue', '>', 0)]]),
            ('crm.lead', 'read', [lead.ids, ['name']]), ('crm.lead', 'create', [{'name': "x"}]),
            ('ltc.pool.lead', 'search_read', [[], ['name']]), ('ltc.pool.lead', 'action_claim', [[1]]),
            ('ltc.lead.conflict', 'search_read', [[], ['name']]), ('ltc.customer.search', 'create', [{}]),
            ('ltc.web.form', 'search_read', [[], ['name']]), ('ltc.forecast', 'get_board', []),
        ):
            with self.subTest(model=model, method=method, args=args):
                self.refuse_in_client(
                    f"{DENIED}|for salespeople|only by Channel Management|rejected with a reason",
                    *self.call_kw(model, method, args))
        self.authenticate(None, None)
        self._refuse_all(self.sales, [
            (Registration, 'action_approve', {'ids': theirs.ids}),
            (Registration, 'create', {'vals_list': [{'customer': "x", 'partner_id': own.partner_id.id}]})])
        self.assertEqual(self._read_all(theirs), before)
        page = self.url_open(f'/my/registrations/{theirs.id}')
        self.assertIn('/web/login', page.url)

    # === THE WEB-LEAD ENDPOINT === #

    def _post_lead(self, body, key, status, **headers):
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        headers = {'Content-Type': 'application/json', **({'X-LTC-Key': key} if key else {}), **headers}
        with mute_logger(*NOISE):
            response = self.url_open('/ltc/lead', data=data, headers=headers)
        self.assertEqual(response.status_code, status, response.text[:500])
        self.env.invalidate_all()
        return response

    def test_the_web_lead_endpoint_takes_what_its_form_allows_and_answers_the_rest_in_sentences(self):
        elsewhere = self.env['res.company'].create({'name': "Elsewhere"})
        form, foreign = self.env['ltc.web.form'].create([
            {'name': name, 'company_id': company.id, 'rate_limit_ip': 1000}
            for name, company in (("Website", self.company), ("Elsewhere", elsewhere))])
        keys = [web_form.action_generate_key()['params']['message'] for web_form in (form, foreign)]
        good = {'company': "Jinghe Gears", 'email': 'xu@jinghe.cn', 'need': "A gearbox cell"}
        before = self.env['crm.lead'].search_count([])
        for key in (None, '', 'wrong', keys[0][:-1], form.key_hash):
            self.assertIn("opens no form", self._post_lead(good, key, 401).json()['message'])
        for body in (' ', '[]', '"x"', '7', 'null', '{"company":', b'\xff\xfe', b'[' * 60000, b'{"a":' * 12000,
                     b'{"company": "\\ud800", "email": "a@b.cn"}', b'{"email": "a@b.cn", "idempotency_key": "\\ud8"}',
                     b'{"email": "a@b.cn", "idempotency_key": "\\udfff"}'):
            self.assertIn("no JSON object", self._post_lead(body, keys[0], 400).json()['message'])
        for wrong in ({'company_id': elsewhere.id}, {'user_id': '1'}, {'ltc_pool_id': '1'}, {'company': ["x"]},
                      {'company': {"a": 1}}, {'company': 7}, {'company': None}, {'company': "x" * 201},
                      {'email': "not one"}, {'email': "x" * 201}, {'type': 'opportunity'}, {'': "x"}):
            answer = self._post_lead({**good, **wrong}, keys[0], 422).json()
            self.assertTrue(all(answer['errors'].values()), answer)
        self._post_lead('x' * 70000, keys[0], 413)
        self._post_lead(good, keys[0], 403, Origin='https://evil.example.com')
        self.assertEqual(self.env['crm.lead'].search_count([]), before)
        self._take_leads(elsewhere, keys, good)

    def _take_leads(self, elsewhere, keys, good):
        evil = "<img src=x onerror=alert(1)>\x00'; DROP TABLE crm_lead; --"
        self._post_lead({**good, 'need': evil, 'message': evil, 'idempotency_key': "a\x00b"}, keys[0], 201)
        lead = self.env['crm.lead'].search([('email_from', '=', good['email'])])
        self.assertEqual((lead.company_id, lead.user_id, lead.type), (self.company, self.env['res.users'], 'lead'))
        self.assertNotIn('<img', lead.description)
        self._post_lead(good, keys[0], 200)
        self._post_lead(good, keys[1], 201)
        leads = self.env['crm.lead'].search([('email_from', '=', good['email'])])
        self.assertEqual(leads.company_id, self.company | elsewhere, "Each key makes leads of its own company.")
        self.assertEqual(len(leads), 2)
