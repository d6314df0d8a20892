from odoo import models

from odoo.addons.ltc_base.side_fields import SideSelection

from .res_partner_grade import GRADES


class CrmLead(models.Model):
    _inherit = 'crm.lead'

    ltc_customer_grade = SideSelection(
        GRADES, string="Customer Grade", side_model='res.partner', side_column='ltc_grade', side_key='id',
        side_on='partner_id', help="The grade of the customer's company.")

    def write(self, vals):
        result = super().write(vals)
        if 'partner_id' in vals:
            self.invalidate_recordset(['ltc_customer_grade'], flush=False)
        return result
