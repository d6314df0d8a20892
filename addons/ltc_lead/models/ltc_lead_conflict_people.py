from odoo import api, fields, models
from odoo.tools import SQL

from .ltc_lead_conflict import MANAGERS
from .ltc_lead_conflict_match import LEAD_KEYS, PARTNER_KEYS


class LtcLeadConflict(models.Model):
    """Everybody who works on the customer when a conflict is found: one case of a lead, however many rivals there are.

    Whoever decides sees all of them, so that nobody of them makes another conflict of that lead: not the next night,
    not when the lead is edited, not after the decision. Somebody new does, and so does a lead that was deleted.
    """
    _inherit = 'ltc.lead.conflict'

    people_ids = fields.Many2many(
        'res.users', 'ltc_lead_conflict_people_rel', 'conflict_id', 'user_id', string="Everybody on the Customer",
        readonly=True, groups=MANAGERS, context={'active_test': False}, copy=False,
        help="Whoever worked on the customer when this was found. Among them no other conflict of the lead is opened.")

    @api.model
    def _open(self, rows, origin):
        conflicts_sudo = super()._open(rows, origin)
        conflicts_sudo._remember_people()
        return conflicts_sudo

    def _remember_people(self):
        """Note both sides and every other owner who is found by the same keys, in one query a company."""
        policies = self.env['res.company']._ltc_get_conflict_policies()
        for company, conflicts in self.grouped('company_id').items():
            _policy, kinds = policies.get(company.id) or ('off', ())
            seekers = self._sql_lead_seekers(conflicts.lead_id.ids)
            self.env.cr.execute(SQL(
                """
                WITH me AS MATERIALIZED (%(seekers)s), rival (lead_id, user_id, first_id) AS (%(rivals)s),
                opened AS (SELECT id, lead_id, user_id, holder_id FROM ltc_lead_conflict WHERE id = ANY(%(conflicts)s)),
                person (conflict_id, user_id) AS (
                    SELECT id, user_id FROM opened UNION SELECT id, holder_id FROM opened UNION
                    SELECT opened.id, rival.user_id FROM opened JOIN rival ON rival.lead_id = opened.lead_id)
                INSERT INTO ltc_lead_conflict_people_rel (conflict_id, user_id)
                SELECT conflict_id, user_id FROM person WHERE user_id IS NOT NULL ON CONFLICT DO NOTHING
                """,
                seekers=seekers, rivals=SQL(' UNION ').join(self._get_rival_searches(company.id, kinds)),
                conflicts=conflicts.ids))
        self.invalidate_recordset(['people_ids'])

    @api.model
    def _filter_unsettled(self, lead_ids, company_id, kinds):
        """Return those of these leads for which the nightly pass has to look: the others' rivals are all on record.

        A customer with thousands of leads is told by the owners of them, not by comparing each with each every night.
        """
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """
            WITH seeker AS MATERIALIZED (%(seekers)s),
            me AS MATERIALIZED (SELECT * FROM seeker WHERE known_ids != '{}'),
            rival (lead_id, user_id, first_id) AS (%(rivals)s)
            SELECT id FROM seeker WHERE known_ids = '{}'
             UNION
            SELECT me.id FROM me JOIN rival ON rival.lead_id = me.id
             WHERE rival.first_id < me.id AND rival.user_id IS DISTINCT FROM me.user_id
               AND rival.user_id != ALL(me.known_ids)
             ORDER BY 1
            """,
            seekers=self._sql_lead_seekers(lead_ids),
            rivals=SQL(' UNION ').join(self._get_rival_searches(company_id, kinds))))
        return [lead_id for lead_id, in rows]

    @api.model
    def _get_rival_searches(self, company_id, kinds):
        """Return the queries of (lead, owner of another lead or customer found by the same key, his first lead).

        Each key is looked up once: a pair of leads each would be the square of what one customer has.
        """
        searches = [SQL(
            """SELECT me.id, o.user_id, MIN(o.id) FROM me
                 JOIN res_partner family ON family.commercial_partner_id = me.customer_key
                 JOIN crm_lead o ON o.partner_id = family.id
                WHERE o.active AND o.won_status = 'pending' AND (o.company_id IS NULL OR o.company_id = %s)
                GROUP BY me.id, o.user_id""",
            company_id)]
        for kind in kinds:
            searches += [
                self._search_rival_leads(kind, company_id), self._search_rival_partners(kind, company_id),
                self._search_rival_registrations(kind, company_id)]
        return searches

    @api.model
    def _search_rival_leads(self, kind, company_id):
        column, key = SQL.identifier(LEAD_KEYS[kind]), SQL.identifier(f'{kind}_key')
        return SQL(
            """SELECT me.id, o.user_id, o.first_id FROM me
                 JOIN (WITH owners AS MATERIALIZED (
                           SELECT %(column)s AS key, user_id, MIN(id) AS first_id FROM crm_lead
                            WHERE %(column)s IN (SELECT %(key)s FROM me) AND active AND won_status = 'pending'
                              AND (company_id IS NULL OR company_id = %(company)s)
                         GROUP BY 1, 2) SELECT * FROM owners) o ON o.key = me.%(key)s""",
            column=column, key=key, company=company_id)

    @api.model
    def _search_rival_partners(self, kind, company_id):
        column, key = SQL.identifier(PARTNER_KEYS[kind]), SQL.identifier(f'{kind}_key')
        return SQL(
            """SELECT me.id, o.user_id, 0 FROM me
                 JOIN (WITH owners AS MATERIALIZED (
                           SELECT DISTINCT p.%(column)s AS key, c.user_id
                             FROM res_partner p JOIN res_partner c ON c.id = p.commercial_partner_id
                             JOIN res_users u ON u.id = c.user_id AND u.active
                            WHERE p.%(column)s IN (SELECT %(key)s FROM me) AND c.active
                              AND (c.company_id IS NULL OR c.company_id = %(company)s)
                           ) SELECT * FROM owners) o ON o.key = me.%(key)s""",
            column=column, key=key, company=company_id)

    @api.model
    def _search_rival_registrations(self, kind, company_id):
        key = SQL.identifier(f'{kind}_key')
        return SQL(
            """SELECT me.id, r.decided_by_id, 0 FROM me JOIN ltc_lead_registration r ON r.%s = me.%s
                WHERE r.state = 'approved' AND r.date_until >= %s AND r.company_id = %s
                  AND r.lead_id IS DISTINCT FROM me.id""", key, key, self._sql_today(company_id), company_id)

    @api.model
    def _sql_known_people(self, lead):
        """Return the SQL of the owners whom a conflict of a lead names; one that lapsed with a lead says nothing.

        Gathered once a lead: where a customer has many leads, each is compared with each. Without OFFSET PostgreSQL
        would read the people of all conflicts for each lead.
        """
        return SQL(
            """ARRAY(SELECT DISTINCT person.user_id FROM (
                          SELECT k.id FROM ltc_lead_conflict k WHERE k.lead_id = %s AND k.state != 'lapsed'
                             AND k.is_former IS NOT TRUE
                           UNION ALL
                          SELECT k.id FROM ltc_lead_conflict k WHERE k.holder_lead_id = %s AND k.state != 'lapsed'
                             AND k.is_former IS NOT TRUE) k
                 CROSS JOIN LATERAL (SELECT rel.user_id FROM ltc_lead_conflict_people_rel rel
                                      WHERE rel.conflict_id = k.id OFFSET 0) person)""", lead, lead)

    @api.model
    def _where_new_person(self, owner):
        """No conflict of the lead names that owner; a lead in a pool has none."""
        return SQL("COALESCE(%s, 0) != ALL(me.known_ids)", owner)
