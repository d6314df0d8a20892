from odoo import api, fields, models


class LtcDeliverable(models.Model):
    """A piece of evidence that a node needs before it may be invoiced; it is there when a file is attached."""
    _name = 'ltc.deliverable'
    _description = "Evidence of a Payment Plan Node"
    _order = 'plan_line_id, sequence, id'

    plan_line_id = fields.Many2one('ltc.payment.plan.line', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='plan_line_id.company_id', store=True, index=True, precompute=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    is_required = fields.Boolean(string="Required", default=True)
    attachment_ids = fields.Many2many('ir.attachment', string="Files", copy=False)
    is_done = fields.Boolean(string="Provided", compute='_compute_is_done', store=True)

    @api.depends('attachment_ids')
    def _compute_is_done(self):
        for deliverable in self:
            deliverable.is_done = bool(deliverable.attachment_ids)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._drop_facts(vals) for vals in vals_list])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self.plan_line_id._check_editable()

    def write(self, vals):
        """The last missing evidence makes a node billable whose event has happened before.

        Which evidence is needed is agreed with the contract; afterwards files are attached, nothing else.
        """
        vals = self._drop_facts(vals)
        if vals.keys() - {'attachment_ids', 'sequence'}:
            self.plan_line_id._check_editable()
        waiting_sudo = self.plan_line_id.sudo().filtered(lambda node: node.triggered_on and node.state == 'planned')
        result = super().write(vals)
        if billable := waiting_sudo.filtered(lambda node: node.state == 'billable'):
            billable._on_billable()
        return result

    def _drop_facts(self, vals):
        """Only an attached file provides an evidence, whatever a client sends."""
        return {name: value for name, value in vals.items() if name != 'is_done'}
