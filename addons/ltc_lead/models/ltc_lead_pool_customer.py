from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

CHUNK = 200


class LtcLeadPool(models.Model):
    """Customers whose contract ended come back into a pool, as new leads: what was won stays as it was."""
    _name = 'ltc.lead.pool'
    _inherit = ['ltc.lead.pool']

    @api.model
    def _return_customers(self):
        """Put a lead for each customer without a new contract into the pool that wants them; run twice, once."""
        cron = self.env['ir.cron']
        for pool in self.sudo().search([('contract_days', '>', 0)]):
            last_id = 0
            while partner_ids := pool._get_idle_customers(last_id):
                last_id = partner_ids[-1]
                pool._return(self.env['res.partner'].sudo().browse(partner_ids))
                if not cron._commit_progress():
                    return

    def _get_idle_customers(self, last_id):
        """Return the ids of the next customers who bought and for whom nothing is open."""
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """SELECT DISTINCT kin.commercial_partner_id
                 FROM crm_lead AS won JOIN res_partner AS kin ON kin.id = won.partner_id
                WHERE won.won_status = 'won' AND won.date_closed < %(before)s AND kin.commercial_partner_id > %(last)s
                  AND won.id IN %(leads)s
                  AND NOT EXISTS (SELECT FROM crm_lead AS other JOIN res_partner AS relative
                                      ON relative.id = other.partner_id
                                   WHERE relative.commercial_partner_id = kin.commercial_partner_id
                                     AND other.active AND other.won_status = 'pending')
             ORDER BY kin.commercial_partner_id LIMIT %(limit)s""",
            before=self._get_contract_limit(), last=last_id, limit=CHUNK,
            leads=self.env['crm.lead'].sudo()._search([
                ('won_status', '=', 'won'), *self.env['ltc.kpi']._get_lead_company_domain(self.company_id),
            ]).subselect()))
        return [partner_id for [partner_id] in rows]

    def _get_contract_limit(self):
        return self.company_id._ltc_get_today() - timedelta(days=self.contract_days)

    def _return(self, partners):
        """Create the leads of those ``partners`` whose last contract ended long enough ago."""
        ends = partners._ltc_get_contract_end(self.company_id)
        values = [
            self._prepare_returned_values(partner, ends[partner.id]) for partner in partners
            if partner.id in ends and ends[partner.id] <= self._get_contract_limit()
            and not self._is_returned(partner, ends[partner.id])]
        self.env['crm.lead'].sudo().create(values)

    def _is_returned(self, partner, end):
        """Return whether a lead has been made of ``partner`` since his contract ended, whatever became of it."""
        return bool(self.env['crm.lead'].sudo().with_context(active_test=False).search_count([
            ('partner_id', 'child_of', partner.id), ('create_date', '>', fields.Datetime.to_datetime(end))], limit=1))

    def _prepare_returned_values(self, partner, end):
        return {
            'name': self.env._("%(customer)s: last contract ended on %(date)s", customer=partner.name, date=end),
            'type': 'lead', 'partner_id': partner.id, 'company_id': self.company_id.id, 'user_id': False,
            'team_id': False, 'ltc_pool_id': self.id,
        }


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
