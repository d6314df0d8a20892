from odoo import fields, models
from odoo.tools import SQL

from .crm_stage_forecast import FORECAST_CATEGORIES
from .ltc_forecast import SQL_TIMEZONE


class LtcPipelineChange(models.Model):
    """What happened to each opportunity since the last snapshot: amount, closing date, stage, category."""
    _name = 'ltc.pipeline.change'
    _description = "Pipeline Change"
    _auto = False
    _order = 'amount desc, id'
    _rec_name = 'lead_id'

    lead_id = fields.Many2one('crm.lead', string="Opportunity", readonly=True)
    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    user_id = fields.Many2one('res.users', string="Salesperson", readonly=True)
    ltc_sr_user_id = fields.Many2one('res.users', string="Solution (SR)", readonly=True)
    ltc_fr_user_id = fields.Many2one('res.users', string="Fulfilment (FR)", readonly=True)
    team_id = fields.Many2one('crm.team', string="Sales Team", readonly=True)
    won_status = fields.Selection(
        [('won', "Won"), ('lost', "Lost"), ('pending', "Open")], string="Outcome", readonly=True)
    category = fields.Selection(FORECAST_CATEGORIES, string="Forecast Category", readonly=True)
    previous_category = fields.Selection(FORECAST_CATEGORIES, string="Category Before", readonly=True)
    stage_id = fields.Many2one('crm.stage', readonly=True)
    previous_stage_id = fields.Many2one('crm.stage', string="Stage Before", readonly=True)
    days_in_stage = fields.Integer(readonly=True, aggregator='avg')
    amount = fields.Monetary(readonly=True)
    previous_amount = fields.Monetary(string="Amount Before", readonly=True)
    amount_change = fields.Monetary(string="Change", readonly=True)
    date_close = fields.Date(string="Expected Closing", readonly=True)
    previous_date_close = fields.Date(string="Closing Before", readonly=True)
    days_pushed = fields.Integer(
        readonly=True, aggregator='avg', help="By how many days the closing date was put off; negative: drawn nearer.")
    snapshot_date = fields.Datetime(string="Changes Since", readonly=True)
    is_amount_changed = fields.Boolean(string="Amount Changed", readonly=True)
    is_pushed = fields.Boolean(string="Closing Pushed", readonly=True)
    is_stage_moved = fields.Boolean(string="Stage Moved", readonly=True)
    is_category_changed = fields.Boolean(string="Category Changed", readonly=True)
    is_new = fields.Boolean(string="New", readonly=True)

    _depends = {
        'crm.lead': [
            'active', 'company_id', 'create_date', 'date_closed', 'date_conversion', 'date_deadline',
            'date_last_stage_update', 'expected_revenue', 'ltc_forecast_category', 'ltc_fr_user_id', 'ltc_sr_user_id',
            'partner_id', 'stage_id', 'team_id', 'type', 'user_id', 'won_status'],
        'ltc.forecast.snapshot.line': ['amount', 'category', 'date_close', 'lead_ref', 'snapshot_id', 'stage_id'],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            WITH company AS (
                SELECT company.id, company.currency_id, %(tz)s AS tz
                  FROM res_company company
                  JOIN res_partner partner ON partner.id = company.partner_id
             LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
            ), last AS (
                SELECT DISTINCT ON (company.id) snapshot.id, company.id AS company_id, snapshot.taken_on
                  FROM company JOIN ltc_forecast_snapshot snapshot ON snapshot.company_id = company.id
                 WHERE snapshot.taken_on < date_trunc('day', %(now)s AT TIME ZONE 'UTC' AT TIME ZONE company.tz)
                                           AT TIME ZONE company.tz AT TIME ZONE 'UTC'
              ORDER BY company.id, snapshot.taken_on DESC, snapshot.id DESC
            ), before AS (
                SELECT line.lead_ref, SUM(line.amount) AS amount, MIN(line.stage_id) AS stage_id,
                       MIN(line.category) AS category, MIN(line.date_close) AS date_close
                  FROM last JOIN ltc_forecast_snapshot_line line ON line.snapshot_id = last.id
                 WHERE line.kind = 'revenue'
              GROUP BY line.lead_ref
            ), now AS (
                SELECT lead.*, company.id AS own_company_id, company.currency_id,
                       CASE WHEN lead.won_status = 'pending' THEN lead.date_deadline
                            ELSE (lead.date_closed AT TIME ZONE 'UTC' AT TIME ZONE company.tz)::date END AS date_close
                  FROM crm_lead lead
             LEFT JOIN crm_team team ON team.id = lead.team_id
             LEFT JOIN res_users salesperson ON salesperson.id = lead.user_id
                  JOIN company ON company.id = COALESCE(lead.company_id, team.company_id, salesperson.company_id)
                 WHERE lead.type = 'opportunity'
            )
            SELECT now.id, now.id AS lead_id, now.partner_id, now.own_company_id AS company_id, now.currency_id,
                   now.user_id, now.ltc_sr_user_id, now.ltc_fr_user_id, now.team_id, now.won_status,
                   now.ltc_forecast_category AS category, before.category AS previous_category,
                   now.stage_id, before.stage_id AS previous_stage_id,
                   %(now)s::date - COALESCE(now.date_last_stage_update, now.create_date)::date AS days_in_stage,
                   now.expected_revenue AS amount, before.amount AS previous_amount,
                   CASE WHEN now.won_status = 'lost' THEN 0 ELSE now.expected_revenue END
                       - COALESCE(before.amount, CASE WHEN %(is_new)s THEN 0 ELSE now.expected_revenue END)
                       AS amount_change,
                   now.date_close, before.date_close AS previous_date_close,
                   CASE WHEN now.won_status = 'pending' THEN now.date_close - before.date_close END AS days_pushed,
                   last.taken_on AS snapshot_date,
                   COALESCE(now.expected_revenue != round(before.amount, 2), FALSE) AS is_amount_changed,
                   COALESCE(now.won_status = 'pending' AND now.date_close > before.date_close, FALSE) AS is_pushed,
                   COALESCE(now.stage_id != before.stage_id, FALSE) AS is_stage_moved,
                   COALESCE(now.ltc_forecast_category != before.category, FALSE) AS is_category_changed,
                   %(is_new)s AS is_new
              FROM now
         LEFT JOIN last ON last.company_id = now.own_company_id
         LEFT JOIN before ON before.lead_ref = now.id
             WHERE before.lead_ref IS NOT NULL OR now.active AND now.won_status = 'pending' OR %(is_new)s
            """,
            now=fields.Datetime.now(), tz=SQL_TIMEZONE,
            is_new=SQL(
                "COALESCE(before.lead_ref IS NULL AND COALESCE(now.date_conversion, now.create_date) > last.taken_on,"
                " FALSE)"))

    def action_open_lead(self):
        """Open the opportunity behind the row."""
        self.ensure_one()
        return self.lead_id._get_records_action()
