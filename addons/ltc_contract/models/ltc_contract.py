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
FROZEN_FIELDS = {
    'name', 'title', 'kind', 'partner_id', 'company_id', 'currency_id', 'order_id', 'date_start', 'date_end',
    'terms', 'acceptance_criteria', 'payment_term_id', 'line_ids', 'ltc_flow_id',
}


class LtcContract(models.Model):
    """A contract drawn up from an approved quotation, with its payment plan.

    The lines and the amounts are facts copied from the quotation; from the moment that it waits for its signature
    nothing in it changes but through an amendment.
    """
    _name = 'ltc.contract'
    _description = "Contract"
    _inherit = ['ltc.state.mixin', 'ltc.gate.mixin', 'portal.mixin', 'mail.thread', 'mail.activity.mixin']
    _order = 'id desc'
    _rec_names_search = ['name', 'title', 'partner_id']
    _check_company_auto = True

    _ltc_gate_codes = ('atc', 'atcc')
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
        string="Number", required=True, copy=False, index='trigram', tracking=True, default=lambda self: self.env._("New"))
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
    plan_template_id = fields.Many2one('ltc.payment.plan.template', string="Plan Template", check_company=True)

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
    closed_by_id = fields.Many2one('res.users', string="Closed By", readonly=True, copy=False)
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
        super()._compute_access_url()
        for contract in self:
            contract.access_url = f'/my/contracts/{contract.id}'
