from types import SimpleNamespace

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

OPTION_KINDS = [
    ('requires', "Requires"),
    ('excludes', "Excludes"),
    ('recommends', "Recommends"),
]
SIDES = (('product_tmpl_id', 'categ_id'), ('option_product_id', 'option_categ_id'))


class LtcOptionRule(models.Model):
    """What belongs together on a quotation, what does not go together, and what is worth offering along.

    The salesperson sees it while typing. A binding rule keeps a quotation from gate ATB, and from its customer where
    no gate is in force.
    """
    _name = 'ltc.option.rule'
    _inherit = ['ltc.cached.mixin', 'ltc.audit.config.mixin']
    _description = "Option Rule"
    _order = 'sequence, id'
    _rec_name = 'summary'
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', index='btree_not_null', help="Empty: the rule holds in every company.")
    product_tmpl_id = fields.Many2one(
        'product.template', string="Product", index='btree_not_null', ondelete='cascade', check_company=True)
    categ_id = fields.Many2one(
        'product.category', string="Category", index='btree_not_null', ondelete='cascade',
        help="Its subcategories too.")
    kind = fields.Selection(OPTION_KINDS, required=True, default='requires')
    option_product_id = fields.Many2one(
        'product.product', string="Option", index='btree_not_null', ondelete='cascade', check_company=True)
    option_categ_id = fields.Many2one(
        'product.category', string="Option of Category", index='btree_not_null', ondelete='cascade',
        help="Anything of this category or its subcategories.")
    quantity = fields.Float(
        default=1.0, digits='Product Unit', help="How much of the option, in its own unit of measure.")
    is_per_unit = fields.Boolean(
        string="For Each Unit", default=True, help="Otherwise so much for the whole quotation is enough.")
    is_binding = fields.Boolean(
        string="Binding", default=True,
        help="The quotation is neither submitted to ATB nor, where no gate is in force, sent or confirmed before the"
             " rule is met. Otherwise it is only shown.")
    message = fields.Char(translate=True, help="Why; the salesperson reads it beside the rule.")
    summary = fields.Char(compute='_compute_summary')

    _quantity_positive = models.Constraint(
        "CHECK(kind = 'excludes' OR quantity > 0)", "The quantity of an option is more than 0.")

    # === COMPUTE METHODS === #

    @api.depends('product_tmpl_id', 'categ_id', 'kind', 'option_product_id', 'option_categ_id', 'quantity',
                 'is_per_unit')
    @api.depends_context('lang')
    def _compute_summary(self):
        for rule in self.with_context(display_default_code=False):
            subject, option = (
                (rule[product] or rule[category]).display_name or '…' for product, category in SIDES)
            rule.summary = rule._describe(subject, option)

    def _describe(self, subject, option):
        values = {'subject': subject, 'option': option, 'quantity': f'{self.quantity:g}'}
        if self.kind == 'excludes':
            return self.env._("%(subject)s excludes %(option)s", **values)
        if self.kind == 'recommends':
            return self.env._("%(subject)s recommends %(quantity)s × %(option)s", **values)
        if self.is_per_unit:
            return self.env._("%(subject)s requires %(quantity)s × %(option)s each", **values)
        return self.env._("%(subject)s requires %(quantity)s × %(option)s", **values)

    # === CONSTRAINT METHODS === #

    @api.constrains('kind', *(name for side in SIDES for name in side))  # the kind: set on every rule
    def _check_sides(self):
        for rule in self:
            if any(bool(rule[product]) == bool(rule[category]) for product, category in SIDES):
                raise ValidationError(self.env._(
                    "Option rule “%s”: choose a product or a category on each side.", rule.summary))
            if rule.product_tmpl_id and rule.product_tmpl_id == rule.option_product_id.product_tmpl_id:
                raise ValidationError(self.env._(
                    "Option rule “%s”: a product is no option of itself.", rule.summary))

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache('company_id', 'lang')
    def _get_cached(self, company_id, lang):
        """Return the columns of the rules of that company, in their order; no query when cached."""
        names = ('product_tmpl_id', 'categ_id', 'option_product_id', 'option_categ_id')
        rules = self.sudo().with_context(lang=lang).search([('company_id', 'in', [False, company_id])])
        return tuple(
            SimpleNamespace(
                id=rule.id, kind=rule.kind, quantity=rule.quantity, is_per_unit=rule.is_per_unit,
                is_binding=rule.is_binding, message=rule.message or '', **{name: rule[name].id for name in names},
                path=rule.categ_id.parent_path, option_path=rule.option_categ_id.parent_path)
            for rule in rules)

    @api.model
    def _is_subject(self, rule, product):
        if rule.product_tmpl_id:
            return rule.product_tmpl_id == product.product_tmpl_id.id
        return (product.categ_id.parent_path or '').startswith(rule.path)

    @api.model
    def _is_option(self, rule, product):
        if rule.option_product_id:
            return rule.option_product_id == product.id
        return (product.categ_id.parent_path or '').startswith(rule.option_path)
