from odoo import api, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    @api.private
    def _ltc_get_contract_end(self, company):
        """Return {customer id: day on which the last approved contract with ``company`` ends}, of those who have one.

        A floor that knows contracts extends it; here it is the day on which the last opportunity was won.
        """
        groups = self.env['crm.lead'].sudo().with_context(active_test=False)._read_group(
            [('won_status', '=', 'won'), ('partner_id', 'child_of', self.ids), ('date_closed', '!=', False),
             *self.env['ltc.kpi']._get_lead_company_domain(company)],
            ['partner_id'], ['date_closed:max'])
        ends = {}
        for partner, closed_on in groups:
            customer_id = partner.commercial_partner_id.id
            ends[customer_id] = max(ends.get(customer_id, closed_on.date()), closed_on.date())
        return ends
