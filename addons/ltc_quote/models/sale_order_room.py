from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from odoo.addons.ltc_base.models.ltc_gate_approval import PASSING

ROOM_DIGITS = 8  # a room that was asked for as an amount is exact to the cent


class SaleOrder(models.Model):
    """The room to negotiate as an amount: the lowest price instead of the percents that lead to it."""
    _inherit = 'sale.order'

    ltc_room_floor = fields.Monetary(
        string="Down to", compute='_compute_ltc_room_floor', inverse='_inverse_ltc_room_floor',
        groups='base.group_user', help="Without tax: the room may be asked for as the lowest price, too.")

    # === COMPUTE METHODS === #

    @api.depends('ltc_concession_room', 'amount_untaxed', 'currency_id')
    def _compute_ltc_room_floor(self):
        for order in self:
            order.ltc_room_floor = order._ltc_get_locked_floor() or order._ltc_get_room_floor()

    @api.onchange('ltc_room_floor')
    def _inverse_ltc_room_floor(self):
        """Ask for the room that leads to this price; what rounding alone made of the room is no wish."""
        for order in self:
            floor, net = order.ltc_room_floor, order.amount_untaxed
            shown = (order._ltc_get_locked_floor(), order._ltc_get_room_floor())
            if not order.currency_id or any(
                    order.currency_id.compare_amounts(floor, amount) == 0 for amount in shown):
                continue
            if not 0 < floor <= net:
                raise UserError(self.env._(
                    "%(order)s: the lowest price lies above 0 and not above the %(amount)s that are asked for.",
                    order=order.display_name, amount=format_amount(self.env, net, order.currency_id)))
            order.ltc_concession_room = round((1 - floor / net) * 100, ROOM_DIGITS)

    def _ltc_get_locked_floor(self):
        """Return the floor price of the Go whose room this quotation uses, 0 where there is none."""
        self.ensure_one()
        if not self._origin or not self.env['ltc.gate']._is_any_in_force():
            return 0.0
        review_sudo = self._origin._ltc_get_standing_review('atb')
        if review_sudo.decision not in PASSING or not review_sudo.floor_amount:
            return 0.0
        if self.currency_id.name != review_sudo.figures['currency']:
            return 0.0
        decided = review_sudo.figures['amount_untaxed']
        return review_sudo.floor_amount if review_sudo.floor_amount <= self.amount_untaxed <= decided else 0.0

    def _ltc_get_room_floor(self):
        self.ensure_one()
        floor = self.amount_untaxed * (1 - self._ltc_get_room() / 100)
        return self.currency_id.round(floor) if self.currency_id else floor

    # === BUSINESS METHODS === #

    def _ltc_get_room(self):
        """Return the room that is asked for, in percent, as it is frozen and judged; an impossible one is none."""
        self.ensure_one()
        room = round(self.ltc_concession_room, ROOM_DIGITS)
        return room if 0 < room < 100 else 0.0
