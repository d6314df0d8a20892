from odoo import api, fields, models
from odoo.tools import SQL

GIVEN = {  # what a hand-off may tell a case at its birth, and as which type
    'company_id': 'integer',
    'currency_id': 'integer',
    'partner_id': 'integer',
    'ar_user_id': 'integer',
    'sr_user_id': 'integer',
    'fr_user_id': 'integer',
    'amount': 'numeric',
    'stage': 'varchar',
    'lead_entered_on': 'timestamp',
}


class LtcFlow(models.Model):
    """How cases are born: with every converted lead and every imported opportunity, so in one statement."""
    _inherit = 'ltc.flow'

    @api.model
    def _open_flows(self, vals_list):
        """Create one flow per dict of ``vals_list`` (partner_id, company_id, ar_user_id, amount …) in one batch.

        :param list[dict] vals_list: values; ``stage`` defaults to 'opportunity', ``lead_entered_on`` (datetime)
            logs when the case entered as a lead
        :return: the flows, in the order of ``vals_list``
        """
        if not vals_list:
            return self
        now = fields.Datetime.now()
        given = [{
            **dict.fromkeys(GIVEN), 'company_id': self.env.company.id, 'stage': 'opportunity',
            **{name: value or None for name, value in vals.items() if value},
        } for vals in vals_list]
        rows = self._insert_flows(given, now)
        flows = self.sudo().browse([row['id'] for row in rows])
        for name in rows[0].keys() - {'id'}:
            self._fields[name]._insert_cache(flows, [row[name] for row in rows])
        flows._on_stage_entered()
        return flows.sudo(self.env.su)

    def _insert_flows(self, given, now):
        """Draw the references, insert the cases and their first stages; return the rows in the order given.

        ``ir.sequence`` draws one number per round trip and the currency is the company's: all of it is known to the
        database, which is asked once.
        """
        sequence_id = self.env['ir.model.data']._xmlid_to_res_id('ltc_base.sequence_ltc_flow')
        names = SQL(', ').join(map(SQL.identifier, GIVEN))
        values = SQL(', ').join(
            SQL('(%s, %s)', rank, SQL(', ').join(
                SQL('%s::%s', row[name], SQL(kind)) for name, kind in GIVEN.items()))
            for rank, row in enumerate(given))
        return self.env.execute_query_dict(SQL(
            """
            WITH given AS MATERIALIZED (
                SELECT nextval(pg_get_serial_sequence('ltc_flow', 'id')) AS id, nextval(%(numbers)s) AS number, row.*
                  FROM (VALUES %(values)s) AS row (rank, %(names)s)
            ), born AS (
                SELECT given.*, %(name)s AS name, COALESCE(given.currency_id, company.currency_id) AS currency
                  FROM given
                  JOIN res_company company ON company.id = given.company_id
                  JOIN ir_sequence sequence ON sequence.id = %(sequence)s
            ), flows AS (
                INSERT INTO ltc_flow (
                    id, name, company_id, currency_id, partner_id, ar_user_id, sr_user_id, fr_user_id, amount, stage,
                    stage_since, state, create_uid, create_date, write_uid, write_date)
                SELECT id, name, company_id, currency, partner_id, ar_user_id, sr_user_id, fr_user_id,
                       COALESCE(amount, 0), stage, %(now)s, 'open', %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM born
            ), logs AS (
                INSERT INTO ltc_flow_log (flow_id, stage, entered_on, entered_by_id)
                SELECT id, 'lead', lead_entered_on, %(uid)s FROM born WHERE lead_entered_on IS NOT NULL
                 UNION ALL
                SELECT id, stage, %(now)s, %(uid)s FROM born
            )
            SELECT id, name, company_id, currency AS currency_id, partner_id, ar_user_id, sr_user_id, fr_user_id,
                   COALESCE(amount, 0)::float8 AS amount, stage, %(now)s::timestamp AS stage_since, 'open' AS state
              FROM born ORDER BY rank
            """,
            numbers=f'ir_sequence_{sequence_id:03d}', sequence=sequence_id, values=values, names=names, now=now,
            uid=self.env.uid, name=self._get_reference_sql()))

    def _get_reference_sql(self):
        """Return the SQL of a case's reference: the prefix and the suffix of its sequence around the number."""
        today = fields.Date.context_today(self)
        moments = {
            '%(year)s': f'{today:%Y}', '%(y)s': f'{today:%y}', '%(month)s': f'{today:%m}', '%(day)s': f'{today:%d}'}
        prefix, suffix = SQL("COALESCE(sequence.prefix, '')"), SQL("COALESCE(sequence.suffix, '')")
        for placeholder, text in moments.items():
            prefix = SQL('replace(%s, %s, %s)', prefix, placeholder, text)
            suffix = SQL('replace(%s, %s, %s)', suffix, placeholder, text)
        return SQL(
            "%s || lpad(given.number::text, greatest(sequence.padding, length(given.number::text)), '0') || %s",
            prefix, suffix)
