from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    ltc_handover_hot_days = fields.Float(
        string="Accept Hot Leads Within (Working Days)", default=1.0,
        help="After a hand-over sales accepts or rejects within this time; then the team leader is told.")
    ltc_handover_days = fields.Float(string="Accept Other Leads Within (Working Days)", default=3.0)

    @api.private
    def _ltc_get_handover_days(self, temperature):
        """Return within how many working days sales accepts or rejects a lead of that temperature."""
        self.ensure_one()
        return self.ltc_handover_hot_days if temperature == 'hot' else self.ltc_handover_days
