from odoo import models


class CrmTeam(models.Model):
    _inherit = 'crm.team'

    def _assign_and_convert_leads(self, force_quota=False):
        """Assign unqualified leads without converting them, for one of them must not stop the others.

        Neither key in the context opens a way round: the one makes ``convert_opportunity`` do less, the other opens
        the cases in batches, before each commit.
        """
        team = self.with_context(ltc_assign_unqualified=True, ltc_queue_flows=True)
        result = super(CrmTeam, team)._assign_and_convert_leads(force_quota=force_quota)
        self.env['crm.lead']._ltc_open_queued_flows()
        return result
