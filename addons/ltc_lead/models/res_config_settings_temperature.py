from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    ltc_hot_from = fields.Integer(related='company_id.ltc_hot_from', readonly=False, required=True)
    ltc_warm_from = fields.Integer(related='company_id.ltc_warm_from', readonly=False, required=True)
    ltc_review_days = fields.Integer(related='company_id.ltc_review_days', readonly=False, required=True)
