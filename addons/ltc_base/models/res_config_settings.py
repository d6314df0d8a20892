from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    ltc_profile = fields.Selection(related='company_id.ltc_profile', readonly=False, required=True)
