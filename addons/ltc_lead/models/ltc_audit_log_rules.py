from odoo import fields, models


class LtcAuditLog(models.Model):
    _inherit = 'ltc.audit.log'

    kind = fields.Selection(
        selection_add=[('conflict', "Lead Conflict Decided"), ('registration', "Registration Decided")],
        ondelete={'conflict': lambda entries: None, 'registration': lambda entries: None})
