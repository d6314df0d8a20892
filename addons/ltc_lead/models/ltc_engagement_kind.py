from odoo import api, fields, models
from odoo.exceptions import UserError

ENGAGEMENT_SOURCES = [
    ('fact', "Recorded or imported"),
    ('mail', "Emails and messages of the customer"),
    ('activity', "Activities marked as done"),
    ('meeting', "Meetings held"),
]
COUNTED = {'active', 'source', 'activity_type_ids', 'half_life'}  # what changes the points of a lead
TRACES = ('mail', 'activity', 'meeting')  # what Odoo records anyway


class LtcEngagementKind(models.Model):
    """What a customer does that shows interest, where it is recorded, and how fast it fades."""
    _name = 'ltc.engagement.kind'
    _description = "Kind of Engagement"
    _inherit = ['ltc.cached.mixin']
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Technical name for imports and the API, such as 'web_visit'.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    source = fields.Selection(ENGAGEMENT_SOURCES, string="Where It Comes From", required=True, default='fact')
    activity_type_ids = fields.Many2many('mail.activity.type', string="Activity Types")
    unit = fields.Char(translate=True, help="What the quantity counts, such as visits or minutes.")
    half_life = fields.Integer(
        string="Half-Life (Days)", default=30, help="After so many days it counts half. 0: it never fades.")

    _code_uniq = models.UniqueIndex('(code)', "An engagement of that technical name exists already.")
    _half_life_positive = models.Constraint('CHECK(half_life >= 0)', "A half-life is a number of days, or 0.")

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & COUNTED:
            self.env['ltc.score.pass']._restart()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        facts_sudo = self.env['ltc.lead.engagement'].sudo().search([('kind_id', 'in', self.ids)], limit=1)
        if facts_sudo:
            raise UserError(self.env._(
                "%(kind)s is recorded on leads and cannot be deleted; archive it instead.",
                kind=facts_sudo.kind_id.name))
