from odoo import fields, models


class LtcSellingGuideAnswer(models.Model):
    """What a salesperson may choose on a page of a selling guide."""
    _name = 'ltc.selling.guide.answer'
    _description = "Answer in a Selling Guide"
    _order = 'sequence, id'

    question_id = fields.Many2one('ltc.selling.guide.question', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='question_id.guide_id.company_id')
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Answer", required=True, translate=True)
