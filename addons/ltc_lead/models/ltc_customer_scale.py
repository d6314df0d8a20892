from odoo import api, fields, models
from odoo.tools import SQL

CRITERIA = ('need', 'power', 'cycle', 'potential', 'history')


class LtcCustomerScale(models.Model):
    """How much each criterion weighs when customers are graded, and where the grades begin."""
    _name = 'ltc.customer.scale'
    _description = "Customer Rating Scale"
    _order = 'company_id, id'

    name = fields.Char(required=True, translate=True, default=lambda self: self.env._("Customer rating"))
    company_id = fields.Many2one('res.company', index='btree_not_null', help="Empty: customers shared by companies.")
    weight_need = fields.Integer(string="Need Fit", default=25)
    weight_power = fields.Integer(string="Purchasing Power", default=25)
    weight_cycle = fields.Integer(string="Decision Cycle", default=10)
    weight_potential = fields.Integer(string="Size and Potential", default=20)
    weight_history = fields.Integer(string="Cooperation History", default=20)
    limit_a = fields.Integer(string="A from", default=80)
    limit_b = fields.Integer(string="B from", default=60)
    limit_c = fields.Integer(string="C from", default=40)

    _company_uniq = models.UniqueIndex('(COALESCE(company_id, 0))', "The company has a rating scale already.")
    _weights_positive = models.Constraint(
        'CHECK(LEAST(weight_need, weight_power, weight_cycle, weight_potential, weight_history) >= 0'
        ' AND weight_need + weight_power + weight_cycle + weight_potential + weight_history > 0)',
        "Weights are 0 or more, and one of them counts.")
    _limits_ordered = models.Constraint(
        'CHECK(limit_a > limit_b AND limit_b > limit_c AND limit_c > 0 AND limit_a <= 100)',
        "The limits fall from A to C, between 100 and 1.")

    @api.model_create_multi
    def create(self, vals_list):
        scales = super().create(vals_list)
        self.env['res.partner']._ltc_update_grades()
        return scales

    def write(self, vals):
        result = super().write(vals)
        self.env['res.partner']._ltc_update_grades()
        return result

    def unlink(self):
        result = super().unlink()
        self.env['res.partner']._ltc_update_grades()
        return result

    @api.model
    def _sql_scales(self):
        """Return the SELECT of (company_id, weights, limits), with the usual ones where no scale is set up."""
        columns = [*(f'weight_{criterion}' for criterion in CRITERIA), 'limit_a', 'limit_b', 'limit_c']
        usual = [self._fields[name].default(self) for name in columns]
        return SQL(
            """SELECT COALESCE(company_id, 0) AS company_id, %(columns)s FROM ltc_customer_scale
                UNION ALL SELECT 0, %(usual)s
                WHERE NOT EXISTS (SELECT FROM ltc_customer_scale WHERE company_id IS NULL)""",
            columns=SQL(", ").join(SQL.identifier(name) for name in columns),
            usual=SQL(", ").join(SQL("%s", value) for value in usual))
