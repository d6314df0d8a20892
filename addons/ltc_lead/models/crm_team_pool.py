from odoo import models


class CrmTeam(models.Model):
    """Odoo's rule-based assignment leaves alone what waits in a pool, unless the pool is distributed."""
    _inherit = 'crm.team'

    def _allocate_leads(self, creation_delta_days=7):
        team = self.with_context(ltc_leave_pools=True)  # narrows what is searched, whoever sends it
        return super(CrmTeam, team)._allocate_leads(creation_delta_days=creation_delta_days)

    def _get_lead_to_assign_domain(self):
        return super()._get_lead_to_assign_domain() + self.env['crm.lead']._ltc_get_assignable_domain()
