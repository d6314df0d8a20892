from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..terms import ACCEPTANCE_METHODS, BILLING_FREQUENCIES

TERM_OPERATORS = [
    ('is', "is"),
    ('is_not', "is not"),
]
OWN_LIMITS = (
    'use_acceptance', 'acceptance_operator', 'acceptance_method', 'use_billing', 'billing_operator',
    'billing_frequency',
)


class LtcAuthorityRule(models.Model):
    """What a level may ask of a quotation's terms. *Is not* counts terms that nobody agreed on yet, too."""
    _inherit = 'ltc.authority.rule'

    use_acceptance = fields.Boolean(string="By Acceptance", help="How the customer accepts the delivery.")
    acceptance_operator = fields.Selection(TERM_OPERATORS, string="Acceptance Condition", default='is')
    acceptance_method = fields.Selection(ACCEPTANCE_METHODS, string="Acceptance")
    use_billing = fields.Boolean(string="By Billing", help="How often the customer is billed.")
    billing_operator = fields.Selection(TERM_OPERATORS, string="Billing Condition", default='is')
    billing_frequency = fields.Selection(BILLING_FREQUENCIES, string="Billing")

    @api.depends(*OWN_LIMITS)
    def _compute_triggers(self):
        return super()._compute_triggers()

    def _get_trigger_texts(self):
        def get_label(name):
            return dict(self._fields[name]._description_selection(self.env)).get(self[name], '')

        return super()._get_trigger_texts() + [
            (self.use_acceptance, self.env._(
                "acceptance %(operator)s “%(value)s”", operator=get_label('acceptance_operator'),
                value=get_label('acceptance_method'))),
            (self.use_billing, self.env._(
                "billing %(operator)s “%(value)s”", operator=get_label('billing_operator'),
                value=get_label('billing_frequency'))),
        ]

    @api.constrains(*OWN_LIMITS)
    def _check_terms(self):
        for rule in self:
            if rule.use_acceptance and not (rule.acceptance_operator and rule.acceptance_method) or (
                    rule.use_billing and not (rule.billing_operator and rule.billing_frequency)):
                raise ValidationError(self.env._(
                    "Authority level %s judges the terms by nothing; complete its condition on acceptance or billing.",
                    rule.name))

    @api.model
    def _get_triggers(self, level, figures, amount_company):
        def fires(value, operator, wanted):
            return (value == wanted) == (operator == 'is')

        return super()._get_triggers(level, figures, amount_company) + [
            ('acceptance', level.use_acceptance,
             fires(figures.get('acceptance_method'), level.acceptance_operator, level.acceptance_method)),
            ('billing', level.use_billing,
             fires(figures.get('billing_frequency'), level.billing_operator, level.billing_frequency)),
        ]
