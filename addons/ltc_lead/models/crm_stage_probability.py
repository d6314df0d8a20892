from odoo import fields, models


class CrmStage(models.Model):
    _inherit = 'crm.stage'

    ltc_probability = fields.Float(
        string="Default Probability (%)", aggregator=None,
        help="What opportunities in this stage are usually worth, by agreement. It is shown beside Odoo's automated"
        " probability and the one typed by hand, and replaces neither.")

    _ltc_probability_range = models.Constraint(
        'CHECK(ltc_probability >= 0 AND ltc_probability <= 100)', "A probability lies between 0 and 100 percent.")
