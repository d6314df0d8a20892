from odoo import fields, models


class LtcWonReason(models.Model):
    """Why opportunities are won."""
    _name = 'ltc.won.reason'
    _description = "Won Reason"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
