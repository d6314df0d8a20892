from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.ltc_base.models.ltc_authority_rule import GRADES

from .ltc_customer_scale import CRITERIA

RATINGS = [
    ('0', "0 – none"), ('1', "1 – poor"), ('2', "2 – weak"), ('3', "3 – fair"), ('4', "4 – good"),
    ('5', "5 – excellent"),
]
ENTERED = {f'ltc_rating_{criterion}' for criterion in CRITERIA}
GRADED = {'ltc_grade', 'ltc_grade_points'}


class ResPartner(models.Model):
    """The quality of a customer: five criteria, weighed, make a grade; contacts show that of their company."""
    _inherit = 'res.partner'

    ltc_rating_need = fields.Selection(RATINGS, string="Need Fit", help="How well what we make is what he needs.")
    ltc_rating_power = fields.Selection(RATINGS, string="Purchasing Power")
    ltc_rating_cycle = fields.Selection(
        RATINGS, string="Decision Cycle", help="5: decides within weeks, 0: takes years.")
    ltc_rating_potential = fields.Selection(RATINGS, string="Size and Potential")
    ltc_rating_history = fields.Selection(
        RATINGS, string="Cooperation History",
        help="Counted every night from how punctually invoices of the last two years were paid, where there are any.")
    ltc_grade_points = fields.Integer(string="Rating (of 100)", readonly=True, copy=False, aggregator=None)
    ltc_grade = fields.Selection(
        GRADES, string="Customer Grade", readonly=True, copy=False, index='btree_not_null',
        help="From the five criteria by their weights, once criteria of half the weight are rated.")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create([self._ltc_drop_grade(vals) for vals in vals_list])
        rated = [partner.id for partner, vals in zip(partners, vals_list, strict=True) if vals.keys() & ENTERED]
        if rated:
            self.browse(rated)._ltc_update_grades()
        return partners

    def write(self, vals):
        vals = self._ltc_drop_grade(vals)
        names = vals.keys() & ENTERED
        rated = self.filtered(lambda partner: any(partner[name] != vals[name] for name in names))
        result = super().write(vals)
        if 'parent_id' in vals:
            rated |= self.filtered(lambda partner: partner.ltc_grade != partner.commercial_partner_id.ltc_grade)
        if rated:
            rated._ltc_update_grades()
        return result

    @api.model
    def _ltc_drop_grade(self, vals):
        """Nobody types a grade: it follows from the criteria."""
        if not vals.keys() & GRADED:
            return vals
        return {name: value for name, value in vals.items() if name not in GRADED}

    @api.model
    def _commercial_fields(self):
        return super()._commercial_fields() + sorted(ENTERED)

    # === GRADE === #

    @api.model
    def _ltc_update_grades_of(self, partner_ids=None):
        """Grade these partners and their contacts, else everybody, in one statement; only what differs is written."""
        self.env.flush_all()
        rated = SQL(" + ").join(SQL(
            "CASE WHEN %s IS NULL THEN 0 ELSE %s END", self._ltc_sql_rating(criterion),
            self._ltc_sql_weight(criterion)) for criterion in CRITERIA)
        total = SQL(" + ").join(self._ltc_sql_weight(criterion) for criterion in CRITERIA)
        points = SQL(" + ").join(SQL(
            "COALESCE(%s::int, 0) * %s", self._ltc_sql_rating(criterion), self._ltc_sql_weight(criterion))
            for criterion in CRITERIA)
        rows = self.env.execute_query(SQL(
            """
            WITH scale AS (%(scales)s), rating AS (
                SELECT company.id, own.limit_a, own.limit_b, own.limit_c,
                       CASE WHEN (%(rated)s) * 2 >= (%(total)s)
                            THEN ROUND((%(points)s) * 20.0 / NULLIF(%(rated)s, 0))::int END AS points
                  FROM res_partner company
                  JOIN LATERAL (SELECT * FROM scale
                                 WHERE scale.company_id IN (COALESCE(company.company_id, 0), 0)
                              ORDER BY scale.company_id DESC LIMIT 1) own ON TRUE
                 WHERE company.id = company.commercial_partner_id AND %(which)s
            ), graded AS (
                SELECT id, points, CASE WHEN points >= limit_a THEN 'A' WHEN points >= limit_b THEN 'B'
                                        WHEN points >= limit_c THEN 'C' WHEN points IS NOT NULL THEN 'D' END AS grade
                  FROM rating
            )
            UPDATE res_partner partner SET ltc_grade = graded.grade, ltc_grade_points = graded.points
              FROM graded
             WHERE partner.commercial_partner_id = graded.id
               AND (partner.ltc_grade, partner.ltc_grade_points) IS DISTINCT FROM (graded.grade, graded.points)
            RETURNING partner.id
            """,
            scales=self.env['ltc.customer.scale']._sql_scales(), rated=rated, total=total, points=points,
            which=SQL("TRUE") if partner_ids is None else SQL("company.id = ANY(%s)", partner_ids)))
        self.browse([partner_id for partner_id, in rows]).invalidate_recordset(list(GRADED), flush=False)
        self.env['crm.lead'].invalidate_model(['ltc_customer_grade', 'ltc_glance'], flush=False)
        return len(rows)

    def _ltc_update_grades(self):
        """Grade these partners anew, with their companies and contacts; called on no record: everybody."""
        return self.sudo()._ltc_update_grades_of(self.sudo().commercial_partner_id.ids if self else None)

    @api.model
    def _ltc_sql_rating(self, criterion):
        return SQL.identifier('company', f'ltc_rating_{criterion}')

    @api.model
    def _ltc_sql_weight(self, criterion):
        return SQL.identifier('own', f'weight_{criterion}')
