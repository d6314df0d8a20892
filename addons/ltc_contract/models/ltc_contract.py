from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

CONTRACT_STATES = [
    ('draft', "Draft"),
    ('signing', "Waiting for Signature"),
    ('signed', "Signed"),
    ('closed', "Closed"),
    ('void', "Void"),
]
CONTRACT_KINDS = [
    ('sale', "Sale of Goods"),
    ('service', "Services"),
    ('project', "Turnkey Project"),
    ('other', "Other"),
]
EFFECTIVE_STATES = ('signed', 'closed')
PARTY_FIELDS = {'order_id', 'partner_id', 'company_id', 'currency_id', 'ltc_flow_id'}  # the quotation's, never typed
FROZEN_FIELDS = {
    *PARTY_FIELDS, 'name', 'title', 'kind', 'date_start', 'date_end', 'terms', 'acceptance_criteria',
    'payment_term_id', 'ltc_acceptance_method', 'ltc_billing_frequency', 'line_ids',
}

EVENT_TRIGGERS = ('delivery', 'acceptance')


class LtcContract(models.Model):
    """A contract drawn up from an approved quotation, with its payment plan.

    The lines and the amounts are facts copied from the quotation; from the moment that it waits for its signature
    nothing in it changes but through an amendment.
    """
    _name = 'ltc.contract'
    _description = "Contract"
    _inherit = [
        'ltc.state.mixin', 'ltc.contract.gate.mixin', 'ltc.contract.signature.mixin', 'portal.mixin', 'mail.thread',
        'mail.activity.mixin', 'ltc.owner.mixin',
    ]
    _order = 'id desc'
    _rec_names_search = ['name', 'title', 'partner_id']
    _check_company_auto = True

    _transitions = {
        ('draft', 'signing'): False,
        ('signing', 'draft'): False,
        ('signing', 'signed'): False,  # only with the signature's facts, which no client can write
        ('signed', 'closed'): False,
        ('draft', 'void'): False,
        ('signing', 'void'): False,
    }
    _server_stamps = (
        'amount_base', 'amount_change', 'document', 'document_name', 'document_hash', 'signature', 'signed_by',
        'signed_on', 'signed_user_id', 'signature_ip', 'signed_document', 'signed_document_name',
        'signed_document_hash', 'closed_by_id', 'closed_on',
    )

    name = fields.Char(
        string="Number", required=True, copy=False, index='trigram', tracking=True,
        default=lambda self: self.env._("New"))
    title = fields.Char(required=True, tracking=True)
    kind = fields.Selection(CONTRACT_KINDS, required=True, default='sale')
    order_id = fields.Many2one(
        'sale.order', string="Quotation", required=True, index=True, copy=False, ondelete='restrict',
        check_company=True, domain="[('state', 'in', ('draft', 'sent', 'sale')), ('ltc_contract_id', '=', False)]")
    partner_id = fields.Many2one('res.partner', string="Customer", required=True, index=True, tracking=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        'res.users', string="Account Responsible (AR)", tracking=True, domain="[('share', '=', False)]")
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    payment_term_id = fields.Many2one('account.payment.term', string="Payment Terms", check_company=True)
    plan_template_id = fields.Many2one('ltc.payment.plan.template', check_company=True)

    line_ids = fields.One2many('ltc.contract.line', 'contract_id', string="Lines", readonly=True)
    plan_line_ids = fields.One2many(
        'ltc.payment.plan.line', 'contract_id', string="Payment Plan", domain=[('state', '!=', 'proposed')])
    amendment_ids = fields.One2many('ltc.contract.amendment', 'contract_id', string="Amendments", readonly=True)
    invoice_ids = fields.One2many('account.move', 'ltc_contract_id', string="Invoices", readonly=True)

    amount_base = fields.Monetary(string="Contract Amount", readonly=True, help="Signed amount, taxes included.")
    amount_change = fields.Monetary(string="Amendments Amount", readonly=True, help="Sum of the applied amendments.")
    amount_current = fields.Monetary(
        string="Current Value", compute='_compute_amount_current', store=True, tracking=True)
    amount_planned = fields.Monetary(string="Planned", compute='_compute_amount_planned')
    amount_unplanned = fields.Monetary(string="Not Planned", compute='_compute_amount_planned')
    amount_invoiced = fields.Monetary(string="Invoiced", compute='_compute_amounts', compute_sudo=True)
    amount_received = fields.Monetary(string="Received", compute='_compute_amounts', compute_sudo=True)
    amount_open = fields.Monetary(string="Not Received", compute='_compute_amounts', compute_sudo=True)
    received_percent = fields.Float(string="Received (%)", compute='_compute_amounts', compute_sudo=True)
    invoice_count = fields.Integer(compute='_compute_amounts', compute_sudo=True)

    date_start = fields.Date()
    date_end = fields.Date()
    terms = fields.Html(string="Terms and Conditions")
    acceptance_criteria = fields.Text()

    state = fields.Selection(
        CONTRACT_STATES, required=True, readonly=True, default='draft', copy=False, index=True, tracking=True)
    closed_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    closed_on = fields.Datetime(readonly=True, copy=False)

    _name_uniq = models.UniqueIndex('(company_id, name)', "A contract of that number exists already.")
    _order_uniq = models.UniqueIndex(
        "(order_id) WHERE state != 'void'", "The quotation has a contract already; void that one first.")

    # === COMPUTE METHODS === #

    @api.depends('amount_base', 'amount_change')
    def _compute_amount_current(self):
        for contract in self:
            contract.amount_current = contract.amount_base + contract.amount_change

    @api.depends('plan_line_ids.amount', 'plan_line_ids.state', 'amount_current')
    def _compute_amount_planned(self):
        for contract in self:
            contract.amount_planned = sum(contract._get_effective_plan_lines().mapped('amount'))
            contract.amount_unplanned = contract.amount_current - contract.amount_planned

    @api.depends(
        'amount_current', 'invoice_ids.state', 'invoice_ids.amount_total_in_currency_signed',
        'invoice_ids.amount_residual')
    def _compute_amounts(self):
        """Read what was invoiced and received from the posted invoices: a constant number of queries."""
        invoices = self.env['account.move'].search([('ltc_contract_id', 'in', self.ids), ('state', '=', 'posted')])
        collected = invoices._ltc_get_collected_amounts()
        grouped = invoices.grouped('ltc_contract_id')
        for contract in self:
            moves = grouped.get(contract._origin, invoices.browse())
            contract.amount_invoiced = sum(moves.mapped('amount_total_in_currency_signed'))
            contract.amount_received = sum(collected[move.id] for move in moves)
            contract.amount_open = contract.amount_current - contract.amount_received
            contract.received_percent = (
                contract.amount_received / contract.amount_current * 100 if contract.amount_current else 0.0)
            contract.invoice_count = len(moves)

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for contract in self:
            contract.access_url = f'/my/contracts/{contract.id}'
        return result

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        orders = self.env['sale.order'].browse([vals.get('order_id') for vals in vals_list]).exists()
        orders._ltc_check_contract_creation()
        templates = {}
        prepared = []
        for vals in vals_list:
            order = self.env['sale.order'].browse(vals.get('order_id'))
            prepared.append(self._prepare_contract_values(order, vals, templates) if order else vals)
        contracts = super().create(prepared)
        contracts.sudo()._take_over_order()  # lines, amounts and the order's pointer are facts, not input
        return contracts

    def _prepare_contract_values(self, order, vals, templates):
        """Complete ``vals`` by what the quotation says; the parties and the currency are always the quotation's."""
        company = order.company_id
        if company not in templates:
            templates[company] = self.env['ltc.payment.plan.template'].sudo()._get_default(company)
        template = self.env['ltc.payment.plan.template'].browse(vals.get('plan_template_id')) or templates[company]
        defaults = {
            'title': order.client_order_ref or order.name,
            'user_id': order.user_id.id,
            'payment_term_id': order.payment_term_id.id,
            'plan_template_id': template.id,
            'plan_line_ids': template.sudo()._prepare_plan_lines(order.partner_id),
            'terms': order.note,
        }
        values = {**defaults, **{name: value for name, value in vals.items() if value or name not in defaults}}
        if values.get('name', self.env._("New")) == self.env._("New"):
            values['name'] = self.env['ir.sequence'].with_company(company).next_by_code('ltc.contract')
        return {**values, **order._prepare_ltc_contract_values()}

    def write(self, vals):
        self.check_access('write')
        self._check_frozen(vals)
        if not self.env.su:
            vals = {name: value for name, value in vals.items() if name not in PARTY_FIELDS}
        moving = self.filtered(lambda contract: contract.state != vals['state']) if 'state' in vals else self.browse()
        result = super().write(vals)
        if moving:
            moving._after_transition(vals['state'])
        return result

    def _check_frozen(self, vals):
        """Refuse to rewrite a contract that left the draft; only the code of an amendment may (superuser)."""
        if self.env.su or not FROZEN_FIELDS & vals.keys():
            return
        for contract in self.filtered(lambda contract: contract.state != 'draft'):
            raise UserError(self.env._(
                "Contract %(contract)s is %(state)s and its text is frozen; %(way_out)s.",
                contract=contract.name, state=contract._get_state_label(contract.state).lower(),
                way_out=self.env._("take it back to draft first") if contract.state == 'signing'
                else self.env._("draw up an amendment")))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_effective(self):
        for contract in self.filtered(lambda contract: contract.state not in ('draft', 'void')):
            raise UserError(self.env._(
                "Contract %s cannot be deleted once it went to signature; void it instead.", contract.name))

    # === ACTION METHODS === #

    def action_apply_template(self):
        """Replace the payment plan of these drafts by their template's."""
        for contract in self:
            contract.plan_line_ids = [
                Command.clear(), *contract.plan_template_id._prepare_plan_lines(contract.partner_id)]
            contract._distribute_plan()

    def action_distribute_plan(self):
        self._distribute_plan()

    def action_update_from_order(self):
        """Copy the quotation's lines again, after it was changed and approved anew."""
        for contract in self:
            if contract.state != 'draft':
                raise UserError(self.env._(
                    "Contract %s is not a draft any more; draw up an amendment.", contract.name))
        self.order_id._ltc_check_gate('atb')
        self.write({'payment_term_id': self.order_id.payment_term_id.id} if len(self) == 1 else {})
        self.sudo()._take_over_order()

    def action_send_to_sign(self):
        self.write({'state': 'signing'})

    def action_back_to_draft(self):
        self.write({'state': 'draft'})

    def action_void(self):
        self.write({'state': 'void'})

    def action_close(self):
        self.write({'state': 'closed'})

    def action_create_amendment(self):
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Amendment"),
            'res_model': 'ltc.contract.amendment',
            'view_mode': 'form',
            'context': {'default_contract_id': self.id},
        }

    def action_view_amendments(self):
        return self.amendment_ids._get_records_action(
            name=self.env._("Amendments"), context={'default_contract_id': self.id})

    def action_view_order(self):
        return self.order_id._get_records_action(name=self.env._("Quotation"))

    def action_view_invoices(self):
        return self.order_id.action_view_invoice(invoices=self.env['account.move'].search(
            [('ltc_contract_id', 'in', self.ids)]))

    def action_preview_contract(self):
        self.ensure_one()
        return {'type': 'ir.actions.act_url', 'target': 'self', 'url': self.get_portal_url()}

    def action_verify_document(self):
        """Tell whether the kept documents are still those whose hash was taken."""
        self.ensure_one()
        intact = self._is_document_intact()
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success' if intact else 'danger',
                'message': self.env._("Contract %s is unaltered: the documents match their hashes.", self.name)
                if intact else self.env._("Contract %s was altered: a document does not match its hash.", self.name),
            },
        }

    # === BUSINESS METHODS - QUOTATION === #

    def _take_over_order(self):
        """Copy the commercial lines and the total of the quotation, distribute the plan and join the case."""
        self.line_ids.unlink()
        self.env['ltc.contract.line'].create([
            {'contract_id': contract.id, **line._prepare_ltc_contract_line_values()}
            for contract in self for line in contract.order_id._ltc_get_commercial_lines()
        ])
        for contract in self:
            order = contract.order_id
            contract.write({
                'amount_base': order.amount_total, 'partner_id': order.partner_id.id,
                'currency_id': order.currency_id.id, 'ltc_flow_id': order.ltc_flow_id.id,
            })
            if order.ltc_contract_id != contract:
                order.ltc_contract_id = contract
            contract._distribute_plan()
            contract.ltc_flow_id._advance('contract', amount=contract._get_amount_company(contract.amount_current))

    def _get_amount_company(self, amount):
        """Return ``amount`` in company currency at the rate of the quotation's date."""
        self.ensure_one()
        return self.currency_id._convert(
            amount, self.company_id.currency_id, self.company_id, self.order_id.date_order or self.create_date)

    # === BUSINESS METHODS - PAYMENT PLAN === #

    def _get_effective_plan_lines(self):
        return self.plan_line_ids.filtered(lambda node: node.is_effective and not node.is_void)

    def _is_performed(self):
        """Return whether nothing is left to deliver or to accept: no node of the plan waits for such an event."""
        return all(node.triggered_on for node in self._get_effective_plan_lines() if node.trigger in EVENT_TRIGGERS)

    def _distribute_plan(self):
        """Set the amounts of the nodes from their percentages; the last node takes the rest to the cent."""
        for contract in self:
            nodes = contract._get_effective_plan_lines().sorted(lambda node: (node.sequence, node.id))
            rest = contract.amount_current
            for node in nodes[:-1]:
                if node.percent:
                    node.amount = contract.currency_id.round(contract.amount_current * node.percent / 100)
                rest -= node.amount
            if nodes:
                nodes[-1].amount = contract.currency_id.round(rest)

    def _get_plan_blockers(self):
        """Return, as sentences, why the payment plan does not cover the contract to the cent."""
        self.ensure_one()
        nodes = self._get_effective_plan_lines()
        if not nodes:
            return [self.env._("Contract %s has no payment plan; add its nodes.", self.name)]
        difference = self.amount_current - sum(nodes.mapped('amount'))
        if self.currency_id.is_zero(difference):
            return []
        return [self.env._(
            "Contract %(contract)s is worth %(amount)s but its payment plan differs by %(difference)s;"
            " distribute the nodes again.", contract=self.name, amount=self.currency_id.format(self.amount_current),
            difference=self.currency_id.format(difference))]

    # === BUSINESS METHODS - STATES === #

    def _get_transition_blockers(self, target):
        blockers = super()._get_transition_blockers(target)
        if target == 'signing':
            blockers += self._ltc_get_gate_blockers('atc')[self.id] + self._get_plan_blockers()
            blockers += self.order_id._ltc_get_contract_differences(self)
        elif target == 'signed':
            blockers += self._get_signature_blockers()
        elif target == 'closed':
            blockers += self._get_close_blockers() + self._ltc_get_gate_blockers('atcc')[self.id]
        return blockers

    def _after_transition(self, target):
        """Do what follows when these contracts reached ``target``; extended by the floors above."""
        contracts_sudo = self.sudo()  # what follows are facts, whoever made the move
        if target == 'signing':
            contracts_sudo._freeze_document()
        elif target == 'draft':
            contracts_sudo.write({'document': False, 'document_name': False, 'document_hash': False})
        elif target == 'signed':
            contracts_sudo._after_signature()
        elif target == 'void':
            contracts_sudo.order_id.ltc_contract_id = False
        elif target == 'closed':
            contracts_sudo.write({'closed_by_id': self.env.uid, 'closed_on': fields.Datetime.now()})
            contracts_sudo.ltc_flow_id._close()

    def _get_close_blockers(self):
        """Return, as sentences, what is still open on this contract; the floors above extend the list."""
        self.ensure_one()
        blockers = []
        not_invoiced = self.amount_current - self.amount_invoiced
        if not self.currency_id.is_zero(not_invoiced):
            blockers.append(self.env._(
                "Contract %(contract)s is not fully invoiced: %(amount)s are missing; invoice the open nodes.",
                contract=self.name, amount=self.currency_id.format(not_invoiced)))
        if self.currency_id.compare_amounts(self.amount_open, 0.0) > 0:
            blockers.append(self.env._(
                "Contract %(contract)s is not fully collected: %(amount)s are missing; collect the open invoices.",
                contract=self.name, amount=self.currency_id.format(self.amount_open)))
        blockers += [
            self.env._(
                "Contract %(contract)s has the open amendment %(amendment)s; apply or cancel it.",
                contract=self.name, amendment=amendment.name)
            for amendment in self.sudo().amendment_ids if amendment.state in ('draft', 'approved')
        ]
        return blockers

    # === PORTAL, REPORT === #

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Contract %s", self.name.replace('/', '-'))
