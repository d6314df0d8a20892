from odoo import models


class CrmTeam(models.Model):
    _inherit = 'crm.team'

    def _assign_and_convert_leads(self, force_quota=False):
        """Assign leads that are not qualified yet without converting them, so that one of them stops nobody else's.

        The key in the context only ever makes :meth:`crm.lead.convert_opportunity` do less.
        """
        team = self.with_context(ltc_assign_unqualified=True)
        return super(CrmTeam, team)._assign_and_convert_leads(force_quota=force_quota)
