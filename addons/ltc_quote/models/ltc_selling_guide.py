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

    # === CRUD METHODS === #

    def copy_data(self, default=None):
        named = 'name' in (default or {})
        return [
            vals if named else {**vals, 'name': self.env._("%s (copy)", guide.name)}
            for guide, vals in zip(self, super().copy_data(default), strict=True)]

    def copy(self, default=None):
        copies = super().copy(default)
        for guide, twin in zip(self, copies, strict=True):
            guide._copy_questions(twin)
        return copies

    # === BUSINESS METHODS === #

    def _copy_questions(self, twin):
        """Give ``twin`` the questions of this guide; what waits for or multiplies another one does so in the copy."""
        questions = self.question_ids
        copied = questions.copy({'guide_id': twin.id, 'only_after_id': False})
        new_questions = dict(zip(questions, copied, strict=True))
        new_answers = dict(zip(questions.answer_ids, copied.answer_ids, strict=True))
        for question in questions.filtered('only_after_id'):
            new_questions[question].only_after_id = new_answers[question.only_after_id]
        self.env['ltc.selling.guide.line'].create([{
            **vals,
            'question_id': new_questions[line.question_id].id,
            'answer_id': line.answer_id and new_answers[line.answer_id].id,
            'times_id': line.times_id and new_questions[line.times_id].id,
        } for line, vals in zip(questions.line_ids, questions.line_ids.copy_data(), strict=True)])

    @api.model
    @tools.ormcache('company_id')
    def _is_any(self, company_id):
        """Return whether that company has a guide to offer; no query when cached."""
        return bool(self.sudo().search_count(
            [('company_id', 'in', [False, company_id]), ('question_ids', '!=', False)], limit=1))
