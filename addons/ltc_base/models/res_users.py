from odoo import api, fields, models


class ResUsers(models.Model):
    _inherit = 'res.users'

    ltc_superior_id = fields.Many2one(
        'res.users', string="Superior", domain=[('share', '=', False)],
        help="Decides where a level of authority names the submitter's superior.")

    @api.private
    def _ltc_filter_company(self, company):
        """Return those of these users who can work in ``company``: active, internal and allowed there."""
        return self.sudo().filtered(lambda user: user.active and not user.share and company in user.company_ids)
