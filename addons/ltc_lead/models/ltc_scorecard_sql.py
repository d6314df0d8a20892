from odoo import api, fields, models
from odoo.tools import SQL, Query

from .ltc_engagement_kind import TRACES


class LtcScorecard(models.Model):
    """How a scorecard counts: one query over the leads, a sum of the rules that find them."""
    _inherit = 'ltc.scorecard'

    def _sql_scores(self, leads):
        """Return the SELECT of (lead_id, card_id, fit, engagement, threshold) of those leads that this card is for.

        :param leads: ids, or a range of ids: then the open ones within it
        """
        self.ensure_one()
        rules = self.rule_ids
        query, amounts = self._get_lead_query(leads, rules.kind_id)
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

    def _get_lead_query(self, leads, kinds, card_id=None):
        """Return the query on the leads that this card is for, and {kind id: SQL of its faded amount}."""
        query = Query(self.env, 'crm_lead', SQL.identifier('crm_lead'))
        query.add_join('LEFT JOIN', 'lead_team', 'crm_team', SQL("lead_team.id = crm_lead.team_id"))
        query.add_join('LEFT JOIN', 'lead_user', 'res_users', SQL("lead_user.id = crm_lead.user_id"))
        query.add_where(self._sql_within(SQL("crm_lead.id"), leads))
        if isinstance(leads, range):
            query.add_where(SQL("crm_lead.active AND crm_lead.won_status = 'pending'"))
        if card_id is None:
            query.add_where(SQL("%s = %s", self._sql_card(
                SQL("crm_lead.team_id"),
                SQL("COALESCE(crm_lead.company_id, lead_team.company_id, lead_user.company_id)")), self.id))
        amounts = {}
        if kinds:
            facts = self._sql_amounts(kinds, leads)
            query.add_join('LEFT JOIN', 'amount', SQL("(%s)", facts), SQL("amount.lead_id = crm_lead.id"))
            amounts = {kind.id: SQL("COALESCE(%s, 0)", SQL.identifier('amount', f'kind_{kind.id}')) for kind in kinds}
        return query, amounts

    @api.model
    def _sql_within(self, column, leads):
        """Return the condition that ``column`` is the id of one of ``leads``: a list of ids, or a range of them."""
        if isinstance(leads, range):
            return SQL("%s BETWEEN %s AND %s", column, leads.start, leads.stop - 1)
        return SQL("%s = ANY(%s)", column, list(leads))

    # === ENGAGEMENT === #

    @api.model
    def _sql_amounts(self, kinds, leads, moment=None):
        """Return the SELECT of (lead_id, kind_<id>, …): what each lead's customer did, faded until ``moment``.

        :param moment: SQL of a timestamp of each lead (``crm_lead``); now by default
        """
        until = moment or SQL("%s::timestamp", fields.Datetime.now())
        return SQL(
            "SELECT fact.lead_id, %(columns)s FROM (%(facts)s) fact %(join)s WHERE fact.date <= %(until)s"
            " GROUP BY fact.lead_id",
            columns=SQL(", ").join(SQL(
                "SUM(CASE WHEN fact.kind_id = %s THEN %s END) AS %s",
                kind.id, self._sql_faded(kind, until), SQL.identifier(f'kind_{kind.id}')) for kind in kinds),
            facts=SQL(" UNION ALL ").join(self._get_fact_sources(kinds, leads)),
            join=SQL("JOIN crm_lead ON crm_lead.id = fact.lead_id") if moment else SQL(), until=until)

    @api.model
    def _sql_faded(self, kind, until):
        if not kind.half_life:
            return SQL("fact.quantity")
        return SQL(
            "fact.quantity * POWER(0.5::float8, (EXTRACT(EPOCH FROM %s - fact.date) / %s)::float8)",
            until, kind.half_life * 86400)

    @api.model
    def _get_fact_sources(self, kinds, leads):
        """Return the SELECTs of (lead_id, kind_id, date, quantity) that engagement is counted from; extend the list."""
        sources = [SQL(
            "SELECT lead_id, kind_id, date, quantity::float8 FROM ltc_lead_engagement WHERE %s AND kind_id = ANY(%s)",
            self._sql_within(SQL("lead_id"), leads), kinds.ids)]
        for kind in kinds.filtered(lambda kind: kind.source in TRACES):
            sources.append(getattr(self, f'_sql_{kind.source}_facts')(kind, leads))
        return sources

    @api.model
    def _sql_mail_facts(self, kind, leads):
        """What came from the customer: not what colleagues wrote."""
        return SQL(
            """SELECT message.res_id, %s, message.date, 1::float8 FROM mail_message message
                WHERE message.model = 'crm.lead' AND %s AND message.message_type IN ('email', 'comment')
                  AND NOT EXISTS (SELECT FROM res_users colleague
                                   WHERE colleague.partner_id = message.author_id AND colleague.share IS NOT TRUE)""",
            kind.id, self._sql_within(SQL("message.res_id"), leads))

    @api.model
    def _sql_activity_facts(self, kind, leads):
        return SQL(
            """SELECT message.res_id, %s, message.date, 1::float8 FROM mail_message message
                WHERE message.model = 'crm.lead' AND %s AND message.mail_activity_type_id = ANY(%s)""",
            kind.id, self._sql_within(SQL("message.res_id"), leads), kind.activity_type_ids.ids)

    @api.model
    def _sql_meeting_facts(self, kind, leads):
        return SQL(
            """SELECT meeting.opportunity_id, %s, meeting.stop, 1::float8 FROM calendar_event meeting
                WHERE %s AND meeting.active""", kind.id, self._sql_within(SQL("meeting.opportunity_id"), leads))
