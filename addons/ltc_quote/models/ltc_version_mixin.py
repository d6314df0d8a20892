from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

PAPER_STATES = [
    ('draft', "Draft"),
    ('submitted', "In Review"),
    ('approved', "Approved"),
    ('rejected', "Rejected"),
    ('superseded', "Superseded"),
]
PAPER_STAMPS = (
    'state', 'version', 'series', 'submitted_by_id', 'submitted_on', 'decided_by_id', 'decided_on', 'decision_note',
)


class LtcVersionMixin(models.AbstractModel):
    """A paper on an opportunity, in versions, that somebody else than its author approves.

    Only the methods here move it: what a client writes into the state or the stamps is dropped. What was submitted
    stays as it is; a correction is a new version, and the approved one counts until the new one is approved.
    """
    _name = 'ltc.version.mixin'
    _inherit = ['ltc.opportunity.mixin', 'ltc.state.mixin', 'ltc.flow.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Versioned Paper with Approval"
    _order = 'id desc'

    _transitions = {
        ('draft', 'submitted'): False,
        ('submitted', 'draft'): False,
        ('submitted', 'approved'): False,  # who may approve is asked by the methods
        ('submitted', 'rejected'): False,
        ('approved', 'superseded'): False,
    }
    _server_stamps = PAPER_STAMPS
    _ltc_content = set()  # names of the fields that a submission freezes, beside those of this mixin
    _ltc_approver_group = ''  # whose members approve

    name = fields.Char(
        compute='_compute_name', store=True, readonly=False, precompute=True, required=True, tracking=True)
    user_id = fields.Many2one(
        'res.users', string="Responsible", tracking=True, default=lambda self: self.env.user,
        domain="[('share', '=', False)]", index='btree_not_null')
    ltc_flow_id = fields.Many2one(compute='_compute_ltc_flow_id', store=True, precompute=True, compute_sudo=True)
    version = fields.Integer(default=1, required=True, readonly=True, copy=False, aggregator=None)
    series = fields.Integer(readonly=True, copy=False, index=True, aggregator=None)  # id of its first version
    state = fields.Selection(
        PAPER_STATES, default='draft', required=True, readonly=True, copy=False, index=True, tracking=True)
    submitted_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    submitted_on = fields.Datetime(readonly=True, copy=False)
    decided_by_id = fields.Many2one('res.users', string="Approved or Rejected By", readonly=True, copy=False)
    decided_on = fields.Datetime(string="Approved or Rejected On", readonly=True, copy=False)
    decision_note = fields.Text(string="Reason of the Decision", readonly=True, copy=False)
    can_decide = fields.Boolean(compute='_compute_can_decide')

    # === COMPUTE METHODS === #

    @api.depends('opportunity_id')
    def _compute_name(self):
        for paper in self:
            paper.name = paper.name or paper.opportunity_id.name or ''

    @api.depends('opportunity_id')
    def _compute_ltc_flow_id(self):
        for paper in self:
            paper.ltc_flow_id = paper.opportunity_id.ltc_flow_id

    @api.depends('name', 'version')
    @api.depends_context('ltc_version_first')
    def _compute_display_name(self):
        """Name the version; in front where the name would be cut off."""
        is_first = self.env.context.get('ltc_version_first')
        for paper in self:
            paper.display_name = f'V{paper.version} · {paper.name}' if is_first else f'{paper.name} V{paper.version}'

    @api.depends('state', 'user_id', 'submitted_by_id')
    @api.depends_context('uid')
    def _compute_can_decide(self):
        for paper in self:
            paper.can_decide = paper.state == 'submitted' and not paper._get_decision_refusal()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        papers = super().create(vals_list)
        for paper in papers.sudo().filtered(lambda paper: not paper.series):
            paper.series = paper.id
        return papers

    def write(self, vals):
        if self._get_frozen_fields() & vals.keys():
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self._check_draft()

    @api.model
    def _get_frozen_fields(self):
        return {'name', 'opportunity_id', 'company_id', 'user_id', *self._ltc_content}

    def _check_draft(self):
        """Raise unless all these papers may still be edited; asked by their lines too."""
        paper = self.filtered(lambda paper: paper.state != 'draft')[:1]
        if paper:
            raise UserError(self.env._(
                "%(paper)s is %(state)s and stays as it is; make a new version of it.", paper=paper.display_name,
                state=paper._get_state_label(paper.state)))

    # === ACTION METHODS === #

    def action_submit(self):
        """Hand the paper over to those who approve it; from now on it stays as it is."""
        for paper in self:
            paper.check_access('write')
            paper._move('submitted', submitted_by_id=self.env.uid, submitted_on=fields.Datetime.now(),
                        decided_by_id=False, decided_on=False, decision_note=False)
            paper._ask_approvers()

    def action_withdraw(self):
        """Take the paper back, before anybody decided on it."""
        for paper in self:
            paper.check_access('write')
            paper._move('draft')
            paper._close_activities()

    def action_approve(self, note=''):
        """Approve as somebody else than the author; the version approved before is superseded."""
        for paper in self:
            paper._decide('approved', note)
            former = paper.sudo().search([('series', '=', paper.series), ('state', '=', 'approved')]) - paper.sudo()
            former.write({'state': 'superseded'})
            paper._on_approved()

    def action_open_rejection(self):
        """Ask for the reason, then reject."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Reject %s", self.display_name),
            'res_model': 'ltc.version.reject',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_res_model': self._name, 'default_res_id': self.id},
        }

    def action_reject(self, note=''):
        """Reject, with a reason."""
        if not (note or '').strip():
            raise UserError(self.env._("%s: say why you reject it.", self[:1].display_name))
        for paper in self:
            paper._decide('rejected', note)

    def action_new_version(self):
        """Copy this version into a new draft and open it; this one counts until the new one is approved."""
        self.ensure_one()
        self.check_access('write')
        if self.state == 'draft':
            raise UserError(self.env._("%s is still a draft; edit it instead.", self.display_name))
        [(last,)] = self.sudo()._read_group([('series', '=', self.series)], [], ['version:max'])
        new = self.copy({'name': self.name, 'user_id': self.env.uid})
        new.sudo().write({'series': self.series, 'version': last + 1})
        return {
            'type': 'ir.actions.act_window', 'res_model': self._name, 'res_id': new.id, 'view_mode': 'form',
            'name': new.display_name,
        }

    def action_view_versions(self):
        """Open all versions of this paper."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': self._name, 'view_mode': 'list,form',
            'name': self.env._("Versions of %s", self.name), 'domain': [('series', '=', self.series)],
        }

    # === BUSINESS METHODS === #

    def _move(self, state, **stamps):
        """Move the paper under a lock, so that two people do not decide on it at once."""
        self.ensure_one()
        paper_sudo = self.sudo()  # the stamps are the server's own; who may was asked before
        paper_sudo.lock_for_update()
        paper_sudo.invalidate_recordset(['state'])
        paper_sudo.write(stamps)
        paper_sudo.write({'state': state})

    def _get_transition_blockers(self, target):
        blockers = super()._get_transition_blockers(target)
        if target in ('approved', 'rejected') and not self.decided_by_id:
            blockers.append(self.env._(
                "%s was decided by nobody; use its buttons to approve or reject it.", self.display_name))
        return blockers

    def _decide(self, state, note):
        self.ensure_one()
        self.check_access('read')
        refusal = self._get_decision_refusal()
        if refusal:
            raise AccessError(refusal)
        self._move(state, decided_by_id=self.env.uid, decided_on=fields.Datetime.now(),
                   decision_note=(note or '').strip() or False)
        self._close_activities()

    def _get_decision_refusal(self):
        """Return why the current user may not decide on this paper, or False."""
        self.ensure_one()
        user = self.env.user
        if user.has_group('ltc_base.group_ltc_auditor'):
            return user._ltc_describe_auditors(user)
        if user in (self.user_id | self.submitted_by_id | self.create_uid):
            return self.env._(
                "%s is your own; somebody else has to approve or reject it.", self.display_name)
        if user not in self.sudo()._get_approvers():
            return self.env._(
                "%(paper)s is not yours to decide; ask %(group)s.", paper=self.display_name,
                group=self.env.ref(self._ltc_approver_group).sudo()._ltc_get_label())
        return False

    def _get_approvers(self):
        """Return who may approve or reject this paper (in sudo); its author is left out elsewhere."""
        self.ensure_one()
        return self.env.ref(self._ltc_approver_group)._ltc_get_participants(self.company_id)

    def _on_approved(self):
        """Follow up on the approval (empty here)."""

    def _ask_approvers(self):
        """Put the paper on the desk of the first who may approve it, so that it does not lie about."""
        approvers = self.sudo()._get_approvers() - (self.user_id | self.submitted_by_id | self.create_uid)
        if not approvers:
            raise UserError(self.env._(
                "Nobody but you may approve %(paper)s; ask sales operations to name somebody in %(group)s.",
                paper=self.display_name, group=self.env.ref(self._ltc_approver_group).sudo()._ltc_get_label()))
        self.sudo().activity_schedule(
            'mail.mail_activity_data_todo', user_id=approvers[:1].id,
            summary=self.env._("Approve or reject %s", self.display_name))

    def _close_activities(self):
        self.sudo().activity_ids.unlink()
