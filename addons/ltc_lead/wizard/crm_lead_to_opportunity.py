from odoo import models


class CrmLead2opportunityPartner(models.TransientModel):
    _inherit = 'crm.lead2opportunity.partner'

    def _convert_and_allocate(self, leads, user_ids, team_id=False):
        """Open the cases of many leads at once, for Odoo converts them one by one."""
        if len(leads) < 2:
            return super()._convert_and_allocate(leads, user_ids, team_id=team_id)
        result = super()._convert_and_allocate(leads.with_context(ltc_queue_flows=True), user_ids, team_id=team_id)
        leads._ltc_open_queued_flows()
        return result
