from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LtcSellingGuideLine(models.Model):
    """A product that a question of a selling guide adds to the quotation, for one answer or for any."""
    _name = 'ltc.selling.guide.line'
    _description = "Product of a Selling Guide"
    _order = 'sequence, id'
    _rec_name = 'product_id'
    _check_company_auto = True

    question_id = fields.Many2one('ltc.selling.guide.question', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='question_id.guide_id.company_id')
    sequence = fields.Integer(default=10)
    answer_id = fields.Many2one(
        'ltc.selling.guide.answer', string="For the Answer", index='btree_not_null', ondelete='cascade',
        domain="[('question_id', '=', question_id)]", help="Empty: whatever is answered.")
    product_id = fields.Many2one(
        'product.product', required=True, index=True, ondelete='restrict', check_company=True,
        domain="[('sale_ok', '=', True)]")
    quantity = fields.Float(default=1.0, digits='Product Unit', help="In the product's own unit of measure.")
    times_id = fields.Many2one(
        'ltc.selling.guide.question', index='btree_not_null', ondelete='set null',
        domain="[('guide_id', '=', parent.guide_id), ('kind', '=', 'number')]",
        help="The number that is multiplied with the quantity. A question for a number multiplies its own products.")

    _quantity_positive = models.Constraint('CHECK(quantity > 0)', "The quantity of a product is more than 0.")

    @api.constrains('answer_id', 'times_id', 'question_id')
    def _check_guide(self):
        for line in self:
            if line.answer_id and line.answer_id.question_id != line.question_id:
                raise ValidationError(self.env._(
                    "%(product)s is added for an answer to another question; choose one of “%(question)s”.",
                    product=line.product_id.display_name, question=line.question_id.name))
            if line.times_id and (
                line.times_id.guide_id != line.question_id.guide_id or line.times_id.kind != 'number'
            ):
                raise ValidationError(self.env._(
                    "%(product)s is multiplied by the number of a question of the same guide; choose such a question.",
                    product=line.product_id.display_name))

    def _get_quantity(self, numbers):
        """Return how much this line adds; ``numbers`` are {question: number} as far as they were answered."""
        self.ensure_one()
        times = self.times_id or (self.question_id if self.question_id.kind == 'number' else self.times_id)
        return self.quantity * (numbers.get(times, 0.0) if times else 1.0)
