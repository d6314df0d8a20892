from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    ltc_opportunity_required = fields.Boolean(related='company_id.ltc_opportunity_required', readonly=False)
    ltc_requirement_required = fields.Boolean(related='company_id.ltc_requirement_required', readonly=False)
    ltc_solution_required = fields.Boolean(related='company_id.ltc_solution_required', readonly=False)
    ltc_estimate_required = fields.Boolean(related='company_id.ltc_estimate_required', readonly=False)
    ltc_preparation_amount = fields.Monetary(related='company_id.ltc_preparation_amount', readonly=False)
    ltc_target_margin = fields.Float(related='company_id.ltc_target_margin', readonly=False)
    ltc_bid_days = fields.Integer(related='company_id.ltc_bid_days', readonly=False)
    ltc_challenge_below = fields.Float(related='company_id.ltc_challenge_below', readonly=False)
    ltc_design_days = fields.Integer(related='company_id.ltc_design_days', readonly=False)
    ltc_assembly_days = fields.Integer(related='company_id.ltc_assembly_days', readonly=False)
    ltc_commissioning_days = fields.Integer(related='company_id.ltc_commissioning_days', readonly=False)
