from odoo import fields, models


class CrmTeam(models.Model):
    _inherit = 'crm.team'

    ltc_mql_score = fields.Integer(
        string="Qualified by Marketing from", default=50,
        help="A lead whose score reaches so many points is a marketing-qualified lead (MQL).")

    _ltc_mql_score_positive = models.Constraint(
        'CHECK(ltc_mql_score >= 0 AND ltc_mql_score <= 100)', "A lead is qualified by a score from 1 to 100.")

    def write(self, vals):
        result = super().write(vals)
        if 'ltc_mql_score' in vals:
            self.env['ltc.score.pass']._restart()
        return result
