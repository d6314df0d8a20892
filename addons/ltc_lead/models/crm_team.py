from odoo import models

from odoo.addons.ltc_base.models.ltc_owner_log import OwnerWay


class CrmTeam(models.Model):
    _inherit = 'crm.team'

    def _assign_and_convert_leads(self, force_quota=False):
        """Assign unqualified leads without converting them, for one of them must not stop the others.

        No key in the context opens a way round: the first makes ``convert_opportunity`` do less, the second opens
        the cases in batches, before each commit, the third tells the owner history who chose.
        """
        team = self.with_context(
            ltc_assign_unqualified=True, ltc_queue_flows=True, ltc_owner_way=OwnerWay.ASSIGN)
        result = super(CrmTeam, team)._assign_and_convert_leads(force_quota=force_quota)
        self.env['crm.lead']._ltc_open_queued_flows()
        return result
