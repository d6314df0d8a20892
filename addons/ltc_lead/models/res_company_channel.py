from odoo import fields, models

ATTRIBUTIONS = [
    ('first', "First touch: how the customer first came"),
    ('last', "Last touch: how he came last"),
    ('even', "Even: every touch its share"),
]


class ResCompany(models.Model):
    _inherit = 'res.company'

    ltc_attribution = fields.Selection(
        ATTRIBUTIONS, string="Channel Attribution", required=True, default='first',
        help="Which channel a lead counts for that came by several.")
