from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    ltc_attribution = fields.Selection(related='company_id.ltc_attribution', readonly=False, required=True)
