from odoo import fields, models

FORECAST_BASES = [
    ('commit', "Closed + Commit"),
    ('most_likely', "Closed + Commit + Most Likely"),
    ('weighted', "Closed + open amounts × probability"),
]
FORECAST_ROLLUPS = [
    ('single', "Each category by itself"),
    ('cumulative', "Each category with the surer ones"),
]


class ResCompany(models.Model):
    """How a company forecasts; nothing of it refuses or sends anything until somebody switches it on."""
    _inherit = 'res.company'

    ltc_forecast_basis = fields.Selection(
        FORECAST_BASES, string="Forecast Counts", required=True, default='commit',
        help="What a person's forecast of a month is while nobody says otherwise; kept by the snapshots.")
    ltc_forecast_rollup = fields.Selection(
        FORECAST_ROLLUPS, string="Categories Shown", required=True, default='single')
    ltc_lost_reason_required = fields.Boolean(
        string="Lost Reason Required", help="No opportunity is lost without a reason, whatever way it is lost.")
    ltc_won_reason_required = fields.Boolean(
        string="Won Reason Required", help="Nobody wins an opportunity without saying why it was won.")
    ltc_stale_activity = fields.Boolean(
        string="Activity for Stale Opportunities",
        help="Whoever owns an opportunity that rots in its stage gets one activity each time.")

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {'ltc_lost_reason_required', 'ltc_won_reason_required'}:
            self.env.registry.clear_cache()  # which companies ask is cached
        return result
