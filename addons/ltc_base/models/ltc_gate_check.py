from odoo import fields, models


class LtcGateCheck(models.Model):
    _name = 'ltc.gate.check'
    _inherit = ['ltc.audit.config.mixin']
    _description = "Checklist Item of a Gate"
    _order = 'sequence, id'

    gate_id = fields.Many2one('ltc.gate', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    is_required = fields.Boolean(string="Required", default=True)


class LtcGateAnswer(models.Model):
    """A checklist item as it was answered at submission."""
    _name = 'ltc.gate.answer'
    _inherit = ['ltc.fact.mixin', 'ltc.gate.readable.mixin']
    _description = "Checklist Answer"
    _order = 'id'

    review_id = fields.Many2one('ltc.gate.review', required=True, readonly=True, index=True, ondelete='cascade')
    name = fields.Char(required=True, readonly=True)
    is_required = fields.Boolean(string="Required", readonly=True)
    is_fulfilled = fields.Boolean(string="Fulfilled", readonly=True)
