from odoo import api, fields, models


class ResPartner(models.Model):
    """What the own company recommends to give a customer of this grade on credit."""
    _inherit = 'res.partner'

    ltc_has_grade_terms = fields.Boolean(compute='_compute_ltc_grade_terms', groups='base.group_user')
    ltc_grade_credit_limit = fields.Monetary(
        string="Recommended Credit Limit", compute='_compute_ltc_grade_terms', currency_field='ltc_terms_currency_id',
        groups='base.group_user',  # what the company keeps of a customer is not for him
        help="What the company gives customers of this grade on credit; it counts where a customer has no limit of his"
        " own.")
    ltc_terms_currency_id = fields.Many2one(
        'res.currency', compute='_compute_ltc_grade_terms', groups='base.group_user')

    @api.depends('ltc_grade', 'company_id')
    @api.depends_context('company')
    def _compute_ltc_grade_terms(self):
        for partner in self:
            terms = partner._ltc_get_grade_terms(self.env.company)
            partner.ltc_has_grade_terms = bool(terms)
            partner.ltc_grade_credit_limit = terms.credit_limit if terms else 0.0
            partner.ltc_terms_currency_id = self.env.company.currency_id

    def _ltc_get_grade_terms(self, company):
        """Return what ``company`` recommends for the grade of this customer, or nothing; no query when cached."""
        return self.env['ltc.grade.terms']._get_terms(company.id).get(self.ltc_grade)
