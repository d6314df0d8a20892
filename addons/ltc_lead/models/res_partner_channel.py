from odoo import fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    ltc_is_channel = fields.Boolean(
        string="Channel Partner", help="Its portal users may register customers and are protected for a time.")
