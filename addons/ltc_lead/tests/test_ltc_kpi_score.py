from datetime import date

from odoo.tests import tagged

from .test_crm_lead_score import LtcScoreCommon

MARCH = (date(2025, 3, 1), date(2025, 3, 31))


@tagged('post_install', '-at_install')
class TestLtcKpiScore(LtcScoreCommon):

    def _measure(self, code):
        return self.env.ref(f'ltc_lead.ltc_kpi_{code}')._measure(self.company, *MARCH)

    def _lead(self, created_on, **values):
        lead = self._create_lead(partner_id=False, **values)
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", (created_on, lead.id))
        self.env.invalidate_all()
        return lead

    def test_the_mql_rate_follows_the_cohort(self):
        self.team.ltc_mql_score = 20
        good, lost = self._lead('2025-03-05', partner_name="Acme"), self._lead('2025-03-06', partner_name="Gone")
        plain = self._lead('2025-03-07')
        later = self._lead('2025-04-07', partner_name="April")
        self._score(good + lost + plain + later)
        lost.action_set_lost()
        measure = self._measure('mql_rate')
        self.assertEqual((measure['numerator'], measure['denominator']), (2, 3))
        self.assertAlmostEqual(measure['value'], 200 / 3)

    def test_who_was_handed_to_sales_is_qualified_as_in_the_channel_report(self):
        source = self.env['utm.source'].create({'name': "Fair"})
        handed, _plain = (self._lead('2025-03-05', source_id=source.id) for _number in range(2))
        handed.with_user(self.manager)._ltc_hand_over(self.sales, self.team)
        measure = self._measure('mql_rate')
        self.assertEqual((measure['numerator'], measure['denominator']), (1, 2))
        self.env.flush_all()
        [(mqls,)] = self.env['ltc.channel.report']._read_group([('source_id', '=', source.id)], [], ['mqls:sum'])
        self.assertEqual(mqls, 1)

    def test_nothing_created_is_no_value(self):
        self.assertIsNone(self._measure('mql_rate')['value'])

    def test_the_average_score_of_what_is_open(self):
        self.env.cr.execute("DELETE FROM ltc_lead_score")
        self.assertIsNone(self._measure('lead_score')['value'])
        leads = self._lead('2025-03-05', partner_name="Acme") + self._lead('2025-03-05')
        self._score(leads)
        self.assertEqual((self._measure('lead_score')['value'], self._measure('lead_score')['count']), (10.0, 2))
        leads[1].action_set_lost()
        self.assertEqual(self._measure('lead_score')['value'], 20.0)
