from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    ltc_conflict_policy = fields.Selection(related='company_id.ltc_conflict_policy', readonly=False, required=True)
    ltc_match_name = fields.Boolean(related='company_id.ltc_match_name', readonly=False)
    ltc_match_vat = fields.Boolean(related='company_id.ltc_match_vat', readonly=False)
    ltc_match_domain = fields.Boolean(related='company_id.ltc_match_domain', readonly=False)
    ltc_match_phone = fields.Boolean(related='company_id.ltc_match_phone', readonly=False)
    ltc_search_limit = fields.Integer(related='company_id.ltc_search_limit', readonly=False)
