from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .ltc_gate_dimension import DIMENSIONS

MEMBER_ROLES = [
    ('decider', "Decides"),
    ('questioner', "Asks (Opinion)"),
]


class LtcDecisionTeam(models.Model):
    """The standing roster of a level of authority: who decides, in what order, and who asks."""
    _name = 'ltc.decision.team'
    _inherit = ['ltc.audit.config.mixin']
    _description = "Sales Decision Team"
    _order = 'sequence, name, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one('res.company', help="Empty: the team sits in every company.")
    active = fields.Boolean(default=True)
    member_ids = fields.One2many('ltc.decision.team.member', 'team_id', string="Seats", copy=True)
    rule_ids = fields.One2many('ltc.authority.rule', 'team_id', string="Levels of Authority", readonly=True)

    @api.constrains('member_ids')
    def _check_decider(self):
        for team in self:
            if not team.member_ids.filtered(lambda member: member.role == 'decider'):
                raise ValidationError(self.env._(
                    "Decision team %s has nobody who decides; add a seat that does.", team.name))


class LtcDecisionTeamMember(models.Model):
    _name = 'ltc.decision.team.member'
    _inherit = ['ltc.seat.mixin', 'ltc.audit.config.mixin']
    _description = "Seat of a Sales Decision Team"
    _order = 'sequence, id'

    team_id = fields.Many2one('ltc.decision.team', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    role = fields.Selection(MEMBER_ROLES, required=True, default='decider')
    dimension = fields.Selection(DIMENSIONS, help="The opinion that this seat gives.")

    @api.constrains('role', 'kind', 'user_id', 'group_id', 'dimension')
    def _check_complete(self):
        for member in self:
            if member._is_nobody():
                raise ValidationError(self.env._(
                    "A seat of decision team %s names nobody; choose the person or the group.", member.team_id.name))
            if member.role == 'questioner' and not member.dimension:
                raise ValidationError(self.env._(
                    "A seat of decision team %s asks, but not about what; choose its dimension.", member.team_id.name))
        self.user_id._ltc_check_participants()

    @api.depends('kind', 'user_id', 'group_id')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for member in self:
            member.display_name = member._describe_seat()
