from typing import NamedTuple

from odoo import api, fields, models, tools

from odoo.addons.ltc_base.models.ltc_authority_rule import GRADES


class GradeTerms(NamedTuple):
    """What a company recommends for the customers of a grade; hashable, for it lives in the cache."""
    credit_limit: float
    payment_term_id: int | None = None


class LtcGradeTerms(models.Model):
    """What a company is ready to give the customers of a grade on credit: a recommendation, it holds nothing up.

    It counts for customers without a limit of their own. A row with a limit of 0 says: nothing on credit; a grade
    without a row says nothing.
    """
    _name = 'ltc.grade.terms'
    _description = "Terms by Customer Grade"
    _inherit = ['ltc.cached.mixin', 'ltc.audit.config.mixin']
    _order = 'company_id, grade'
    _rec_name = 'grade'

    company_id = fields.Many2one(
        'res.company', required=True, index=True, ondelete='cascade', default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')
    grade = fields.Selection(GRADES, string="Customer Grade", required=True)
    credit_limit = fields.Monetary(
        string="Recommended Credit Limit", help="What customers of this grade may owe and have on order. 0: nothing.")

    _grade_uniq = models.UniqueIndex('(company_id, grade)', "The company has terms for that grade already.")
    _credit_limit_positive = models.Constraint('CHECK(credit_limit >= 0)', "A credit limit is 0 or more.")

    @api.model
    @tools.ormcache('company_id')
    def _get_terms(self, company_id):
        """Return {grade: :class:`GradeTerms`} of a company. Cached."""
        return {terms.grade: terms._prepare_terms() for terms in self.sudo().search([('company_id', '=', company_id)])}

    def _prepare_terms(self):
        """Return the terms as they are cached; extend it by what you know of."""
        return GradeTerms(self.credit_limit)
