from odoo import api, models
from odoo.tools import SQL

HISTORY_MONTHS = 24
INVOICES_MIN = 3  # less is an accident
DAYS_LATE = [('5', 1), ('4', 7), ('3', 15), ('2', 30), ('1', 60)]  # on average less than so many days; else 0


class ResPartner(models.Model):
    """What a customer's own invoices tell of the cooperation: how punctually they were paid."""
    _inherit = 'res.partner'

    @api.model
    def _ltc_cron_grade_customers(self):
        """Rate the cooperation history from the invoices, then grade everybody; a second run writes nothing."""
        self.sudo()._ltc_update_histories()
        self.sudo()._ltc_update_grades_of()

    @api.model
    def _ltc_update_histories(self):
        """Write the history of the customers whose invoices tell another one; return how many.

        Nothing to count where there is no accounting: then people rate the history themselves.
        """
        if 'account.move' not in self.env:
            return 0
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """
            WITH punctuality AS (%(days_late)s), rating AS (
                SELECT partner_id, CASE %(cases)s ELSE '0' END AS history FROM punctuality
            )
            UPDATE res_partner partner SET ltc_rating_history = rating.history
              FROM rating
             WHERE partner.commercial_partner_id = rating.partner_id
               AND (partner.id = rating.partner_id OR NOT COALESCE(partner.is_company, FALSE))
               AND partner.ltc_rating_history IS DISTINCT FROM rating.history
            RETURNING partner.id
            """,
            days_late=self._ltc_sql_days_late(),
            cases=SQL(" ").join(SQL("WHEN days_late < %s THEN %s", days, rating) for rating, days in DAYS_LATE)))
        self.browse([partner_id for partner_id, in rows]).invalidate_recordset(['ltc_rating_history'], flush=False)
        return len(rows)

    @api.model
    def _ltc_sql_days_late(self):
        """Return the SELECT of (partner_id, average days late) over the invoices due in the last two years.

        A paid invoice is late until its last payment, an open one until today; paid before it was due is not late.
        """
        return SQL(
            """
            SELECT invoice.commercial_partner_id AS partner_id, AVG(GREATEST(0, (
                       CASE WHEN invoice.payment_state IN ('paid', 'in_payment') THEN COALESCE(
                                (SELECT MAX(partial.max_date) FROM account_partial_reconcile partial
                                   JOIN account_move_line line ON line.id = partial.debit_move_id
                                  WHERE line.move_id = invoice.id), invoice.invoice_date_due)
                            ELSE CURRENT_DATE END) - invoice.invoice_date_due)) AS days_late
              FROM account_move invoice
             WHERE invoice.move_type = 'out_invoice' AND invoice.state = 'posted'
               AND invoice.payment_state NOT IN ('reversed', 'invoicing_legacy')
               AND invoice.invoice_date_due < CURRENT_DATE
               AND invoice.invoice_date_due >= CURRENT_DATE - %s * INTERVAL '1 month'
          GROUP BY invoice.commercial_partner_id HAVING COUNT(*) >= %s
            """, HISTORY_MONTHS, INVOICES_MIN)
