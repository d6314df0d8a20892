from collections import defaultdict
from contextlib import contextmanager

from odoo import api, models, tools
from odoo.exceptions import UserError

from odoo.addons.ltc_base.models.ltc_gate_approval import PASSING

from .ltc_gate_review import UNIT_DIGITS

GUARDED = 'ltc_quote.guarded_orders'  # ids, in the memory of the cursor
REINVOICING = 'ltc_quote.reinvoicing'  # there too: no client can set it, and no context that is replaced loses it
AGREED_LINE_FIELDS = ('product_id', 'product_uom_id', 'product_uom_qty', 'price_unit', 'discount', 'tax_ids')


class SaleOrder(models.Model):
    """A confirmed order keeps the prices of its Go: it may grow, and what was decided on falls only by a new decision.

    A quotation that differs from its Go waits for a new round; an order is past that move, so a change that takes
    money out of it is refused when it is made, and asked once more before anything is billed.
    """
    _inherit = 'sale.order'

    # === GUARDS === #

    @contextmanager
    def _ltc_guarded(self, touched=None):
        with super()._ltc_guarded(touched), self._ltc_guarded_agreement(touched):
            yield

    @contextmanager
    def _ltc_guarded_agreement(self, touched):
        """Compare each order with itself before the change, once: not again for each line that is written on the way.
        """
        guarded = self.env.cr.cache.setdefault(GUARDED, set())
        orders_sudo = self.browse() if touched is not None and self._ltc_get_agreed_fields().isdisjoint(touched) else (
            self._origin.sudo()._ltc_filter_bound_by_go()  # whoever changes it, costs are compared as well
            .filtered(lambda order: order.id not in guarded))
        before = {order: (order.currency_id, order._ltc_get_agreement()) for order in orders_sudo}
        guarded.update(orders_sudo.ids)
        try:
            yield
        finally:
            guarded.difference_update(orders_sudo.ids)
        sentences = [
            sentence for order, (currency, agreement) in before.items()
            for sentence in order._ltc_get_breaches(currency, agreement)]
        if sentences:
            raise UserError('\n'.join(sentences))

    @api.model
    @contextmanager
    def _ltc_reinvoicing(self):
        """Take new cost lines for booked ones meanwhile: Odoo books the cost on such a line after adding it."""
        cache = self.env.cr.cache
        before = cache.get(REINVOICING, False)
        cache[REINVOICING] = True
        try:
            yield
        finally:
            cache[REINVOICING] = before

    @api.model
    @tools.ormcache()
    def _ltc_get_agreed_fields(self):
        """Return the names of the fields whose change may change a line of the order, or its currency."""
        line_fields = {self.env['sale.order.line']._fields[name] for name in AGREED_LINE_FIELDS}
        return frozenset({'order_line', 'currency_id'} | {
            name for name, field in self._fields.items()
            if not line_fields.isdisjoint(self.pool.get_dependent_fields(field))})

    def _prepare_invoice(self):
        """Bill no order that lost what was decided on, whatever route its lines were changed by."""
        sentences = self.sudo()._ltc_filter_bound_by_go()._ltc_get_billing_breaches()
        if sentences:
            raise UserError('\n'.join(sentences))
        return super()._prepare_invoice()

    # === BUSINESS METHODS === #

    def _ltc_filter_bound_by_go(self):
        """Return the orders among these whose prices their Go binds; no query where no gate is in force."""
        if not self.env['ltc.gate']._is_any_in_force():
            return self.browse()
        return self.filtered(lambda order: order.state == 'sale')._ltc_is_gate_active('atb')

    def _ltc_get_agreement(self):
        """Return {line: the facts that it must keep} of the offered lines of this order, and of those decided on.

        What was decided on stays so, whatever was booked on it since.
        """
        self.ensure_one()
        lines = self._ltc_get_offered_lines()
        costs = self.order_line.filtered('is_expense') - lines
        if costs:
            lines |= costs & costs.browse(self._ltc_get_decided_line_ids())
        facts = lines._ltc_read_agreed_facts([line._ltc_get_figures() for line in lines])
        return {line: {**fact, 'is_expense': line.is_expense} for line, fact in zip(lines, facts, strict=True)}

    def _ltc_get_decided_line_ids(self):
        """Return the ids of the lines that were decided on; none of a round of before they were kept."""
        return [detail['id'] for detail in self._ltc_get_agreed_review().sudo().line_details or []]

    def _ltc_get_agreed_lines(self):
        """Return the lines decided on, each as ``sale.order.line._ltc_get_figures``; what replaces the Go extends it.
        """
        self.ensure_one()
        return (self._ltc_get_agreed_review().figures or {}).get('lines') or []

    def _ltc_get_agreed_review(self):
        review_sudo = self._ltc_get_last_review('atb')
        return review_sudo if review_sudo.decision in PASSING else review_sudo.browse()

    def _ltc_get_breaches(self, currency, before):
        """Return, as sentences, what of this order fell below what it was ``before`` and below what was decided."""
        self.ensure_one()
        if self.state != 'sale':
            return []
        if self.currency_id != currency and self._ltc_get_agreed_review():
            return [self.env._(
                "Order %(order)s is confirmed and keeps its currency; take it back to quotation and submit it to ATB"
                " again.", order=self.name)]
        today = self._ltc_drop_reinvoiced(self._ltc_get_agreement(), before)
        hidden = [line for line in self.order_line if line._ltc_deducts_beside() or (
            line in before and not line.display_type and line._ltc_is_hidden(before[line], today.get(line)))]
        if today == before and not hidden or not self._ltc_get_agreed_review():
            return []
        decided, products = self._ltc_get_decided_groups(today)
        changed = {
            line: facts for line, facts in today.items()
            if not (line in before and line._ltc_is_kept(before[line], facts))}
        sentences = [self._ltc_describe_breach(line, line in before) for line in hidden]
        for line, facts in changed.items():
            if (facts['product'], facts['taxes']) in decided:
                continue
            was = before.get(line)
            is_own = bool(was and was['quantity']) and (
                was['product'] in products or was['product'] != facts['product'])
            if is_own or facts['product'] in products or not line._ltc_is_fair_addition(facts):
                sentences.append(self._ltc_describe_breach(line, is_own))
        return sentences or self._ltc_get_growth_breaches(today)

    def _ltc_drop_reinvoiced(self, today, before):
        """Return ``today`` without the cost lines that a vendor bill or an expense is adding, unless they deduct."""
        if not self.env.cr.cache.get(REINVOICING):
            return today
        return {
            line: facts for line, facts in today.items()
            if line in before or not facts['is_expense'] or facts['net'] < 0 or facts['quantity'] < 0}

    def _ltc_get_billing_breaches(self):
        """Return, as sentences, what of these orders stands below their Go, or gives something away beside it."""
        sentences = []
        for order in self.filtered(lambda order: order._ltc_get_agreed_review()):
            today = order._ltc_get_agreement()
            decided, products = order._ltc_get_decided_groups(today)
            sentences += [
                order._ltc_describe_breach(line, facts['product'] in products) for line, facts in today.items()
                if (facts['product'], facts['taxes']) not in decided
                and (facts['product'] in products or line._ltc_gives_away(facts))
            ] + [
                order._ltc_describe_breach(line, False) for line in order.order_line if line._ltc_deducts_beside()]
        return sentences

    def _ltc_get_decided_groups(self, today):
        """Return ({(product, taxes) of ``today`` that stand as decided or better}, products that were decided on).

        Lines of one product are paired by their price, so that no dear line takes the price of a cheap one.
        """
        kept = self._ltc_get_kept_share()
        groups, agreed = defaultdict(list), defaultdict(list)
        for facts in today.values():
            groups[facts['product'], facts['taxes']].append(facts)
        for facts in self.order_line._ltc_read_agreed_facts(self._ltc_get_agreed_lines()):
            agreed[facts['product'], facts['taxes']].append(facts)
        decided = {
            key for key, facts in groups.items() if key in agreed and self._ltc_is_group_kept(agreed[key], facts, kept)}
        return decided, {product for product, _taxes in agreed}

    def _ltc_get_kept_share(self):
        """Return which share of a decided price stays after the room, or the tolerance, that the Go left."""
        review = self._ltc_get_agreed_review()
        return max(1 - max(review.concession_room, review.tolerance) / 100, 0.0)

    def _ltc_is_group_kept(self, before, after, kept):
        """Return whether lines of one product bring at least their decided prices, and give no more away."""
        then, now = (sorted(facts['net'] for facts in side) for side in (before, after))
        lost_then, lost_now = (sum(min(facts['amount'], 0.0) for facts in side) for side in (before, after))
        free_then, free_now = (
            sum(facts['quantity'] for facts in side if facts['net'] <= 0) for side in (before, after))
        return (
            all(price >= (was * kept if was > 0 else was) - UNIT_DIGITS
                for price, was in zip(now, then, strict=False))
            and lost_now >= lost_then - UNIT_DIGITS and free_now <= free_then + UNIT_DIGITS)

    def _ltc_describe_breach(self, line, is_decided):
        values = {'order': self.name, 'line': line.product_id.display_name or line.name}
        if is_decided:
            return self.env._(
                "Order %(order)s is confirmed: %(line)s keeps its product, its taxes and at least the price that was"
                " decided on; take the order back to quotation and submit it to ATB again.", **values)
        return self.env._(
            "Order %(order)s is confirmed: %(line)s is added at its normal price only; take the order back to quotation"
            " and submit it to ATB for another one.", **values)
