from odoo import api, fields, models

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
    _server_stamps = ('applied_by_id', 'applied_on')

    name = fields.Char(string="Number", required=True, readonly=True, copy=False, default=lambda self: self.env._("New"))
    contract_id = fields.Many2one('ltc.contract', required=True, index=True, ondelete='restrict', check_company=True)
    company_id = fields.Many2one(related='contract_id.company_id', store=True, index=True, precompute=True)
    partner_id = fields.Many2one(related='contract_id.partner_id')
    user_id = fields.Many2one(related='contract_id.user_id')
    currency_id = fields.Many2one(related='contract_id.currency_id')
    kind = fields.Selection(AMENDMENT_KINDS, required=True, default='amount', tracking=True)
    reason = fields.Text(required=True)
    line_ids = fields.One2many('ltc.contract.amendment.line', 'amendment_id', string="Changes", copy=True)
    plan_line_ids = fields.One2many('ltc.payment.plan.line', 'amendment_id', string="New Nodes")
    void_plan_line_ids = fields.Many2many('ltc.payment.plan.line', string="Nodes Taken Back")
    amount_change = fields.Monetary(compute='_compute_amount_change', store=True, tracking=True)
    amount_new = fields.Monetary(string="New Contract Value", compute='_compute_amount_new')
    amount_unplanned = fields.Monetary(string="Not Planned", compute='_compute_amount_new')
    signed_document = fields.Binary(string="Signed Supplement", attachment=True, copy=False)
    signed_document_name = fields.Char(copy=False)
    state = fields.Selection(
        AMENDMENT_STATES, required=True, readonly=True, default='draft', copy=False, index=True, tracking=True)
    applied_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    applied_on = fields.Datetime(readonly=True, copy=False)

    def action_approve(self):
        self.write({'state': 'approved'})

    def action_apply(self):
        self.write({'state': 'applied'})
