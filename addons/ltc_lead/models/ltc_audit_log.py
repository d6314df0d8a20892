from odoo import fields, models

KINDS = [
    ('forecast', "Forecast Kept"),
    ('conflict', "Lead Conflict Decided"),
    ('registration', "Registration Decided"),
]


class LtcAuditLog(models.Model):
    _inherit = 'ltc.audit.log'

    kind = fields.Selection(
        selection_add=KINDS, ondelete={kind: lambda entries: None for kind, _label in KINDS})  # an entry stays
