from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

ANSWERS = ('ltc_heat_budget', 'ltc_heat_decision', 'ltc_heat_urgency')

# company of the lead: budget, decision chain, urgency; facts (kind, quantity, days ago)
INTEREST = {
    "Chengdu Aero Components": ('3', '3', '2', [('web_visit', 9, 1), ('web_minutes', 34, 1), ('demo', 1, 1)]),
    "Changzhou Solar": ('3', '2', '3', [('web_visit', 14, 2), ('web_minutes', 51, 2), ('event', 1, 4)]),
    "Guiyang Medical Devices": ('2', '3', '3', [('demo', 1, 3), ('web_visit', 6, 5)]),
    "Hefei Display": ('2', '2', '1', [('event', 1, 13), ('web_visit', 5, 10)]),
    "Ruian Valve Works": ('2', '1', '2', [('web_visit', 4, 1), ('web_minutes', 18, 1)]),
    "Zhuhai Home Appliances": ('1', '2', '2', [('web_visit', 3, 3)]),
    "Luoyang Bearings": ('2', '1', '1', [('event', 1, 8)]),
    "Xiamen Optics": ('1', '2', '1', [('web_visit', 2, 12)]),
    "Datong Mining Tools": ('0', '1', '0', []),
    "Nanning Sugar": ('1', '0', '0', [('web_visit', 1, 2)]),
    "Zibo Glassware": ('0', '0', '1', []),
    "Dalian Food Ports": ('1', '1', '0', [('web_visit', 1, 17)]),
}
# customer: need, power, cycle, potential
RATINGS = {
    'jinghe': ('4', '3', '4', '3'), 'beifang': ('3', '4', '1', '4'), 'dongfang': ('4', '4', '3', '4'),
    'huarun': ('3', '3', '3', '2'), 'xinhe': ('5', '5', '4', '5'), 'taihu': ('2', '2', '2', '2'),
    'minjiang': ('4', '4', '4', '3'), 'lingnan': ('2', '1', '3', '2'), 'yunfeng': ('1', '2', '2', '1'),
    'qinling': ('5', '4', '4', '4'), 'haibin': ('4', '4', '2', '4'), 'zhongyuan': ('3', '4', '3', '3'),
}
# case: budget, decision chain, urgency
HEAT = {
    'jinghe': ('1', '2', '2'), 'beifang': ('2', '2', '3'), 'dongfang': ('1', '1', '1'), 'huarun': ('2', '3', '2'),
    'xinhe': ('3', '3', '3'), 'taihu': ('2', '2', '1'), 'minjiang': ('3', '3', '3'), 'lingnan': ('1', '2', '1'),
    'yunfeng': ('2', '3', '2'),
}
CREDIT_LIMITS = {'A': 3_000_000, 'B': 1_500_000, 'C': 500_000, 'D': 0}  # what customers of a grade get on credit
STAGE_CHANCES = {'crm.stage_lead1': 10, 'crm.stage_lead2': 30, 'crm.stage_lead3': 60, 'crm.stage_lead4': 100}


class LtcDemo(models.AbstractModel):
    _inherit = 'ltc.demo'

    @api.model
    def _play_score(self):
        """Customers are rated, leads show interest and are looked at in the meeting; then everything is scored."""
        for xmlid, chance in STAGE_CHANCES.items():
            stage = self.env.ref(xmlid, raise_if_not_found=False)
            if stage:
                stage.ltc_probability = chance
        for key, ratings in RATINGS.items():
            self._find(f'customer_{key}').write(dict(zip(
                ('ltc_rating_need', 'ltc_rating_power', 'ltc_rating_cycle', 'ltc_rating_potential'), ratings,
                strict=True)))
        self.env['ltc.grade.terms'].create([
            {'company_id': self._company().id, 'grade': grade, 'credit_limit': limit}
            for grade, limit in CREDIT_LIMITS.items()])
        for key, answers in HEAT.items():
            self._as('manager', self._find(f'case_{key}')).write(dict(zip(ANSWERS, answers, strict=True)))
        for company, (budget, decision, urgency, facts) in INTEREST.items():
            self._show_interest(company, budget, decision, urgency, facts)
        self._score_demo()

    @api.model
    def _show_interest(self, company, budget, decision, urgency, facts):
        lead = self.env['crm.lead'].search([('partner_name', '=', company)], limit=1)
        if not lead:
            return
        lead = self._as('manager', lead)  # in the review meeting
        lead.write(dict(zip(ANSWERS, (budget, decision, urgency), strict=True)))
        for code, quantity, days in facts:
            lead.action_ltc_log_engagement(code, quantity, fields.Datetime.now() - timedelta(days=days))
        if lead.ltc_temperature == 'cold':
            lead.action_ltc_mark_reviewed()
        if lead.ltc_temperature == 'hot':
            lead.action_ltc_schedule_next()

    @api.model
    def _score_demo(self):
        """Score in this transaction: an installation does not commit on the way."""
        lead_ids = [lead_id for lead_id, in self.env.execute_query(SQL(
            "SELECT id FROM crm_lead WHERE active AND won_status = 'pending' ORDER BY id"))]
        self.env['ltc.lead.score'].sudo()._score(lead_ids)
