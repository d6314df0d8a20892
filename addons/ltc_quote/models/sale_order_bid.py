from odoo import api, fields, models
from odoo.tools import format_date

# who may read the register: others, such as accountants and warehouse workers, open the order without it
RISK_READERS = 'sales_team.group_sale_salesman,ltc_base.group_ltc_reviewer,ltc_base.group_ltc_auditor'


class SaleOrder(models.Model):
    """The bid: when it closes, whether it can be won, and what may go wrong. Gate ATB decides on all of it."""
    _inherit = 'sale.order'

    ltc_bid_closing = fields.Date(
        string="Bid Closing", copy=False, groups='base.group_user',
        help="The last day on which the customer takes bids.")
    ltc_win_chance = fields.Float(
        string="Win Chance (%)", compute='_compute_ltc_win_chance', compute_sudo=True, groups='base.group_user',
        help="The probability of the opportunity.")
    ltc_bid_reason = fields.Text(
        string="Why to Bid", copy=False, groups='base.group_user',
        help="Needed for ATB where the chance to win is low: why the effort is spent nevertheless.")
    ltc_risk_ids = fields.One2many('ltc.quote.risk', 'order_id', string="Risks", groups=RISK_READERS)

    # === COMPUTE METHODS === #

    @api.depends('opportunity_id.probability')
    def _compute_ltc_win_chance(self):
        for order in self:
            order.ltc_win_chance = order.opportunity_id.probability

    @api.depends('ltc_bid_closing', 'ltc_bid_reason', 'opportunity_id.probability')
    def _compute_ltc_approval_forecast(self):
        return super()._compute_ltc_approval_forecast()

    # === FIGURES === #

    def _ltc_get_offer_figures(self):
        """Freeze what the bid rests on, where there is any of it."""
        figures = super()._ltc_get_offer_figures()
        order_sudo = self.sudo()  # whoever asks, the facts are the same
        bid = {
            'bid_closing': fields.Date.to_string(order_sudo.ltc_bid_closing),
            'bid_reason': (order_sudo.ltc_bid_reason or '').strip(),
            'risks': sorted((risk._get_figures() for risk in order_sudo.ltc_risk_ids), key=str),
        }
        return {**figures, **{key: value for key, value in bid.items() if value}}

    @api.model
    def _ltc_get_figure_labels(self):
        return {
            **super()._ltc_get_figure_labels(),
            'bid_closing': self.env._("Bid Closing"),
            'bid_reason': self.env._("Why to Bid"),
            'risks': self.env._("Risks"),
        }

    @api.model
    def _ltc_format_figure(self, key, value):
        if key == 'bid_closing':
            return format_date(self.env, value)
        if key == 'risks':
            return ' · '.join(map(self.env['ltc.quote.risk']._format_figures, value))
        return super()._ltc_format_figure(key, value)

    def _ltc_sum_up_prices(self, facts):
        figures = super()._ltc_sum_up_prices(facts)
        return {**figures, 'bid_days_left': self._ltc_get_bid_days_left()} if self.ltc_bid_closing else figures

    def _ltc_get_bid_days_left(self):
        """Return the days from today where the company is to the closing of the bid; negative once it closed."""
        return (self.ltc_bid_closing - self.company_id._ltc_get_today()).days

    # === SUBMISSION === #

    def _ltc_get_submission_blockers(self, code):
        blockers = super()._ltc_get_submission_blockers(code)
        return blockers + self.sudo()._ltc_get_bid_blockers() if code == 'atb' else blockers

    def _ltc_get_bid_blockers(self):
        """Return, as sentences, what of the bid is not thought through; extend the list of ``super()``."""
        blockers = [
            self.env._(
                "%(order)s: risk %(risk)s is high; name its owner and what is done about it.",
                order=self.display_name, risk=risk.name)
            for risk in self.ltc_risk_ids if risk._is_unattended()]
        if self._ltc_is_challenged():
            blockers.append(self.env._(
                "%(order)s: the chance to win is %(percent)g %%, below %(limit)g %%; say why to bid nevertheless.",
                order=self.display_name, percent=round(self.ltc_win_chance, 2),
                limit=self.company_id.ltc_challenge_below))
        return blockers

    def _ltc_is_challenged(self):
        """Return whether the chance to win is low and nobody said yet why to bid.

        A probability that neither Odoo nor anybody has filled in is no chance of zero.
        """
        opportunity = self.opportunity_id
        return (
            bool(opportunity.probability or opportunity.automated_probability)
            and opportunity.probability < self.company_id.ltc_challenge_below
            and not (self.ltc_bid_reason or '').strip())

    # === FORECAST === #

    def _ltc_get_date_notes(self, figures):
        notes = super()._ltc_get_date_notes(figures)
        days, wanted = figures.get('bid_days_left'), self.company_id.ltc_bid_days
        if days is not None and days < 0:
            notes.append(self.env._("The bid closed on %s.", format_date(self.env, self.ltc_bid_closing)))
        elif days is not None and days < wanted:
            notes.append(self.env._(
                "The bid closes on %(date)s, in %(days)s days; ATB should be through %(wanted)s days before.",
                date=format_date(self.env, self.ltc_bid_closing), days=days, wanted=wanted))
        if self._ltc_is_challenged():
            notes.append(self.env._(
                "The chance to win is %(percent)g %%, below %(limit)g %%; the submission asks why to bid.",
                percent=round(self.ltc_win_chance, 2), limit=self.company_id.ltc_challenge_below))
        return notes

    def _ltc_describe_bid_days_trigger(self, level, figures):
        return self.env._(
            "%(days)s days to the closing of the bid, fewer than %(limit)s", days=figures['bid_days_left'],
            limit=level.bid_days_below)
