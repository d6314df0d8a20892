from odoo import fields, models

from .ltc_gate_review import DECISIONS


class LtcGateApproval(models.Model):
    """One decider of one round, as the authority matrix named him at submission, and what he decided."""
    _name = 'ltc.gate.approval'
    _description = "Decision of One Decider"
    _order = 'sequence, id'

    review_id = fields.Many2one('ltc.gate.review', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='review_id.company_id')
    sequence = fields.Integer(default=10, readonly=True)
    user_id = fields.Many2one('res.users', string="Decider", required=True, readonly=True, index=True)
    decision = fields.Selection(DECISIONS, readonly=True)
    decided_on = fields.Datetime(readonly=True)
    comment = fields.Text(readonly=True)
