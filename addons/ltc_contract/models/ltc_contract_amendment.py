from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

AMENDMENT_STATES = [
    ('draft', "Draft"),
    ('approved', "Approved"),
    ('applied', "Applied"),
    ('cancelled', "Cancelled"),
]
AMENDMENT_KINDS = [
    ('amount', "Amount"),
    ('scope', "Scope"),
    ('schedule', "Schedule"),
    ('payment', "Payment"),
    ('party', "Party"),
]


FROZEN_FIELDS = {
    'name', 'contract_id', 'kind', 'reason', 'line_ids', 'plan_line_ids', 'void_plan_line_ids', 'amount_change',
}


class LtcContractAmendment(models.Model):
    """A change of a signed contract: what changes, by how much, why; it takes effect when it is applied."""
    _name = 'ltc.contract.amendment'
    _description = "Contract Amendment"
    _inherit = ['ltc.state.mixin', 'ltc.gate.mixin', 'mail.thread', 'mail.activity.mixin']
    _order = 'contract_id, id'
    _check_company_auto = True

    _ltc_gate_codes = ('atac',)
    _transitions = {
        ('draft', 'approved'): False,
        ('approved', 'applied'): False,
        ('approved', 'draft'): False,
        ('draft', 'cancelled'): False,
        ('approved', 'cancelled'): False,
    }
    _server_stamps = ('amount_change', 'applied_by_id', 'applied_on')

    name = fields.Char(
        string="Number", required=True, readonly=True, copy=False, default=lambda self: self.env._("New"))
    contract_id = fields.Many2one('ltc.contract', required=True, index=True, ondelete='restrict', check_company=True)
    company_id = fields.Many2one(related='contract_id.company_id', store=True, index=True, precompute=True)
    partner_id = fields.Many2one(related='contract_id.partner_id')
    user_id = fields.Many2one(related='contract_id.user_id')
    currency_id = fields.Many2one(related='contract_id.currency_id')
    kind = fields.Selection(AMENDMENT_KINDS, required=True, default='amount', tracking=True)
    reason = fields.Text(required=True)
    line_ids = fields.One2many('ltc.contract.amendment.line', 'amendment_id', string="Changes", copy=True)
    plan_line_ids = fields.One2many('ltc.payment.plan.line', 'amendment_id', string="New Nodes", copy=False)
    void_plan_line_ids = fields.Many2many(
        'ltc.payment.plan.line', string="Nodes Taken Back", copy=False, domain="[('contract_id', '=', contract_id),"
        " ('state', 'in', ('planned', 'billable'))]")
    amount_change = fields.Monetary(compute='_compute_amount_change', store=True, tracking=True)
    amount_new = fields.Monetary(string="New Contract Value", compute='_compute_amount_new')
    amount_unplanned = fields.Monetary(string="Not Planned", compute='_compute_amount_new')
    signed_document = fields.Binary(string="Signed Supplement", attachment=True, copy=False)
    signed_document_name = fields.Char(copy=False)
    state = fields.Selection(
        AMENDMENT_STATES, required=True, readonly=True, default='draft', copy=False, index=True, tracking=True)
    applied_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    applied_on = fields.Datetime(readonly=True, copy=False)

    _open_uniq = models.UniqueIndex(
        "(contract_id) WHERE state IN ('draft', 'approved')",
        "The contract has an open amendment already; apply or cancel that one first.")

    # === COMPUTE METHODS === #

    @api.depends(
        'contract_id', 'line_ids.contract_line_id', 'line_ids.quantity_after', 'line_ids.price_after',
        'line_ids.discount_after', 'line_ids.tax_ids')
    def _compute_amount_change(self):
        """Compare the contract's total before and after, both rounded by Odoo's tax engine over all lines."""
        ContractLine = self.env['ltc.contract.line']
        for amendment in self:
            contract = amendment.contract_id
            changed = amendment.line_ids.contract_line_id
            before = [line._prepare_base_line() for line in contract.line_ids]
            after = [line._prepare_base_line() for line in contract.line_ids if line not in changed]
            after += [line._prepare_base_line() for line in amendment.line_ids]
            company, currency = contract.company_id, contract.currency_id
            amendment.amount_change = currency.round(
                ContractLine._get_total(after, company, currency) - ContractLine._get_total(before, company, currency)
            ) if amendment.line_ids else 0.0

    @api.depends('amount_change', 'contract_id.amount_current', 'state', 'plan_line_ids.amount', 'void_plan_line_ids')
    def _compute_amount_new(self):
        for amendment in self:
            contract = amendment.contract_id
            pending = amendment.state != 'applied'
            amendment.amount_new = contract.amount_current + (amendment.amount_change if pending else 0.0)
            planned = sum(contract._get_effective_plan_lines().mapped('amount'))
            if pending:
                planned += sum(amendment.plan_line_ids.mapped('amount'))
                planned -= sum(amendment.void_plan_line_ids.mapped('amount'))
            amendment.amount_unplanned = amendment.amount_new - planned

    @api.constrains('contract_id', 'void_plan_line_ids')
    def _check_contract(self):
        for amendment in self:
            if amendment.contract_id.state != 'signed':
                raise ValidationError(self.env._(
                    "Contract %s is not signed; change its draft instead of amending it.", amendment.contract_id.name))
            if amendment.void_plan_line_ids.contract_id - amendment.contract_id:
                raise ValidationError(self.env._(
                    "Amendment %s takes back a node of another contract; choose one of its own.", amendment.name))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Number the amendment after its contract: HT/2026/00001/BG01."""
        numbers = {}
        for vals in vals_list:
            contract = self.env['ltc.contract'].browse(vals.get('contract_id'))
            count = numbers.get(contract.id) or len(contract.sudo().amendment_ids)
            numbers[contract.id] = count + 1
            vals['name'] = f'{contract.sudo().name}/BG{count + 1:02d}'
        amendments = super().create(vals_list)
        for amendment_sudo in amendments.sudo():  # the case is the contract's, whoever amends it
            amendment_sudo.ltc_flow_id = amendment_sudo.contract_id.ltc_flow_id
        return amendments

    def write(self, vals):
        if not self.env.su and FROZEN_FIELDS & vals.keys():
            for amendment in self.filtered(lambda amendment: amendment.state != 'draft'):
                raise UserError(self.env._(
                    "Amendment %s is not a draft any more and its text is frozen; take it back to draft first.",
                    amendment.name))
        self._check_same_contract(vals)
        moving = self.filtered(lambda amendment: amendment.state != vals['state']) if 'state' in vals else self.browse()
        result = super().write(vals)
        if moving and vals['state'] == 'applied':
            moving._apply()
        elif moving and vals['state'] == 'cancelled':
            moving.sudo().plan_line_ids.unlink()
        return result

    def _check_same_contract(self, vals):
        """Refuse to take an amendment, with its number and its lines, to another contract."""
        for amendment in self:
            if vals.get('contract_id', amendment.contract_id.id) != amendment.contract_id.id:
                raise UserError(self.env._(
                    "Amendment %(amendment)s belongs to contract %(contract)s; draw up a new one for another contract.",
                    amendment=amendment.name, contract=amendment.contract_id.name))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        for amendment in self.filtered(lambda amendment: amendment.state not in ('draft', 'cancelled')):
            raise UserError(self.env._("Amendment %s is approved; cancel it before deleting it.", amendment.name))

    # === ACTION METHODS === #

    def action_approve(self):
        self.write({'state': 'approved'})

    def action_apply(self):
        self.write({'state': 'applied'})

    def action_draft(self):
        self.write({'state': 'draft'})

    def action_cancel(self):
        self.write({'state': 'cancelled'})

    # === BUSINESS METHODS - STATES === #

    @api.model
    def _ltc_get_ahead_domain(self, code):
        if code == 'atac':
            return Domain('state', '=', 'draft')
        return super()._ltc_get_ahead_domain(code)

    def _check_transition(self, target):
        """Where ATAC does not decide, a commercial reviewer or a sales manager approves."""
        result = super()._check_transition(target)
        groups = ('ltc_base.group_ltc_commercial', 'sales_team.group_sale_manager')
        if (
            target == 'approved' and not self.env.su and not self._ltc_is_gate_active('atac')
            and not any(self.env.user.has_group(group) for group in groups)
        ):
            raise AccessError(self.env._(
                "Amendment %s is approved by a commercial reviewer or a sales manager; ask one of them.", self.name))
        return result

    def _get_transition_blockers(self, target):
        blockers = super()._get_transition_blockers(target)
        if target in ('approved', 'applied'):
            blockers += self._ltc_get_gate_blockers('atac')[self.id] + self._get_amendment_blockers()
        return blockers

    def _get_amendment_blockers(self):
        """Return, as sentences, why the amendment cannot take effect: state, plan, nodes, what is invoiced already."""
        self.ensure_one()
        contract, currency = self.contract_id, self.currency_id
        names = {'amendment': self.name, 'contract': contract.name}
        blockers = []
        if contract.state != 'signed':
            blockers.append(self.env._("Contract %(contract)s is not in force; only a signed one is amended.", **names))
        if not self.line_ids and not self.plan_line_ids and not self.void_plan_line_ids:
            blockers.append(self.env._("Amendment %(amendment)s changes nothing; add lines or nodes.", **names))
        if not currency.is_zero(self.amount_unplanned):
            blockers.append(self.env._(
                "Amendment %(amendment)s makes contract %(contract)s worth %(amount)s but the payment plan differs by"
                " %(difference)s; add or take back nodes.", amount=currency.format(self.amount_new),
                difference=currency.format(self.amount_unplanned), **names))
        if currency.compare_amounts(contract.amount_invoiced, self.amount_new) > 0:
            blockers.append(self.env._(
                "Amendment %(amendment)s makes contract %(contract)s worth less than was invoiced; make a credit note"
                " first.", **names))
        blockers += [
            self.env._("Node %(node)s is invoiced and cannot be taken back; make a credit note first.", node=node.name)
            for node in self.void_plan_line_ids if node.state not in ('planned', 'billable') or node.amount_invoiced
        ]
        return blockers

    # === BUSINESS METHODS - APPLYING === #

    def _apply(self):
        """Let the amendments take effect: contract lines first, then the order's, the value, the plan."""
        for amendment in self.sudo():  # the contract's facts, whoever made the move
            contract = amendment.contract_id
            contract.lock_for_update(allow_referencing=True)
            created = amendment._apply_to_contract_lines()
            contract.order_id._ltc_apply_contract_lines(amendment.line_ids.contract_line_id | created)
            contract.amount_change += amendment.amount_change
            amendment.void_plan_line_ids.is_void = True
            amendment.plan_line_ids.is_effective = True
            contract.invalidate_recordset(['plan_line_ids'])  # its domain leaves proposals out
            amendment.write({'applied_by_id': self.env.uid, 'applied_on': fields.Datetime.now()})
            amendment._check_applied()
            contract.ltc_flow_id._advance('contract', amount=contract._get_amount_company(contract.amount_current))
            contract.message_post(body=self.env._(
                "Amendment %(amendment)s applied: %(change)s, now worth %(amount)s.", amendment=amendment.name,
                change=contract.currency_id.format(amendment.amount_change),
                amount=contract.currency_id.format(contract.amount_current)))

    def _apply_to_contract_lines(self):
        """Write the changed lines of the contract; return those added."""
        created = self.env['ltc.contract.line']
        for line in self.line_ids:
            values = line._prepare_contract_line_values()
            if line.contract_line_id:
                line.contract_line_id.write(values)
            else:
                created |= created.create(values)
        return created

    def _check_applied(self):
        """Raise unless order and plan equal the contract again."""
        contract = self.contract_id
        blockers = contract._get_plan_blockers()
        if contract._ltc_is_gate_active('atc'):
            blockers += contract.order_id._ltc_get_contract_differences(contract)
        if blockers:
            raise UserError('\n'.join(blockers))

    # === GATE === #

    def _ltc_get_team_leader(self):
        return self.contract_id._ltc_get_team_leader()

    def _ltc_get_gate_figures(self, code):
        figures = super()._ltc_get_gate_figures(code)
        currency = self.currency_id
        figures.update({
            'amount': currency.round(abs(self.amount_change)),
            'change': currency.round(self.amount_change),
            'value_before': currency.round(self.contract_id.amount_current),
            'currency': currency.name,
            'partner': self.partner_id.id,
            'kind': self.kind,
            'reason': (self.reason or '').strip(),
            'discount_percent': round(max(self.line_ids.mapped('discount_after'), default=0.0), 2),
            'lines': [line._get_figures() for line in self.line_ids],
            'plan': [[node.name, node.trigger, currency.round(node.amount)] for node in self.plan_line_ids],
            'taken_back': sorted(self.void_plan_line_ids.mapped('name')),
        })
        return figures

    @api.model
    def _ltc_get_figure_labels(self):
        return {
            **super()._ltc_get_figure_labels(),
            'change': self.env._("Change"),
            'value_before': self.env._("Contract Value Before"),
            'kind': self.env._("Kind"),
            'reason': self.env._("Reason"),
            'plan': self.env._("New Nodes"),
            'taken_back': self.env._("Nodes Taken Back"),
        }

    @api.model
    def _ltc_get_line_columns(self):
        return self.env['ltc.contract.line']._get_figure_columns()

    @api.model
    def _ltc_format_line(self, line):
        return self.env['ltc.contract.line']._format_figures(line)

    @api.model
    def _ltc_format_figure(self, key, value):
        if key == 'plan':
            return ' · '.join(f'{name}: {amount:,.2f}' for name, _trigger, amount in value)
        if key == 'taken_back':
            return ', '.join(value)
        if key == 'kind':
            return dict(self._fields['kind']._description_selection(self.env)).get(value, value)
        return super()._ltc_format_figure(key, value)

    def _ltc_get_amount_company(self, code):
        return self.contract_id.order_id._ltc_get_authority_amount(abs(self.amount_change))

    def _ltc_get_submission_blockers(self, code):
        blockers = super()._ltc_get_submission_blockers(code) + self._get_amendment_blockers()
        if self.state != 'draft':
            blockers.append(self.env._("Amendment %s is not a draft any more.", self.name))
        return blockers
