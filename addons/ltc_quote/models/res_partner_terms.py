from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    ltc_grade_payment_term_id = fields.Many2one(
        'account.payment.term', string="Recommended Payment Terms", compute='_compute_ltc_grade_terms',
        groups='base.group_user',
        help="How the company asks customers of this grade to pay; it counts where a customer has no terms of his own.")

    @api.depends('ltc_grade', 'company_id')
    @api.depends_context('company')
    def _compute_ltc_grade_terms(self):
        result = super()._compute_ltc_grade_terms()
        for partner in self:
            terms = partner._ltc_get_grade_terms(self.env.company)
            partner.ltc_grade_payment_term_id = terms.payment_term_id if terms else False
        return result
