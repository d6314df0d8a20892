from types import SimpleNamespace

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

COPIED_TYPES = ('boolean', 'integer', 'float', 'monetary', 'selection', 'many2one')
LINE_MEASURES = [
    ('line_discount', "Discount (%)"),
    ('line_margin', "Margin (%)"),
    ('line_amount', "Amount without tax"),
]
LINE_AGGREGATES = [
    ('max', "Highest"),
    ('min', "Lowest"),
    ('avg', "Average"),
    ('sum', "Sum"),
]
LINE_OPERATORS = [
    ('above', "above"),
    ('below', "below"),
]
AGGREGATE_FUNCTIONS = {
    'max': max, 'min': min, 'sum': sum, 'avg': lambda values: sum(values) / len(values),
}
OWN_LIMITS = (
    'use_below_floor', 'below_floor_above', 'use_over_discount', 'over_discount_above', 'use_total_discount',
    'total_discount_above', 'use_lines', 'line_measure', 'line_aggregate', 'line_operator', 'line_value',
    'use_lead_time', 'lead_time_above', 'use_bid_days', 'bid_days_below',
)


class LtcAuthorityRule(models.Model):
    """What a level may ask of a quotation: its price rules, its lines, its delivery date."""
    _inherit = 'ltc.authority.rule'

    use_below_floor = fields.Boolean(
        string="By Floor Price", help="A line is below the floor price or floor margin of its price rule.")
    below_floor_above = fields.Float(string="Below Floor by More Than (%)")
    use_over_discount = fields.Boolean(
        string="By Free Discount", help="A line gives more discount than its price rule leaves to the salesperson.")
    over_discount_above = fields.Float(string="Over Free Discount by More Than (Points)")
    use_total_discount = fields.Boolean(
        string="By Total Discount", help="All discounts of the quotation together, from the price list.")
    total_discount_above = fields.Float(string="Total Discount Above (%)")
    use_lines = fields.Boolean(string="By Lines", help="The highest, lowest, average or sum over the lines.")
    line_aggregate = fields.Selection(LINE_AGGREGATES, string="Over the Lines", default='max')
    line_measure = fields.Selection(LINE_MEASURES, string="Figure of a Line", default='line_discount')
    line_operator = fields.Selection(LINE_OPERATORS, string="Side of the Limit", default='above')
    line_value = fields.Float(string="Limit", help="Amounts are in the company's currency.")
    use_lead_time = fields.Boolean(
        string="By Promised Date", help="The promised date is earlier than lead time, design, assembly and"
        " commissioning allow.")
    lead_time_above = fields.Integer(string="Too Early by More Than (Days)")
    use_bid_days = fields.Boolean(
        string="By Bid Closing", help="The bid closes soon: fewer days are left at the submission.")
    bid_days_below = fields.Integer(string="Fewer Days Left Than", default=5)

    @api.depends(*OWN_LIMITS)
    def _compute_triggers(self):
        return super()._compute_triggers()

    def _get_trigger_texts(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env)).get(self[name], '')
            for name in ('line_aggregate', 'line_measure', 'line_operator')
        }
        return super()._get_trigger_texts() + [
            (self.use_below_floor, self.env._(
                "more than %(percent)g %% below the floor price", percent=self.below_floor_above)
                if self.below_floor_above else self.env._("below the floor price")),
            (self.use_over_discount, self.env._(
                "more than %(points)g points over the free discount", points=self.over_discount_above)
                if self.over_discount_above else self.env._("over the free discount")),
            (self.use_total_discount, self.env._(
                "total discount above %(percent)g %%", percent=self.total_discount_above)),
            (self.use_lines, self.env._(
                "lines: %(aggregate)s %(measure)s %(operator)s %(value)g", aggregate=labels['line_aggregate'].lower(),
                measure=labels['line_measure'].lower(), operator=labels['line_operator'], value=self.line_value)),
            (self.use_lead_time, self.env._("promised more than %(days)s days too early", days=self.lead_time_above)
                if self.lead_time_above else self.env._("promised too early")),
            (self.use_bid_days, self.env._(
                "fewer than %(days)s days to the closing of the bid", days=self.bid_days_below)),
        ]

    @api.constrains('use_lines', 'line_aggregate', 'line_measure', 'line_operator')
    def _check_lines(self):
        for rule in self.filtered('use_lines'):
            if not (rule.line_aggregate and rule.line_measure and rule.line_operator):
                raise ValidationError(self.env._(
                    "Authority level %s judges the lines by nothing; complete its condition on the lines.", rule.name))

    # === BUSINESS METHODS === #

    @api.model
    def _get_triggers(self, level, figures, amount_company):
        return super()._get_triggers(level, figures, amount_company) + [
            ('below_floor', level.use_below_floor,
             figures.get('below_floor_percent', 0.0) > level.below_floor_above),
            ('over_discount', level.use_over_discount,
             figures.get('over_discount_points', 0.0) > level.over_discount_above),
            ('total_discount', level.use_total_discount,
             figures.get('total_discount_percent', 0.0) > level.total_discount_above),
            ('lines', level.use_lines, self._fires_on_lines(level, figures)),
            ('lead_time', level.use_lead_time, figures.get('days_too_early', 0) > level.lead_time_above),
            ('bid_days', level.use_bid_days, figures.get('bid_days_left', level.bid_days_below) < level.bid_days_below),
        ]

    @api.model
    def _fires_on_lines(self, level, figures):
        value = self._aggregate_lines(level, figures)
        if value is None:
            return False
        return value > level.line_value if level.line_operator == 'above' else value < level.line_value

    @api.model
    def _aggregate_lines(self, level, figures):
        """Return the figure of the lines that the level asks for, or None where there are none.

        Where a concession room is asked for, the worse one of what is offered and the lowest prices within the room.
        """
        if not level.use_lines:
            return None
        aggregate = AGGREGATE_FUNCTIONS[level.line_aggregate]
        worse = max if level.line_operator == 'above' else min
        sides = [figures.get(level.line_measure), figures.get('offered', {}).get(level.line_measure)]
        return worse((aggregate(values) for values in sides if values), default=None)

    # === LEVELS OUT OF THE CACHE === #

    @api.model
    def _get_fired_levels(self, order, gate_code, figures, amount_company):
        """Return [(level, keys of the triggers that fire)] of a document, the level that decides last.

        The levels are copies of the rules, so that a form costs no query for them; the decision itself asks the rules.
        """
        levels = []
        for level in self._get_levels(gate_code, order._ltc_get_company().id, self.env.lang):
            triggers = self._get_triggers(level, figures, amount_company)
            fired = [key for key, in_use, fires in triggers if in_use and fires]
            is_ground = not any(in_use for _key, in_use, _fires in triggers)
            if (fired or is_ground) and (level.scope is None or order.sudo().filtered_domain(level.scope)):
                levels.append((level, fired))
        return levels

    @api.model
    @tools.ormcache('gate_code', 'company_id', 'lang')
    def _get_levels(self, gate_code, company_id, lang):
        """Return copies of the rules of a gate that hold in a company, as ``ltc.gate._get_rule`` ranks them."""
        company = self.env['res.company'].browse(company_id)
        rules = self.env['ltc.gate']._get_by_code(gate_code).with_context(lang=lang).rule_ids.filtered(
            lambda rule: rule.company_id.id in (False, company_id))
        names = [name for name, field in self._fields.items() if field.store and field.type in COPIED_TYPES]
        return tuple(
            SimpleNamespace(
                **{name: rule[name].id if self._fields[name].relational else rule[name] for name in names},
                name=rule.name, deciders=rule._describe_deciders(company),
                scope=Domain(rule._get_scope()) if rule.scope_domain else None)
            for rule in rules.sorted(lambda rule: (rule.level, bool(rule.company_id), rule.id)))
