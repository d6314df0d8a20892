from odoo import api, fields, models
from odoo.tools import SQL, Query

CHUNK = 20_000  # leads that one statement plans: it writes beside the leads and locks none
STEP = 2000  # leads of a commit that are warned about or taken


class LtcLeadRecycle(models.Model):
    """When a lead will be taken from its owner, and when he last followed it up: one row beside a lead.

    Once a day every company's rules are looked at in chunks. Everything is decided from what the tables say, so a run
    that was killed is simply run again; only rows that changed are written.
    """
    _name = 'ltc.lead.recycle'
    _description = "Recycling of a Lead"
    _log_access = False
    _rec_name = 'lead_id'

    lead_id = fields.Many2one('crm.lead', required=True, readonly=True, ondelete='cascade')
    rule_id = fields.Many2one('ltc.lead.pool.rule', readonly=True, index='btree_not_null', ondelete='cascade')
    recycle_on = fields.Date(string="Recycled On", readonly=True)
    warned_on = fields.Date(readonly=True)
    is_announced = fields.Boolean(readonly=True, help="The owner has the activity.")
    last_follow_up = fields.Datetime(string="Last Follow-Up", readonly=True)

    _lead_uniq = models.UniqueIndex('(lead_id)')
    _due_idx = models.Index('(recycle_on) WHERE recycle_on IS NOT NULL')

    # === CRON === #

    @api.model
    def _cron_recycle(self):
        """Plan, warn and recycle, company by company, chunk by chunk; killed at any moment, the next run goes on.

        The company remembers up to which lead today's pass has come.
        """
        rules = self.env['ltc.lead.pool.rule'].search([])
        companies = rules.with_context(active_test=False).search([]).company_id  # what was planned is taken back
        rules = rules.filtered(lambda rule: not rule.pool_id or rule.pool_id.active)
        for company in companies.sorted('id'):
            if not self._recycle_company(company, rules):
                return
        if not self.env['ltc.lead.pool']._return_customers():
            return
        hidden = self.env['res.partner'].search([('ltc_is_pooled', '=', True)])
        hidden._ltc_mark_pooled(hidden.ids)  # a lead that somebody made of one of them shows him again
        self.env['ir.cron']._commit_progress(remaining=0)

    @api.model
    def _recycle_company(self, company, rules):
        """Run today's pass over one company; return False when the time of the cron is over."""
        cron = self.env['ir.cron']
        last_id = company._ltc_get_recycle_cursor()
        while bounds := self._get_chunk(last_id):
            self._plan(company, rules, *bounds)
            for step in (self._withdraw_idle, self._announce, self._recycle):
                while (count := step(company, *bounds)) == STEP:
                    if not cron._commit_progress(count, remaining=1):
                        return False
            last_id = bounds[1]
            company._ltc_set_recycle_cursor(last_id)
            if not cron._commit_progress(1, remaining=1):
                return False
        return True

    @api.model
    def _get_chunk(self, last_id):
        """Return (first, last) id of the next owned leads after ``last_id``, or nothing."""
        [(last,)] = self.env.execute_query(SQL(
            """SELECT MAX(id) FROM (
                   SELECT id FROM crm_lead WHERE id > %s AND user_id IS NOT NULL AND active ORDER BY id LIMIT %s
               ) AS chunk""", last_id, CHUNK))
        return (last_id + 1, last) if last else None

    # === PLAN === #

    @api.model
    def _plan(self, company, rules, first, last):
        """Bring the rows of the owned leads between two ids up to date, in one statement."""
        self.env.flush_all()
        rules = rules.filtered(lambda rule: rule.company_id == company)
        today = company._ltc_get_today()
        self.env.cr.execute(SQL(
            """
            WITH owned AS MATERIALIZED (%(owned)s),
                 due AS (SELECT DISTINCT ON (lead_id) * FROM (%(due)s) AS candidate
                       ORDER BY lead_id, due_on, rank),
                 warned AS (SELECT due.*, known.id AS known_id,
                                   CASE WHEN warn_days > 0 AND due_on - warn_days <= %(today)s
                                        THEN COALESCE(known.warned_on, %(today)s) END AS warned_on
                              FROM due LEFT JOIN ltc_lead_recycle AS known ON known.lead_id = due.lead_id),
                 planned AS MATERIALIZED (
                     SELECT lead_id, rule_id, last_follow_up, warned_on, known_id,
                            GREATEST(due_on, warned_on + warn_days) AS recycle_on FROM warned),
                 cleared AS (UPDATE ltc_lead_recycle AS known
                                SET rule_id = NULL, recycle_on = NULL, warned_on = NULL
                              WHERE known.lead_id BETWEEN %(first)s AND %(last)s AND known.recycle_on IS NOT NULL
                                AND known.rule_id IN (SELECT id FROM ltc_lead_pool_rule WHERE company_id = %(company)s)
                                AND known.lead_id NOT IN (SELECT lead_id FROM planned))
            INSERT INTO ltc_lead_recycle AS known (lead_id, rule_id, recycle_on, warned_on, last_follow_up)
                 SELECT planned.lead_id, planned.rule_id, planned.recycle_on, planned.warned_on, planned.last_follow_up
                   FROM planned LEFT JOIN ltc_lead_recycle AS present ON present.id = planned.known_id
                  WHERE present.id IS NULL
                     OR (present.rule_id, present.recycle_on, present.warned_on, present.last_follow_up)
                        IS DISTINCT FROM
                        (planned.rule_id, planned.recycle_on, planned.warned_on, planned.last_follow_up)
            ON CONFLICT (lead_id) DO UPDATE
                    SET rule_id = EXCLUDED.rule_id, recycle_on = EXCLUDED.recycle_on, warned_on = EXCLUDED.warned_on,
                        last_follow_up = EXCLUDED.last_follow_up
            """,
            owned=self._sql_owned(rules, first, last), due=self._sql_due(company, rules), today=today, first=first,
            last=last, company=company.id))
        self.invalidate_model()

    @api.model
    def _sql_owned(self, rules, first, last):
        """Return the SQL of the owned leads that may be taken at all, with their last follow-up.

        Each lead is looked at once: which pool would take it first is the column ``pool_id``, whether a rule looks at
        it is a column of the rule. PostgreSQL foresees few rows here, and would join them one by one to each rule.
        """
        leads = self.env['crm.lead'].sudo()
        query = Query(self.env, 'lead', SQL.identifier('crm_lead'))
        query.add_join('JOIN', 'person', 'res_users', SQL("person.id = lead.user_id"))
        query.add_join('LEFT JOIN', 'customer', 'res_partner', SQL("customer.id = lead.partner_id"))

        def matches(domain):
            return SQL("(%s) IS TRUE", domain.optimize_full(leads)._to_sql(leads, 'lead', query))

        pools = rules.pool_id.sorted(lambda pool: (pool.sequence, pool.id))
        takes = [SQL("WHEN %s THEN %s", matches(pool._get_domain()), pool.id) for pool in pools]
        columns = [SQL("CASE %s END AS pool_id", SQL(" ").join(takes)) if takes else SQL("NULL::int AS pool_id")]
        columns += [
            SQL("%s AS %s", matches(rule._get_domain()), SQL.identifier(f'rule_{rule.id}')) for rule in rules]
        query.add_where(SQL(
            """lead.id BETWEEN %s AND %s AND lead.active AND NOT COALESCE(lead.ltc_is_locked, FALSE)
               AND COALESCE(lead.won_status, 'pending') = 'pending'
               AND NOT EXISTS (SELECT FROM ltc_gate_review AS review
                                WHERE review.res_model = 'crm.lead' AND review.res_id = lead.id
                                  AND review.state = 'in_review')""", first, last))
        return query.select(
            SQL("lead.id AS lead_id"), SQL("lead.type"), SQL("customer.commercial_partner_id AS customer_id"),
            SQL("COALESCE(lead.date_open, lead.create_date) AS since"), SQL("lead.date_conversion"),
            SQL("%s AS last_follow_up", self._sql_follow_up()), *columns)

    @api.model
    def _sql_follow_up(self):
        """Return the SQL of the last follow-up of ``lead`` by its owner ``person``: the one definition of it.

        The latest of his own messages and notes, his done activities, his meetings that have begun, and any move of
        the lead to another stage.
        """
        return SQL(
            """
            GREATEST(
                lead.date_last_stage_update,
                (SELECT MAX(message.date) FROM mail_message AS message
                  WHERE message.model = 'crm.lead' AND message.res_id = lead.id
                    AND message.author_id = person.partner_id
                    AND (message.message_type IN ('comment', 'email', 'email_outgoing', 'sms')
                         OR message.mail_activity_type_id IS NOT NULL)),
                (SELECT MAX(meeting.start) FROM calendar_event AS meeting
                  WHERE meeting.opportunity_id = lead.id AND meeting.user_id = person.id AND meeting.active
                    AND meeting.start <= NOW() AT TIME ZONE 'UTC'))
            """)

    @api.model
    def _sql_due(self, company, rules):
        """Return the SQL of the day on which each rule would take each of its leads."""
        if not rules:
            return SQL(
                "SELECT NULL::int AS lead_id, NULL::int AS rule_id, 0 AS warn_days, 0 AS rank,"
                " NULL::timestamp AS last_follow_up, NULL::date AS due_on WHERE FALSE")
        timezone = self.env['ltc.kpi']._get_timezone(company).zone
        return SQL(" UNION ALL ").join(
            SQL(
                """SELECT owned.lead_id, %(rule)s AS rule_id, %(warn)s AS warn_days, %(rank)s AS rank,
                          owned.last_follow_up,
                          (%(start)s AT TIME ZONE 'UTC' AT TIME ZONE %(timezone)s)::date + %(days)s AS due_on
                     FROM owned %(receiver)s
                    WHERE owned.%(looks)s %(taken)s AND NOT %(spared)s""",
                rule=rule.id, warn=rule.warn_days, rank=rank, start=rule._sql_start(), timezone=timezone,
                days=rule.days, looks=SQL.identifier(f'rule_{rule.id}'), spared=rule._sql_spared(),
                taken=SQL("AND owned.pool_id = %s", rule.pool_id.id) if rule.target == 'pool' else SQL(),
                receiver=SQL() if rule.target == 'pool' else SQL(
                    "JOIN (%s) AS leader ON leader.lead_id = owned.lead_id", self._sql_leader()))
            for rank, rule in enumerate(rules))

    @api.model
    def _sql_leader(self):
        """Return the SQL of who gets a lead of ``owned`` next: the team's leader, else the owner's superior."""
        return SQL(
            """SELECT lead.id AS lead_id, COALESCE(leader.id, superior.id) AS user_id
                 FROM crm_lead AS lead
                 JOIN res_users AS holder ON holder.id = lead.user_id
            LEFT JOIN crm_team AS team ON team.id = lead.team_id
            LEFT JOIN res_users AS leader ON leader.id = team.user_id AND leader.active AND leader.id != lead.user_id
            LEFT JOIN res_users AS superior
                   ON superior.id = holder.ltc_superior_id AND superior.active AND superior.id != lead.user_id
                  AND team.user_id IS DISTINCT FROM lead.user_id
                WHERE COALESCE(leader.id, superior.id) IS NOT NULL""")

    # === BUSINESS METHODS === #

    @api.model
    def _remember_follow_up(self, owners):
        """Keep when the leads of {lead id: owner} were last followed up, and plan nothing more for them."""
        self.env.flush_all()
        pairs = SQL(', ').join(SQL('(%s, %s)', *pair) for pair in owners.items())
        self.env.cr.execute(SQL(
            """INSERT INTO ltc_lead_recycle AS known (lead_id, last_follow_up)
                    SELECT lead.id, %s
                      FROM (VALUES %s) AS former (lead_id, user_id)
                      JOIN crm_lead AS lead ON lead.id = former.lead_id
                      JOIN res_users AS person ON person.id = former.user_id
               ON CONFLICT (lead_id) DO UPDATE
                       SET last_follow_up = EXCLUDED.last_follow_up, rule_id = NULL, recycle_on = NULL, warned_on = NULL
            """, self._sql_follow_up(), pairs))
        self.invalidate_model()
        self.search([('lead_id', 'in', list(owners)), ('is_announced', '=', True)])._withdraw()
