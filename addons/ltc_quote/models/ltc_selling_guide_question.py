from odoo import api, fields, models
from odoo.exceptions import ValidationError

QUESTION_KINDS = [
    ('one', "One Answer"),
    ('several', "Several Answers"),
    ('number', "A Number"),
]


class LtcSellingGuideQuestion(models.Model):
    """A page of a selling guide: what is asked, and which products follow from the answer."""
    _name = 'ltc.selling.guide.question'
    _inherit = ['ltc.cached.mixin']
    _description = "Question of a Selling Guide"
    _order = 'sequence, id'

    guide_id = fields.Many2one('ltc.selling.guide', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='guide_id.company_id')
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Question", required=True, translate=True)
    hint = fields.Char(translate=True, help="What helps to answer it.")
    kind = fields.Selection(QUESTION_KINDS, required=True, default='one')
    is_required = fields.Boolean(string="Required", default=True)
    answer_ids = fields.One2many('ltc.selling.guide.answer', 'question_id', string="Answers", copy=True)
    line_ids = fields.One2many('ltc.selling.guide.line', 'question_id', string="Products")
    only_after_id = fields.Many2one(
        'ltc.selling.guide.answer', index='btree_not_null', ondelete='cascade',
        domain="[('question_id.guide_id', '=', guide_id), ('question_id', '!=', id)]",
        help="The question is asked only where this answer was given before.")

    @api.constrains('only_after_id', 'guide_id', 'sequence')
    def _check_only_after(self):
        for question in self.filtered('only_after_id'):
            earlier = question.only_after_id.question_id
            if earlier.guide_id != question.guide_id or earlier not in question._get_earlier():
                raise ValidationError(self.env._(
                    "Question “%(question)s” can wait only for an answer to an earlier question of its guide; choose"
                    " another answer, or move the question down.", question=question.name))

    @api.constrains('kind', 'answer_ids')
    def _check_answers(self):
        for question in self:
            if question.kind == 'number' and question.answer_ids:
                raise ValidationError(self.env._(
                    "Question “%s” asks for a number; remove its answers, or let it be a choice.", question.name))

    def _get_earlier(self):
        """Return the questions of the guide that are asked before this one."""
        questions = self.guide_id.question_ids.sorted(lambda question: (question.sequence, question.id))
        return questions[:questions.ids.index(self.id)] if self in questions else questions
