from odoo import models


class SaleOrder(models.Model):
    """What of the customer's credit is said beside the quotation, before more effort is spent on it."""
    _inherit = 'sale.order'

    def ltc_get_credit_notice(self):
        """Return, as sentences, what of the customer's credit matters before more effort is spent on this quotation.

        The form asks it when it is on the screen, so that opening it costs nothing.
        """
        self.ensure_one()
        self.check_access('read')
        if not self._ltc_is_open() or not self.env.user._is_internal():
            return []
        credit, currency = self._ltc_get_credit(), self.company_id.currency_id
        values = {'customer': self.partner_invoice_id.commercial_partner_id.sudo().name}
        sentences = []
        if currency.compare_amounts(credit['overdue'], 0) > 0:
            sentences.append(self.env._(
                "%(customer)s owes %(overdue)s that is overdue, the oldest since %(days)s days.",
                overdue=currency.format(credit['overdue']), days=credit['overdue_days'], **values))
        if currency.compare_amounts(credit['excess'], 0) > 0:
            sentences.append(self.env._(
                "With this quotation, %(excess)s are beyond the credit limit of %(customer)s.",
                excess=currency.format(credit['excess']), **values))
        return sentences
