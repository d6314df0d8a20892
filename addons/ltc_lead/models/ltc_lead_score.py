from odoo import api, fields, models
from odoo.tools import SQL

SCORE_BANDS = [
    ('high', "High"),
    ('medium', "Medium"),
    ('low', "Low"),
]
SHOWN = ['ltc_score', 'ltc_score_fit', 'ltc_score_engagement', 'ltc_score_band', 'ltc_mql_on', 'ltc_glance']


class LtcLeadScore(models.Model):
    """The score of a lead, beside the lead: batches rewrite it often, and the lead's own row stays as it is."""
    _name = 'ltc.lead.score'
    _description = "Lead Score"
    _log_access = False
    _rec_name = 'lead_id'

    lead_id = fields.Many2one('crm.lead', required=True, readonly=True, ondelete='cascade')
    card_id = fields.Many2one('ltc.scorecard', string="Scorecard", readonly=True, index=True, ondelete='set null')
    score = fields.Integer(readonly=True)
    fit = fields.Integer(readonly=True)
    engagement = fields.Integer(readonly=True)
    band = fields.Selection(SCORE_BANDS, readonly=True)
    mql_on = fields.Datetime(
        string="Qualified by Marketing on", readonly=True, help="When the score first reached the team's threshold.")
    scored_on = fields.Datetime(readonly=True)
    is_stale = fields.Boolean(readonly=True)

    _lead_uniq = models.UniqueIndex('(lead_id)', "A lead has one score.")
    _stale_idx = models.Index("(lead_id) WHERE is_stale")

    # === WHAT IS TO BE SCORED === #

    @api.model
    def _mark_stale(self, lead_ids):
        """Let the next run score these leads again; one query."""
        if lead_ids:
            self.env.cr.execute(SQL(
                "UPDATE ltc_lead_score SET is_stale = TRUE WHERE lead_id = ANY(%s) AND is_stale IS NOT TRUE",
                list(lead_ids)))

    @api.model
    def _get_stale_ids(self, limit, last_id=0):
        """Return the open leads after ``last_id`` that were never scored, or that have changed since.

        A lead that no scorecard is for is not among them: it stays without a score.
        """
        self.env.flush_all()
        card = self.env['ltc.scorecard']._sql_card(
            SQL("lead.team_id"), SQL("COALESCE(lead.company_id, lead_team.company_id, lead_user.company_id)"))
        return [lead_id for lead_id, in self.env.execute_query(SQL(
            """SELECT lead.id FROM crm_lead lead LEFT JOIN ltc_lead_score score ON score.lead_id = lead.id
            LEFT JOIN crm_team lead_team ON lead_team.id = lead.team_id
            LEFT JOIN res_users lead_user ON lead_user.id = lead.user_id
                WHERE lead.id > %s AND lead.active AND lead.won_status = 'pending' AND %s IS NOT NULL
                  AND (score.id IS NULL OR score.is_stale OR score.scored_on < lead.write_date)
             ORDER BY lead.id LIMIT %s""", last_id, card, limit))]

    # === SCORING === #

    @api.model
    def _score(self, leads, touch=False):
        """Score these leads and return how many rows were written: those that are new or differ.

        :param leads: ids, or a range of ids: then the open ones within it
        :param touch: write the moment of scoring even where nothing else differs
        """
        if not leads:
            return 0
        self.env.flush_all()  # the points are computed by SQL
        selects = [card._sql_scores(leads) for card in self.env['ltc.scorecard']._get_active_cards()]
        if not selects:
            return 0
        rows = self.env.execute_query(SQL(
            """
            WITH points AS MATERIALIZED (%(points)s), result AS (
                SELECT lead_id, card_id, fit, engagement, threshold,
                       GREATEST(0, LEAST(100, fit + engagement)) AS score FROM points
            ), fresh AS (
                SELECT result.*, CASE WHEN score >= threshold THEN 'high'
                                      WHEN score * 2 >= threshold THEN 'medium' ELSE 'low' END AS band
                  FROM result
            )
            INSERT INTO ltc_lead_score AS old
                   (lead_id, card_id, fit, engagement, score, band, mql_on, scored_on, is_stale)
            SELECT fresh.lead_id, fresh.card_id, fresh.fit, fresh.engagement, fresh.score, fresh.band,
                   CASE WHEN fresh.band = 'high' THEN %(now)s::timestamp END, %(now)s::timestamp, FALSE
              FROM fresh LEFT JOIN ltc_lead_score present ON present.lead_id = fresh.lead_id
             WHERE %(touch)s OR present.id IS NULL
                OR (present.card_id, present.fit, present.engagement, present.score, present.band, present.is_stale)
                   IS DISTINCT FROM
                   (fresh.card_id, fresh.fit, fresh.engagement, fresh.score, fresh.band, FALSE)
                OR (fresh.band = 'high' AND present.mql_on IS NULL)
            ON CONFLICT (lead_id) DO UPDATE SET
                   card_id = EXCLUDED.card_id, fit = EXCLUDED.fit, engagement = EXCLUDED.engagement,
                   score = EXCLUDED.score, band = EXCLUDED.band, is_stale = FALSE, scored_on = EXCLUDED.scored_on,
                   mql_on = COALESCE(old.mql_on, EXCLUDED.mql_on)
            RETURNING 1
            """,
            points=SQL(" UNION ALL ").join(selects), now=fields.Datetime.now(), touch=touch))
        self._refresh()
        return len(rows)

    @api.model
    def _refresh(self):
        """Forget what is remembered of the scores."""
        self.invalidate_model(flush=False)
        self.env['crm.lead'].invalidate_model(SHOWN, flush=False)

    @api.model
    def _merge(self, leads, survivor):
        """The lead that is left of ``leads`` was qualified when the first of them was."""
        self.env.cr.execute(SQL(
            """UPDATE ltc_lead_score SET is_stale = TRUE, mql_on = (
                   SELECT MIN(mql_on) FROM ltc_lead_score WHERE lead_id = ANY(%s)) WHERE lead_id = %s""",
            (leads + survivor).ids, survivor.id))
        self._refresh()
