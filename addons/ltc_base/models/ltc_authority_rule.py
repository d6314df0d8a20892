import ast

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_amount

APPROVAL_MODES = [
    ('any', "Any one decides"),
    ('all', "All must agree"),
    ('sequential', "One after the other"),
    ('chains', "Chains side by side"),
]


GRADES = [(grade, grade) for grade in 'ABCD']


class LtcAuthorityRule(models.Model):
    """One row of the authority matrix: from which figures on this level decides.

    A limit that is set is a trigger: the rule matches when any of its triggers fires. A rule without limits
    always matches and is the ground level. Of all that match, the highest level decides.

    Who sits at a level: persons, a group, the submitter's superior, the leader of the document's team, a standing
    decision team, or seats in an order of their own. In mode *any* all share one seat, otherwise each has its own
    (``_places``).
    """
    _name = 'ltc.authority.rule'
    _inherit = ['ltc.audit.config.mixin', 'ltc.cached.mixin']
    _description = "Authority Rule"
    _order = 'gate_id, level desc, id'

    gate_id = fields.Many2one('ltc.gate', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', help="Empty: the rule holds in every company.")
    company_currency_id = fields.Many2one('res.currency', compute='_compute_company_currency_id')
    name = fields.Char(string="Level Name", required=True, translate=True)
    level = fields.Integer(required=True, default=10, aggregator=None, help="The highest matching level decides.")
    use_amount = fields.Boolean(string="By Amount")
    amount_above = fields.Monetary(
        string="Amount From", currency_field='company_currency_id',
        help="Fires from this amount on, in the company's currency at the document's date.")
    use_margin = fields.Boolean(string="By Margin")
    margin_below = fields.Float(string="Margin Below (%)")
    use_discount = fields.Boolean(string="By Discount")
    discount_above = fields.Float(string="Discount Above (%)")
    use_payment_days = fields.Boolean(string="By Payment Days")
    payment_days_above = fields.Integer()
    use_customer_grade = fields.Boolean(string="By Customer Grade")
    customer_grade_from = fields.Selection(
        GRADES, string="Grade or Worse", help="Fires for customers of this grade and of the worse ones.")
    model = fields.Char(related='gate_id.model')
    scope_domain = fields.Char(
        string="Only Documents", help="The level counts only for documents that match; empty: for all of the gate.")
    group_id = fields.Many2one('res.groups', string="Deciders (Group)")
    user_ids = fields.Many2many('res.users', string="Deciders (Users)", domain=[('share', '=', False)])
    by_superior = fields.Boolean(string="Submitter's Superior")
    by_team_leader = fields.Boolean(string="Team Leader", help="The leader of the document's sales team.")
    team_id = fields.Many2one(
        'ltc.decision.team', string="Decision Team", index='btree_not_null',
        help="Its seats decide, in their order, instead of the others.")
    seat_ids = fields.One2many(
        'ltc.authority.seat', 'rule_id', string="Seats", copy=True,
        help="Who decides, in this order, instead of the others.")
    distinct_people = fields.Boolean(
        string="A Person per Seat", help="Nobody decides for two seats, even where he is named for both; the second one"
        " goes to somebody else.")
    deciders = fields.Char(string="Who Decides", compute='_compute_deciders')
    triggers = fields.Char(string="When", compute='_compute_triggers')
    mode = fields.Selection(APPROVAL_MODES, required=True, default='any')
    hours = fields.Float(
        string="Hours Allowed", default=24.0, aggregator=None,
        help="Working hours of the company; half as many when it is urgent.")

    @api.depends('company_id')
    @api.depends_context('company')
    def _compute_company_currency_id(self):
        for rule in self:
            rule.company_currency_id = (rule.company_id or self.env.company).currency_id

    @api.depends(
        'mode', 'group_id', 'user_ids', 'by_superior', 'by_team_leader', 'team_id', 'seat_ids.display_name',
        'seat_ids.stage', 'seat_ids.chain', 'seat_ids.sequence')
    @api.depends_context('lang')
    def _compute_deciders(self):
        for rule in self:
            rule.deciders = rule._describe_route() if rule._uses_seats() else ', '.join(rule._get_decider_names())

    def _get_decider_names(self):
        names = [self.team_id.name] if self.team_id else [
            *self.user_ids.mapped('name'),
            self.group_id._ltc_get_label(),
            self.by_superior and self.env._("Submitter's superior"),
            self.by_team_leader and self.env._("Team leader"),
        ]
        return [name for name in names if name]

    @api.depends('use_amount', 'amount_above', 'use_margin', 'margin_below', 'use_discount', 'discount_above',
                 'use_payment_days', 'payment_days_above', 'use_customer_grade', 'customer_grade_from')
    @api.depends_context('lang', 'company')
    def _compute_triggers(self):
        for rule in self:
            rule.triggers = rule._describe_triggers() or self.env._("Always")

    def _describe_triggers(self):
        return self.env._(" or ").join(text for used, text in self._get_trigger_texts() if used)

    def _get_trigger_texts(self):
        """Return [(in use, the limit in words)] of this rule; extend the list of ``super()``."""
        return [
            (self.use_amount, self.env._(
                "amount from %s", format_amount(self.env, self.amount_above, self.company_currency_id))),
            (self.use_margin, self.env._("margin below %(percent)g %%", percent=self.margin_below)),
            (self.use_discount, self.env._("discount above %(percent)g %%", percent=self.discount_above)),
            (self.use_payment_days, self.env._("more than %(days)s payment days", days=self.payment_days_above)),
            (self.use_customer_grade, self.env._("customer grade %(grade)s or worse", grade=self.customer_grade_from)),
        ]

    # === CONSTRAINTS === #

    @api.constrains('gate_id', 'mode', 'group_id', 'user_ids', 'by_superior', 'by_team_leader', 'team_id', 'seat_ids')
    def _check_deciders(self):
        self.user_ids._ltc_check_participants()
        for rule in self:
            if not (rule.group_id or rule.user_ids or rule.by_superior or rule.by_team_leader or rule.team_id
                    or rule._uses_seats()):
                raise ValidationError(self.env._(
                    "Authority level %s names nobody who decides; choose a group, users or a decision team.",
                    rule.name))

    @api.constrains('mode')
    def _check_chains(self):
        self.seat_ids._check_chain()

    @api.constrains('scope_domain', 'gate_id')
    def _check_scope_domain(self):
        for rule in self.filtered('scope_domain'):
            try:
                self.env[rule.model].sudo().search_count(rule._get_scope(), limit=1)
            except (ValueError, SyntaxError, TypeError, KeyError) as error:
                raise ValidationError(self.env._(
                    "Authority level %(level)s: its documents cannot be read (%(error)s); build them with the editor.",
                    level=rule.name, error=error)) from error

    def _get_scope(self):
        return Domain(ast.literal_eval(self.scope_domain.strip()))

    # === BUSINESS METHODS === #

    def _applies_to(self, document):
        """Return whether this level counts for ``document``."""
        return not self.scope_domain or bool(document.sudo().filtered_domain(self._get_scope()))

    def _matches(self, figures, amount_company):
        """Return whether one of the rule's triggers fires on these figures."""
        self.ensure_one()
        triggers = self._get_triggers(self, figures, amount_company)
        used = [fired for _key, in_use, fired in triggers if in_use]
        return any(used) if used else True

    def _get_fired(self, figures, amount_company):
        """Return the keys of the triggers of this rule that fire on these figures."""
        self.ensure_one()
        return [key for key, in_use, fired in self._get_triggers(self, figures, amount_company) if in_use and fired]

    def _describe_limit(self, key):
        """Return the limit of a trigger in words: triggers and texts stand in the same order."""
        self.ensure_one()
        texts = zip(self._get_triggers(self, {}, 0.0), self._get_trigger_texts(), strict=True)
        return next(text for (trigger, _used, _fired), (_in_use, text) in texts if trigger == key)

    @api.model
    def _get_triggers(self, level, figures, amount_company):
        """Return [(key, in use, fires on these figures)]; extend the list of ``super()``.

        :param level: the rule, or anything with the same columns (a copy out of a cache)
        """
        return [
            ('amount', level.use_amount, abs(amount_company) >= level.amount_above),
            ('margin', level.use_margin, figures.get('margin_percent', 100.0) < level.margin_below),
            ('discount', level.use_discount, figures.get('discount_percent', 0.0) > level.discount_above),
            ('payment_days', level.use_payment_days, figures.get('payment_days', 0) > level.payment_days_above),
            ('customer_grade', level.use_customer_grade,
             (figures.get('customer_grade') or '') >= (level.customer_grade_from or 'A')),
        ]

    def _get_questioners(self, document, submitter):
        """Return {dimension: users} of the seats of the decision team that give an opinion."""
        questioners = {}
        for member in self.team_id.member_ids.filtered(lambda member: member.role == 'questioner'):
            people = member._get_users(document, submitter)
            questioners[member.dimension] = questioners.get(member.dimension, people) | people
        return questioners
