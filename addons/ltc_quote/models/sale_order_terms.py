from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..terms import ACCEPTANCE_METHODS, BILLING_FREQUENCIES, TERMS


class SaleOrder(models.Model):
    """How the customer accepts and how often he is billed: offered, decided on, compared and kept like the price.

    What nobody agreed on yet is empty, and no part of the figures.
    """
    _inherit = 'sale.order'

    ltc_acceptance_method = fields.Selection(
        ACCEPTANCE_METHODS, string="Acceptance", compute='_compute_ltc_terms', store=True, readonly=False,
        precompute=True, help="By what the delivery is accepted; the later, the later the money comes.")
    ltc_billing_frequency = fields.Selection(
        BILLING_FREQUENCIES, string="Billing", compute='_compute_ltc_terms', store=True, readonly=False,
        precompute=True, help="How often the customer is billed.")

    # === COMPUTE METHODS === #

    @api.depends('sale_order_template_id')
    def _compute_ltc_terms(self):
        for order in self:
            for name in TERMS.values():
                proposed = order._ltc_is_open() and order.sale_order_template_id[name]  # no template moves an order
                order[name] = proposed or order[name]

    @api.depends(*TERMS.values())
    def _compute_ltc_approval_forecast(self):
        return super()._compute_ltc_approval_forecast()

    # === CONSTRAINT METHODS === #

    @api.constrains('partner_id', 'partner_invoice_id', 'payment_term_id', *TERMS.values())
    def _check_ltc_decided_terms(self):
        """A confirmed order keeps the customer, the debtor and the terms of its Go; who pays sooner is welcome."""
        for order in self.sudo()._ltc_filter_bound_by_go():
            frozen = order._ltc_get_agreed_review().figures
            if not frozen:
                continue
            today = order._ltc_get_term_figures()
            days = order.payment_term_id._ltc_get_longest_days()
            if any(frozen.get(key) != today.get(key) for key in TERMS) or days > frozen.get('payment_days', days):
                raise ValidationError(self.env._(
                    "Order %(order)s is confirmed and keeps its payment days, acceptance and billing; take it back to"
                    " quotation and submit it to ATB again.", order=order.name))
            if order._ltc_has_other_party(frozen):
                raise ValidationError(self.env._(
                    "Order %(order)s is confirmed and keeps its customer and who is invoiced; take it back to quotation"
                    " and submit it to ATB again.", order=order.name))

    def _ltc_has_other_party(self, frozen):
        """Return whether customer or debtor are others than those decided on; one who was merged away is nobody."""
        parties = {'partner': self.partner_id, 'debtor': self.partner_invoice_id.commercial_partner_id}
        return any(
            frozen.get(key) and frozen[key] != partner.id and partner.browse(frozen[key]).exists()
            for key, partner in parties.items())

    # === FIGURES === #

    def _ltc_get_term_figures(self):
        return {key: self[name] for key, name in TERMS.items() if self[name]}

    def _ltc_get_offer_figures(self):
        return {**super()._ltc_get_offer_figures(), **self._ltc_get_term_figures()}

    def _ltc_get_forecast_figures(self):
        return {**super()._ltc_get_forecast_figures(), **self._ltc_get_term_figures()}

    @api.model
    def _ltc_get_figure_labels(self):
        return {**super()._ltc_get_figure_labels(), **self._ltc_get_term_labels()}

    @api.model
    def _ltc_get_term_labels(self):
        return {key: self._fields[name]._description_string(self.env) for key, name in TERMS.items()}

    @api.model
    def _ltc_format_figure(self, key, value):
        return self._ltc_format_term(key, value) if key in TERMS else super()._ltc_format_figure(key, value)

    @api.model
    def _ltc_format_term(self, key, value):
        return dict(self._fields[TERMS[key]]._description_selection(self.env)).get(value, '')

    # === VERSIONS === #

    def _ltc_prepare_snapshot(self):
        return {**super()._ltc_prepare_snapshot(), **self._ltc_get_term_figures()}

    @api.model
    def _ltc_get_snapshot_labels(self):
        labels = {}
        for key, label in super()._ltc_get_snapshot_labels().items():
            labels[key] = label
            if key == 'payment_term':
                labels.update(self._ltc_get_term_labels())
        return labels

    @api.model
    def _ltc_format_snapshot(self, key, value, column):
        return self._ltc_format_term(key, value) if key in TERMS else super()._ltc_format_snapshot(key, value, column)

    # === FORECAST === #

    def _ltc_describe_acceptance_trigger(self, level, figures):
        return self._ltc_describe_term_trigger(
            'acceptance_method', figures, self.env._("no acceptance agreed"))

    def _ltc_describe_billing_trigger(self, level, figures):
        return self._ltc_describe_term_trigger('billing_frequency', figures, self.env._("no billing agreed"))

    def _ltc_describe_term_trigger(self, key, figures, missing):
        value = figures.get(key)
        if not value:
            return missing
        return self.env._(
            "%(term)s: %(value)s", term=self._ltc_get_term_labels()[key].lower(),
            value=self._ltc_format_term(key, value))
