from odoo import fields, models

RETURN_KINDS = [
    ('rejected', "Reject"),
    ('recycled', "Recycle"),
]


class LtcLeadRejectReason(models.Model):
    """Why sales does not take a lead: what marketing learns from."""
    _name = 'ltc.lead.reject.reason'
    _description = "Reason to Return a Lead"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        RETURN_KINDS, help="Reject: the lead is none for sales. Recycle: it is too early for sales. Empty: both.")
