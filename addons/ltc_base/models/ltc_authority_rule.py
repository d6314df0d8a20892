from odoo import api, fields, models
from odoo.exceptions import ValidationError

APPROVAL_MODES = [
    ('any', "Any one decides"),
    ('all', "All must agree"),
    ('sequential', "One after the other"),
]


class LtcAuthorityRule(models.Model):
    """One row of the authority matrix: from which figures on this level decides.

    A limit that is set is a trigger: the rule matches when any of its triggers fires. A rule without limits
    always matches and is the ground level. Of all that match, the highest level decides.
    """
    _name = 'ltc.authority.rule'
    _description = "Authority Rule"
    _order = 'gate_id, level desc, id'

    gate_id = fields.Many2one('ltc.gate', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', help="Empty: the rule holds in every company.")
    company_currency_id = fields.Many2one('res.currency', compute='_compute_company_currency_id')
    name = fields.Char(string="Level Name", required=True, translate=True)
    level = fields.Integer(required=True, default=10, help="The highest matching level decides.")
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
    group_id = fields.Many2one('res.groups', string="Deciders (Group)")
    user_ids = fields.Many2many('res.users', string="Deciders (Users)")
    mode = fields.Selection(APPROVAL_MODES, required=True, default='any')
    hours = fields.Float(string="Hours Allowed", default=24.0)

    @api.depends('company_id')
    @api.depends_context('company')
    def _compute_company_currency_id(self):
        for rule in self:
            rule.company_currency_id = (rule.company_id or self.env.company).currency_id

    @api.constrains('gate_id', 'group_id', 'user_ids')
    def _check_deciders(self):
        for rule in self:
            if not rule.group_id and not rule.user_ids:
                raise ValidationError(self.env._(
                    "Authority level %s names nobody who decides; choose a group or users.", rule.name))

    def _matches(self, figures, amount_company):
        """Return whether one of the rule's triggers fires on these figures."""
        self.ensure_one()
        triggers = [
            (self.use_amount, abs(amount_company) >= self.amount_above),
            (self.use_margin, figures.get('margin_percent', 100.0) < self.margin_below),
            (self.use_discount, figures.get('discount_percent', 0.0) > self.discount_above),
            (self.use_payment_days, figures.get('payment_days', 0) > self.payment_days_above),
        ]
        used = [fired for in_use, fired in triggers if in_use]
        return any(used) if used else True

    def _get_deciders(self, company, submitter):
        """Return who may decide at this level; an empty level falls back, and never to the submitter alone."""
        named = self.user_ids._ltc_filter_company(company) or self.group_id._ltc_get_members(company)
        return (named - submitter) or (self.gate_id._get_fallback_users(company) - submitter)
