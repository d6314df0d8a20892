from itertools import islice

from odoo import api, fields, models
from odoo.tools import format_date

SHOWN_NOTES = 5


class SaleOrder(models.Model):
    """Which approval the prices will need, and why: seen while they are typed, before anything is submitted."""
    _inherit = 'sale.order'

    ltc_approval_forecast = fields.Json(
        string="Approval Needed", compute='_compute_ltc_approval_forecast', compute_sudo=True,
        groups='base.group_user')

    @api.depends(
        'state', 'company_id', 'create_date', 'ltc_gates_ahead', 'partner_id', 'user_id', 'currency_id', 'date_order',
        'pricelist_id', 'payment_term_id', 'commitment_date', 'opportunity_id', 'amount_total', 'ltc_concession_room',
        'order_line.product_id', 'order_line.product_uom_id', 'order_line.product_uom_qty', 'order_line.price_unit',
        'order_line.discount', 'order_line.price_subtotal', 'order_line.purchase_price', 'order_line.customer_lead')
    @api.depends_context('lang', 'uid')
    def _compute_ltc_approval_forecast(self):
        asked = self.filtered(lambda order: order._ltc_is_open() and order.currency_id)  # emptied while typing
        bound = asked._ltc_is_gate_active('atb')
        for order in self:
            order.ltc_approval_forecast = order in asked and (
                order._ltc_get_forecast() if order in bound else order._ltc_get_price_notice())

    def _ltc_get_forecast(self):
        """Return what the form shows of the level that will decide; False where the decision stands or is under way."""
        self.ensure_one()
        if self.id and self._ltc_is_settled() or not self._ltc_get_offered_lines():
            return False
        amount_company = self._ltc_get_amount_company('atb')
        figures = {**self._ltc_get_forecast_figures(), 'amount_company': amount_company}
        levels = self.env['ltc.authority.rule']._get_fired_levels(self, 'atb', figures, amount_company)
        if not levels:
            return self._ltc_get_price_notice()
        level, fired = levels[-1]
        return {
            'level': level.name,
            'deciders': level.deciders,
            'tone': 'warning' if fired else 'success',
            'reasons': [self._ltc_describe_trigger(key, level, figures) for key in fired],
            'notes': self._ltc_get_room_notes() + self._ltc_get_forecast_notes(figures),
            'hint': self._ltc_get_forecast_hint(level, fired, figures),
        }

    def _ltc_get_forecast_figures(self):
        """Return the figures of the authority matrix, as far as levels ask for them, cheap enough to follow typing.

        Extend it with whatever ``_ltc_get_authority_figures`` adds. They are the same but for two lines of defence:
        the submission asks today's price list where this trusts what Odoo noted on the line, and it freezes figures.
        """
        bundles = self._ltc_get_bundles()
        figures = self._ltc_sum_up_prices(self._ltc_spread_bundles(bundles))
        net, cost = (sum(bundle[key] for bundle in bundles) for key in ('net', 'cost'))
        figures = self._ltc_count_estimate(net, {
            **figures,
            'margin_percent': self._ltc_get_margin_percent(net, cost),
            'discount_percent': max([figures['total_discount_percent'], *figures['line_list_discount']]),
            'payment_days': self.payment_term_id._ltc_get_longest_days(),
            'customer_grade': self.partner_id.commercial_partner_id.ltc_grade or '',
            'least_cost': cost,
        })
        room = self._ltc_get_room()
        return self._ltc_judge_prices(figures, bundles, room) if room else figures

    def _ltc_is_settled(self):
        """Return whether this document as it is was decided, or is under review."""
        review = self._ltc_get_last_review('atb', decided=False)
        return review.state == 'in_review' or bool(review) and not self._ltc_get_gate_blockers('atb')[self.id]

    def _ltc_get_price_notice(self):
        """Return the lines beyond the price rules where no gate decides: said, and no more."""
        notes = []
        if self.env['ltc.price.rule']._get_cached(self.company_id.id):
            notes = self._ltc_get_price_notes(self._ltc_get_price_checks(self._ltc_get_line_facts()))
        return self._ltc_prepare_notice('warning', notes) if notes else False

    @api.model
    def _ltc_prepare_notice(self, tone, notes):
        """Return what the form shows where no level is named."""
        return {'level': False, 'deciders': '', 'tone': tone, 'reasons': [], 'notes': notes, 'hint': ''}

    def _ltc_get_price_notes(self, checks):
        notes = list(islice(self._ltc_describe_price_checks(checks), SHOWN_NOTES))
        more = sum((check['below_percent'] > 0) + (check['over_points'] > 0) for check in checks) - SHOWN_NOTES
        return notes + ([self.env._("And %(count)s more.", count=more)] if more > 0 else [])

    # === SENTENCES === #

    def _ltc_get_forecast_notes(self, figures):
        return self._ltc_get_date_notes(figures) + self._ltc_get_price_notes(figures['price_checks'])

    def _ltc_get_reason_facts(self, code):
        return {**super()._ltc_get_reason_facts(code), 'credit': self._ltc_get_credit()}

    def _ltc_get_review_notes(self, code, figures):
        """Tell those who judge what the salesperson read while he typed: the forecast's notes, and the credit."""
        notes = super()._ltc_get_review_notes(code, figures)
        if 'price_checks' not in figures:
            return notes  # no gate on the offer
        room = self._ltc_get_room_notes() if code == 'atb' else []  # no other gate leaves room
        return notes + room + self._ltc_get_forecast_notes(figures) + self._ltc_describe_credit(figures['credit'])

    def _ltc_get_room_notes(self):
        room = self._ltc_describe_room()
        return [self.env._("Judged are the lowest prices within the concession room: %s.", room)] if room else []

    def _ltc_get_date_notes(self, figures):
        days = figures['days_too_early']
        if not days:
            return []
        date = format_date(self.env, self._ltc_get_earliest_date())
        if days == 1:
            return [self.env._("The promised date is 1 day before %(date)s, the earliest possible one.", date=date)]
        return [self.env._(
            "The promised date is %(days)s days before %(date)s, the earliest possible one.", days=days, date=date)]

    def _ltc_describe_below_floor_trigger(self, level, figures):
        count, percent = figures['below_floor_count'], figures['below_floor_percent']
        if count == 1:
            return self.env._("1 line below its floor price, by %(percent)g %%", percent=percent)
        return self.env._(
            "%(count)s lines below their floor price, by up to %(percent)g %%", count=count, percent=percent)

    def _ltc_describe_over_discount_trigger(self, level, figures):
        count, points = figures['over_discount_count'], figures['over_discount_points']
        if count == 1:
            return self.env._("1 line over the free discount, by %(points)g points", points=points)
        return self.env._(
            "%(count)s lines over the free discount, by up to %(points)g points", count=count, points=points)

    def _ltc_describe_total_discount_trigger(self, level, figures):
        return self.env._(
            "total discount %(percent)g %% above %(limit)g %%", percent=figures['total_discount_percent'],
            limit=level.total_discount_above)

    def _ltc_describe_lines_trigger(self, level, figures):
        Rule = self.env['ltc.authority.rule']
        labels = {
            name: dict(Rule._fields[name]._description_selection(self.env)).get(getattr(level, name), '')
            for name in ('line_aggregate', 'line_measure', 'line_operator')
        }
        return self.env._(
            "lines: %(aggregate)s %(measure)s %(value)g %(operator)s %(limit)g",
            aggregate=labels['line_aggregate'].lower(), measure=labels['line_measure'].lower(),
            value=round(Rule._aggregate_lines(level, figures), 2), operator=labels['line_operator'],
            limit=level.line_value)

    def _ltc_get_forecast_hint(self, level, fired, figures):
        """Return from which amount on the margin alone would not call this level, where nothing else does."""
        limit = level.margin_below / 100
        if fired != ['margin'] or limit >= 1:
            return ''
        return self.env._(
            "From %(amount)s without tax on, this level would not be needed.",
            amount=self.currency_id.format(
                figures['least_cost'] / (1 - limit) / (1 - self._ltc_get_room() / 100)))
