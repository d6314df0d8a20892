from contextlib import contextmanager
from math import isfinite, nan

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from .ltc_quote_concession import CONCESSION_KINDS, CONCESSION_SIDES

WATCHED = 'ltc_quote.watched_prices'  # ids of quotations whose price this transaction touched


class SaleOrder(models.Model):
    """The negotiation: the room that a Go leaves, the floor price that it locks, and what was conceded.

    The room is asked for with the submission, and decided on like every other figure. Whoever decides must have
    authority for the floor price, not only for the price offered (:meth:`_ltc_judge_prices`).
    """
    _inherit = 'sale.order'

    ltc_concession_room = fields.Float(
        string="Concession Room (%)", copy=False, groups='base.group_user',
        default=lambda self: self.env.company.ltc_concession_room,
        help="By how much the price may fall in the negotiation without a new review, if ATB decides Go.")

    _ltc_concession_room_share = models.Constraint(
        'CHECK(ltc_concession_room >= 0 AND ltc_concession_room < 100)',
        "The concession room lies between 0 and 100 %.")

    @api.model
    def _init_column(self, column_name):
        """Ask for no room on the quotations that exist: the company's setting is no column yet."""
        if column_name == 'ltc_concession_room':
            return None
        return super()._init_column(column_name)

    # === ONCHANGE METHODS === #

    @api.onchange('ltc_concession_room')
    def _onchange_ltc_concession_room(self):
        """Say it while it is typed; that it is not saved, the constraint sees to."""
        if not 0 <= self.ltc_concession_room < 100:
            return {'warning': {
                'title': self.env._("Concession Room (%)"),
                'message': self.env._("The concession room lies between 0 and 100 %."),
            }}
        return None

    # === ACTION METHODS === #

    def action_ltc_concede(self):
        """Open the dialog that logs a concession on this quotation."""
        self.check_access('write')
        return self._ltc_open_dialog('ltc.quote.concede', self.env._("Log a Concession"))

    def action_view_ltc_concessions(self):
        """Open the negotiation log of this quotation."""
        return self._ltc_view_history(
            'ltc_quote.ltc_quote_concession_action', self.env._("Negotiation of %s", self.name))

    def ltc_log_concession(self, kind, side, description, value=0.0, counterpart='', counter_value=0.0):
        """Log what was conceded in the negotiation of this quotation; whoever may change the quotation may.

        :param str kind: 'price', 'term' or 'scope'
        :param str side: who gave way, 'us' or 'customer'
        :param str description: what was conceded
        :param float value: what it is worth in the quotation's currency, without tax
        :param str counterpart: what came back for it
        :param float counter_value: what that is worth
        """
        self.ensure_one()
        self.check_access('write')
        choices = {key for key, _label in CONCESSION_KINDS}, {key for key, _label in CONCESSION_SIDES}
        if not all(isinstance(key, str) and key in keys for key, keys in zip((kind, side), choices, strict=True)):
            raise UserError(self.env._("%s: choose who conceded, and whether price, terms or scope.", self.name))
        if not isinstance(description, str) or not description.strip():
            raise UserError(self.env._("%s: say what was conceded.", self.name))
        if counterpart and not isinstance(counterpart, str):
            raise UserError(self.env._("%s: say in words what came back for it.", self.name))
        return self._ltc_create_concession(
            kind, description.strip(), self._ltc_get_worth(value), side=side, counterpart=counterpart or False,
            counter_value=self._ltc_get_worth(counter_value)).id

    def _ltc_get_worth(self, value):
        """Return what a client says something is worth, as a number."""
        try:
            worth = float(value or 0.0)
        except (TypeError, ValueError, OverflowError):
            worth = nan
        if not isfinite(worth):
            raise UserError(self.env._("%s: say what it is worth as a number.", self.name))
        return worth

    # === THE ROOM === #

    def _ltc_get_offer_figures(self):
        figures = super()._ltc_get_offer_figures()
        room = self._ltc_get_room()
        return {**figures, 'concession_room': room} if room else figures

    @api.model
    def _ltc_get_figure_labels(self):
        return {**super()._ltc_get_figure_labels(), 'concession_room': self.env._("Concession Room (%)")}

    @api.model
    def _ltc_lower_to_floor(self, figures, room):
        """Return ``figures`` with margin and discount as they are when ``room`` percent were given away."""
        kept = 1 - room / 100
        return {
            **figures,
            'margin_percent': round(100 - (100 - figures.get('margin_percent', 0.0)) / kept, 2),
            'discount_percent': round(100 - (100 - figures.get('discount_percent', 0.0)) * kept, 2),
        } if room else figures

    def _ltc_prepare_review_values(self, gate, answers, note, urgent=False):
        values = super()._ltc_prepare_review_values(gate, answers, note, urgent)
        room = values['figures'].get('concession_room', 0.0) if gate.code == 'atb' else 0.0
        if room:
            values['concession_room'] = room
            values['floor_amount'] = self.env['ltc.gate.review']._get_floor(values['figures'], room, self.currency_id)
        return values

    def _ltc_describe_room(self):
        """Return the room that is asked for with the price to which it leads, or False."""
        self.ensure_one()
        room = self._ltc_get_room()
        if not room:
            return False
        return self.env._(
            "%(room)s %%, down to %(floor)s without tax", room=f'{room:g}',
            floor=format_amount(self.env, self._ltc_get_room_floor(), self.currency_id))

    # === THE LOG === #

    @contextmanager
    def _ltc_guarded(self, touched=None):
        with super()._ltc_guarded(touched):
            yield
        self._ltc_watch_price()

    def _ltc_watch_price(self):
        """Look at these quotations once more when the transaction is through, however many writes it takes."""
        if not self.env['ltc.gate']._is_any_in_force():
            return
        watched = self._origin.sudo().filtered(  # whoever changes it, the customer too
            lambda order: order.ltc_concession_room and order.state in ('draft', 'sent'))
        if not watched:
            return
        precommit = self.env.cr.precommit
        if WATCHED not in precommit.data:
            precommit.add(self.browse()._ltc_log_watched_prices)
        precommit.data.setdefault(WATCHED, set()).update(watched.ids)

    def _ltc_log_watched_prices(self):
        orders_sudo = self.sudo().browse(self.env.cr.precommit.data.pop(WATCHED, ())).exists()
        for order in orders_sudo:
            order._ltc_log_price_concession()

    def _ltc_log_price_concession(self):
        """Log by how much the price fell (or rose again) within the room of the last Go, and freeze the new price."""
        review = self._ltc_get_last_review('atb')
        figures = self._ltc_get_gate_figures('atb')
        if not review._is_within_room(figures):
            return
        log = self._ltc_get_price_log(review)
        before = log.filtered('review_id')[-1:].amount_after or review.figures['amount_untaxed']
        after = figures['amount_untaxed']
        description = ''
        if not self.currency_id.is_zero(before - after):
            description = self._ltc_log_price_step(review, log, before, after)
        last = self.env['ltc.quote.version'].search([('order_id', '=', self.id), ('is_last', '=', True)])
        if not last or last.snapshot['lines'] != self._ltc_prepare_snapshot()['lines']:
            self._ltc_keep_version('concession', review=review, reason=description)

    def _ltc_get_price_log(self, review):
        """Return what was logged of our price since that Go, by itself or by hand, oldest first."""
        return self.env['ltc.quote.concession'].search([
            ('order_id', '=', self.id), ('kind', '=', 'price'), ('side', '=', 'us'),
            '|', ('review_id', '=', review.id),
            '&', ('is_automatic', '=', False), ('conceded_on', '>=', review.decided_on)], order='id')

    def _ltc_log_price_step(self, review, log, before, after):
        """Log that the price moved, less what was said of it by hand already; return the step in words.

        Where all of it was said, the last entry gets the price to which it led, and keeps its words.
        """
        said = sum(log.mapped('value')) - (review.figures['amount_untaxed'] - before)  # and not in the price so far
        covered = self.currency_id.round(min(max(said, 0.0), max(before - after, 0.0)))
        value = before - after - covered
        if covered and self.currency_id.is_zero(value) and not log[-1:].is_automatic:
            log[-1:].write({'review_id': review.id, 'amount_after': after})
            return log[-1:].description
        description = self._ltc_describe_price_step(review, before, after, covered)
        self._ltc_create_concession(
            'price', description, value, is_automatic=True, amount_after=after, review_id=review.id)
        return description

    def _ltc_describe_price_step(self, review, before, after, covered):
        currency = self.currency_id
        description = self.env._(
            "Price from %(before)s to %(after)s, within the room of %(review)s (floor price %(floor)s)",
            before=format_amount(self.env, before, currency), review=review.name,
            after=format_amount(self.env, after, currency),
            floor=format_amount(self.env, review.floor_amount, currency))
        if not covered:
            return description
        return self.env._(
            "%(step)s; %(amount)s of it were logged by hand before", step=description,
            amount=format_amount(self.env, covered, currency))

    def _ltc_create_concession(self, kind, description, value, **values):
        order_sudo = self.sudo()  # users only read the log
        return order_sudo.env['ltc.quote.concession'].create({
            'order_id': self.id,
            'company_id': order_sudo.company_id.id,
            'partner_id': order_sudo.partner_id.id,
            'currency_id': order_sudo.currency_id.id,
            'conceded_on': fields.Datetime.now(),
            'user_id': self.env.uid,
            'side': 'us',
            'kind': kind,
            'description': description,
            'value': value,
            'amount_after': order_sudo.amount_untaxed,
            **values,
        })
