from odoo import fields, models
from odoo.tools import SQL

from .ltc_forecast import SQL_TIMEZONE
from .ltc_forecast_snapshot import HORIZON

RATIOS = {  # of sums, never of averages: otherwise the errors of persons would cancel each other
    'wape:avg': SQL("SUM(abs_error) / NULLIF(SUM(actual), 0)"),
    'accuracy:avg': SQL(
        "CASE WHEN SUM(actual) > 0 THEN GREATEST(0, 1 - SUM(abs_error) / NULLIF(SUM(actual), 0)) END"),
    'bias:avg': SQL("SUM(error) / NULLIF(SUM(actual), 0)"),
}


class LtcForecastAccuracy(models.Model):
    """What was forecast when a period began, and what came of it: one row a person, month and locked snapshot.

    WAPE = Σ|A−F| ÷ ΣA, accuracy = 1 − WAPE (at least 0), MAPE = mean of |A−F| ÷ A, bias = Σ(F−A) ÷ ΣA. Errors are
    taken person by person before they are added up. Only months that are over count.
    """
    _name = 'ltc.forecast.accuracy'
    _description = "Forecast Accuracy"
    _auto = False
    _order = 'month desc, horizon, user_id'
    _rec_name = 'user_id'

    snapshot_id = fields.Many2one('ltc.forecast.snapshot', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    user_id = fields.Many2one('res.users', string="Salesperson", readonly=True)
    team_id = fields.Many2one('crm.team', string="Sales Team", readonly=True)
    month = fields.Date(readonly=True)
    horizon = fields.Integer(
        string="Months Ahead", readonly=True, aggregator=None, help="0: forecast when the month itself began.")
    forecast = fields.Monetary(readonly=True)
    actual = fields.Monetary(readonly=True)
    error = fields.Monetary(readonly=True, help="Forecast − actual: above zero too much was promised.")
    abs_error = fields.Monetary(string="Absolute Error", readonly=True)
    accuracy = fields.Float(readonly=True, aggregator='avg', help="1 − Σ|actual − forecast| ÷ Σ actual, at least 0.")
    wape = fields.Float(string="WAPE", readonly=True, aggregator='avg', help="Σ|actual − forecast| ÷ Σ actual.")
    mape = fields.Float(
        string="MAPE", readonly=True, aggregator='avg', help="Mean of |actual − forecast| ÷ actual.")
    bias = fields.Float(
        readonly=True, aggregator='avg', help="Σ(forecast − actual) ÷ Σ actual: above zero too much was promised.")

    _depends = {
        'crm.lead': ['company_id', 'date_closed', 'expected_revenue', 'team_id', 'type', 'user_id', 'won_status'],
        'ltc.forecast.snapshot.person': ['company_id', 'forecast', 'month', 'snapshot_id', 'user_id'],
        'ltc.lead.split': ['kind', 'lead_id', 'percent', 'user_id'],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            WITH won AS (
                SELECT company_id, user_id, date_trunc('month', day)::date AS month, SUM(amount) AS actual
                  FROM (%(won)s) won WHERE kind = 'revenue' AND user_id IS NOT NULL GROUP BY 1, 2, 3
            ), period AS (
                SELECT snapshot.id, snapshot.company_id, company.currency_id, ahead.horizon,
                       (snapshot.date + make_interval(months => ahead.horizon))::date AS month
                  FROM ltc_forecast_snapshot snapshot
                  JOIN res_company company ON company.id = snapshot.company_id
                  JOIN res_partner partner ON partner.id = company.partner_id
             LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
            CROSS JOIN generate_series(0, %(horizon)s - 1) AS ahead (horizon)
                 WHERE snapshot.kind = 'locked'
                   AND snapshot.date + make_interval(months => ahead.horizon)
                     < date_trunc('month', %(now)s AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)
            ), pair AS (
                SELECT period.*, person.user_id, person.forecast, 0 AS actual
                  FROM period
                  JOIN ltc_forecast_snapshot_person person
                    ON person.snapshot_id = period.id AND person.month = period.month
                 UNION ALL
                SELECT period.*, won.user_id, 0, won.actual
                  FROM period JOIN won ON won.company_id = period.company_id AND won.month = period.month
            ), person AS (
                SELECT id AS snapshot_id, company_id, currency_id, horizon, month, user_id,
                       SUM(forecast) AS forecast, SUM(actual) AS actual
                  FROM pair GROUP BY 1, 2, 3, 4, 5, 6
            )
            SELECT person.snapshot_id::bigint * 1000000 + person.user_id * %(horizon)s + person.horizon AS id, person.*,
                   res_users.sale_team_id AS team_id, forecast - actual AS error, ABS(forecast - actual) AS abs_error,
                   ABS(forecast - actual) / NULLIF(actual, 0) AS wape,
                   ABS(forecast - actual) / NULLIF(actual, 0) AS mape,
                   (forecast - actual) / NULLIF(actual, 0) AS bias,
                   CASE WHEN actual > 0 THEN GREATEST(0, 1 - ABS(forecast - actual) / actual) END AS accuracy
              FROM person JOIN res_users ON res_users.id = person.user_id
            """,
            won=self.env['ltc.forecast']._sql_won(), horizon=HORIZON, now=fields.Datetime.now(), tz=SQL_TIMEZONE)

    def _read_group_select(self, aggregate_spec, query):
        """A share of sums, whatever is grouped."""
        return RATIOS.get(aggregate_spec) or super()._read_group_select(aggregate_spec, query)
