from odoo import api, fields, models
from odoo.tools import SQL


class ResCompany(models.Model):
    _inherit = 'res.company'

    ltc_recycle_day = fields.Date(string="Recycling Looked At On", readonly=True)
    ltc_recycle_lead = fields.Integer(string="Recycling Looked Up To Lead", readonly=True)

    @api.private
    def _ltc_get_recycle_cursor(self):
        """Return up to which lead today's pass of recycling has come in this company."""
        self.ensure_one()
        self.invalidate_recordset(['ltc_recycle_day', 'ltc_recycle_lead'])
        return self.ltc_recycle_lead if self.ltc_recycle_day == self._ltc_get_today() else 0

    @api.private
    def _ltc_set_recycle_cursor(self, lead_id):
        """Remember it by SQL, for a write on a company empties the caches of every server."""
        for company in self:
            self.env.cr.execute(SQL(
                "UPDATE res_company SET ltc_recycle_day = %s, ltc_recycle_lead = %s WHERE id = %s",
                company._ltc_get_today(), lead_id, company.id))
        self.invalidate_recordset(['ltc_recycle_day', 'ltc_recycle_lead'])
