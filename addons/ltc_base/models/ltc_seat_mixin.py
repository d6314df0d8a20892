from odoo import fields, models

SEAT_KINDS = [
    ('user', "A Person"),
    ('group', "Anyone of a Group"),
    ('superior', "Submitter's Superior"),
    ('superior2', "Superior of the Superior"),
    ('team_leader', "Leader of the Document's Team"),
    ('cfo', "CFO of the Company"),
    ('general_manager', "General Manager of the Company"),
]
OFFICERS = {'cfo': 'ltc_cfo_id', 'general_manager': 'ltc_general_manager_id'}


class LtcSeatMixin(models.AbstractModel):
    """A seat in the set-up of decisions: who takes it, by name or by position."""
    _name = 'ltc.seat.mixin'
    _description = "Seat"

    kind = fields.Selection(SEAT_KINDS, string="Who", required=True, default='user')
    user_id = fields.Many2one('res.users', string="Person", domain=[('share', '=', False)])
    group_id = fields.Many2one(
        'res.groups', string="Group",
        help="Anyone of this group sits here; beside a person or a position: where that one is missing.")

    def _get_users(self, document, submitter):
        """Return who may take this seat for ``document``: never the submitter, never an auditor."""
        self.ensure_one()
        company = document._ltc_get_company()
        return (
            self._get_named(document, submitter)._ltc_filter_participants(company) - submitter
            or self.group_id._ltc_get_participants(company) - submitter)

    def _get_named(self, document, submitter):
        if self.kind in OFFICERS:
            return document._ltc_get_company().sudo()[OFFICERS[self.kind]]
        if self.kind == 'team_leader':
            return document._ltc_get_team_leader()
        superior = submitter.sudo().ltc_superior_id
        return {'superior': superior, 'superior2': superior.ltc_superior_id, 'user': self.user_id}.get(
            self.kind, self.env['res.users'])

    def _is_nobody(self):
        """Return whether this seat names neither the person nor the group that it is for."""
        return (self.kind == 'user' and not self.user_id) or (self.kind == 'group' and not self.group_id)

    def _describe_seat(self):
        """Return who sits here, by name or by position."""
        if self.kind == 'user':
            return self.user_id.name or ''
        if self.kind == 'group':
            return self.group_id._ltc_get_label()
        return dict(self._fields['kind']._description_selection(self.env))[self.kind]
