from datetime import timedelta
from http import HTTPStatus
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import LtcLeadCommon

ORIGIN = 'https://www.huachen.example.com'


@tagged('post_install', '-at_install')
class TestWebLead(LtcLeadCommon, HttpCase):
    """What a website posts, over real HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form = cls.env['ltc.web.form'].create({
            'name': "Website", 'company_id': cls.company.id, 'team_id': cls.team.id, 'allowed_origins': ORIGIN + '/',
            'required_names': 'company', 'source_id': cls.env.ref('utm.utm_source_search_engine').id})
        cls.key = cls.form.with_user(cls.operations).action_generate_key()['params']['message']
        cls.values = {
            'company': "Jinghe Gears", 'contact': "Xu Jun", 'email': 'xu@jinghe.cn', 'need': "A gearbox cell",
            'message': "<script>alert(1)</script>Please call."}

    def _post(self, values=None, key=None, headers=None, **options):
        headers = {'X-LTC-Key': key or self.key, **(headers or {})}
        return self.url_open('/ltc/lead', json=values or self.values, headers=headers, **options)

    def _get_leads(self):
        return self.env['crm.lead'].search([('email_from', '=', 'xu@jinghe.cn')])

    # === TAKEN === #

    def test_json_becomes_a_lead_with_the_defaults_of_the_form(self):
        response = self._post()
        self.assertEqual(response.status_code, HTTPStatus.CREATED, response.text)
        self.assertEqual(response.json()['status'], 'created')
        lead = self._get_leads()
        self.assertRecordValues(lead, [{
            'name': "Jinghe Gears", 'partner_name': "Jinghe Gears", 'type': 'lead', 'team_id': self.team.id,
            'user_id': False, 'company_id': self.company.id, 'source_id': self.form.source_id.id,
            'ltc_need': "A gearbox cell", 'ltc_flow_id': False}])
        self.assertNotIn('<script>', lead.description)
        submission = self.env['ltc.web.submission'].search([('reference', '=', response.json()['reference'])])
        self.assertEqual(submission.lead_id, lead)

    def test_a_form_is_taken_too_with_the_key_among_its_fields(self):
        response = self.url_open('/ltc/lead', data={**self.values, 'key': self.key})
        self.assertEqual(response.status_code, HTTPStatus.CREATED, response.text)
        self.assertEqual(len(self._get_leads()), 1)

    def test_who_posts_again_adds_to_the_lead(self):
        self._post()
        lead = self._get_leads()
        response = self._post({'company': "Jinghe", 'email': 'XU@jinghe.cn', 'city': "Suzhou", 'need': "Two cells"})
        self.assertEqual((response.status_code, response.json()['status']), (HTTPStatus.OK, 'added'))
        self.assertEqual(self._get_leads(), lead)
        self.assertRecordValues(lead, [{
            'city': "Suzhou", 'partner_name': "Jinghe Gears", 'ltc_need': "A gearbox cell"}])
        self.assertIn("Two cells", lead.message_ids[0].body)
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", [
            fields.Datetime.now() - timedelta(days=31), lead.id])
        self.assertEqual(self._post().json()['status'], 'created')

    def test_each_post_is_engagement_and_scored(self):
        self._post()
        lead = self._get_leads()
        facts = self.env['ltc.lead.engagement'].search([('lead_id', '=', lead.id)])
        self.assertRecordValues(facts, [{'quantity': 1.0, 'note': "Website"}])
        self.assertEqual(facts.kind_id.code, 'web_form')
        self.assertFalse(self.env['ltc.lead.touch'].search([('lead_id', '=', lead.id)]), "the first is the lead itself")
        self.assertIn(lead.id, self.env['ltc.lead.score']._get_stale_ids(100_000), "the next run scores it")
        self.env['ltc.lead.score']._score(lead.ids)
        first = lead.ltc_score_engagement
        self.assertGreater(first, 0)
        self._post()
        self.env['ltc.lead.score']._score(lead.ids)
        self.assertGreater(lead.ltc_score_engagement, first)
        self.assertEqual(self.env['ltc.lead.touch'].search([('lead_id', '=', lead.id)]).way, 'web')

    def test_a_repeated_post_makes_nothing_twice(self):
        self.form.duplicate_days = 0
        headers = {'Idempotency-Key': 'order-1'}
        first, second = self._post(headers=headers), self._post(headers=headers)
        self.assertEqual((first.status_code, second.status_code), (HTTPStatus.CREATED, HTTPStatus.OK))
        self.assertEqual(first.json()['reference'], second.json()['reference'])
        self.assertEqual(len(self._get_leads()), 1)
        self._post(headers={'Idempotency-Key': 'order-2'})
        self.assertEqual(len(self._get_leads()), 2)

    def test_a_conflict_is_recorded_and_the_post_is_taken(self):
        self.company.ltc_conflict_policy = 'block'
        self._create_lead(partner_id=False, partner_name="Jinghe Gears Co., Ltd.")
        self.assertEqual(self._post().status_code, HTTPStatus.CREATED)
        self.assertTrue(self._get_leads().ltc_in_conflict)

    # === REFUSED === #

    def _assert_refused(self, response, status, **errors):
        self.assertEqual(response.status_code, status, response.text)
        body = response.json()
        self.assertEqual(body['status'], 'refused')
        for name, sentence in errors.items():
            self.assertIn(sentence, body['errors'][name])
        self.assertFalse(self._get_leads())
        return body

    def test_an_unknown_or_replaced_key_opens_nothing(self):
        self._assert_refused(self._post(key='wrong'), HTTPStatus.UNAUTHORIZED)
        self.form.action_generate_key()
        self._assert_refused(self._post(), HTTPStatus.UNAUTHORIZED)
        self.form.active = False
        self._assert_refused(self._post(), HTTPStatus.UNAUTHORIZED)

    def test_each_wrong_field_gets_its_sentence(self):
        self._assert_refused(
            self._post({'email': 'nobody', 'phone': 'x', 'user_id': '1', 'need': "x" * 4001, 'contact': 7}),
            HTTPStatus.UNPROCESSABLE_ENTITY, company="company is missing", email="no email address",
            phone="no phone number", user_id="not accepted here", need="too long", contact="must be a text")
        self._assert_refused(
            self._post({'company': "Jinghe"}), HTTPStatus.UNPROCESSABLE_ENTITY, email="are both missing")

    def test_what_is_no_json_object_or_too_large_is_refused(self):
        headers = {'X-LTC-Key': self.key, 'Content-Type': 'application/json'}
        for body in ('{', '[1]'):
            self._assert_refused(self.url_open('/ltc/lead', data=body, headers=headers), HTTPStatus.BAD_REQUEST)
        response = self.url_open('/ltc/lead', data='"' + 'x' * 70000 + '"', headers=headers)
        self.assertEqual(response.status_code, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        half, deep = b'{"company": "\\ud800"}', b'[' * 60000
        for body in (half, deep, b'{"company": ' + deep):
            self._assert_refused(self.url_open('/ltc/lead', data=body, headers=headers), HTTPStatus.BAD_REQUEST)
        headers['Content-Type'] = 'text/plain'
        self._assert_refused(
            self.url_open('/ltc/lead', data='hello', headers=headers), HTTPStatus.UNSUPPORTED_MEDIA_TYPE)

    def test_a_robot_is_told_that_all_is_well_and_makes_nothing(self):
        response = self._post({**self.values, 'fax': 'x'})
        self.assertEqual(response.status_code, HTTPStatus.CREATED)
        self.assertFalse(self._get_leads())
        self.assertEqual(
            self.env['ltc.web.submission'].search([('form_id', '=', self.form.id)]).outcome, 'trapped')

    def test_too_many_posts_are_refused_by_address_and_by_key(self):
        self.form.rate_limit_ip = 2
        self._post({'company': "Jinghe"})
        self._post({'company': "Jinghe"})
        response = self._post()
        self._assert_refused(response, HTTPStatus.TOO_MANY_REQUESTS)
        self.assertEqual(response.headers['Retry-After'], '3600')
        self.form.write({'rate_limit_ip': 100, 'rate_limit': 3})
        self._assert_refused(self._post(), HTTPStatus.TOO_MANY_REQUESTS)
        self.assertLessEqual(self.env['ltc.web.hit'].search_count([]), 2, "one counter a bucket, whatever comes")

    def test_who_guesses_keys_is_locked_out(self):
        statuses = [self._post(key=f'guess {number}').status_code for number in range(32)]
        self.assertEqual(statuses[0], HTTPStatus.UNAUTHORIZED)
        self.assertEqual(statuses[-1], HTTPStatus.TOO_MANY_REQUESTS)

    def test_a_rule_of_the_company_says_no_and_nothing_stays(self):
        def refuse(leads, *args):
            raise UserError(leads.env._("Not today."))

        with patch.object(self.registry['crm.lead'], '_ltc_watch_conflicts', refuse):
            body = self._assert_refused(self._post(), HTTPStatus.UNPROCESSABLE_ENTITY)
        self.assertEqual(body['message'], "Not today.")
        self.assertFalse(self.env['ltc.web.submission'].search([('form_id', '=', self.form.id)]))

    # === BROWSERS === #

    def test_only_the_named_websites_post_from_the_browser(self):
        response = self._post(headers={'Origin': 'https://evil.example.com'})
        self._assert_refused(response, HTTPStatus.FORBIDDEN)
        self.assertNotIn('Access-Control-Allow-Origin', response.headers)
        response = self._post(headers={'Origin': ORIGIN})
        self.assertEqual(response.status_code, HTTPStatus.CREATED)
        self.assertEqual(response.headers['Access-Control-Allow-Origin'], ORIGIN)
        self.assertNotIn('Access-Control-Allow-Credentials', response.headers)

    @mute_logger('odoo.http')
    def test_a_preflight_is_answered_for_named_websites(self):
        url = self.base_url() + '/ltc/lead'
        for origin, status in ((ORIGIN, HTTPStatus.NO_CONTENT), ('https://evil.example.com', HTTPStatus.FORBIDDEN)):
            response = self.opener.options(url, headers={'Origin': origin})
            self.assertEqual(response.status_code, status)
        self.assertNotIn(
            self.opener.get(url).status_code, (HTTPStatus.OK, HTTPStatus.CREATED), "only posts are taken")

    # === SETTING UP === #

    def test_the_key_is_shown_once_and_kept_as_a_hash(self):
        self.assertNotIn(self.key, str(self.form.sudo().read()))
        self.assertEqual(self.form.key_hint, f'…{self.key[-4:]}')
        with self.assertRaises(AccessError):
            self.form.with_user(self.operations).read(['key_hash'])
        with self.assertRaises(AccessError):
            self.form.with_user(self.sales).action_generate_key()

    def test_a_form_takes_known_fields_and_real_origins_only(self):
        for values, sentence in (
            ({'field_names': 'name company user_id'}, "does not know these fields: user_id"),
            ({'required_names': 'vat'}, "does not know these fields: vat"), ({'allowed_origins': '*'}, "is no origin"),
        ):
            with self.assertRaisesRegex(ValidationError, sentence), self.env.cr.savepoint():
                self.form.write(values)

    def test_old_submissions_and_counters_are_forgotten(self):
        self._post()
        lead = self._get_leads()
        self.env.cr.execute("UPDATE ltc_web_submission SET create_date = '2020-01-01'")
        self.env.cr.execute("UPDATE ltc_web_hit SET hour = 1")
        self.env['ltc.web.submission']._gc_submissions()
        self.env['ltc.web.hit']._gc_hits()
        self.assertFalse(self.env['ltc.web.submission'].search([('form_id', '=', self.form.id)]))
        self.assertFalse(self.env['ltc.web.hit'].search([]))
        self.assertTrue(lead.exists())
