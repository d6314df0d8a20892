from odoo import api, fields, models, tools


class LtcSellingGuide(models.Model):
    """The questions that lead a salesperson from what the customer needs to the products of a quotation.

    Each question is a page of the dialog; what is added for an answer stands with its question. A question may wait for
    an answer to an earlier one, so a guide branches.
    """
    _name = 'ltc.selling.guide'
    _inherit = ['ltc.cached.mixin']
    _description = "Selling Guide"
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', index='btree_not_null', help="Empty: every company may use it.")
    description = fields.Text(translate=True, help="The salesperson reads it before the first question.")
    question_ids = fields.One2many('ltc.selling.guide.question', 'guide_id', string="Questions", copy=False)
    question_count = fields.Integer(compute='_compute_question_count')

    @api.depends('question_ids')
    def _compute_question_count(self):
        for guide in self:
            guide.question_count = len(guide.question_ids)

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache('company_id')
    def _is_any(self, company_id):
        """Return whether that company has a guide to offer; no query when cached."""
        return bool(self.sudo().search_count(
            [('company_id', 'in', [False, company_id]), ('question_ids', '!=', False)], limit=1))
