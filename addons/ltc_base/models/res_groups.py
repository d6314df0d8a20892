from odoo import api, models


class ResGroups(models.Model):
    _inherit = 'res.groups'

    @api.private
    def _ltc_get_members(self, company):
        """Return the active users of these groups (implied ones included) who work in ``company``."""
        return self.sudo().all_user_ids._ltc_filter_company(company)
