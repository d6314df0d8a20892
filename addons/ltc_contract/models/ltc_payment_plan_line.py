from odoo import api, fields, models

from .ltc_payment_plan_template import NODE_KINDS, NODE_TRIGGERS

NODE_STATES = [
    ('proposed', "Not Yet Effective"),
    ('planned', "Planned"),
    ('billable', "Billable"),
    ('invoiced', "Invoiced"),
    ('collected', "Collected"),
    ('void', "Void"),
]


class LtcPaymentPlanLine(models.Model):
    """A node of the payment plan: an instalment with the event that makes it billable.

    Its state is computed from facts: the event (``triggered_on``), the evidence, its invoices and their payments.
    """
    _name = 'ltc.payment.plan.line'
    _description = "Payment Plan Node"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'contract_id, sequence, id'
    _check_company_auto = True

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

    def _set_billable(self, evidence_note=''):
        """Record that the event of these nodes happened (called by the document that proves it)."""

    def action_set_billable(self):
        """Record the event by hand; needs an attached evidence."""

    def action_create_invoice(self):
        """Make the draft invoice of this node and open it."""

    def _create_node_invoices(self):
        """Make the draft invoices of these billable nodes; return the account.move records."""
