from odoo import api, models

from odoo.addons.ltc_base.models.ltc_authority_rule import GRADES
from odoo.addons.ltc_base.side_fields import SideSelection


class CrmLead(models.Model):
    _inherit = 'crm.lead'

    ltc_customer_grade = SideSelection(
        GRADES, string="Customer Grade", side_model='res.partner', side_column='ltc_grade', side_key='id',
        side_on='partner_id', help="The grade of the customer's company.")

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads.invalidate_recordset(['ltc_customer_grade'], flush=False)  # it stands with the customer already
        return leads

    def write(self, vals):
        result = super().write(vals)
        if 'partner_id' in vals:
            self.invalidate_recordset(['ltc_customer_grade', 'ltc_glance'], flush=False)
        return result
