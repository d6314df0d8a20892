from types import SimpleNamespace

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from odoo.addons.ltc_base.models.ltc_authority_rule import GRADES

LIMITS = ('floor_price', 'floor_margin', 'max_discount')
TARGETS = ('product_id', 'product_tmpl_id', 'categ_id')


class LtcPriceRule(models.Model):
    """How far a price may go before somebody must agree: a floor price, a floor margin, a maximum discount.

    Of all rules that hold for a line, each limit comes from the most specific one that sets it: the variant before the
    product before the category (the lower before the higher) before everything; then the customer's grade, then the
    role, then the company. A limit blocks nothing: the authority matrix says who decides beyond it.
    """
    _name = 'ltc.price.rule'
    _inherit = ['ltc.cached.mixin', 'ltc.audit.config.mixin']
    _description = "Price Rule"
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="Of two rules that are equally specific, the first one counts.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', index='btree_not_null', help="Empty: the rule holds in every company.")
    product_id = fields.Many2one(
        'product.product', string="Variant", index='btree_not_null', ondelete='cascade', check_company=True)
    product_tmpl_id = fields.Many2one(
        'product.template', string="Product", index='btree_not_null', ondelete='cascade', check_company=True)
    categ_id = fields.Many2one(
        'product.category', string="Category", index='btree_not_null', ondelete='cascade',
        help="Its subcategories too.")
    customer_grade = fields.Selection(GRADES, help="Empty: for customers of every grade.")
    group_id = fields.Many2one(
        'res.groups', string="Role", ondelete='cascade',
        help="Counts where the salesperson, and whoever submits, is in this group. Empty: for everybody.")
    date_from = fields.Date()
    date_to = fields.Date()
    use_floor_price = fields.Boolean(string="Floor Price")
    floor_price = fields.Monetary(
        string="Lowest Price", help="Without taxes, after all discounts, for one unit of the product's own measure.")
    currency_id = fields.Many2one(
        'res.currency', required=True, default=lambda self: self.env.company.currency_id)
    use_floor_margin = fields.Boolean(string="Floor Margin")
    floor_margin = fields.Float(
        string="Lowest Margin (%)", help="The price must leave this margin over the cost; it makes a floor price too.")
    use_max_discount = fields.Boolean(string="Maximum Discount")
    max_discount = fields.Float(
        string="Highest Discount (%)", help="From the price list, discounts on the whole quotation included.")
    limits = fields.Char(compute='_compute_limits')
    target = fields.Char(string="For What", compute='_compute_target')

    _dates_in_order = models.Constraint(
        'CHECK(date_from IS NULL OR date_to IS NULL OR date_from <= date_to)', "A rule cannot end before it begins.")
    _percents_sensible = models.Constraint(
        'CHECK(floor_margin < 100 AND max_discount BETWEEN 0 AND 100 AND floor_price >= 0)',
        "A floor margin is below 100 %, a maximum discount between 0 and 100 %, a floor price not negative.")

    # === COMPUTE METHODS === #

    @api.depends('use_floor_price', 'floor_price', 'currency_id', 'use_floor_margin', 'floor_margin',
                 'use_max_discount', 'max_discount')
    @api.depends_context('lang')
    def _compute_limits(self):
        for rule in self:
            rule.limits = ' · '.join(text for used, text in [
                (rule.use_floor_price, self.env._(
                    "floor price %s", tools.format_amount(self.env, rule.floor_price, rule.currency_id))),
                (rule.use_floor_margin, self.env._("floor margin %(percent)g %%", percent=rule.floor_margin)),
                (rule.use_max_discount, self.env._("discount up to %(percent)g %%", percent=rule.max_discount)),
            ] if used)

    @api.depends('product_id', 'product_tmpl_id', 'categ_id')
    @api.depends_context('lang')
    def _compute_target(self):
        for rule in self:
            chosen = rule.product_id or rule.product_tmpl_id or rule.categ_id
            rule.target = chosen.display_name if chosen else self.env._("All products")

    # === CONSTRAINT METHODS === #

    @api.constrains('name', *(f'use_{limit}' for limit in LIMITS), *TARGETS)  # the name: set on every rule
    def _check_use(self):
        for rule in self:
            if not any(rule[f'use_{limit}'] for limit in LIMITS):
                raise ValidationError(self.env._(
                    "Price rule %s limits nothing; set a floor price, a floor margin or a maximum discount.",
                    rule.name))
            if sum(bool(rule[target]) for target in TARGETS) > 1:
                raise ValidationError(self.env._(
                    "Price rule %s names more than one of variant, product and category; keep one of them.", rule.name))
            if rule.use_floor_price and not (rule.product_id or rule.product_tmpl_id):
                raise ValidationError(self.env._(
                    "Price rule %s sets a floor price for different products; choose a product, or use a floor margin.",
                    rule.name))

    # === BUSINESS METHODS === #

    @api.model
    def _get_limits(self, order):
        """Return a function that returns {limit: rule} for a product sold on ``order``.

        The rules come out of a cache; products are read at once for the whole order.
        """
        rules = self._get_rules_for(order)

        def get_limits(product):
            path = [int(part) for part in (product.categ_id.parent_path or '').split('/') if part]  # of today
            held = [rule for rule in rules if self._holds_for(rule, product, path)]
            held.sort(key=lambda rule: self._get_rank(rule, path), reverse=True)  # stable: then by sequence
            return {
                limit: next((rule for rule in held if getattr(rule, f'use_{limit}')), None) for limit in LIMITS
            }

        return get_limits if rules else None

    @api.model
    def _get_rules_for(self, order):
        """Return the rules that may hold on ``order``, whatever the product; no query where there are none."""
        rules = self._get_cached(order.company_id.id)
        if not rules:
            return []
        is_dated = any(rule.date_from or rule.date_to for rule in rules)
        today = order.company_id._ltc_get_today() if is_dated else None  # two queries that few need
        grade = order.partner_id.sudo().commercial_partner_id.ltc_grade or False
        roles = set(self.env.user._get_group_ids())
        roles &= set(order.user_id.sudo()._get_group_ids()) if order.user_id else roles
        return [
            rule for rule in rules
            if (not rule.date_from or rule.date_from <= today) and (not rule.date_to or rule.date_to >= today)
            and rule.customer_grade in (False, grade) and (not rule.group_id or rule.group_id in roles)
        ]

    @api.model
    @tools.ormcache('company_id')
    def _get_cached(self, company_id):
        """Return the columns of the rules of that company, in their order; no query when cached."""
        names = (*TARGETS, 'company_id', 'currency_id', 'customer_grade', 'group_id', 'date_from', 'date_to', *LIMITS,
                 *(f'use_{limit}' for limit in LIMITS))
        rules = self.sudo().search([('company_id', 'in', [False, company_id])])
        return tuple(
            SimpleNamespace(
                **{name: rule[name].id if self._fields[name].relational else rule[name] for name in names})
            for rule in rules)

    @api.model
    def _holds_for(self, rule, product, path):
        """Return whether a rule is for ``product``, whose category stands at the end of ``path``."""
        if rule.product_id:
            return rule.product_id == product.id
        if rule.product_tmpl_id:
            return rule.product_tmpl_id == product.product_tmpl_id.id
        return not rule.categ_id or rule.categ_id in path

    @api.model
    def _get_rank(self, rule, path):
        """Return how specific a rule is; the later in the path of the product, the lower its category."""
        return (
            bool(rule.product_id), bool(rule.product_tmpl_id), path.index(rule.categ_id) + 1 if rule.categ_id else 0,
            bool(rule.customer_grade), bool(rule.group_id), bool(rule.company_id),
        )
