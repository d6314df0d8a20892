from odoo import api, fields, models
from odoo.tools import SQL

from .ltc_forecast import SQL_TIMEZONE
from .utm_source import CHANNEL_TYPES

RATIOS = {  # measure: (numerator, denominator), over whatever is grouped
    'mql_rate': ('mqls', 'leads'),
    'sql_rate': ('sqls', 'handovers'),
    'opportunity_rate': ('opportunities', 'leads'),
    'won_rate': ('won', 'leads'),
    'cost_per_lead': ('cost', 'leads'),
}
RETURNS = {  # measure: what came back for the cost
    'roi': 'won_amount',
    'roi_margin': 'margin',
    'roi_cash': 'collected',
}


class LtcChannelReport(models.Model):
    """What each channel costs and what it brings, up to the cash collected.

    One row a lead and touch, weighted by the attribution of the company, at the moment at which the lead came; one row
    a cost and day, so that any period bears the days that it has. The upper floors say what was earned and collected.
    """
    _name = 'ltc.channel.report'
    _description = "Channel Figures"
    _auto = False
    _order = 'date desc, id desc'
    _rec_name = 'source_id'

    lead_id = fields.Many2one('crm.lead', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    date = fields.Datetime(readonly=True, help="When the lead came in, or the cost was due.")
    channel_type = fields.Selection(CHANNEL_TYPES, readonly=True)
    source_id = fields.Many2one('utm.source', readonly=True)
    medium_id = fields.Many2one('utm.medium', readonly=True)
    campaign_id = fields.Many2one('utm.campaign', readonly=True)
    team_id = fields.Many2one('crm.team', string="Sales Team", readonly=True)
    user_id = fields.Many2one('res.users', string="Salesperson", readonly=True)

    leads = fields.Float(readonly=True, digits=(16, 1))
    mqls = fields.Float(string="Qualified by Marketing", readonly=True, digits=(16, 1))
    handovers = fields.Float(string="Handed to Sales", readonly=True, digits=(16, 1))
    sqls = fields.Float(string="Accepted by Sales", readonly=True, digits=(16, 1))
    opportunities = fields.Float(readonly=True, digits=(16, 1))
    won = fields.Float(readonly=True, digits=(16, 1))
    won_amount = fields.Monetary(readonly=True)
    margin = fields.Monetary(string="Gross Margin", readonly=True, help="Of the orders, as far as sales is installed.")
    collected = fields.Monetary(readonly=True, help="Cash received, as far as contracts are installed.")
    cost = fields.Monetary(readonly=True)
    cycle_days = fields.Float(
        string="From Lead to Won (Median Days)", readonly=True, aggregator='avg', digits=(16, 1))

    mql_rate = fields.Float(string="MQL Rate", readonly=True, aggregator='avg')
    sql_rate = fields.Float(string="SQL Acceptance", readonly=True, aggregator='avg')
    opportunity_rate = fields.Float(string="Conversion", readonly=True, aggregator='avg')
    won_rate = fields.Float(string="Won of Leads", readonly=True, aggregator='avg')
    cost_per_lead = fields.Monetary(readonly=True, aggregator='avg')
    roi = fields.Float(
        string="ROI on Won Amount", readonly=True, aggregator='avg', digits=(16, 2),
        help="(won amount − cost) ÷ cost: 1 is the cost once more.")
    roi_margin = fields.Float(
        string="ROI on Margin", readonly=True, aggregator='avg', digits=(16, 2),
        help="(gross margin − cost) ÷ cost")
    roi_cash = fields.Float(
        string="ROI on Cash", readonly=True, aggregator='avg', digits=(16, 2), help="(collected − cost) ÷ cost")

    _depends = {
        'crm.lead': [
            'active', 'campaign_id', 'company_id', 'create_date', 'date_closed', 'date_conversion', 'expected_revenue',
            'ltc_flow_id', 'ltc_received_on', 'medium_id', 'source_id', 'team_id', 'type', 'user_id', 'won_status'],
        'ltc.lead.touch': ['lead_id', 'touched_on', 'source_id', 'medium_id', 'campaign_id'],
        'ltc.lead.handover': ['current_lead_id', 'state'],
        'ltc.channel.cost': [
            'amount_company', 'campaign_id', 'company_id', 'date_from', 'date_to', 'medium_id', 'source_id'],
        'utm.source': ['ltc_channel_type'],
        'res.company': ['ltc_attribution', 'currency_id', 'partner_id', 'resource_calendar_id'],
        'res.partner': ['tz'],
        'resource.calendar': ['tz'],
    }

    # === FIGURES OF A GROUP === #

    def _read_group_select(self, aggregate_spec, query):
        """Let rates and returns be those of the whole group, not the mean of its rows."""
        name, _colon, function = aggregate_spec.partition(':')
        if function != 'avg' or name not in {*RATIOS, *RETURNS, 'cycle_days'}:
            return super()._read_group_select(aggregate_spec, query)
        if name == 'cycle_days':
            return SQL("percentile_cont(0.5) WITHIN GROUP (ORDER BY %s)", self._field_to_sql(self._table, name, query))
        if name in RATIOS:
            numerator, denominator = (self._sql_sum(part, query) for part in RATIOS[name])
            return SQL("%s / NULLIF(%s, 0)", numerator, denominator)
        cost = self._sql_sum('cost', query)
        return SQL("(%s - %s) / NULLIF(%s, 0)", self._sql_sum(RETURNS[name], query), cost, cost)

    def _sql_sum(self, name, query):
        return SQL("COALESCE(SUM(%s), 0)", self._field_to_sql(self._table, name, query))

    # === ROWS === #

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            WITH lead AS MATERIALIZED (%(leads)s), touch AS (%(touches)s)
            SELECT ROW_NUMBER() OVER (ORDER BY fact.date, fact.lead_id, fact.source_id, fact.campaign_id) AS id, fact.*,
                   source.ltc_channel_type AS channel_type,
                   COALESCE(company.currency_id, %(currency)s) AS currency_id, %(ratios)s
              FROM (%(facts)s UNION ALL %(costs)s) AS fact
         LEFT JOIN utm_source source ON source.id = fact.source_id
         LEFT JOIN res_company company ON company.id = fact.company_id
            """,
            leads=self._get_lead_query(), touches=self._get_touch_query(), facts=self._get_fact_query(),
            costs=self._get_cost_query(), currency=self.env.company.currency_id.id,
            ratios=SQL(', ').join(
                SQL("NULL::float AS %s", SQL.identifier(name)) for name in (*RATIOS, *RETURNS)))

    @api.model
    def _get_lead_query(self) -> SQL:
        """Return all leads, lost ones too, each with the company that it counts for."""
        return SQL("""
            SELECT lead.id, lead.team_id, lead.user_id, lead.type, lead.source_id, lead.medium_id, lead.campaign_id,
                   lead.expected_revenue, lead.date_closed, lead.ltc_flow_id, lead.won_status = 'won' AS is_won,
                   COALESCE(lead.ltc_received_on, lead.create_date) AS came_on,
                   company.id AS company_id, company.ltc_attribution AS attribution
              FROM crm_lead lead
         LEFT JOIN crm_team team ON team.id = lead.team_id
         LEFT JOIN res_users salesperson ON salesperson.id = lead.user_id
         LEFT JOIN res_company company
                ON company.id = COALESCE(lead.company_id, team.company_id, salesperson.company_id)""")

    @api.model
    def _get_touch_query(self) -> SQL:
        """Return how much of each lead each of its touches counts, by the attribution of its company."""
        return SQL("""
            SELECT * FROM (
                SELECT lead_id, source_id, medium_id, campaign_id,
                       CASE attribution
                           WHEN 'even' THEN 1.0 / COUNT(*) OVER (PARTITION BY lead_id)
                           WHEN 'last' THEN (LEAD(rank) OVER came IS NULL)::int
                           ELSE (LAG(rank) OVER came IS NULL)::int
                       END AS weight
                  FROM (SELECT id AS lead_id, source_id, medium_id, campaign_id, 0 AS rank, came_on, attribution
                          FROM lead
                         UNION ALL
                        SELECT later.lead_id, later.source_id, later.medium_id, later.campaign_id, later.id,
                               later.touched_on, lead.attribution
                          FROM ltc_lead_touch later
                          JOIN lead ON lead.id = later.lead_id) AS every
                WINDOW came AS (PARTITION BY lead_id ORDER BY came_on, rank)
            ) AS weighted WHERE weight > 0""")

    @api.model
    def _get_fact_query(self) -> SQL:
        return SQL(
            """
            SELECT lead.id AS lead_id, lead.company_id, lead.came_on AS date, touch.source_id, touch.medium_id,
                   touch.campaign_id, lead.team_id, lead.user_id, touch.weight AS leads,
                   touch.weight * (%(mql)s)::int AS mqls,
                   touch.weight * (handover.id IS NOT NULL)::int AS handovers,
                   touch.weight * (COALESCE(handover.state, '') = 'accepted')::int AS sqls,
                   touch.weight * (lead.type = 'opportunity')::int AS opportunities,
                   touch.weight * lead.is_won::int AS won,
                   touch.weight * lead.is_won::int * lead.expected_revenue AS won_amount,
                   touch.weight * lead.is_won::int * COALESCE(%(margin)s, 0) AS margin,
                   touch.weight * COALESCE(%(collected)s, 0) AS collected,
                   0.0 AS cost,
                   CASE WHEN lead.is_won THEN EXTRACT(EPOCH FROM lead.date_closed - lead.came_on)::float / 86400 END
                       AS cycle_days
              FROM lead
              JOIN touch ON touch.lead_id = lead.id
         LEFT JOIN ltc_lead_handover handover ON handover.current_lead_id = lead.id
            """,
            mql=self._get_mql_sql(), margin=self._get_margin_sql(), collected=self._get_collected_sql())

    @api.model
    def _get_cost_query(self) -> SQL:
        """Return the costs day by day, each bearing the same, at noon where the company is.

        Noon, so that a reader some hours to the east or west of it counts them on the same day.
        """
        return SQL(
            """
            SELECT NULL::int AS lead_id, cost.company_id,
                   (day.begin + INTERVAL '12 hours') AT TIME ZONE %(tz)s AT TIME ZONE 'UTC' AS date, cost.source_id,
                   cost.medium_id, cost.campaign_id, NULL::int AS team_id, NULL::int AS user_id, 0.0 AS leads,
                   0.0 AS mqls, 0.0 AS handovers, 0.0 AS sqls, 0.0 AS opportunities, 0.0 AS won, 0.0 AS won_amount,
                   0.0 AS margin, 0.0 AS collected,
                   cost.amount_company / (cost.date_to - cost.date_from + 1) AS cost,
                   NULL::float AS cycle_days
              FROM ltc_channel_cost cost
              JOIN res_company spender ON spender.id = cost.company_id
              JOIN res_partner partner ON partner.id = spender.partner_id
         LEFT JOIN resource_calendar calendar ON calendar.id = spender.resource_calendar_id
        CROSS JOIN LATERAL generate_series(
                   cost.date_from::timestamp, cost.date_to::timestamp, INTERVAL '1 day') AS day (begin)
            """, tz=SQL_TIMEZONE)

    # === HOOKS === #

    @api.model
    def _get_mql_sql(self) -> SQL:
        """Return the SQL that says whether ``lead`` was ever qualified by marketing: by its score, or handed over."""
        Lead = self.env['crm.lead']
        return SQL("handover.id IS NOT NULL OR %s IS NOT NULL", Lead._fields['ltc_mql_on'].to_sql(Lead, 'lead'))

    @api.model
    def _get_margin_sql(self) -> SQL:
        """Return the SQL of what ``lead`` earned, in its company's currency; hook of the floor that sells."""
        return SQL("NULL::numeric")

    @api.model
    def _get_collected_sql(self) -> SQL:
        """Return the SQL of what was collected on the case of ``lead``; hook of the floor that invoices."""
        return SQL("NULL::numeric")

    # === ACTION METHODS === #

    def action_open_lead(self):
        """Open the lead behind the figures."""
        self.ensure_one()
        return self.lead_id and {
            'type': 'ir.actions.act_window', 'res_model': 'crm.lead', 'res_id': self.lead_id.id, 'view_mode': 'form'}
