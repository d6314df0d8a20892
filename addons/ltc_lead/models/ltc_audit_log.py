from odoo import fields, models


class LtcAuditLog(models.Model):
    _inherit = 'ltc.audit.log'

    kind = fields.Selection(selection_add=[('forecast', "Forecast Kept")], ondelete={'forecast': lambda entries: None})
