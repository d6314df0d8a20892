from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .forecast_common import LtcForecastCommon
from .pool_common import LtcPoolCommon


@tagged('post_install', '-at_install')
class TestLeadTour(LtcPoolCommon, HttpCase):
    """A lead in the browser: out of the pool, taken over, refused as it is, and converted."""

    def _click(self, url, tour):
        self.env.flush_all()
        self.start_tour(url, tour, login=self.sales.login, timeout=300)
        self.env.invalidate_all()

    def test_a_salesperson_claims_and_sees_the_score(self):
        lead = self._create_pooled(user_id=False)
        self._click('/odoo/ltc-pool', 'ltc_lead_claim')
        self.assertEqual((lead.user_id, lead.ltc_pool_id), (self.sales, self.env['ltc.lead.pool']))
        self.assertGreater(lead.ltc_score, 0)

    @mute_logger('odoo.http')  # the refusal that the tour reads
    def test_what_was_handed_over_is_accepted_and_converted_with_what_it_needs(self):
        self._set_profile('full')
        lead = self._create_lead(ltc_need=False)
        lead._ltc_hand_over(self.sales, self.team)
        self._click(f'/odoo/crm.lead/{lead.id}', 'ltc_lead_convert')
        self.assertEqual((lead.type, lead.ltc_handover_state), ('opportunity', 'accepted'))
        self.assertTrue(lead.ltc_flow_id)
        self.assertEqual(self.env['ltc.lead.handover'].search([('lead_id', '=', lead.id)]).decided_by_id, self.sales)


@tagged('post_install', '-at_install')
class TestForecastTour(LtcForecastCommon, HttpCase):
    """A manager says on the board what he expects of a month."""

    def test_a_manager_adjusts_a_figure(self):
        self._deal(1000.0, 'commit')
        self.env.flush_all()
        self.start_tour('/odoo/ltc-forecast', 'ltc_forecast_adjust', login=self.manager.login, timeout=300)
        said = self.env['ltc.forecast.adjustment'].search([('user_id', '=', self.sales.id)], limit=1)
        self.assertRecordValues(said, [{
            'level': 'manager', 'amount': 350.0, 'previous_amount': 1000.0, 'note': "One of them slips.",
            'made_by_id': self.manager.id}])
