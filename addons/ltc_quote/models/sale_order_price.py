from odoo import api, fields, models

from .product_pricelist import AskedRules


class SaleOrder(models.Model):
    """How the prices of a quotation stand against the price rules, and what of it the authority matrix may ask."""
    _inherit = 'sale.order'

    def _ltc_get_authority_figures(self, code):
        figures = super()._ltc_get_authority_figures(code)
        if code != 'atb' and not self._ltc_is_own_gate(code):
            return figures
        room = self._ltc_get_room() if code == 'atb' else 0.0  # no other gate leaves room
        return self._ltc_judge_prices(figures, self._ltc_get_bundles(strict=True), room)

    def _ltc_judge_prices(self, figures, bundles, room):
        """Return ``figures`` with those of the prices, as submission and forecast ask the matrix on them.

        A Go with room is a Go for every price down to the floor, so the floor is what is judged.
        """
        return {**self._ltc_lower_to_floor(figures, room), **self._ltc_get_price_figures(bundles, room)}

    def _ltc_get_price_figures(self, bundles, room=0.0):
        """Return the figures of the price authority; nothing of them is frozen, for rules and costs move.

        Extend the dict of ``super()``; the axes of the matrix ask for its keys.

        :param bundles: of :meth:`_ltc_get_bundles`
        :param float room: judge the lowest prices that this concession room allows
        """
        figures = self._ltc_sum_up_prices(self._ltc_spread_bundles(bundles, room))
        if room:
            figures['offered'] = self._ltc_get_line_measures(self._ltc_spread_bundles(bundles))
        return figures

    def _ltc_sum_up_prices(self, facts):
        checks = self._ltc_get_price_checks(facts)
        below = [check for check in checks if check['below_percent'] > 0]
        over = [check for check in checks if check['over_points'] > 0]
        listed = sum(fact['listed'] for fact in facts if fact['listed'] > 0)
        return {
            'price_checks': checks,
            'below_floor_count': len(below),
            'below_floor_percent': max((check['below_percent'] for check in below), default=0.0),
            'below_floor_amount': sum(check['below_amount'] for check in below),
            'over_discount_count': len(over),
            'over_discount_points': max((check['over_points'] for check in over), default=0.0),
            'total_discount_percent':
                round((1 - sum(fact['asked'] for fact in facts) / listed) * 100, 2) if listed > 0 else 0.0,
            'line_list_discount': [fact['list_discount'] for fact in facts],
            **self._ltc_get_line_measures(facts),
        }

    def _ltc_get_line_measures(self, facts):
        """Return the figures of the lines that a level may ask the highest, lowest, average or sum of."""
        return {
            'line_discount': [fact['discount'] for fact in facts if fact['listed'] > 0],
            'line_margin': [
                fact['margin'] for fact in facts if fact['net'] > 0 or fact['net'] == 0 and fact['cost'] > 0],
            'line_amount': [self._ltc_get_authority_amount(fact['net']) for fact in facts],
        }

    # === LINES === #

    def _ltc_get_line_facts(self, strict=False):
        """Return one dict a line that is offered: what it is listed at, what is asked for it, what it costs.

        A combo is judged as a whole, for its price is spread over its items. Whatever deducts from the quotation (a
        global discount, a reward) is spread over the lines, by their amounts.

        :param bool strict: ask the price list of today for every line, whatever Odoo noted when it priced the line
        """
        return self._ltc_spread_bundles(self._ltc_get_bundles(strict))

    def _ltc_get_bundles(self, strict=False):
        """Return the facts of the lines as they are offered, before anything is spread over them."""
        lines = (self._ltc_asking_at_once() if strict else self)._ltc_get_offered_lines()
        shown = {line._origin.id: line for line in lines if line._origin}  # while typing, lines are copies
        bundles = {}
        for line in lines:
            head = line._get_linked_line() if line.combo_item_id else line
            bundles.setdefault(shown.get(head._origin.id, head) or line, []).append(line)
        costs = {line: line._ltc_get_strict_cost() for line in lines}
        return [self._ltc_get_bundle_facts(head, lines, costs, strict) for head, lines in bundles.items()]

    def _ltc_asking_at_once(self):
        """Return these orders asking price lists, and those that theirs rest on, once for all their products."""
        return self.with_context(ltc_asked_rules=AskedRules(self.order_line.product_id))

    def _ltc_spread_bundles(self, facts, room=0.0):
        """Return ``facts`` at the lowest prices that ``room`` percent allow, with what deducts spread over them.

        What deducts gets no room: it stays as it was decided.
        """
        kept = 1 - room / 100
        facts = [
            {**fact, 'net': fact['net'] * kept, 'asked': fact['asked'] * kept} if fact['net'] > 0 else fact
            for fact in facts]
        positive = sum(fact['net'] for fact in facts if fact['net'] > 0)
        share = max(sum(fact['net'] for fact in facts), 0.0) / positive if positive else 1.0
        return [self._ltc_spread(fact, share) if fact['net'] >= 0 else fact for fact in facts]

    def _ltc_get_bundle_facts(self, head, lines, costs, strict):
        return {
            'head': head,
            'lines': lines,
            'listed': sum(
                line._ltc_get_list_amount(strict=strict or not line.technical_price_unit) for line in lines),
            'asked': sum(line._ltc_get_net_amount() for line in lines),
            'net': sum(line.price_subtotal for line in lines),
            'cost': sum(costs[line] for line in lines),
            'share': 1.0,
            'list_discount': 0.0,
            'discount': 0.0,
            'margin': 0.0,
        }

    def _ltc_spread(self, fact, share):
        net, listed = fact['net'] * share, fact['listed']
        return {
            **fact,
            'net': net,
            'share': share,
            'list_discount': round((1 - fact['asked'] / listed) * 100, 2) if listed > 0 else 0.0,
            'discount': round((1 - fact['asked'] * share / listed) * 100, 2) if listed > 0 else 0.0,
            'margin': self._ltc_get_margin_percent(net, fact['cost']),
        }

    # === PRICE RULES === #

    def _ltc_get_price_checks(self, facts):
        """Return how each bundle that a price rule limits stands against its floor and its maximum discount.

        A constant number of queries for any number of lines, none where there are no rules.
        """
        get_limits = self.env['ltc.price.rule']._get_limits(self)
        if not get_limits:
            return []
        checks = [self._ltc_check_price(fact, get_limits) for fact in facts if fact['head'].product_id]
        return [check for check in checks if check]

    def _ltc_check_price(self, fact, get_limits):
        head, currency = fact['head'], self.currency_id
        limits = get_limits(head.product_id)
        floor = self._ltc_get_floor(fact, limits, get_limits)
        if fact['net'] < 0 or not floor and not limits['max_discount']:
            return None  # what deducts has been spread over the others
        quantity, net = self._ltc_get_one_unit(fact)
        is_below = currency.compare_amounts(net, floor) < 0
        highest = limits['max_discount'].max_discount if limits['max_discount'] else 100.0
        return {
            'line': head,
            'net_unit': net / quantity,
            'floor_unit': floor / quantity,
            'below_percent': round((1 - net / floor) * 100, 2) or 0.01 if is_below else 0.0,
            'below_amount': self._ltc_get_authority_amount(floor - net) if is_below else 0.0,
            'discount': fact['discount'],
            'max_discount': highest,
            'over_points': max(round(fact['discount'] - highest, 2), 0.0),
        }

    def _ltc_get_one_unit(self, fact):
        """Return (quantity, net amount) of a bundle; an option that nobody took yet is judged as one unit."""
        head = fact['head']
        if head.product_uom_qty:
            return head.product_uom_qty, fact['net']
        return 1.0, sum(line._ltc_get_net_price() for line in fact['lines'])

    def _ltc_get_floor(self, fact, limits, get_limits):
        """Return the lowest amount for a bundle: by its own floor price, else by those of its items, and by margin."""
        head = fact['head']
        floor = 0.0
        if limits['floor_price']:
            floor = self._ltc_get_floor_price(head, limits['floor_price'])
        else:
            for line in fact['lines']:
                rule = get_limits(line.product_id)['floor_price'] if line != head and line.product_id else None
                floor += self._ltc_get_floor_price(line, rule) if rule else 0.0
        if limits['floor_margin']:
            cost = fact['cost'] if head.product_uom_qty else sum(line._ltc_get_unit_cost() for line in fact['lines'])
            floor = max(floor, cost / (1 - limits['floor_margin'].floor_margin / 100))
        return floor

    def _ltc_get_floor_price(self, line, rule):
        """Return the floor price of a rule for the quantity of ``line``, in its unit and in this currency."""
        currency = self.env['res.currency'].browse(rule.currency_id)
        price = line.product_id.uom_id._compute_price(rule.floor_price, line.product_uom_id)
        return self._ltc_get_highest(price, currency) * (line.product_uom_qty or 1.0)

    def _ltc_get_highest(self, amount, currency):
        """Return ``amount`` in this quotation's currency at the rate of its date, or of today if that is more."""
        if currency == self.currency_id:
            return amount
        company = self.company_id
        today = company._ltc_get_today()
        dates = {fields.Date.to_date(self.date_order) or today, today}
        return max(currency._convert(amount, self.currency_id, company, date, round=False) for date in dates)

    def _ltc_describe_price_checks(self, checks):
        """Yield, as sentences, what of the lines goes beyond the price rules."""
        numbers = self._ltc_number_lines()
        for check in checks:
            if check['below_percent'] > 0:
                yield self.env._(
                    "Line %(number)s (%(product)s) is %(percent)g %% below its floor price of %(floor)s.",
                    number=numbers[check['line']], product=self._ltc_get_checked_product(check),
                    percent=check['below_percent'], floor=self.currency_id.format(check['floor_unit']))
            if check['over_points'] > 0:
                yield self.env._(
                    "Line %(number)s (%(product)s) gives %(discount)g %% discount; %(highest)g %% are free.",
                    number=numbers[check['line']], product=self._ltc_get_checked_product(check),
                    discount=check['discount'], highest=check['max_discount'])

    def _ltc_number_lines(self):
        """Return {line: its number} as a person counts them, without sections and notes."""
        lines = self.order_line.filtered(lambda line: not line.display_type)
        return {line: number for number, line in enumerate(lines, 1)}

    @api.model
    def _ltc_get_checked_product(self, check):
        product = check['line'].product_id.with_context(lang=self.env.lang, display_default_code=False)
        return product.display_name
