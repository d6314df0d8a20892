from datetime import date

from odoo import models

REFERENCE_DATE = date(2001, 1, 1)  # the first of a long month, so that end-of-month terms count in full


class AccountPaymentTerm(models.Model):
    _inherit = 'account.payment.term'

    def _ltc_get_longest_days(self):
        """Return after how many days the last instalment is due; the same on every day that it is asked."""
        return max(
            ((line._get_due_date(REFERENCE_DATE) - REFERENCE_DATE).days for line in self.line_ids),
            default=0,
        )
