from odoo import api, fields, models

FORECAST_CATEGORIES = [
    ('pipeline', "Pipeline"),
    ('best_case', "Best Case"),
    ('most_likely', "Most Likely"),
    ('commit', "Commit"),
    ('closed', "Closed"),
    ('omitted', "Omitted"),
]
FORECAST_RANK = ('closed', 'commit', 'most_likely', 'best_case', 'pipeline')  # surest first: how they add up


class CrmStage(models.Model):
    """How sure an opportunity of a stage counts in the forecast."""
    _inherit = 'crm.stage'

    ltc_forecast_category = fields.Selection(
        FORECAST_CATEGORIES, string="Forecast Category", compute='_compute_ltc_forecast_category', store=True,
        readonly=False, required=True, precompute=True,
        help="How sure opportunities of this stage count in the forecast, unless their salesperson says otherwise."
        " A Won stage is closed.")

    @api.depends('is_won')
    def _compute_ltc_forecast_category(self):
        for stage in self:
            if stage.is_won:
                stage.ltc_forecast_category = 'closed'
            elif stage.ltc_forecast_category in (False, 'closed'):
                stage.ltc_forecast_category = 'pipeline'
