from odoo import api, fields, models
from odoo.tools import SQL, Query

from .ltc_engagement_kind import TRACES


class LtcScorecard(models.Model):
    """How a scorecard counts: one query over the leads, a sum of the rules that find them."""
    _inherit = 'ltc.scorecard'

    def _sql_scores(self, lead_ids):
        """Return the SELECT of (lead_id, card_id, fit, engagement, threshold) of those leads that this card is for."""
        self.ensure_one()
        rules = self.rule_ids
        query, amounts = self._get_lead_query(lead_ids, rules.kind_id)
        parts = {
            part: self._sql_sum([rule._sql_points(query, amounts) for rule in rules if rule.part == part])
            for part in ('fit', 'engagement')}
        return query.select(
            SQL("crm_lead.id AS lead_id"), SQL("%s AS card_id", self.id),
            SQL("LEAST(%s, %s)::int AS fit", parts['fit'], self.fit_max),
            SQL("LEAST(%s, %s)::int AS engagement", parts['engagement'], self.engagement_max),
            SQL("COALESCE(NULLIF(lead_team.ltc_mql_score, 0), 50) AS threshold"))

    def _get_points(self, lead):
        """Return {rule: (points, faded amount of its kind)} of one lead, as it is now."""
        self.ensure_one()
        self.env.flush_all()
        rules = self.rule_ids
        query, amounts = self._get_lead_query(lead.ids, rules.kind_id, self.id)
        columns = []
        for rule in rules:
            columns += [rule._sql_points(query, amounts), amounts.get(rule.kind_id.id, SQL("0"))]
        rows = self.env.execute_query(query.select(*columns)) if columns else []
        row = rows[0] if rows else [0] * len(columns)
        return {rule: (row[2 * number], row[2 * number + 1]) for number, rule in enumerate(rules)}

    @api.model
    def _sql_sum(self, points):
        return SQL("(%s)", SQL(" + ").join(points)) if points else SQL("0")

    def _get_lead_query(self, lead_ids, kinds, card_id=None):
        """Return the query on the leads that this card is for, and {kind id: SQL of its faded amount}."""
        query = Query(self.env, 'crm_lead', SQL.identifier('crm_lead'))
        query.add_join('LEFT JOIN', 'lead_team', 'crm_team', SQL("lead_team.id = crm_lead.team_id"))
        query.add_join('LEFT JOIN', 'lead_user', 'res_users', SQL("lead_user.id = crm_lead.user_id"))
        query.add_where(SQL("crm_lead.id = ANY(%s)", list(lead_ids)))
        if card_id is None:
            query.add_where(SQL("%s = %s", self._sql_card(
                SQL("crm_lead.team_id"),
                SQL("COALESCE(crm_lead.company_id, lead_team.company_id, lead_user.company_id)")), self.id))
        amounts = {}
        if kinds:
            facts = self._sql_amounts(kinds, lead_ids, SQL("%s::timestamp", fields.Datetime.now()))
            query.add_join('LEFT JOIN', 'amount', SQL("(%s)", facts), SQL("amount.lead_id = crm_lead.id"))
            amounts = {kind.id: SQL("COALESCE(%s, 0)", SQL.identifier('amount', f'kind_{kind.id}')) for kind in kinds}
        return query, amounts

    # === ENGAGEMENT === #

    @api.model
    def _sql_amounts(self, kinds, lead_ids, moment):
        """Return the SELECT of (lead_id, kind_<id>, …): what each lead's customer did, faded until ``moment``.

        :param moment: SQL of a timestamp, which may be a column of the lead (``crm_lead``)
        """
        columns = SQL(", ").join(SQL(
            "SUM(CASE WHEN fact.kind_id = %s THEN %s END) AS %s",
            kind.id, self._sql_faded(kind, moment), SQL.identifier(f'kind_{kind.id}')) for kind in kinds)
        sources = self._get_fact_sources(kinds, list(lead_ids))
        return SQL(
            """SELECT fact.lead_id, %s FROM (%s) fact JOIN crm_lead ON crm_lead.id = fact.lead_id
                WHERE fact.date <= %s GROUP BY fact.lead_id""",
            columns, SQL(" UNION ALL ").join(sources), moment)

    @api.model
    def _sql_faded(self, kind, moment):
        if not kind.half_life:
            return SQL("fact.quantity")
        return SQL(
            "fact.quantity * POWER(0.5, EXTRACT(EPOCH FROM %s - fact.date) / %s)::float",
            moment, kind.half_life * 86400.0)

    @api.model
    def _get_fact_sources(self, kinds, lead_ids):
        """Return the SELECTs of (lead_id, kind_id, date, quantity) that engagement is counted from; extend the list."""
        sources = [SQL(
            """SELECT lead_id, kind_id, date, quantity FROM ltc_lead_engagement
                WHERE lead_id = ANY(%s) AND kind_id = ANY(%s)""", lead_ids, kinds.ids)]
        for kind in kinds.filtered(lambda kind: kind.source in TRACES):
            sources.append(getattr(self, f'_sql_{kind.source}_facts')(kind, lead_ids))
        return sources

    @api.model
    def _sql_mail_facts(self, kind, lead_ids):
        """What came from the customer: not what colleagues wrote."""
        return SQL(
            """SELECT message.res_id, %s, message.date, 1.0 FROM mail_message message
                WHERE message.model = 'crm.lead' AND message.res_id = ANY(%s)
                  AND message.message_type IN ('email', 'comment')
                  AND NOT EXISTS (SELECT FROM res_users colleague
                                   WHERE colleague.partner_id = message.author_id AND colleague.share IS NOT TRUE)""",
            kind.id, lead_ids)

    @api.model
    def _sql_activity_facts(self, kind, lead_ids):
        return SQL(
            """SELECT message.res_id, %s, message.date, 1.0 FROM mail_message message
                WHERE message.model = 'crm.lead' AND message.res_id = ANY(%s)
                  AND message.mail_activity_type_id = ANY(%s)""",
            kind.id, lead_ids, kind.activity_type_ids.ids)

    @api.model
    def _sql_meeting_facts(self, kind, lead_ids):
        return SQL(
            """SELECT meeting.opportunity_id, %s, meeting.stop, 1.0 FROM calendar_event meeting
                WHERE meeting.opportunity_id = ANY(%s) AND meeting.active""", kind.id, lead_ids)
