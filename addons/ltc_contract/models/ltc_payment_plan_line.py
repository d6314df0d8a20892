from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.ltc_base.models.ltc_fact_mixin import get_own_defaults

from .ltc_payment_plan_template import NODE_KINDS, NODE_TRIGGERS

NODE_STATES = [
    ('proposed', "Not Yet Effective"),
    ('planned', "Planned"),
    ('billable', "Billable"),
    ('invoiced', "Invoiced"),
    ('collected', "Collected"),
    ('void', "Void"),
]


OPEN_NODE_STATES = ('planned', 'billable', 'invoiced')
OWNER_FIELDS = {'contract_id', 'amendment_id'}  # given at creation, fixed from then on
FACT_FIELDS = {
    'triggered_on', 'trigger_note', 'is_effective', 'is_void', 'state', 'amount_invoiced', 'amount_collected',
    'has_draft_invoice', 'invoice_ids', *OWNER_FIELDS,
}
ALWAYS_EDITABLE = {'date_planned', 'deliverable_ids'}


class LtcPaymentPlanLine(models.Model):
    """A node of the payment plan: an instalment with the event that makes it billable.

    Its state is computed from facts: the event (``triggered_on``), the evidence, its invoices and their payments.
    """
    _name = 'ltc.payment.plan.line'
    _description = "Payment Plan Node"
    _inherit = ['ltc.gate.line.mixin', 'mail.thread', 'mail.activity.mixin']
    _order = 'contract_id, sequence, id'
    _check_company_auto = True
    _ltc_document_fields = ('contract_id', 'amendment_id')

    contract_id = fields.Many2one('ltc.contract', required=True, index=True, ondelete='cascade', check_company=True)
    amendment_id = fields.Many2one(
        'ltc.contract.amendment', index='btree_not_null', ondelete='cascade', help="The amendment that adds the node.")
    company_id = fields.Many2one(related='contract_id.company_id', store=True, index=True, precompute=True)
    partner_id = fields.Many2one(related='contract_id.partner_id', store=True, precompute=True)
    user_id = fields.Many2one(related='contract_id.user_id', string="Responsible")
    currency_id = fields.Many2one(related='contract_id.currency_id', store=True, precompute=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    kind = fields.Selection(NODE_KINDS, required=True, default='other')
    trigger = fields.Selection(NODE_TRIGGERS, required=True, default='date')
    percent = fields.Float(digits=(5, 2))
    amount = fields.Monetary(required=True, help="Taxes included.")
    date_planned = fields.Date(string="Planned On")

    triggered_on = fields.Datetime(string="Due Since", readonly=True, copy=False)
    trigger_note = fields.Char(string="Evidence Note", readonly=True, copy=False)
    is_effective = fields.Boolean(default=True, readonly=True, copy=False)
    is_void = fields.Boolean(string="Taken Back", readonly=True, copy=False)
    deliverable_ids = fields.One2many('ltc.deliverable', 'plan_line_id', string="Evidence", copy=True)
    invoice_ids = fields.One2many('account.move', 'ltc_plan_line_id', string="Invoices", readonly=True)

    amount_invoiced = fields.Monetary(
        string="Invoiced", compute='_compute_invoice_facts', store=True, compute_sudo=True)
    amount_collected = fields.Monetary(
        string="Collected", compute='_compute_invoice_facts', store=True, compute_sudo=True)
    has_draft_invoice = fields.Boolean(compute='_compute_invoice_facts', store=True, compute_sudo=True)
    amount_open = fields.Monetary(string="To Invoice", compute='_compute_amount_open')
    state = fields.Selection(
        NODE_STATES, compute='_compute_state', store=True, index=True, tracking=True, compute_sudo=True)

    _amount_positive = models.Constraint('CHECK(amount >= 0)', "A node cannot have a negative amount.")
    _open_idx = models.Index("(company_id, date_planned) WHERE state IN ('planned', 'billable', 'invoiced')")

    # === COMPUTE METHODS === #

    @api.depends(
        'amount', 'invoice_ids.state', 'invoice_ids.amount_total', 'invoice_ids.amount_residual',
        'invoice_ids.payment_state')
    def _compute_invoice_facts(self):
        collected = self.invoice_ids._ltc_get_collected_amounts()
        for node in self:
            posted = node.invoice_ids.filtered(lambda move: move.state == 'posted')
            node.amount_invoiced = sum(posted.mapped('amount_total_in_currency_signed'))
            node.amount_collected = sum(collected[move.id] for move in posted)
            node.has_draft_invoice = any(
                move.state == 'draft' and move.move_type == 'out_invoice' for move in node.invoice_ids)

    @api.depends('amount', 'amount_invoiced', 'is_void', 'is_effective')
    def _compute_amount_open(self):
        for node in self:
            is_live = node.is_effective and not node.is_void
            node.amount_open = node.amount - node.amount_invoiced if is_live else 0.0

    @api.depends(
        'amount', 'amount_invoiced', 'amount_collected', 'has_draft_invoice', 'triggered_on', 'is_effective', 'is_void',
        'deliverable_ids.is_done', 'deliverable_ids.is_required')
    def _compute_state(self):
        for node in self:
            node.state = node._get_state()

    def _get_state(self):
        """Return the state that the facts of this node add up to."""
        self.ensure_one()
        if self.is_void:
            return 'void'
        if not self.is_effective:
            return 'proposed'
        compare = self.currency_id.compare_amounts
        if self.amount and compare(self.amount_invoiced, self.amount) >= 0:
            return 'collected' if compare(self.amount_collected, self.amount) >= 0 else 'invoiced'
        if self.has_draft_invoice:
            return 'invoiced'
        return 'billable' if self.triggered_on and not self._get_missing_deliverables() else 'planned'

    def _get_missing_deliverables(self):
        return self.deliverable_ids.filtered(lambda deliverable: deliverable.is_required and not deliverable.is_done)

    @api.onchange('percent')
    def _onchange_percent(self):
        if self.percent:
            self.amount = self.currency_id.round(self.contract_id.amount_current * self.percent / 100)

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields):
        """No client presets a fact: neither in the context nor by a saved default."""
        facts = [name for name in fields if name in FACT_FIELDS - OWNER_FIELDS]
        defaults = super().default_get([name for name in fields if name not in facts])
        return {**defaults, **get_own_defaults(self, facts)}

    @api.model_create_multi
    def create(self, vals_list):
        nodes = super().create([{'amount': 0.0, **self._complete_values(vals)} for vals in vals_list])
        nodes._check_editable()
        return nodes

    def _complete_values(self, vals):
        """Drop the facts from what a client sends; a node of an amendment is a proposal in its contract."""
        if not self.env.su:
            vals = {name: value for name, value in vals.items() if name not in FACT_FIELDS or name in OWNER_FIELDS}
        amendment = self.env['ltc.contract.amendment'].browse(vals.get('amendment_id'))
        if amendment:
            vals = {**vals, 'contract_id': amendment.contract_id.id, 'is_effective': False}
        return vals

    def write(self, vals):
        if not self.env.su:
            vals = {name: value for name, value in vals.items() if name not in FACT_FIELDS}
            if vals.keys() - ALWAYS_EDITABLE - self._get_mail_fields():
                self._check_editable()
        return super().write(vals)

    def _get_mail_fields(self):
        return {name for name in self._fields if name.startswith(('message_', 'activity_'))}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._check_editable()

    def _check_editable(self):
        """Raise unless the nodes may be edited: those of a draft contract, and the proposals of a draft amendment."""
        if self.env.su:
            return
        for node in self:
            document = node.amendment_id or node.contract_id
            if document.state != 'draft':
                raise UserError(self.env._(
                    "Node %(node)s belongs to %(document)s, which is not a draft; draw up an amendment.",
                    node=node.name, document=document.name))

    # === ACTION METHODS === #

    def action_set_billable(self):
        """Record by hand that the event happened: finance or delivery, with an evidence attached to the node."""
        self._check_may_handle()
        blockers = [sentence for node in self for sentence in node._get_manual_billable_blockers()]
        if blockers:
            raise UserError('\n'.join(blockers))
        self._set_billable(self.env._("Recorded by %s", self.env.user.name))
        return True

    def action_create_invoice(self):
        """Make the draft invoices of these billable nodes and open them."""
        if not self.env.user.has_group('sales_team.group_sale_salesman'):
            self._check_may_handle()
        invoices = self._create_node_invoices()
        return self.contract_id.order_id.action_view_invoice(invoices=invoices)

    def action_view_invoices(self):
        self.ensure_one()
        return self.contract_id.order_id.action_view_invoice(invoices=self.invoice_ids)

    def action_view_contract(self):
        self.ensure_one()
        return self.contract_id._get_records_action()

    def _check_may_handle(self):
        groups = ('ltc_base.group_ltc_finance', 'ltc_base.group_ltc_delivery', 'account.group_account_invoice')
        self.check_access('read')
        if not self.env.su and not any(self.env.user.has_group(group) for group in groups):
            raise AccessError(self.env._(
                "Node %s is handled by finance or delivery; ask one of them.", ', '.join(self.mapped('name'))))

    # === BUSINESS METHODS - BILLABLE === #

    def _get_manual_billable_blockers(self):
        """Return, as sentences, why the event cannot be recorded by hand; extended by floors that prove events."""
        self.ensure_one()
        values = {'node': self.name, 'contract': self.contract_id.name}
        if self.contract_id.state != 'signed' or not self.is_effective or self.is_void:
            return [self.env._(
                "Node %(node)s of contract %(contract)s is not in force; sign the contract first.", **values)]
        if self._get_missing_deliverables() or not (self.deliverable_ids.attachment_ids or self._has_attachment()):
            return [self.env._(
                "Node %(node)s of contract %(contract)s has no evidence; attach it first.", **values)]
        return []

    def _has_attachment(self):
        return bool(self.env['ir.attachment'].sudo().search_count(
            [('res_model', '=', self._name), ('res_id', '=', self.id)], limit=1))

    def _set_billable(self, evidence_note=''):
        """Record that the event of these nodes happened; called by the document that proves it.

        Nodes that wait for a required evidence stay planned until it is attached. Nodes of a contract that is not
        signed, and those triggered already, are left alone.

        :param str evidence_note: what proves the event, shown on the node
        :return: the nodes that became billable
        """
        nodes_sudo = self.sudo().filtered(  # whoever proves the event need not write the payment plan
            lambda node: node.contract_id.state == 'signed' and node.state == 'planned' and not node.triggered_on)
        nodes_sudo.write({'triggered_on': fields.Datetime.now(), 'trigger_note': evidence_note})
        billable = nodes_sudo.filtered(lambda node: node.state == 'billable')
        for node in nodes_sudo - billable:
            node.message_post(body=self.env._(
                "The event happened (%(note)s), but evidence is missing: %(missing)s.", note=evidence_note,
                missing=', '.join(node._get_missing_deliverables().mapped('name'))))
        if billable:
            billable._on_billable()
        return billable.sudo(self.env.su)

    def _on_billable(self):
        """Follow up on nodes that just became billable (empty here); extended to notify or to invoice."""

    @api.model
    def _cron_trigger_dates(self):
        """Make the nodes billable whose planned day or end of retention has come."""
        nodes = self.search([
            ('trigger', 'in', ('date', 'retention')), ('state', '=', 'planned'), ('triggered_on', '=', False),
            ('date_planned', '<=', 'today'), ('contract_id.state', '=', 'signed'),
        ])
        nodes._set_billable(self.env._("Planned date reached"))

    # === BUSINESS METHODS - INVOICE === #

    def _create_node_invoices(self):
        """Make the draft invoices of these billable nodes, one a node, each at exactly the node's open amount.

        Every node but the last one in the contract becomes a down payment of Odoo; the last one is the regular
        invoice from which the down payments are deducted.

        :return: the invoices
        :rtype: account.move
        """
        invoices = self.env['account.move']
        for node in self.sorted(lambda node: (node.contract_id.id, node.sequence, node.id)):
            invoices |= node._create_node_invoice()
        return invoices

    def _create_node_invoice(self):
        self.ensure_one()
        self.check_access('read')
        node = self._as_invoicer()
        node.lock_for_update(allow_referencing=True)
        node._check_billable()
        order = node.contract_id.order_id
        if node._is_last_open():
            invoice = node._create_final_invoice(order)
        else:
            invoice = self.env['sale.advance.payment.inv'].with_env(node.env).create({
                'sale_order_ids': [fields.Command.set(order.ids)],
                'advance_payment_method': 'fixed',
                'fixed_amount': node.amount_open,
            })._create_invoices(order)
        node._check_invoice_amount(invoice)
        invoice.sudo().write(node._prepare_invoice_values(invoice))
        return invoice.with_env(self.env)

    def _as_invoicer(self):
        """Return the node with the rights to make its draft: those of the order's own invoicing, for finance too."""
        order = self.sudo().contract_id.order_id.with_env(self.env)
        user = self.env.user if order.has_access('write') else self.env['res.users'].browse(SUPERUSER_ID)
        return self.with_user(user).sudo().with_company(self.sudo().company_id)

    def _check_billable(self):
        """Raise unless this node may be invoiced now."""
        state = dict(self._fields['state']._description_selection(self.env)).get(self.state, self.state)
        if self.contract_id.state != 'signed' or self.state != 'billable':
            raise UserError(self.env._(
                "Node %(node)s of contract %(contract)s is %(state)s; only a billable node of a signed contract is"
                " invoiced.", node=self.name, contract=self.contract_id.name, state=state.lower()))

    def _is_last_open(self):
        """Return whether every other node of the contract is invoiced, so that this one settles it."""
        others = self.contract_id._get_effective_plan_lines() - self
        return all(node.state in ('invoiced', 'collected') or not node.amount for node in others)

    def _create_final_invoice(self, order):
        """Make the regular invoice of the whole order with the down payments deducted."""
        pending = order._ltc_get_commercial_lines().filtered(lambda line: line._ltc_is_undelivered())
        if pending:
            raise UserError(self.env._(
                "Node %(node)s settles contract %(contract)s, but the order is not complete: %(lines)s; deliver them"
                " first.", node=self.name, contract=self.contract_id.name,
                lines=', '.join(line.product_id.display_name or line.name for line in pending)))
        return order.with_context(raise_if_nothing_to_invoice=True)._create_invoices(final=True)

    def _check_invoice_amount(self, invoice):
        """Raise unless the draft came out at the open amount of the node, to the cent."""
        if len(invoice) == 1 and not self.currency_id.compare_amounts(invoice.amount_total, self.amount_open):
            return
        raise UserError(self.env._(
            "Node %(node)s of contract %(contract)s is worth %(amount)s but its invoice would be %(invoiced)s; bring"
            " the order back to the contract, or cancel invoices made outside the payment plan.",
            node=self.name, contract=self.contract_id.name, amount=self.currency_id.format(self.amount_open),
            invoiced=', '.join(self.currency_id.format(move.amount_total) for move in invoice)))

    def _prepare_invoice_values(self, invoice):
        """Return what the draft takes from its node: references, the day due, the name of the instalment."""
        values = {
            'ltc_plan_line_id': self.id,
            'ltc_contract_id': self.contract_id.id,
            'ref': f'{self.contract_id.name} · {self.name}',
        }
        if self.contract_id.payment_term_id:
            values['invoice_payment_term_id'] = self.contract_id.payment_term_id.id
        elif self.date_planned and self.date_planned > fields.Date.context_today(self):
            values.update(invoice_payment_term_id=False, invoice_date_due=self.date_planned)
        if invoice._is_downpayment():
            values['invoice_line_ids'] = [
                fields.Command.update(line.id, {'name': f'{self.name} ({self.contract_id.name})'})
                for line in invoice.invoice_line_ids if line.display_type == 'product'
            ]
        return values
