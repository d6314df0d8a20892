from odoo import fields, models


class LtcGradeTerms(models.Model):
    _inherit = 'ltc.grade.terms'

    payment_term_id = fields.Many2one(
        'account.payment.term', string="Recommended Payment Terms", ondelete='restrict',
        domain="[('company_id', 'in', [False, company_id])]",
        help="How customers of this grade are asked to pay, unless they have terms of their own.")

    def _prepare_terms(self):
        return super()._prepare_terms()._replace(payment_term_id=self.payment_term_id.id)
