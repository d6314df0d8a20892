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
        return self._ltc_describe_credit(self._ltc_get_credit())

    def _ltc_describe_credit(self, credit):
        """Return, as sentences, what is overdue, beyond the limit or later than recommended.

        :param dict credit: of :meth:`_ltc_get_credit`
        """
        currency = self.company_id.currency_id
        values = {'customer': self.partner_invoice_id.commercial_partner_id.sudo().name}
        sentences = []
        if currency.compare_amounts(credit['overdue'], 0) > 0:
            sentences.append(self.env._(
                "%(customer)s owes %(overdue)s that is overdue, the oldest since %(days)s days.",
                overdue=currency.format(credit['overdue']), days=credit['overdue_days'], **values))
        is_beyond = currency.compare_amounts(credit['excess'], 0) > 0
        if is_beyond and credit['limit_grade'] and not credit['credit_limit']:
            sentences.append(self.env._(
                "Customers of grade %(grade)s like %(customer)s are given nothing on credit; with this quotation it"
                " would be %(excess)s.", grade=credit['limit_grade'], excess=currency.format(credit['excess']),
                **values))
        elif is_beyond and credit['limit_grade']:
            sentences.append(self.env._(
                "With this quotation, %(excess)s are beyond the credit limit of %(limit)s that is recommended for"
                " customers of grade %(grade)s like %(customer)s.", excess=currency.format(credit['excess']),
                limit=currency.format(credit['credit_limit']), grade=credit['limit_grade'], **values))
        elif is_beyond:
            sentences.append(self.env._(
                "With this quotation, %(excess)s are beyond the credit limit of %(customer)s.",
                excess=currency.format(credit['excess']), **values))
        return sentences + self._ltc_get_terms_notice()

    def _ltc_get_terms_notice(self):
        """Say it where the quotation lets the customer pay later than is recommended for his grade."""
        order_sudo = self.sudo()  # whoever reads the quotation may know
        partner = order_sudo.partner_invoice_id.commercial_partner_id.with_company(self.company_id)
        terms = partner._ltc_get_grade_terms(self.company_id)
        if not terms or not terms.payment_term_id or partner.property_payment_term_id:
            return []
        recommended = self.env['account.payment.term'].sudo().browse(terms.payment_term_id)
        if order_sudo.payment_term_id._ltc_get_longest_days() <= recommended._ltc_get_longest_days():
            return []
        return [self.env._(
            "Customers of grade %(grade)s are asked for the payment terms %(terms)s; this quotation says %(other)s.",
            grade=partner.ltc_grade, terms=recommended.name, other=order_sudo.payment_term_id.name)]
