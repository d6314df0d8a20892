from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    ltc_dunning = fields.Boolean(
        string="Automatic Reminders", help="Remind customers of overdue instalments by dunning level, every day.")
    ltc_auto_invoice = fields.Boolean(
        string="Automatic Draft Invoices",
        help="Make the draft invoice as soon as a node of a payment plan becomes billable.")
    ltc_collector_user_id = fields.Many2one(
        'res.users', string="Collector", help="Gets the activities of dunning. Empty: a member of the collectors.")
    ltc_billing_user_id = fields.Many2one(
        'res.users', string="Billing Responsible",
        help="Is told about draft invoices to check. Empty: a member of finance.")

    @api.private
    def _ltc_get_dunning_levels(self):
        """Return the levels that hold in this company: its own, or else the shared ones."""
        self.ensure_one()
        levels = self.env['ltc.dunning.level'].sudo().search([('company_id', 'in', [self.id, False])])
        return levels.filtered('company_id') or levels

    @api.private
    def _ltc_get_collector(self):
        """Return who follows up on overdue instalments in this company, or nobody."""
        self.ensure_one()
        return self._ltc_get_responsible(self.ltc_collector_user_id, 'ltc_base.group_ltc_collector')

    @api.private
    def _ltc_get_biller(self):
        """Return who checks and posts the draft invoices of this company, or nobody."""
        self.ensure_one()
        return self._ltc_get_responsible(self.ltc_billing_user_id, 'ltc_base.group_ltc_finance')

    def _ltc_get_responsible(self, user, group_xmlid):
        return user._ltc_filter_company(self) or self.env.ref(group_xmlid)._ltc_get_members(self).sorted('id')[:1]
