from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

CHAIN_LIMIT = 3  # how many times a duty is handed on before it stays where it is


class LtcDelegation(models.Model):
    """Who acts for whom on gate reviews, and from when until when; both names stay on the record.

    Whoever may act is asked anew at every opinion and decision, so a delegation never outlives its last day and
    never lets a submitter decide.
    """
    _name = 'ltc.delegation'
    _description = "Delegation"
    _order = 'date_from desc, id desc'

    user_id = fields.Many2one(
        'res.users', string="Absent", required=True, index=True, ondelete='cascade',
        default=lambda self: self.env.user, domain=[('share', '=', False)])
    delegate_id = fields.Many2one(
        'res.users', required=True, index=True, ondelete='cascade', domain=[('share', '=', False)],
        help="Gives opinions and decides in the absent person's place.")
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    date_to = fields.Date(string="Until", required=True, help="The last day on which the delegate acts.")
    gate_ids = fields.Many2many('ltc.gate', string="Only Gates", help="Empty: every gate.")
    reason = fields.Char()
    active = fields.Boolean(default=True)
    is_current = fields.Boolean(string="Today", compute='_compute_is_current', search='_search_is_current')

    _dates_ordered = models.Constraint(
        'CHECK(date_to >= date_from)', "A delegation ends on or after the day on which it starts.")
    _two_people = models.Constraint(
        'CHECK(user_id != delegate_id)', "Nobody delegates to himself; choose another delegate.")
    _delegate_idx = models.Index('(delegate_id, date_to) WHERE active')

    @api.depends('user_id', 'delegate_id')
    def _compute_display_name(self):
        for delegation in self:
            delegation.display_name = self.env._(
                "%(delegate)s for %(user)s", delegate=delegation.delegate_id.name, user=delegation.user_id.name,
            ) if delegation.delegate_id else False

    @api.depends('date_from', 'date_to', 'active')
    def _compute_is_current(self):
        today = self.env.company._ltc_get_today()
        for delegation in self:
            delegation.is_current = (
                delegation.active and delegation.date_from and delegation.date_to
                and delegation.date_from <= today <= delegation.date_to)

    def _search_is_current(self, operator, value):
        if operator != 'in':
            return NotImplemented
        today = self.env.company._ltc_get_today()
        return [('active', '=', True), ('date_from', '<=', today), ('date_to', '>=', today)]

    @api.constrains('delegate_id')
    def _check_delegate(self):
        for delegation in self:
            delegate = delegation.delegate_id.sudo()
            delegate._ltc_check_participants()
            if not delegate.active or not delegate.has_group('ltc_base.group_ltc_user'):
                raise ValidationError(self.env._(
                    "%s does not work with lead-to-cash documents and cannot stand in; choose somebody who does.",
                    delegate.name))

    @api.constrains('user_id', 'delegate_id', 'date_from', 'date_to', 'active')
    def _check_circle(self):
        for delegation in self.filtered('active'):
            back = self.sudo().search([
                ('user_id', '=', delegation.delegate_id.id), ('delegate_id', '=', delegation.user_id.id),
                ('date_from', '<=', delegation.date_to), ('date_to', '>=', delegation.date_from),
            ], limit=1)
            if back:
                raise ValidationError(self.env._(
                    "%(delegate)s is away too and delegates to %(user)s in those days; choose somebody else.",
                    delegate=delegation.delegate_id.name, user=delegation.user_id.name))

    @api.model_create_multi
    def create(self, vals_list):
        delegations = super().create(vals_list)
        delegations._audit()
        delegations._replace_stand_ins()
        return delegations

    def write(self, vals):
        self._check_absent(vals)
        result = super().write(vals)
        self._audit()
        self._replace_stand_ins()
        return result

    def unlink(self):
        self.filtered('active').action_archive()  # the log keeps that it ended, and when
        return super().unlink()

    def _check_absent(self, vals):
        """Whose duties are delegated is fixed: record rules look at the delegation before a change, not after it."""
        moved = self.filtered(lambda delegation: vals.get('user_id', delegation.user_id.id) != delegation.user_id.id)
        if moved and not self.env.su and not self.env.user.has_group('ltc_base.group_ltc_operations'):
            raise AccessError(self.env._(
                "Delegation %s is for the duties of one person; make another one for another person.",
                moved[:1].display_name))

    def _audit(self):
        self.env['ltc.audit.log']._append([{
            'kind': 'delegation',
            'document': delegation,
            'company': self.env.company,
            'name': delegation.display_name,
            'on_behalf_of': delegation.user_id,
            'values': {
                'user': delegation.user_id.login,
                'delegate': delegation.delegate_id.login,
                'from': fields.Date.to_string(delegation.date_from),
                'until': fields.Date.to_string(delegation.date_to),
                'gates': delegation.sudo().gate_ids.mapped('code'),
                'active': delegation.active,
            },
        } for delegation in self])

    # === BUSINESS METHODS === #

    def _replace_stand_ins(self):
        """Call somebody else to the seats for which a delegate would stand in who has decided on the round already."""
        current = self.filtered('is_current')
        if not current:
            return
        delegates = current.delegate_id | self._get_delegates(current.delegate_id)
        self.env['ltc.gate.review'].sudo().search([
            ('state', '=', 'in_review'), ('approval_ids.decided_by_id', 'in', delegates.ids),
        ])._call_substitutes()

    @api.model
    def _get_principals(self, user):
        """Return {absent user: ids of the gates, None for all} for whom ``user`` stands in today, through chains too.

        One query for somebody who stands in for nobody.
        """
        principals, frontier = {}, {user: None}
        for _hop in range(CHAIN_LIMIT):
            current = self.sudo().search([
                ('delegate_id', 'in', [delegate.id for delegate in frontier]), ('is_current', '=', True)])
            reached = {}
            for delegation in current.filtered(lambda row: row.user_id not in principals and row.user_id != user):
                delegation._collect_gates(frontier[delegation.delegate_id], reached)
            if not reached:
                break
            principals.update(reached)
            frontier = reached
        return principals

    def _collect_gates(self, inherited, reached):
        """Add to ``reached`` the ids of the gates (None: all) handed on by someone who holds ``inherited``."""
        gates = set(self.gate_ids.ids) or None
        if inherited is not None:
            gates = inherited if gates is None else gates & inherited
        if gates is None or reached.get(self.user_id, ()) is None:
            reached[self.user_id] = None
        elif gates:
            reached[self.user_id] = gates | reached.get(self.user_id, set())

    @api.model
    def _get_delegates(self, users, gate=None):
        """Return the users who stand in today for any of ``users``, at ``gate`` or at any one."""
        delegates, frontier = self.env['res.users'], users
        for _hop in range(CHAIN_LIMIT):
            current = self.sudo().search([('user_id', 'in', frontier.ids), ('is_current', '=', True)])
            current = current.filtered(
                lambda delegation: not gate or not delegation.gate_ids or gate in delegation.gate_ids)
            frontier = current.delegate_id - delegates - users
            if not frontier:
                break
            delegates |= frontier
        return delegates
