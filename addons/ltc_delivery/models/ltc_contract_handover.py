from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from .ltc_contract_handover_line import HANDOVER_TOPICS

HANDOVER_STATES = [
    ('draft', "To Confirm"),
    ('confirmed', "Confirmed"),
]
HANDOVER_STAMPS = (
    'delivery_confirmed_by_id',
    'delivery_confirmed_on',
    'finance_confirmed_by_id',
    'finance_confirmed_on',
    'advance_released_by_id',
    'advance_released_on',
)


class LtcContractHandover(models.Model):
    """Sales explains a signed contract to delivery and finance; both confirm before anything leaves the house."""
    _name = 'ltc.contract.handover'
    _description = "Contract Handover"
    _inherit = ['ltc.state.mixin', 'ltc.flow.mixin', 'mail.thread', 'mail.activity.mixin']
    _order = 'id desc'

    _transitions = {('draft', 'confirmed'): False}  # who confirms is checked on each of the two confirmations
    _server_stamps = HANDOVER_STAMPS

    contract_id = fields.Many2one('ltc.contract', required=True, index=True, ondelete='restrict')
    name = fields.Char(compute='_compute_name', store=True, precompute=True)
    partner_id = fields.Many2one(related='contract_id.partner_id', string="Customer")
    company_id = fields.Many2one(related='contract_id.company_id', store=True, index=True, precompute=True)
    user_id = fields.Many2one(related='contract_id.user_id', string="Account Responsible (AR)")
    fr_user_id = fields.Many2one(
        'res.users', string="Fulfilment Responsible (FR)", tracking=True, copy=False,
        help="Who delivers this contract; taken from the case, or whoever confirms for delivery.")
    line_ids = fields.One2many('ltc.contract.handover.line', 'handover_id', string="Points", copy=True)
    state = fields.Selection(
        HANDOVER_STATES, default='draft', required=True, readonly=True, copy=False, tracking=True)

    delivery_confirmed_by_id = fields.Many2one('res.users', string="Confirmed by Delivery", readonly=True, copy=False)
    delivery_confirmed_on = fields.Datetime(readonly=True, copy=False)
    finance_confirmed_by_id = fields.Many2one('res.users', string="Confirmed by Finance", readonly=True, copy=False)
    finance_confirmed_on = fields.Datetime(readonly=True, copy=False)
    advance_release_reason = fields.Text(
        string="Reason for the Release", copy=False, help="Why delivery may start before the advance is paid.")
    advance_released_by_id = fields.Many2one('res.users', string="Advance Released by", readonly=True, copy=False)
    advance_released_on = fields.Datetime(readonly=True, copy=False)
    is_advance_open = fields.Boolean(compute='_compute_is_advance_open', compute_sudo=True)

    _contract_uniq = models.UniqueIndex('(contract_id)', "The contract has a handover already.")

    @api.depends('contract_id.name')
    def _compute_name(self):
        for handover in self:
            handover.name = self.env._("Handover of %s", handover.contract_id.name)

    @api.depends('contract_id.plan_line_ids.state')
    def _compute_is_advance_open(self):
        for handover in self:
            handover.is_advance_open = bool(handover.contract_id._get_open_advances())

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        handovers = super().create(vals_list)
        for handover in handovers:
            contract = handover.contract_id
            handover.sudo().ltc_flow_id = contract.sudo().ltc_flow_id  # the case is the contract's
            handover.write({
                'fr_user_id': (handover.fr_user_id or contract.sudo().ltc_flow_id.fr_user_id).id,
                'line_ids': [] if handover.line_ids else handover._prepare_line_commands(),
            })
        return handovers

    def write(self, vals):
        if self._get_frozen_fields() & vals.keys():
            self.filtered(lambda handover: handover.state == 'confirmed')._raise_frozen()
        if 'advance_release_reason' in vals and any(handover.advance_released_on for handover in self):
            raise UserError(self.env._(
                "%s: the advance is released already; the reason given for it stays.", self[:1].name))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        self.filtered(lambda handover: handover._has_confirmation())._raise_frozen()

    @api.model
    def _get_frozen_fields(self):
        return {'contract_id', 'line_ids', 'fr_user_id', 'company_id', *HANDOVER_STAMPS} - {
            'advance_released_by_id', 'advance_released_on'}

    def _raise_frozen(self):
        if self:
            raise UserError(self.env._(
                "%s is confirmed and stays as it is; agree changes of the contract in an amendment.", self[:1].name))

    # === ACTION METHODS === #

    def action_confirm_delivery(self):
        """Delivery has understood the contract and takes it over."""
        self._confirm('delivery', 'ltc_base.group_ltc_delivery')

    def action_confirm_finance(self):
        """Finance knows the payment triggers and is ready to invoice."""
        self._confirm('finance', 'ltc_base.group_ltc_finance')

    def action_withdraw(self):
        """Take both confirmations back, so that the points can be corrected and heard again."""
        self.ensure_one()
        self.check_access('write')
        if self.state == 'confirmed':
            self._raise_frozen()
        self._check_group(('ltc_base.group_ltc_delivery', 'ltc_base.group_ltc_finance'))
        self.sudo().write({
            'delivery_confirmed_by_id': False,
            'delivery_confirmed_on': False,
            'finance_confirmed_by_id': False,
            'finance_confirmed_on': False,
        })

    def action_release_advance(self, reason=''):
        """Let delivery start although the advance is not paid: finance's decision, with a reason."""
        self.ensure_one()
        self.check_access('write')
        self._check_group(('ltc_base.group_ltc_finance',))
        reason = (reason or self.advance_release_reason or '').strip()
        if self.advance_released_on:
            raise UserError(self.env._("%s: the advance is released already; nothing is left to do.", self.name))
        if not reason:
            raise UserError(self.env._(
                "%s needs a reason to deliver before the advance is paid; write it down first.", self.name))
        self.sudo().write({
            'advance_release_reason': reason,
            'advance_released_by_id': self.env.uid,
            'advance_released_on': fields.Datetime.now(),
        })
        self.message_post(body=self.env._("Delivery may start before the advance is paid: %s", reason))

    # === BUSINESS METHODS === #

    def _confirm(self, side, group):
        """Stamp the confirmation of one side; the second of the two confirms the handover."""
        self.ensure_one()
        self.check_access('write')
        self._check_group((group,))
        self.lock_for_update()
        self.invalidate_recordset()
        if self[f'{side}_confirmed_on']:
            raise UserError(self.env._("%s is confirmed already; nothing is left to do.", self.name))
        self._check_confirmation(side)
        stamps = {f'{side}_confirmed_by_id': self.env.uid, f'{side}_confirmed_on': fields.Datetime.now()}
        if side == 'delivery' and not self.fr_user_id:
            stamps['fr_user_id'] = self.env.uid
        self.sudo().write(stamps)
        if self.delivery_confirmed_on and self.finance_confirmed_on:
            self.state = 'confirmed'
            self.ltc_flow_id._advance('delivery', fr_user_id=self.fr_user_id.id)

    def _check_group(self, groups):
        if self.env.su or any(self.env.user.has_group(group) for group in groups):
            return
        raise AccessError(self.env._(
            "%(document)s is not yours to decide; ask %(group)s.",
            document=self.name, group=self.env.ref(groups[0]).sudo().display_name))

    def _check_confirmation(self, side):
        """Raise, as one message, whatever keeps ``side`` from confirming."""
        blockers = self._get_point_blockers()
        other = self.delivery_confirmed_by_id if side == 'finance' else self.finance_confirmed_by_id
        if other and other.id == self.env.uid:
            blockers.append(self.env._(
                "%s needs two people; the other side has to be confirmed by somebody else.", self.name))
        if blockers:
            raise UserError('\n'.join(blockers))

    def _get_point_blockers(self):
        open_points = self.line_ids.filtered(lambda line: not line.is_explained)
        if not self.line_ids:
            return [self.env._("%s has no points; write down what was sold and promised.", self.name)]
        if not open_points:
            return []
        return [self.env._(
            "%(handover)s still has points to explain: %(points)s; go through them and tick them off.",
            handover=self.name, points=', '.join(open_points.mapped('name')))]

    def _get_transition_blockers(self, target):
        blockers = super()._get_transition_blockers(target)
        if target == 'confirmed':
            blockers += self._get_point_blockers()
            if not self.delivery_confirmed_on:
                blockers.append(self.env._("%s is not confirmed by delivery; let the FR confirm it.", self.name))
            if not self.finance_confirmed_on:
                blockers.append(self.env._("%s is not confirmed by finance; let finance confirm it.", self.name))
        return blockers

    def _has_confirmation(self):
        return bool(self.delivery_confirmed_on or self.finance_confirmed_on)

    def _prepare_line_commands(self):
        """Return the points that every contract is explained by, filled with what the contract says already."""
        contents = self.contract_id._get_handover_contents()
        labels = dict(self.line_ids._fields['topic']._description_selection(self.env))
        return [
            Command.create({'sequence': sequence, 'topic': topic, 'name': labels[topic],
                            'content': contents.get(topic, False)})
            for sequence, (topic, _label) in enumerate(HANDOVER_TOPICS, start=1) if topic != 'other'
        ]
