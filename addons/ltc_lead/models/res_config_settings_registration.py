from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    ltc_protection_days = fields.Integer(related='company_id.ltc_protection_days', readonly=False)
    ltc_protection_remind_days = fields.Integer(related='company_id.ltc_protection_remind_days', readonly=False)
