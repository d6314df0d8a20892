from odoo import api, fields, models
from odoo.tools import SQL

CHUNK = 5000
LEAD_KEYS = {  # kind of match: column of a lead
    'vat': 'ltc_vat_key',
    'name': 'ltc_name_key',
    'phone': 'phone_sanitized',
    'domain': 'email_domain_criterion',
}
PARTNER_KEYS = {
    'vat': 'ltc_vat_key',
    'name': 'ltc_name_key',
    'phone': 'phone_sanitized',
    'domain': 'ltc_domain_key',
}
RANKED = ('customer', 'vat', 'name', 'phone', 'domain')


class LtcLeadConflict(models.Model):
    """How the other one who works on a customer is found: by keys, across record rules, set-based.

    The searches order by ``id + 0``: by ``id`` alone PostgreSQL would walk along all leads for want of a match.
    """
    _inherit = 'ltc.lead.conflict'

    @api.model
    def _match_leads(self, lead_ids, company_id, kinds, older_only=False):
        """Return, as rows for :meth:`_open`, the strongest conflict of each of these open leads.

        A lead that names no company is told by what both sides know: the key by which it was recognised.

        One query for any number of leads. Leads of the same owner are no conflict, nor is a pair that was decided, nor
        an owner whom a conflict of the lead names already, nor a lead of nobody. One that waits in a public pool has no
        ``holder_id``: whoever wants it claims it.

        :param older_only: only what came before is the owner's, and pools are left out; for the pass over all leads
        """
        self.env.flush_all()
        return self._match(self._sql_lead_seekers(lead_ids), company_id, kinds, older_only)

    @api.model
    def _sql_lead_seekers(self, lead_ids):
        return SQL(
            """SELECT l.id, l.user_id, l.team_id, COALESCE(NULLIF(l.partner_name, ''), c.name) AS customer,
                      l.ltc_vat_key AS vat_key, l.ltc_name_key AS name_key, l.phone_sanitized AS phone_key,
                      l.email_domain_criterion AS domain_key, p.commercial_partner_id AS customer_key,
                      %s AS known_ids
                 FROM crm_lead l
            LEFT JOIN res_partner p ON p.id = l.partner_id
            LEFT JOIN res_partner c ON c.id = p.commercial_partner_id
                WHERE l.id = ANY(%s) AND l.active AND l.won_status = 'pending'""",
            self._sql_known_people(SQL('l.id')), list(lead_ids))

    @api.model
    def _match_keys(self, user, team, customer, keys, company_id, kinds):
        """Return the row of the strongest conflict of somebody who only asks, with keys that he typed."""
        self.env.flush_all()
        seekers = SQL(
            """SELECT 0 AS id, %s::int AS user_id, %s::int AS team_id, %s AS customer, %s AS vat_key, %s AS name_key,
                      %s AS phone_key, %s AS domain_key, NULL::int AS customer_key, '{}'::int[] AS known_ids""",
            user.id, team.id or None, customer, keys.get('vat') or None, keys.get('name') or None,
            keys.get('phone') or None, keys.get('domain') or None)
        return self._match(seekers, company_id, kinds, False)

    @api.model
    def _match(self, seekers, company_id, kinds, older_only):
        names = (
            'lead_id', 'user_id', 'team_id', 'team_name', 'name', 'match', 'holder_lead_id', 'holder_partner_id',
            'holder_registration_id', 'holder_id', 'holder_team_id', 'holder_team_name')
        lang = self.env.lang or 'en_US'
        rows = self.env.execute_query(SQL(
            """
            WITH me AS MATERIALIZED (%(seekers)s),
            found (me, rank, match, lead_id, partner_id, registration_id, holder_id, team_id) AS (%(found)s)
            SELECT DISTINCT ON (me.id)
                   NULLIF(me.id, 0), me.user_id, me.team_id, %(my_team)s,
                   COALESCE(me.customer, CASE found.match WHEN 'vat' THEN me.vat_key WHEN 'phone' THEN me.phone_key
                                                          WHEN 'domain' THEN me.domain_key END, '–'), found.match,
                   found.lead_id, found.partner_id, found.registration_id, found.holder_id, found.team_id, %(team)s
              FROM me
              JOIN found ON found.me = me.id
         LEFT JOIN crm_team mine ON mine.id = me.team_id
         LEFT JOIN crm_team theirs ON theirs.id = found.team_id
          ORDER BY me.id, found.holder_id IS NULL, found.rank, found.lead_id NULLS LAST
            """,
            seekers=seekers, found=SQL(' UNION ALL ').join(self._get_searches(company_id, kinds, older_only)),
            my_team=SQL("COALESCE(mine.name->>%s, mine.name->>'en_US')", lang),
            team=SQL("COALESCE(theirs.name->>%s, theirs.name->>'en_US')", lang)))
        found = [{**dict(zip(names, row, strict=True)), 'company_id': company_id} for row in rows]
        for row in found:
            if row['holder_registration_id']:
                row['holder_team_name'] = self.env._("Channel partner")
        return found

    @api.model
    def _filter_pooled(self, rows):
        """Return the rows of customers that nobody works on: their lead waits in a public pool."""
        return [row for row in rows if row['holder_lead_id'] and not row['holder_id']]

    @api.model
    def _filter_held(self, rows):
        return [row for row in rows if row['holder_id'] or not row['holder_lead_id']]

    @api.model
    def _get_searches(self, company_id, kinds, older_only):
        """Return the queries that look for the other one; each gives the columns of ``found``."""
        searches = []
        for rank, kind in enumerate(RANKED):
            if kind == 'customer':
                searches.append(self._search_same_customer(rank, company_id, older_only))
            elif kind in kinds:
                searches.append(self._search_leads(rank, kind, company_id, older_only))
                searches.append(self._search_partners(rank, kind, company_id))
                searches.append(self._search_registrations(rank, kind, company_id))
        return searches

    @api.model
    def _search_leads(self, rank, kind, company_id, older_only):
        return SQL(
            """SELECT me.id, %s, %s, o.id, NULL::int, NULL::int, o.user_id, o.team_id
                 FROM me JOIN LATERAL (
                      SELECT o.id, o.user_id, o.team_id FROM crm_lead o
                       WHERE o.%s = me.%s AND %s ORDER BY o.user_id IS NULL, o.id + 0 LIMIT 1
                      ) o ON me.%s IS NOT NULL""",
            rank, kind, SQL.identifier(LEAD_KEYS[kind]), SQL.identifier(f'{kind}_key'),
            self._where_lead(company_id, older_only), SQL.identifier(f'{kind}_key'))

    @api.model
    def _search_same_customer(self, rank, company_id, older_only):
        return SQL(
            """SELECT me.id, %s, 'customer', o.id, NULL::int, NULL::int, o.user_id, o.team_id
                 FROM me JOIN LATERAL (
                      SELECT o.id, o.user_id, o.team_id
                        FROM res_partner family JOIN crm_lead o ON o.partner_id = family.id
                       WHERE family.commercial_partner_id = me.customer_key AND %s
                       ORDER BY o.user_id IS NULL, o.id + 0 LIMIT 1) o ON TRUE""",
            rank, self._where_lead(company_id, older_only))

    @api.model
    def _search_partners(self, rank, kind, company_id):
        return SQL(
            """SELECT me.id, %s, %s, NULL::int, o.id, NULL::int, o.user_id, u.sale_team_id
                 FROM me JOIN LATERAL (
                      SELECT c.id, c.user_id
                        FROM res_partner p JOIN res_partner c ON c.id = p.commercial_partner_id
                       WHERE p.%s = me.%s AND c.active AND c.user_id IS NOT NULL
                         AND c.user_id IS DISTINCT FROM me.user_id
                         AND (c.company_id IS NULL OR c.company_id = %s)
                         AND NOT EXISTS (SELECT FROM ltc_lead_conflict k
                                          WHERE k.holder_partner_id = c.id AND %s) AND %s
                       ORDER BY c.id + 0 LIMIT 1) o ON me.%s IS NOT NULL
                 JOIN res_users u ON u.id = o.user_id AND u.active""",
            rank, kind, SQL.identifier(PARTNER_KEYS[kind]), SQL.identifier(f'{kind}_key'), company_id,
            self._where_settled(), self._where_new_person(SQL('c.user_id')), SQL.identifier(f'{kind}_key'))

    @api.model
    def _search_registrations(self, rank, kind, company_id):
        """A channel partner who is protected, unless it is his own lead or his manager's."""
        return SQL(
            """SELECT me.id, %s, %s, NULL::int, NULL::int, o.id, o.decided_by_id, NULL::int
                 FROM me JOIN LATERAL (
                      SELECT r.id, r.decided_by_id FROM ltc_lead_registration r
                       WHERE r.%s = me.%s AND r.state = 'approved' AND r.date_until >= %s
                         AND r.company_id = %s
                         AND r.lead_id IS DISTINCT FROM NULLIF(me.id, 0)
                         AND r.decided_by_id IS DISTINCT FROM me.user_id
                         AND NOT EXISTS (SELECT FROM ltc_lead_conflict k
                                          WHERE k.holder_registration_id = r.id AND %s) AND %s
                       ORDER BY r.id + 0 LIMIT 1) o ON TRUE""",
            rank, kind, SQL.identifier(f'{kind}_key'), SQL.identifier(f'{kind}_key'), self._sql_today(company_id),
            company_id, self._where_settled(), self._where_new_person(SQL('r.decided_by_id')))

    @api.model
    def _sql_today(self, company_id):
        """Return the SQL of the day where the company is: what :meth:`res.company._ltc_get_today` asks, at no query."""
        return SQL(
            """(SELECT (%s::timestamp AT TIME ZONE 'UTC'
                        AT TIME ZONE COALESCE(contact.tz, calendar.tz, 'UTC'))::date
                  FROM res_company company
                  JOIN res_partner contact ON contact.id = company.partner_id
             LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
                 WHERE company.id = %s)""", fields.Datetime.now(), company_id)

    @api.model
    def _where_lead(self, company_id, older_only):
        return SQL(
            """o.active AND o.won_status = 'pending' AND o.id %s me.id AND o.user_id IS DISTINCT FROM me.user_id
               AND (o.user_id IS NOT NULL %s) AND (o.company_id IS NULL OR o.company_id = %s)
               AND NOT EXISTS (SELECT FROM ltc_lead_conflict k WHERE k.holder_lead_id = o.id AND %s)
               AND NOT EXISTS (SELECT FROM ltc_lead_conflict k WHERE k.lead_id = o.id AND k.holder_lead_id = me.id)
               AND %s""",
            SQL('<') if older_only else SQL('!='), SQL() if older_only else SQL("OR o.ltc_pool_id IS NOT NULL"),
            company_id, self._where_settled(), self._where_new_person(SQL('o.user_id')))

    @api.model
    def _where_settled(self):
        """The pair is known, or the two were allowed to go on side by side."""
        return SQL("(k.lead_id = me.id OR (k.decision = 'share' AND k.user_id = me.user_id))")

    # === THE PASS OVER ALL LEADS === #

    @api.model
    def _cron_find_conflicts(self):
        """Look, a chunk a commit, once a day through all open leads of the companies that watch for conflicts.

        Killed at any moment, or out of time, it goes on where it was (``ltc_conflict_cursor``), and a company that is
        done waits for the next day; a pair is recorded once.
        """
        cron = self.env['ir.cron']
        for company_id, (_policy, kinds) in self.env['res.company']._ltc_get_conflict_policies().items():
            company_sudo = self.env['res.company'].sudo().browse(company_id)
            today = company_sudo._ltc_get_today()
            if company_sudo.ltc_conflict_day == today:
                continue
            while chunk := self._get_chunk(company_id):
                lead_ids = self._filter_unsettled([lead_id for lead_id, is_own in chunk if is_own], company_id, kinds)
                self._open(self._match_leads(lead_ids, company_id, kinds, older_only=True), 'pass')
                self._move_cursor([company_id], chunk[-1][0])
                if not cron._commit_progress(len(chunk), remaining=1):
                    return
            self._move_cursor([company_id], 0, today)
        cron._commit_progress(remaining=0)

    @api.model
    def _get_chunk(self, company_id):
        """Return (lead, whether it is the company's) of the next open leads.

        A lead without a company is where its team or salesperson is. Cut off first, asked then: PostgreSQL would ask
        all that are left, and sort them.
        """
        [(cursor,)] = self.env.execute_query(SQL(
            "SELECT COALESCE(ltc_conflict_cursor, 0) FROM res_company WHERE id = %s", company_id))
        return self.env.execute_query(SQL(
            """SELECT l.id, COALESCE(l.company_id, t.company_id, u.company_id, %(company)s) = %(company)s
                 FROM (SELECT id, company_id, team_id, user_id FROM crm_lead
                        WHERE active AND won_status = 'pending' AND id > %(cursor)s ORDER BY id LIMIT %(chunk)s) l
            LEFT JOIN crm_team t ON t.id = l.team_id LEFT JOIN res_users u ON u.id = l.user_id
             ORDER BY l.id""", company=company_id, cursor=cursor, chunk=CHUNK))

    @api.model
    def _move_cursor(self, company_ids, lead_id, day=None):
        """Remember how far the pass is, and the day if that is done.

        By SQL: a write on the company would empty the caches of every worker.
        """
        self.env.cr.execute(SQL(
            "UPDATE res_company SET ltc_conflict_cursor = %s, ltc_conflict_day = %s WHERE id = ANY(%s)",
            lead_id, day, list(company_ids)))
        self.env['res.company'].browse(company_ids).invalidate_recordset(['ltc_conflict_cursor', 'ltc_conflict_day'])
