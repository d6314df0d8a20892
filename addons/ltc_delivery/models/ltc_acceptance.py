from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_round

from .ltc_acceptance_item import PASSED_RESULTS

ACCEPTANCE_KINDS = [
    ('fat', "Factory Acceptance Test (FAT)"),
    ('sat', "Site Acceptance Test (SAT)"),
    ('final', "Final Acceptance"),
]
ACCEPTANCE_STATES = [
    ('draft', "Testing"),
    ('submitted', "With the Customer"),
    ('accepted', "Accepted"),
    ('failed', "Failed"),
]
SIGNATURE_STAMPS = ('signature', 'signature_ip', 'signature_on')
CUSTOMER_FIELDS = ('signatory_name', 'signatory_function', 'date_signed', 'signed_document', 'signed_document_name')
CONTENT_FIELDS = (
    'name', 'contract_id', 'plan_line_id', 'milestone_id', 'kind', 'site', 'date_tested', 'item_ids', 'conclusion',
    'company_id', 'partner_id',
)
DELIVERY_GROUP = 'ltc_base.group_ltc_delivery'


class LtcAcceptance(models.Model):
    """The customer's acceptance of a delivery: what was tested, with which result, signed by whom.

    The only thing that makes an acceptance node of the payment plan billable and a milestone of it reached.
    """
    _name = 'ltc.acceptance'
    _description = "Acceptance Certificate"
    _inherit = ['ltc.state.mixin', 'ltc.flow.mixin', 'portal.mixin', 'mail.thread', 'mail.activity.mixin']
    _order = 'id desc'

    _transitions = {
        ('draft', 'submitted'): DELIVERY_GROUP,
        ('submitted', 'draft'): DELIVERY_GROUP,
        ('submitted', 'accepted'): DELIVERY_GROUP,
        ('submitted', 'failed'): DELIVERY_GROUP,
        ('failed', 'draft'): DELIVERY_GROUP,
    }
    _server_stamps = (
        'submitted_by_id', 'submitted_on', 'accepted_by_id', 'accepted_on', 'attempt', *SIGNATURE_STAMPS)

    name = fields.Char(string="Number", readonly=True, copy=False, default="/", index='trigram')
    contract_id = fields.Many2one(
        'ltc.contract', required=True, index=True, ondelete='restrict', tracking=True,
        domain="[('state', '=', 'signed')]")
    plan_line_id = fields.Many2one(
        'ltc.payment.plan.line', string="Payment Node", index='btree_not_null', ondelete='restrict', copy=False,
        domain="[('contract_id', '=', contract_id), ('trigger', 'in', ('acceptance', 'delivery'))]",
        help="The node of the payment plan that this certificate makes billable.")
    milestone_id = fields.Many2one(
        'project.milestone', index='btree_not_null', ondelete='restrict', copy=False,
        compute='_compute_milestone_id', store=True, readonly=False, precompute=True,
        domain="[('ltc_plan_line_id.contract_id', '=', contract_id)]",
        help="The milestone of the project that this certificate reaches.")
    partner_id = fields.Many2one(
        'res.partner', string="Customer", compute='_compute_partner_id', store=True, index=True, precompute=True)
    company_id = fields.Many2one(related='contract_id.company_id', store=True, index=True, precompute=True)
    user_id = fields.Many2one('res.users', string="Responsible", default=lambda self: self.env.user, tracking=True)
    kind = fields.Selection(ACCEPTANCE_KINDS, required=True, default='final', tracking=True)
    site = fields.Char(help="Where it was tested.")
    date_planned = fields.Date(string="Planned On")
    date_tested = fields.Date(string="Tested On", copy=False)
    item_ids = fields.One2many('ltc.acceptance.item', 'acceptance_id', string="Items", copy=True)
    conclusion = fields.Text(help="Summary that stands on the certificate above the signatures.")
    failure_reason = fields.Text(copy=False, help="What the customer did not accept.")
    score = fields.Float(compute='_compute_score', help="Weighted share of the items that passed, in percent.")
    attempt = fields.Integer(default=1, readonly=True, copy=False, help="1: first test; each retest adds one.")
    state = fields.Selection(
        ACCEPTANCE_STATES, required=True, readonly=True, default='draft', copy=False, tracking=True, index=True)

    signatory_name = fields.Char(string="Signed by", copy=False, help="Who signed for the customer.")
    signatory_function = fields.Char(string="Function", copy=False)
    date_signed = fields.Date(string="Signed On", copy=False)
    signed_document = fields.Binary(string="Signed Certificate", copy=False, attachment=True)
    signed_document_name = fields.Char(copy=False)
    signature = fields.Image(max_width=1024, max_height=1024, copy=False, readonly=True, attachment=True)
    signature_ip = fields.Char(string="Signed From", readonly=True, copy=False)
    signature_on = fields.Datetime(string="Signed Online On", readonly=True, copy=False)

    submitted_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    submitted_on = fields.Datetime(readonly=True, copy=False)
    accepted_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    accepted_on = fields.Datetime(readonly=True, copy=False)

    @api.depends('contract_id')
    def _compute_partner_id(self):
        """Keep who accepted: a later amendment of the contract's party does not change a certificate."""
        for acceptance in self:
            acceptance.partner_id = acceptance.contract_id.partner_id

    @api.depends('plan_line_id')
    def _compute_milestone_id(self):
        nodes = self.plan_line_id
        milestones = nodes and self.env['project.milestone'].sudo().search(
            [('ltc_plan_line_id', 'in', nodes.ids), ('sale_line_id', '=', False)], order='id desc')
        by_node = {milestone.ltc_plan_line_id.id: milestone.id for milestone in milestones or ()}
        for acceptance in self:
            acceptance.milestone_id = by_node.get(acceptance.plan_line_id.id, acceptance.milestone_id.id)

    @api.depends('item_ids.weight', 'item_ids.result')
    def _compute_score(self):
        for acceptance in self:
            counted = acceptance.item_ids.filtered(lambda item: item.result != 'na')
            total = sum(counted.mapped('weight'))
            passed = sum(counted.filtered(lambda item: item.result in PASSED_RESULTS).mapped('weight'))
            acceptance.score = float_round(100 * passed / total, 1) if total else 0.0

    def _compute_access_url(self):
        for acceptance in self:
            acceptance.access_url = f'/my/acceptances/{acceptance.id}'

    # === CONSTRAINT METHODS === #

    @api.constrains('contract_id', 'plan_line_id', 'milestone_id')
    def _check_contract(self):
        for acceptance in self:
            node, milestone = acceptance.plan_line_id, acceptance.milestone_id
            if node and node.contract_id != acceptance.contract_id:
                raise ValidationError(self.env._(
                    "%(certificate)s belongs to %(contract)s, but its payment node to another contract;"
                    " choose a node of the same contract.",
                    certificate=acceptance.name, contract=acceptance.contract_id.name))
            if node and node.trigger not in ('acceptance', 'delivery'):
                raise ValidationError(self.env._(
                    "%(certificate)s cannot prove the node %(node)s, which does not wait for an acceptance;"
                    " choose an acceptance node.", certificate=acceptance.name, node=node.name))
            if node.triggered_on and acceptance.state != 'accepted':
                raise ValidationError(self.env._(
                    "%(certificate)s comes too late for the node %(node)s, which is billable already; choose another"
                    " node or none.", certificate=acceptance.name, node=node.name))
            if milestone and milestone._ltc_get_order() != acceptance.contract_id.order_id:
                raise ValidationError(self.env._(
                    "%(certificate)s belongs to %(contract)s, but its milestone does not;"
                    " choose a milestone of the contract's project.",
                    certificate=acceptance.name, contract=acceptance.contract_id.name))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        acceptances = super().create([{**vals, 'name': self._next_name(vals)} for vals in vals_list])
        for acceptance in acceptances:
            acceptance.sudo().ltc_flow_id = acceptance.contract_id.sudo().ltc_flow_id  # the case is the contract's
            if not acceptance.item_ids:
                acceptance.item_ids = acceptance._prepare_item_commands()
        return acceptances

    def write(self, vals):
        self._check_frozen(vals)
        target = vals.get('state')
        moving = self.filtered(lambda acceptance: target and acceptance.state != target)
        result = super().write(vals)
        if moving:
            moving.sudo()._on_state_changed(target)  # stamps and hand-offs are the server's, whoever moved it
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for acceptance in self:
            if acceptance.state != 'draft' or acceptance.attempt > 1:
                raise UserError(self.env._(
                    "%s was shown to the customer and stays on record; start a new certificate instead.",
                    acceptance.name))

    @api.model
    def _next_name(self, vals):
        contract = self.env['ltc.contract'].browse(vals.get('contract_id')).sudo()
        return self.env['ir.sequence'].sudo().with_company(contract.company_id).next_by_code('ltc.acceptance')

    def _check_frozen(self, vals):
        """Raise if ``vals`` touches what the customer is shown (submitted) or has accepted."""
        content = set(CONTENT_FIELDS) & vals.keys()
        if content and 'state' in vals:
            raise UserError(self.env._(
                "%s cannot change its contents and its state at once; save the contents first.", self[:1].name))
        evidence = {*CUSTOMER_FIELDS, *SIGNATURE_STAMPS, 'failure_reason'} & vals.keys()
        for acceptance in self:
            if acceptance.state == 'accepted' and (content or evidence):
                raise UserError(self.env._(
                    "%s is accepted and cannot be changed any more; start a new certificate instead.",
                    acceptance.name))
            if acceptance.state in ('submitted', 'failed') and content:
                raise UserError(self.env._(
                    "%s is with the customer and cannot be changed; send it back to draft first.", acceptance.name))
            if acceptance.state == 'submitted' and acceptance.signature and set(CUSTOMER_FIELDS) & vals.keys():
                raise UserError(self.env._(
                    "%s is signed online by the customer; send it back to draft to have it signed again.",
                    acceptance.name))

    # === ACTION METHODS === #

    def action_submit(self):
        """Fix the test results and show the certificate to the customer."""
        self.write({'state': 'submitted'})

    def action_accept(self):
        """Record the customer's acceptance: the node becomes billable, the milestone is reached."""
        self.lock_for_update()
        self.invalidate_recordset(['state'])
        self.write({'state': 'accepted'})

    def action_fail(self, reason=''):
        """Record that the customer did not accept; a retest starts with :meth:`action_draft`."""
        if reason:
            self.write({'failure_reason': reason})
        self.write({'state': 'failed'})

    def action_draft(self):
        """Go back to testing: to correct before the customer signs, or for the retest after a failure."""
        self.write({'state': 'draft'})

    def action_preview(self):
        self.ensure_one()
        return {'type': 'ir.actions.act_url', 'target': 'self', 'url': self.get_portal_url()}

    def action_send(self):
        """Open the mail composer with the link under which the customer signs."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'portal.share',
            'view_mode': 'form',
            'target': 'new',
            'name': self.env._("Share with the Customer"),
            'context': {'active_model': self._name, 'active_id': self.id, 'default_res_model': self._name,
                        'default_res_id': self.id},
        }

    # === BUSINESS METHODS - DECISION === #

    def _get_transition_blockers(self, target):
        blockers = super()._get_transition_blockers(target)
        if target in ('submitted', 'accepted'):
            blockers += self._get_contract_blockers()
        if target == 'submitted':
            blockers += self._get_pending_blockers()
        elif target == 'accepted':
            blockers += self._get_item_blockers() + self._get_signature_blockers()
        elif target == 'failed' and not (self.failure_reason or self._get_failed_items()):
            blockers.append(self.env._(
                "%s needs the reason why the customer refused; write it down first.", self.name))
        return blockers

    def _get_contract_blockers(self):
        """Return, as sentences, what the contract still lacks before anything can be accepted."""
        contract = self.contract_id.sudo()
        if contract.state != 'signed':
            return [self.env._(
                "%(certificate)s cannot be accepted while contract %(contract)s is not in force; have it signed.",
                certificate=self.name, contract=contract.name)]
        blockers = contract._get_handover_blockers()[contract.id]
        if self.kind == 'final':
            blockers += contract._get_undelivered_blockers()
        return blockers

    def _get_pending_blockers(self):
        if not self.item_ids:
            return [self.env._("%s has no items; write down what is tested.", self.name)]
        pending = self.item_ids.filtered(lambda item: item.result == 'pending')
        return [self.env._(
            "%(certificate)s has items without a result: %(items)s; test them first.",
            certificate=self.name, items=', '.join(pending.mapped('name')))] if pending else []

    def _get_item_blockers(self):
        failed = self._get_failed_items()
        return self._get_pending_blockers() + ([self.env._(
            "%(certificate)s has items that did not pass: %(items)s; test them again, or note the condition that"
            " was agreed.", certificate=self.name, items=', '.join(failed.mapped('name')))] if failed else [])

    def _get_failed_items(self):
        return self.item_ids.filtered(lambda item: item.result != 'pending' and not item._is_passed())

    def _get_signature_blockers(self):
        if self._is_signed():
            return []
        return [self.env._(
            "%s is not signed by the customer; let the customer sign online, or attach the signed certificate with"
            " the name and the date of the signatory.", self.name)]

    def _is_signed(self):
        """Return whether the customer's signature stands: drawn online, or on paper with name and date."""
        self.ensure_one()
        return bool(
            self.signatory_name and self.date_signed
            and (self.signature and self.signature_on or self.signed_document))

    def _has_to_be_signed(self):
        """Return whether the customer may sign this certificate in the portal now."""
        self.ensure_one()
        return self.state == 'submitted' and not self._is_signed() and not self._get_item_blockers()

    # === BUSINESS METHODS - HAND-OFF === #

    def _on_state_changed(self, target):
        """Stamp the move and hand the document on; called as superuser after every move, by whichever route."""
        now = fields.Datetime.now()
        if target == 'submitted':
            self.write({'submitted_by_id': self.env.uid, 'submitted_on': now})
        elif target == 'accepted':
            self.write({'accepted_by_id': self.env.uid, 'accepted_on': now})
            self._on_accepted()
        elif target == 'draft':
            self._on_reopened()

    def _on_reopened(self):
        """Forget the signature; after a failure start the next attempt, with the failed items to be tested again."""
        unsigned = dict.fromkeys((*CUSTOMER_FIELDS, *SIGNATURE_STAMPS), False)
        for acceptance in self:
            failed = acceptance._get_failed_items()
            retest = bool(failed or acceptance.failure_reason)
            if retest:
                acceptance.message_post(body=self.env._(
                    "Attempt %(attempt)s failed: %(reason)s", attempt=acceptance.attempt,
                    reason=acceptance.failure_reason or ', '.join(failed.mapped('name'))))
            failed.write({'result': 'pending'})
            acceptance.write({**unsigned, 'failure_reason': False, 'attempt': acceptance.attempt + retest})

    def _on_accepted(self):
        """Reach the milestones, deliver the services and make the nodes billable that wait for these certificates.

        A node with several certificates (FAT and SAT) waits for the last of them.
        """
        nodes = self.plan_line_id._filter_accepted()
        milestones = self.env['project.milestone'].search([('ltc_plan_line_id', 'in', nodes.ids)])
        lone = self.filtered(lambda acceptance: not acceptance.plan_line_id)
        (milestones | lone.milestone_id).filtered(lambda milestone: not milestone.is_reached).is_reached = True
        for acceptance in self:
            acceptance.contract_id._deliver_services()
            if acceptance.plan_line_id in nodes and not acceptance.plan_line_id._get_proof_blockers():
                acceptance.plan_line_id._set_billable(acceptance._get_evidence_note())
        self.ltc_flow_id._advance('acceptance')

    def _get_evidence_note(self):
        self.ensure_one()
        return self.env._(
            "Acceptance certificate %(certificate)s, signed by %(signatory)s on %(date)s",
            certificate=self.name, signatory=self.signatory_name, date=self.date_signed)

    def _prepare_item_commands(self):
        """Return an item for each line of the contract, and one for its acceptance criteria."""
        return [
            Command.create({'sequence': sequence, 'name': name, 'criterion': criterion})
            for sequence, (name, criterion) in enumerate(self.contract_id._get_acceptance_points(), start=1)
        ]

    # === BUSINESS METHODS - PORTAL === #

    def _sign_online(self, name, signature, ip_address):
        """Keep the signature that the customer drew in the portal; ``self`` is sudo'ed by the controller."""
        self.ensure_one()
        self.lock_for_update()
        self.invalidate_recordset()
        if not self._has_to_be_signed():
            raise UserError(self.env._("%s cannot be signed now; ask your contact for the current one.", self.name))
        self.write({
            'signatory_name': name,
            'date_signed': fields.Date.context_today(self),
            'signature': signature,
            'signature_ip': ip_address,
            'signature_on': fields.Datetime.now(),
        })

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Acceptance Certificate %s", self.name.replace('/', '-'))
