from odoo import models


class CrmLead2opportunityPartner(models.TransientModel):
    _inherit = 'crm.lead2opportunity.partner'

    def _convert_and_allocate(self, leads, user_ids, team_id=False):
        """Open the cases of all leads at once, for Odoo converts them one by one."""
        leads._ltc_open_missing_flows()
        return super()._convert_and_allocate(leads, user_ids, team_id=team_id)
