from odoo import models


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    def _post_process(self):
        """Process the payment even where the quotation it pays is not released: money in is never refused.

        The key makes ``action_quotation_sent`` leave such a quotation as it is instead of raising.
        """
        return super(PaymentTransaction, self.with_context(ltc_keep_unreleased=True))._post_process()

    def _check_amount_and_confirm_order(self):
        """Leave quotations that may not be confirmed yet as they are, and tell the salesperson."""
        held = self.browse()
        for transaction in self:
            for order in transaction.sale_order_ids:
                if not order._ltc_is_open() or not order._is_confirmation_amount_reached():
                    continue
                sentences = order._ltc_get_confirmation_blockers()
                if sentences:
                    order._ltc_hold_confirmation(sentences)
                    held |= transaction
        return super(PaymentTransaction, self - held)._check_amount_and_confirm_order()
