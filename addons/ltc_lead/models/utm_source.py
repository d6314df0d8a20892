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

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()  # a medium may have counted as this source
        return result
