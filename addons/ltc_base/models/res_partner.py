from odoo import models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    def write(self, vals):
        """Keep the zone of a company in step with its own address."""
        result = super().write(vals)
        if 'tz' in vals and self.env['res.company'].sudo().search_count([('partner_id', 'in', self.ids)], limit=1):
            self.env.registry.clear_cache()
        return result
