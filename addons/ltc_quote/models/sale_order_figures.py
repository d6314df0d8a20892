from odoo import api, fields, models
from odoo.tools import format_datetime

from odoo.addons.ltc_base.tools import format_record, get_plain_text

NO_MARGIN = -100.0  # percent, of what is given away or paid for
FIGURE_MODELS = {
    'company': 'res.company',
    'debtor': 'res.partner',
    'payment_term': 'account.payment.term',
    'pricelist': 'product.pricelist',
    'fiscal_position': 'account.fiscal.position',
}


class SaleOrder(models.Model):
    """What gate ATB decides on, freezes and compares."""
    _inherit = 'sale.order'

    def _ltc_get_team_leader(self):
        return self.team_id.user_id

    def _ltc_get_gate_figures(self, code):
        figures = super()._ltc_get_gate_figures(code)
        if code == 'atb' or self._ltc_is_own_gate(code):
            figures.update(self._ltc_get_offer_figures())
        return figures

    def _ltc_get_offer_figures(self):
        """Return everything of the offer that was decided on, JSON-able; what differs later voids the Go.

        Extend the dict of ``super()``, and ``_ltc_get_figure_labels`` with it.
        """
        self.ensure_one()
        return {
            'amount': self.currency_id.round(self.amount_total),
            'amount_untaxed': self.currency_id.round(self.amount_untaxed),
            'currency': self.currency_id.name,
            'margin_percent': round(self.margin_percent * 100, 2),
            'discount_percent': self._ltc_get_deepest_discount(),
            'payment_days': self.payment_term_id._ltc_get_longest_days(),
            'payment_term': self.payment_term_id.id,
            'partner': self.partner_id.id,
            'debtor': self.partner_invoice_id.commercial_partner_id.id,
            'company': self.company_id.id,
            'pricelist': self.pricelist_id.id,
            'fiscal_position': self.fiscal_position_id.id,
            'delivery_date': fields.Datetime.to_string(self.commitment_date),
            'prepayment': round(self.require_payment and self.prepayment_percent * 100, 2),
            'terms': get_plain_text(self.note),
            'remarks': sorted(
                (line.name or '').strip()
                for line in self.order_line if line.display_type and not line.is_downpayment),
            'lines': self._ltc_get_line_figures(),
            'scope': self._ltc_get_scope_figures(),
        }

    def _ltc_get_authority_figures(self, code):
        """Ask the matrix on today's costs and price list where a line's own were typed to look better."""
        figures = super()._ltc_get_authority_figures(code)
        is_offer = code == 'atb' or self._ltc_is_own_gate(code)
        return {**figures, **self._ltc_get_strict_figures(figures)} if is_offer else figures

    def _ltc_get_strict_figures(self, figures):
        """Return the margin and the discount of ``figures``, or worse ones by the products' cost and list price."""
        self = self._ltc_asking_at_once()
        lines = self._ltc_get_offered_lines()
        net = sum(line.price_subtotal for line in lines)
        cost = sum(line._ltc_get_strict_cost() for line in lines)
        margin = self._ltc_get_margin_percent(net, cost)
        return {
            'margin_percent': min(figures.get('margin_percent', 0.0), margin),
            'discount_percent': max(figures.get('discount_percent', 0.0), self._ltc_get_deepest_discount(strict=True)),
            'least_cost': cost,
        }

    @api.model
    def _ltc_get_margin_percent(self, net, cost):
        """Return the margin in percent; what earns nothing has the worst one, whatever minus by minus would say."""
        return round((1 - cost / net) * 100, 2) if net > 0 else NO_MARGIN

    def _ltc_get_commercial_lines(self):
        """Return the lines that the parties agree on: no sections, notes, down payments or re-invoiced expenses."""
        return self.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment and not line.is_expense
        ).with_prefetch(self.order_line._prefetch_ids)

    def _ltc_get_offered_lines(self):
        """Return the lines that a decision counts: the commercial ones, and those that only a flag would hide."""
        return self.order_line.filtered(lambda line: line._ltc_is_offered()).with_prefetch(
            self.order_line._prefetch_ids)  # taxes of all orders at once

    def _ltc_get_line_figures(self):
        """Return the figures of the offered lines; moving a line up or down changes nothing."""
        return [figures for figures, _line in self._ltc_get_sorted_lines()]

    def _ltc_get_sorted_lines(self):
        """Return [(figures, line)] of the offered lines, in the order in which they are frozen."""
        lines = self._ltc_get_offered_lines()
        return sorted(((line._ltc_get_figures(), line) for line in lines), key=lambda pair: str(pair[0]))

    def _ltc_get_scope_figures(self):
        """Return what is offered, without its prices: those who judge the solution are not asked about a discount."""
        return sorted((
            [line.product_id.id, line.product_uom_id.id, round(line.product_uom_qty, 6)]
            for line in self._ltc_get_offered_lines()
        ), key=str)

    def _ltc_get_deepest_discount(self, strict=False):
        """Return the deepest discount in percent: of a line, or of the whole offer by lines that deduct.

        It counts from the price list, so that a price typed over is a discount as well.

        :param bool strict: from the price list of today, whatever stands on the lines
        """
        offers = [
            (line._ltc_get_list_amount(strict), line._ltc_get_net_amount()) for line in self._ltc_get_offered_lines()
        ]
        offers.append((sum(listed for listed, _net in offers), sum(net for _listed, net in offers)))
        return max((round((1 - net / listed) * 100, 2) for listed, net in offers if listed > 0), default=0.0)

    def _ltc_get_amount_company(self, code):
        if code != 'atb' and not self._ltc_is_own_gate(code):
            return super()._ltc_get_amount_company(code)
        return self._ltc_get_authority_amount(self.amount_total)

    def _ltc_get_authority_amount(self, amount):
        """Return ``amount`` in company currency at the rate of the document's date, or of today if that is more.

        The date of a quotation can be typed, and with it the rate.
        """
        currency, company = self.currency_id, self.company_id
        dates = {fields.Date.to_date(self.date_order), fields.Date.context_today(self)}
        return max(currency._convert(amount, company.currency_id, company, date) for date in dates)

    @api.model
    def _ltc_get_figure_labels(self):
        return {
            **super()._ltc_get_figure_labels(),
            'amount': self.env._("Amount with Tax"),
            'payment_term': self.env._("Payment Terms"),
            'debtor': self.env._("Invoiced To"),
            'company': self.env._("Company"),
            'pricelist': self.env._("Pricelist"),
            'fiscal_position': self.env._("Fiscal Position"),
            'delivery_date': self.env._("Promised Delivery"),
            'prepayment': self.env._("Online Payment (%)"),
            'terms': self.env._("Terms and Conditions"),
            'remarks': self.env._("Sections and Notes"),
        }

    @api.model
    def _ltc_format_figure(self, key, value):
        if key in FIGURE_MODELS:
            return format_record(self.env, FIGURE_MODELS[key], value)
        if key == 'remarks':
            return ' · '.join(value)
        if key == 'delivery_date':
            return format_datetime(self.env, value, dt_format='short')
        return super()._ltc_format_figure(key, value)

    @api.model
    def _ltc_get_line_columns(self):
        return [
            self.env._("Product"),
            self.env._("Description"),
            self.env._("Unit"),
            {'label': self.env._("Quantity"), 'kind': 'number'},
            {'label': self.env._("Unit Price"), 'kind': 'number'},
            {'label': self.env._("Disc. %"), 'kind': 'number'},
            self.env._("Taxes"),
        ]
