from odoo import api, fields, models
from odoo.tools import SQL

from .ltc_forecast import SQL_TIMEZONE
from .ltc_target import MONTHS, TARGET_KINDS, TARGET_SCOPES

RATIOS = {
    'attainment:avg': SQL("SUM(actual) / NULLIF(SUM(target), 0)"),
    'pace:avg': SQL("SUM(actual) / NULLIF(SUM(due), 0)"),
}


class LtcTargetAttainment(models.Model):
    """What of each target is reached, month by month: sales by what was won, collection by what was received.

    A person is credited with the own shares, overlay included; team, unit and company count each revenue once.
    """
    _name = 'ltc.target.attainment'
    _description = "Target Attainment"
    _auto = False
    _order = 'month desc, kind desc, scope, id'
    _rec_name = 'target_id'

    target_id = fields.Many2one('ltc.target', string="Target Set", readonly=True)
    kind = fields.Selection(TARGET_KINDS, readonly=True)
    scope = fields.Selection(TARGET_SCOPES, string="For", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    unit_id = fields.Many2one('ltc.business.unit', readonly=True)
    team_id = fields.Many2one('crm.team', string="Sales Team", readonly=True)
    user_id = fields.Many2one('res.users', string="Person", readonly=True)
    month = fields.Date(readonly=True)
    target = fields.Monetary(readonly=True)
    actual = fields.Monetary(readonly=True)
    gap = fields.Monetary(string="Gap to Go", readonly=True, help="What is missing to the target.")
    due = fields.Monetary(
        string="Due by Today", readonly=True, help="The part of the target that the elapsed days of the month ask for.")
    attainment = fields.Float(readonly=True, aggregator='avg', help="Σ actual ÷ Σ target.")
    pace = fields.Float(readonly=True, aggregator='avg', help="Σ actual ÷ Σ due by today: below 100 % is behind.")

    _depends = {
        'crm.lead': ['company_id', 'date_closed', 'expected_revenue', 'team_id', 'type', 'user_id', 'won_status'],
        'ltc.business.unit': ['member_ids', 'parent_path'],
        'ltc.lead.split': ['kind', 'lead_id', 'percent', 'user_id'],
        'ltc.target': ['company_id', 'kind', 'scope', 'team_id', 'unit_id', 'user_id', 'year', *MONTHS],
    }

    @property
    def _table_query(self) -> SQL:
        members = self.env['ltc.business.unit']._fields['member_ids']
        return SQL(
            """
            WITH fact AS MATERIALIZED (
                SELECT target_kind, company_id, user_id, team_id, kind, date_trunc('month', day)::date AS month,
                       SUM(amount) AS amount
                  FROM (%(facts)s) fact GROUP BY 1, 2, 3, 4, 5, 6
            ), unit_member AS (
                SELECT DISTINCT above.id AS unit_id, member.%(member)s AS user_id
                  FROM ltc_business_unit above
                  JOIN ltc_business_unit below ON below.parent_path LIKE above.parent_path || '%%'
                  JOIN %(members)s member ON member.%(unit)s = below.id
            ), today AS (
                SELECT company.id, company.currency_id, (%(now)s AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day
                  FROM res_company company
                  JOIN res_partner partner ON partner.id = company.partner_id
             LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
            )
            SELECT target.*, target.target_id * 12 + EXTRACT(MONTH FROM target.month)::int - 1 AS id,
                   today.currency_id, target.amount AS target, reached.actual, target.amount - reached.actual AS gap,
                   target.amount * elapsed.share AS due,
                   reached.actual / NULLIF(target.amount, 0) AS attainment,
                   reached.actual / NULLIF(target.amount * elapsed.share, 0) AS pace
              FROM (%(targets)s) target
              JOIN today ON today.id = target.company_id
        CROSS JOIN LATERAL (
                SELECT LEAST(GREATEST(today.day - target.month + 1, 0)::numeric
                             / EXTRACT(DAY FROM target.month + INTERVAL '1 month' - INTERVAL '1 day'), 1) AS share
                   ) elapsed
        CROSS JOIN LATERAL (
                SELECT COALESCE(SUM(fact.amount), 0) AS actual FROM fact
                 WHERE fact.target_kind = target.kind AND fact.company_id = target.company_id
                   AND fact.month = target.month
                   AND CASE target.scope
                       WHEN 'user' THEN fact.user_id = target.user_id
                       WHEN 'team' THEN fact.kind = 'revenue' AND fact.team_id = target.team_id
                       WHEN 'unit' THEN fact.kind = 'revenue' AND fact.user_id IN (
                            SELECT user_id FROM unit_member WHERE unit_id = target.unit_id)
                       ELSE fact.kind = 'revenue' END
                   ) reached
            """,
            facts=SQL(" UNION ALL ").join(self._get_fact_queries()), targets=self.env['ltc.target']._sql_months(),
            members=SQL.identifier(members.relation), unit=SQL.identifier(members.column1),
            member=SQL.identifier(members.column2), now=fields.Datetime.now(), tz=SQL_TIMEZONE)

    @api.model
    def _get_fact_queries(self):
        """Return the SQL of what was reached; add to the list of ``super()`` where more is known.

        Columns of each: target_kind, company_id, user_id, team_id, kind ('revenue' or 'overlay'), day, amount in the
        company's currency.
        """
        return [SQL(
            "SELECT 'sales' AS target_kind, company_id, user_id, team_id, kind, day, amount FROM (%s) won",
            self.env['ltc.forecast']._sql_won())]

    def _read_group_select(self, aggregate_spec, query):
        """A share of sums, whatever is grouped."""
        return RATIOS.get(aggregate_spec) or super()._read_group_select(aggregate_spec, query)

    def action_open_target(self):
        self.ensure_one()
        return self.target_id._get_records_action()
