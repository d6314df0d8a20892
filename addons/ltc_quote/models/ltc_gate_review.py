import json
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from odoo.addons.ltc_base.models.ltc_gate_approval import PASSING

CONCEDED_FIGURES = {'amount', 'amount_untaxed', 'margin_percent', 'discount_percent', 'lines'}
QUANTITY, PRICE, DISCOUNT = 3, 4, 5  # in the figures of a line, see sale.order.line._ltc_get_figures
UNIT_DIGITS = 1e-6


def get_unit_net(line):
    return line[PRICE] * (1 - line[DISCOUNT] / 100)


class LtcGateReview(models.Model):
    """The room that a Go of ATB leaves to the negotiation, and the floor price that it locks.

    Within the room only prices fall: every line at most by the room and never above what was decided, the total not
    below the floor price, and nothing else differs from the frozen figures. It is always measured from the decided
    figures, so that small steps do not add up.
    """
    _inherit = 'ltc.gate.review'

    concession_room = fields.Float(
        string="Concession Room (%)", readonly=True, aggregator=None,
        help="By how much the price may fall without a new review.")
    floor_amount = fields.Monetary(
        string="Floor Price", readonly=True, aggregator=None, help="Without tax; below it the offer goes back to ATB.")

    offer_digest = fields.Char(
        readonly=True, copy=False, prefetch=False, groups=fields.NO_ACCESS,
        help="The quotation as it was when the Go was last compared with it.")
    offer_holds = fields.Boolean(
        readonly=True, copy=False, prefetch=False, groups=fields.NO_ACCESS, help="Whether the decision held then.")

    # === ACTION METHODS === #

    def action_limit_room(self, room):
        """Leave less room than the submitter asked for; whoever may decide this round may, before he does.

        :param float room: in percent of the decided price; more than was asked for needs a new submission
        """
        self.ensure_one()
        self._lock()
        self._check_may_decide()
        review_sudo = self.sudo()  # deciders only read reviews
        if not isinstance(room, (int, float)) or not 0 <= room <= review_sudo.concession_room:
            raise UserError(self.env._(
                "Review %(review)s asks for a concession room of %(room)s %%, and its deciders were chosen for that;"
                " leave so much or less.", review=self.name, room=review_sudo.concession_room))
        if room == review_sudo.concession_room:
            return True
        before = review_sudo.concession_room
        review_sudo.write({
            'concession_room': room,
            'floor_amount': self._get_floor(review_sudo.figures, room, review_sudo.currency_id),
        })
        review_sudo.message_post(body=self.env._(
            "Concession room limited from %(before)s %% to %(after)s %%.", before=before, after=room))
        review_sudo._audit('limited', {'room_before': before, **review_sudo._get_room_facts()})
        return True

    def _get_decided_facts(self):
        facts = super()._get_decided_facts()
        return {**facts, **self._get_room_facts()} if self.concession_room and self.decision in PASSING else facts

    def _get_room_facts(self):
        return {'concession_room': self.concession_room, 'floor_amount': self.floor_amount}

    # === COMPARING === #

    @api.model
    def _get_floor(self, figures, room, currency):
        return currency.round(figures.get('amount_untaxed', 0.0) * (1 - room / 100))

    def _is_unchanged(self, today):
        today = self._follow_merge(today)
        return super()._is_unchanged(today) or self._is_within_room(today)

    def _follow_merge(self, today):
        """Return ``today``'s figures with the opportunity that was decided on, where it was merged into today's.

        A merge takes the case along; a deleted opportunity leaves it behind.
        """
        frozen, current = (self.figures or {}).get('opportunity'), today.get('opportunity')
        if not (self.flow_id and frozen and current) or frozen == current:
            return today
        leads_sudo = self.env['crm.lead'].sudo()
        if leads_sudo.browse(current).ltc_flow_id != self.flow_id or leads_sudo.browse(frozen).exists():
            return today
        return {**today, 'opportunity': frozen}

    def _is_within_room(self, today):
        """Return whether ``today``'s figures are the decided ones but for prices that fell within the room."""
        if not self.concession_room or self.gate_code != 'atb' or self.decision not in PASSING:
            return False
        frozen = self.figures
        exact = (frozen.keys() | today.keys()) - CONCEDED_FIGURES
        return (
            all(frozen.get(key) == today.get(key) for key in exact)
            and self._is_total_within_room(frozen, today)
            and self._are_lines_within_room(frozen['lines'], today['lines'])
        )

    def _is_total_within_room(self, frozen, today):
        """Return whether the total lies between floor and decided price, and the margin fell by the price alone."""
        before, after = frozen['amount_untaxed'], today['amount_untaxed']
        compare = self.currency_id.compare_amounts
        if after <= 0 or compare(after, self.floor_amount) < 0 or compare(after, before) > 0 or compare(
                today['amount'], frozen['amount']) > 0:
            return False
        cost = before * (1 - frozen['margin_percent'] / 100)
        expected = (1 - cost / after) * 100
        rounding = 0.006 * (1 + before / after)  # both margins are rounded to two digits
        return abs(today['margin_percent'] - expected) <= rounding

    def _are_lines_within_room(self, frozen, today):
        """Return whether each line of ``today`` is one of ``frozen`` at its decided price or less, not below its floor.

        Lines that are alike are paired by their price.
        """
        before, after = self._group_lines(frozen), self._group_lines(today)
        return before.keys() == after.keys() and all(
            len(after[key]) == len(lines) and all(
                self._is_line_within_room(was, now) for was, now in zip(lines, after[key], strict=True))
            for key, lines in before.items())

    @api.model
    def _group_lines(self, lines):
        """Return {what a line is but for its price: those lines, cheapest first}."""
        groups = defaultdict(list)
        for line in lines:
            groups[json.dumps([value for index, value in enumerate(line) if index not in (PRICE, DISCOUNT)])].append(
                line)
        return {key: sorted(group, key=lambda line: (get_unit_net(line), line[PRICE])) for key, group in groups.items()}

    def _is_line_within_room(self, was, now):
        """A line that deducts deducts no more: that would hide what the others concede. A coupon in percent of lower
        prices is a smaller one.
        """
        net = get_unit_net(was)
        if net * was[QUANTITY] <= 0:
            is_smaller = net < 0 and net <= get_unit_net(now) < 0 and now[DISCOUNT] == was[DISCOUNT]
            return was == now or was[QUANTITY] > 0 and is_smaller
        return (
            now[PRICE] <= was[PRICE] + UNIT_DIGITS
            and now[DISCOUNT] >= was[DISCOUNT]
            and get_unit_net(now) >= net * (1 - self.concession_room / 100) - UNIT_DIGITS)

    # === BANNER === #

    def _describe_decision(self, document):
        state, sentence = super()._describe_decision(document)
        if state in PASSING and self.concession_room and self.gate_code == 'atb':
            sentence += ' ' + self.env._(
                "Concession room %(room)s %%, floor price %(floor)s.", room=f'{self.concession_room:g}',
                floor=format_amount(self.env, self.floor_amount, self.currency_id))
        return state, sentence
