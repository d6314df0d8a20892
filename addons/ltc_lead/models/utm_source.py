from odoo import fields, models

CHANNEL_TYPES = [
    ('direct', "Direct"),
    ('partner', "Partner"),
    ('event', "Event"),
    ('referral', "Referral"),
    ('ad', "Advertising"),
]


class UtmSource(models.Model):
    _inherit = 'utm.source'

    ltc_channel_type = fields.Selection(
        CHANNEL_TYPES, string="Channel Type", help="What kind of channel this source belongs to.")
