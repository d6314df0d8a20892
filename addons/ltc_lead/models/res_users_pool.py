from odoo import models


class ResUsers(models.Model):
    _inherit = 'res.users'

    def _ltc_get_pool_lead_domain(self, field='ltc_pool_id'):
        """Return, for a record rule, which leads this user sees as leads: of a pool those that he runs only."""
        if self.has_group('sales_team.group_sale_manager'):
            return [(1, '=', 1)]
        return [(field, 'in', [False, *self.env['ltc.lead.pool']._get_admin_pool_ids(self.id)])]

    def _ltc_get_pool_partner_domain(self):
        """Return, for a record rule, whom this user finds in the address book: a salesperson no customer in a pool."""
        Pool = self.env['ltc.lead.pool']
        is_free = (
            self.has_group('sales_team.group_sale_manager') or not self.has_group('sales_team.group_sale_salesman'))
        if is_free or not Pool._hides_customers() or Pool._get_admin_pool_ids(self.id):
            return [(1, '=', 1)]
        return [('ltc_is_pooled', '!=', True)]

    def _ltc_get_pool_domain(self):
        """Return, for a record rule, the pools into which this user looks."""
        if self.has_group('sales_team.group_sale_manager'):
            return [(1, '=', 1)]
        return [('pool_id', 'in', list(self.env['ltc.lead.pool']._get_pool_ids(self.id)))]
