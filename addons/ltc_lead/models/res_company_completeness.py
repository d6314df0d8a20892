from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    ltc_completeness_cursor = fields.Integer(readonly=True)  # where the next refresh begins; 0: nothing to do
