from datetime import timedelta
from http import HTTPStatus

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import LtcLeadCommon


@tagged('post_install', '-at_install')
class TestCrmLeadExternalApi(LtcLeadCommon, HttpCase):
    """The website, a fair's app or a partner posts leads through Odoo's JSON-2 API."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        key = cls.env['res.users.apikeys'].with_user(cls.sales).sudo(False)._generate(
            'rpc', "Fair App", fields.Datetime.now() + timedelta(hours=12))
        cls.headers = {'Authorization': f'Bearer {key}'}

    def _call(self, method, **arguments):
        return self.url_open(f'/json/2/crm.lead/{method}', json=arguments, headers=self.headers)

    def test_a_salesperson_posts_a_lead(self):
        response = self._call('create', vals_list=[{
            'name': "Posted at the fair", 'type': 'lead', 'contact_name': "Li Na", 'phone': '+86 21 5555 0199',
            'ltc_need': "A labelling machine.",
        }])
        self.assertEqual(response.status_code, HTTPStatus.OK, response.text)
        lead = self.env['crm.lead'].browse(response.json())
        self.assertRecordValues(lead, [{
            'name': "Posted at the fair", 'type': 'lead', 'user_id': self.sales.id, 'ltc_flow_id': False,
            'ltc_need': "A labelling machine.",
        }])

    def test_a_posted_lead_is_converted_and_gets_its_case(self):
        [lead_id] = self._call('create', vals_list=[self._prepare_lead_values()]).json()
        response = self._call('write', ids=[lead_id], vals={'type': 'opportunity'})
        self.assertEqual(response.status_code, HTTPStatus.OK, response.text)
        [values] = self._call('read', ids=[lead_id], fields=['ltc_flow_id']).json()
        self.assertRegex(values['ltc_flow_id'][1], '^LTC/')

    @mute_logger('odoo.http')
    def test_the_gate_stands_on_this_road_too(self):
        self._set_profile('full')
        opportunity = self._create_opportunity()
        response = self._call('write', ids=opportunity.ids, vals={'stage_id': self.stage_won.id})
        self.assertEqual(response.status_code, HTTPStatus.UNPROCESSABLE_ENTITY, response.text)
        self.assertIn("submit it for review", response.json()['message'])
        response = self._call('action_set_won', ids=opportunity.ids)
        self.assertIn("submit it for review", response.json()['message'])
        self.assertNotEqual(opportunity.stage_id, self.stage_won)
