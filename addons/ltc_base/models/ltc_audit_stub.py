from odoo import api, models


class LtcAuditLog(models.AbstractModel):
    _name = 'ltc.audit.log'
    _description = "Audit Log"

    @api.model
    def _append(self, entries):
        return self
