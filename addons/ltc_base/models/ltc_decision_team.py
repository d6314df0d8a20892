from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .ltc_gate_dimension import DIMENSIONS

MEMBER_ROLES = [
    ('decider', "Decides"),
    ('questioner', "Asks (Opinion)"),
]
MEMBER_KINDS = [
    ('user', "A Person"),
    ('group', "Anyone of a Group"),
    ('superior', "Submitter's Superior"),
    ('team_leader', "Leader of the Document's Team"),
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
    _inherit = ['ltc.audit.config.mixin']
    _description = "Seat of a Sales Decision Team"
    _order = 'sequence, id'

    team_id = fields.Many2one('ltc.decision.team', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    role = fields.Selection(MEMBER_ROLES, required=True, default='decider')
    kind = fields.Selection(MEMBER_KINDS, string="Who", required=True, default='user')
    user_id = fields.Many2one('res.users', domain=[('share', '=', False)])
    group_id = fields.Many2one('res.groups')
    dimension = fields.Selection(DIMENSIONS, help="The opinion that this seat gives.")

    @api.constrains('role', 'kind', 'user_id', 'group_id', 'dimension')
    def _check_complete(self):
        for member in self:
            if (member.kind == 'user' and not member.user_id) or (member.kind == 'group' and not member.group_id):
                raise ValidationError(self.env._(
                    "A seat of decision team %s names nobody; choose the person or the group.", member.team_id.name))
            if member.role == 'questioner' and not member.dimension:
                raise ValidationError(self.env._(
                    "A seat of decision team %s asks, but not about what; choose its dimension.", member.team_id.name))

    @api.depends('kind', 'user_id', 'group_id')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for member in self:
            named = {'user': member.user_id.name, 'group': member.group_id.name}
            member.display_name = named.get(member.kind) or kinds.get(member.kind)

    def _get_users(self, document, submitter):
        """Return who may take this seat for ``document``, whoever they are; the caller leaves out the submitter."""
        self.ensure_one()
        company = document._ltc_get_company()
        found = {
            'user': self.user_id,
            'group': self.group_id._ltc_get_members(company),
            'superior': submitter.sudo().ltc_superior_id,
            'team_leader': document._ltc_get_team_leader(),
        }[self.kind]
        return found._ltc_filter_company(company)
