from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import float_compare

NODE_KINDS = [
    ('advance', "Advance Payment"),
    ('delivery', "Delivery Payment"),
    ('acceptance', "Acceptance Payment"),
    ('retention', "Retention Money"),
    ('other', "Other"),
]
NODE_TRIGGERS = [
    ('signature', "Contract Signed"),
    ('delivery', "Delivery Done"),
    ('acceptance', "Acceptance Certificate"),
    ('retention', "End of Retention"),
    ('date', "Planned Date"),
]


class LtcPaymentPlanTemplate(models.Model):
    _name = 'ltc.payment.plan.template'
    _description = "Payment Plan Template"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first template of the company is proposed on a new contract.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', help="Empty: the template may be used in every company.")
    line_ids = fields.One2many('ltc.payment.plan.template.line', 'template_id', string="Nodes", copy=True)

    @api.constrains('line_ids')
    def _check_percent(self):
        for template in self:
            if template.line_ids and float_compare(sum(template.line_ids.mapped('percent')), 100.0, 2):
                raise ValidationError(self.env._(
                    "Payment plan template %(name)s adds up to %(percent)s %%; make its nodes add up to 100 %%.",
                    name=template.name, percent=round(sum(template.line_ids.mapped('percent')), 2)))

    @api.model
    def _get_default(self, company):
        """Return the template that a new contract of ``company`` starts from."""
        return self.search([('company_id', 'in', (False, company.id)), ('line_ids', '!=', False)], limit=1)

    def _prepare_plan_lines(self, partner):
        """Return the commands that create a contract's nodes, named in the language of the customer who reads them."""
        return [Command.create({
            'sequence': line.sequence,
            'name': line._get_name(),
            'kind': line.kind,
            'trigger': line.trigger,
            'percent': line.percent,
        }) for line in self.with_context(lang=partner.lang or self.env.lang).line_ids]


class LtcPaymentPlanTemplateLine(models.Model):
    _name = 'ltc.payment.plan.template.line'
    _description = "Node of a Payment Plan Template"
    _order = 'template_id, sequence, id'

    template_id = fields.Many2one('ltc.payment.plan.template', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    name = fields.Char(translate=True, help="Empty: what its kind is called, in the language of whoever reads it.")
    kind = fields.Selection(NODE_KINDS, required=True, default='other')
    trigger = fields.Selection(NODE_TRIGGERS, required=True, default='date')
    percent = fields.Float(required=True, digits=(5, 2))

    _percent_positive = models.Constraint('CHECK(percent > 0)', "A node needs a positive percentage.")

    @api.depends('name', 'kind', 'percent')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for line in self:
            line.display_name = f'{line._get_name()} {line.percent:g} %'

    def _get_name(self):
        self.ensure_one()
        return self.name or dict(self._fields['kind']._description_selection(self.env)).get(self.kind, '')
