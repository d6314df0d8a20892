from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    ltc_handover_hot_days = fields.Float(related='company_id.ltc_handover_hot_days', readonly=False)
    ltc_handover_days = fields.Float(related='company_id.ltc_handover_days', readonly=False)
