from odoo import models


class ResourceCalendar(models.Model):
    _inherit = 'resource.calendar'

    def write(self, vals):
        """Keep the zone of the companies that work by this calendar in step with it."""
        result = super().write(vals)
        if 'tz' in vals:
            self.env.registry.clear_cache()
        return result
