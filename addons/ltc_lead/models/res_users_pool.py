from odoo import models


class ResUsers(models.Model):
    _inherit = 'res.users'

    def _ltc_get_pool_lead_domain(self, field='ltc_pool_id'):
        """Return, for a record rule, which leads this user sees as leads: of a pool those that he runs only."""
        if self.has_group('sales_team.group_sale_manager'):
            return [(1, '=', 1)]
        return [(field, 'in', [False, *self.env['ltc.lead.pool']._get_admin_pool_ids(self.id)])]

    def _ltc_get_pool_domain(self):
        """Return, for a record rule, the pools into which this user looks."""
        if self.has_group('sales_team.group_sale_manager'):
            return [(1, '=', 1)]
        return [('pool_id', 'in', list(self.env['ltc.lead.pool']._get_pool_ids(self.id)))]
