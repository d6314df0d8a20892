from odoo import api, models
from odoo.tools import format_amount

from odoo.addons.ltc_base.models.ltc_gate_approval import PASSING

from .ltc_gate_review import get_unit_net


class SaleOrder(models.Model):
    """What is left of the room to negotiate, and which line or total leaves it: seen before anything is saved."""
    _inherit = 'sale.order'

    @api.depends(
        'partner_invoice_id', 'fiscal_position_id', 'require_payment', 'prepayment_percent', 'ltc_solution_id',
        'order_line.tax_ids')
    def _compute_ltc_approval_forecast(self):
        """Follow what else voids a Go; wording does once it is saved, for typing a text is no call to the server."""
        return super()._compute_ltc_approval_forecast()

    def _ltc_get_forecast(self):
        review_sudo = self._ltc_get_room_review()
        if not review_sudo:
            return super()._ltc_get_forecast()
        if review_sudo._matches(self) and not review_sudo._get_overdue_conditions():
            return self._ltc_prepare_notice('success', [self._ltc_describe_room_left(review_sudo)])
        forecast = super()._ltc_get_forecast()
        notes = self._ltc_describe_beyond_room(review_sudo)
        if not forecast:
            return notes and self._ltc_prepare_notice('warning', notes)
        return {**forecast, 'notes': notes + forecast['notes']}

    def _ltc_get_room_review(self):
        """Return in sudo the Go whose room this quotation may use, or an empty recordset."""
        reviews_sudo = self.env['ltc.gate.review'].sudo()
        if not (self._origin and self.ltc_concession_room):
            return reviews_sudo
        if self._origin._ltc_get_last_review('atb', decided=False).state == 'in_review':
            return reviews_sudo
        review_sudo = self._origin._ltc_get_last_review('atb')
        return review_sudo if review_sudo.decision in PASSING and review_sudo.concession_room else reviews_sudo

    def _ltc_describe_room_left(self, review):
        return self.env._(
            "The Go holds: %(left)s of the concession room is left, down to %(floor)s without tax.",
            left=format_amount(self.env, max(self.amount_untaxed - review.floor_amount, 0.0), self.currency_id),
            floor=format_amount(self.env, review.floor_amount, self.currency_id))

    def _ltc_describe_beyond_room(self, review):
        """Return, as sentences, which lines lie below their share of the floor price, or that the total does."""
        if self.currency_id.name != review.figures['currency']:
            return []  # another offer altogether
        sentences = [self.env._(
            "Line %(number)s (%(product)s) is below its floor of %(floor)s a unit: the Go does not hold.",
            number=number, product=self._ltc_get_checked_product({'line': line}),
            floor=format_amount(self.env, floor, self.currency_id),
        ) for number, line, floor in self._ltc_get_lines_beyond_room(review)]
        if self.currency_id.compare_amounts(self.amount_untaxed, review.floor_amount) < 0:
            sentences.append(self.env._(
                "The price is %(amount)s below the floor price of %(floor)s: the Go does not hold.",
                amount=format_amount(self.env, review.floor_amount - self.amount_untaxed, self.currency_id),
                floor=format_amount(self.env, review.floor_amount, self.currency_id)))
        return sentences

    def _ltc_get_lines_beyond_room(self, review):
        """Return [(number, line, floor of one unit)], paired with the decided lines as the Go itself pairs them."""
        lines = self._ltc_get_offered_lines()
        figures = [line._ltc_get_figures() for line in lines]
        shown = {id(own): line for own, line in zip(figures, lines, strict=True)}
        numbers = self._ltc_number_lines()
        decided = review._group_lines(review.figures['lines'])
        beyond = []
        for key, group in review._group_lines(figures).items():
            for was, now in zip(decided.get(key, ()), group, strict=False):
                floor = get_unit_net(was) * (1 - review.concession_room / 100)
                if get_unit_net(now) < floor and not review._is_line_within_room(was, now):
                    beyond.append((numbers[shown[id(now)]], shown[id(now)], floor))
        return sorted(beyond, key=lambda entry: entry[0])
