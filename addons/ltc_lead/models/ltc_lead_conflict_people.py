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
                WITH me AS MATERIALIZED (%(seekers)s), rival (lead_id, user_id) AS (%(rivals)s)
                INSERT INTO ltc_lead_conflict_people_rel (conflict_id, user_id)
                SELECT c.id, person.user_id
                  FROM ltc_lead_conflict c
                  JOIN LATERAL (SELECT c.user_id UNION SELECT c.holder_id
                                 UNION SELECT r.user_id FROM rival r WHERE r.lead_id = c.lead_id
                       ) AS person (user_id) ON person.user_id IS NOT NULL
                 WHERE c.id = ANY(%(conflicts)s)
                    ON CONFLICT DO NOTHING
                """,
                seekers=seekers, rivals=SQL(' UNION ').join(self._get_rival_searches(company.id, kinds)),
                conflicts=conflicts.ids))
        self.invalidate_recordset(['people_ids'])

    @api.model
    def _get_rival_searches(self, company_id, kinds):
        """Return the queries of (lead, owner of another lead or customer that is found by the same key).

        Each key is looked up once: a pair of leads each would be the square of what one customer has.
        """
        searches = [SQL(
            """SELECT me.id, o.user_id FROM me
                 JOIN res_partner family ON family.commercial_partner_id = me.customer_key
                 JOIN crm_lead o ON o.partner_id = family.id
                WHERE o.active AND o.won_status = 'pending' AND (o.company_id IS NULL OR o.company_id = %s)""",
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
            """SELECT me.id, o.user_id FROM me
                 JOIN (SELECT DISTINCT %(column)s AS key, user_id FROM crm_lead
                        WHERE %(column)s IN (SELECT %(key)s FROM me) AND active AND won_status = 'pending'
                          AND (company_id IS NULL OR company_id = %(company)s)) o ON o.key = me.%(key)s""",
            column=column, key=key, company=company_id)

    @api.model
    def _search_rival_partners(self, kind, company_id):
        column, key = SQL.identifier(PARTNER_KEYS[kind]), SQL.identifier(f'{kind}_key')
        return SQL(
            """SELECT me.id, o.user_id FROM me
                 JOIN (SELECT DISTINCT p.%(column)s AS key, c.user_id
                         FROM res_partner p JOIN res_partner c ON c.id = p.commercial_partner_id
                         JOIN res_users u ON u.id = c.user_id AND u.active
                        WHERE p.%(column)s IN (SELECT %(key)s FROM me) AND c.active
                          AND (c.company_id IS NULL OR c.company_id = %(company)s)) o ON o.key = me.%(key)s""",
            column=column, key=key, company=company_id)

    @api.model
    def _search_rival_registrations(self, kind, company_id):
        key = SQL.identifier(f'{kind}_key')
        return SQL(
            """SELECT me.id, r.decided_by_id FROM me JOIN ltc_lead_registration r ON r.%s = me.%s
                WHERE r.state = 'approved' AND r.date_until >= %s AND r.company_id = %s
                  AND r.lead_id IS DISTINCT FROM me.id""", key, key, self._sql_today(company_id), company_id)

    @api.model
    def _sql_known_people(self, lead):
        """Return the SQL of the owners whom a conflict of a lead names; one that lapsed with a lead says nothing.

        Gathered once a lead: where a customer has many leads, each is compared with each.
        """
        return SQL(
            """ARRAY(SELECT person.user_id FROM ltc_lead_conflict k
                       JOIN ltc_lead_conflict_people_rel person ON person.conflict_id = k.id
                      WHERE (k.lead_id = %s OR k.holder_lead_id = %s) AND k.state != 'lapsed')""", lead, lead)

    @api.model
    def _where_new_person(self, owner):
        """No conflict of the lead names that owner; a lead in a pool has none."""
        return SQL("COALESCE(%s, 0) != ALL(me.known_ids)", owner)
