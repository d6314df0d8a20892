from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

HOT_FROM, WARM_FROM = 7, 4  # of nine points
REVIEW_DAYS = 14
THRESHOLDS = {'ltc_hot_from', 'ltc_warm_from'}


class ResCompany(models.Model):
    """From how many points on a lead is hot or warm, and how often the review meeting looks at it."""
    _inherit = 'res.company'

    ltc_hot_from = fields.Integer(
        string="Hot from (Points)", required=True, default=HOT_FROM,
        help="Budget, decision chain and urgency give up to three points each.")
    ltc_warm_from = fields.Integer(string="Warm from (Points)", required=True, default=WARM_FROM)
    ltc_review_days = fields.Integer(
        string="Review Every (Days)", required=True, default=REVIEW_DAYS,
        help="So many days after a lead was reviewed, Lead Review shows it again.")

    _ltc_review_days_positive = models.Constraint(
        'CHECK(ltc_review_days > 0)', "Leads are reviewed again after one day at least.")

    @api.constrains('ltc_hot_from', 'ltc_warm_from')
    def _check_ltc_thresholds(self):
        for company in self:
            if not 0 < company.ltc_warm_from <= company.ltc_hot_from <= 9:
                raise ValidationError(self.env._(
                    "%(company)s: leads have 0 to 9 points. Let them be warm from at least 1 on, and hot not before"
                    " they are warm.", company=company.name))

    def write(self, vals):
        changed = self.filtered(lambda company: any(company[name] != vals[name] for name in vals.keys() & THRESHOLDS))
        result = super().write(vals)
        changed._ltc_refresh_temperatures()
        return result

    def _ltc_refresh_temperatures(self):
        """Bring the temperature of all leads of these companies up to date, in one statement for each.

        By SQL: nobody changed these leads. Those that are scored by their temperature are scored again.
        """
        for company in self:
            self.env.flush_all()
            rows = self.env.execute_query(SQL(
                """UPDATE crm_lead SET ltc_temperature = fresh.temperature
                     FROM (SELECT id, CASE WHEN points >= %(hot)s THEN 'hot' WHEN points >= %(warm)s THEN 'warm'
                                           ELSE 'cold' END AS temperature
                             FROM (SELECT lead.id, COALESCE(lead.ltc_heat_budget, '0')::int
                                          + COALESCE(lead.ltc_heat_decision, '0')::int
                                          + COALESCE(lead.ltc_heat_urgency, '0')::int AS points
                                     FROM crm_lead AS lead LEFT JOIN crm_team AS team ON team.id = lead.team_id
                                    WHERE lead.ltc_temperature IS NOT NULL
                                      AND COALESCE(lead.company_id, team.company_id) = %(company)s) AS counted) AS fresh
                    WHERE crm_lead.id = fresh.id AND crm_lead.ltc_temperature != fresh.temperature
                RETURNING crm_lead.id""",
                hot=company.ltc_hot_from, warm=company.ltc_warm_from, company=company.id))
            self.env['ltc.lead.score'].sudo()._mark_stale([lead_id for [lead_id] in rows])
        if self:
            self.env['crm.lead'].invalidate_model(['ltc_temperature', 'ltc_glance'], flush=False)
