from odoo import api, models


class ResUsers(models.Model):
    _inherit = 'res.users'

    @api.private
    def _ltc_filter_company(self, company):
        """Return those of these users who can work in ``company``: active, internal and allowed there."""
        return self.sudo().filtered(lambda user: user.active and not user.share and company in user.company_ids)
