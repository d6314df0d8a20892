from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    ltc_protection_days = fields.Integer(
        string="Protection of a Channel Partner (Days)", default=90,
        help="How long an approved registration protects the partner.")
    ltc_protection_remind_days = fields.Integer(
        string="Remind of Its End (Days Before)", default=14)
