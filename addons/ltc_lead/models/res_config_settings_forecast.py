from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    ltc_forecast_basis = fields.Selection(related='company_id.ltc_forecast_basis', readonly=False, required=True)
    ltc_forecast_rollup = fields.Selection(related='company_id.ltc_forecast_rollup', readonly=False, required=True)
    ltc_lost_reason_required = fields.Boolean(related='company_id.ltc_lost_reason_required', readonly=False)
    ltc_won_reason_required = fields.Boolean(related='company_id.ltc_won_reason_required', readonly=False)
    ltc_stale_activity = fields.Boolean(related='company_id.ltc_stale_activity', readonly=False)
