from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

CHUNK = 200


class LtcLeadPool(models.Model):
    """Customers whose contract ended come back into a pool, as new leads: what was won stays as it was."""
    _name = 'ltc.lead.pool'
    _inherit = ['ltc.lead.pool']

    returned_day = fields.Date(string="Contracts Looked At On", readonly=True, copy=False)
    returned_customer = fields.Integer(string="Contracts Looked Up To Customer", readonly=True, copy=False)

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {'active', 'company_id', 'contract_days'}:
            self._set_return_cursor(0)  # what counts anew is looked at again today
        return result

    @api.model
    def _return_customers(self):
        """Put a lead for each customer without a new contract into the pool that wants them; run twice, once.

        Once a day every customer is looked at. The pool remembers up to which one it has come, so the next run goes on
        there, over midnight too. Return False when the time of the cron is over before.
        """
        cron = self.env['ir.cron']
        for pool in self.sudo().search([('contract_days', '>', 0)]):
            today = pool.company_id._ltc_get_today()
            if pool.returned_day == today:
                continue
            while partner_ids := pool._get_idle_customers(pool.returned_customer):
                pool._return(self.env['res.partner'].sudo().browse(partner_ids))
                pool._set_return_cursor(partner_ids[-1])
                if not cron._commit_progress(len(partner_ids), remaining=1):
                    return False
            pool._set_return_cursor(0, today)
        return True

    def _set_return_cursor(self, partner_id, day=None):
        """Remember it, and the day if that is done, by SQL: a write on a pool empties the caches of every server."""
        self.env.cr.execute(SQL(
            "UPDATE ltc_lead_pool SET returned_day = %s, returned_customer = %s WHERE id = ANY(%s)",
            day, partner_id, self.ids))
        self.invalidate_recordset(['returned_day', 'returned_customer'])

    def _get_idle_customers(self, last_id):
        """Return the ids of the next customers who bought and for whom nothing is open in this pool's company."""
        self.ensure_one()
        self.env.flush_all()
        is_ours = self.env['ltc.kpi']._sql_lead_company
        rows = self.env.execute_query(SQL(
            """SELECT customer.id FROM res_partner AS customer
                WHERE customer.id > %(last)s AND customer.commercial_partner_id = customer.id
                  AND EXISTS (SELECT FROM res_partner AS kin JOIN crm_lead AS won ON won.partner_id = kin.id
                               WHERE kin.commercial_partner_id = customer.id
                                 AND won.won_status = 'won' AND won.active AND won.date_closed < %(before)s AND %(won)s)
                  AND NOT EXISTS (SELECT FROM res_partner AS kin JOIN crm_lead AS other ON other.partner_id = kin.id
                                   WHERE kin.commercial_partner_id = customer.id
                                     AND other.active AND other.won_status = 'pending' AND %(other)s)
             ORDER BY customer.id LIMIT %(limit)s""",
            before=self._get_contract_limit(), last=last_id, limit=CHUNK,
            won=is_ours(self.company_id, 'won'), other=is_ours(self.company_id, 'other')))
        return [partner_id for [partner_id] in rows]

    def _get_contract_limit(self):
        return self.company_id._ltc_get_today() - timedelta(days=self.contract_days)

    def _return(self, partners):
        """Create the leads of those ``partners`` whose last contract ended long enough ago."""
        limit = self._get_contract_limit()
        ends = {
            partner_id: end for partner_id, end in partners._ltc_get_contract_end(self.company_id).items()
            if end <= limit}
        latest = self._get_latest_leads(list(ends))
        # a lead was made of him since his contract ended, whatever became of it: he does not come back twice
        self.env['crm.lead'].sudo().create([
            self._prepare_returned_values(partner, ends[partner.id]) for partner in partners
            if partner.id in ends
            and not (latest.get(partner.id) and latest[partner.id] > fields.Datetime.to_datetime(ends[partner.id]))])

    def _get_latest_leads(self, partner_ids):
        """Return {customer id: when the last lead of him or his contacts was created in this pool's company}."""
        groups = self.env['crm.lead'].sudo().with_context(active_test=False)._read_group(
            [('partner_id.commercial_partner_id', 'in', partner_ids),
             *self.env['ltc.kpi']._get_lead_company_domain(self.company_id)],
            ['partner_id'], ['create_date:max'])
        latest = {}
        for partner, created_on in groups:
            customer_id = partner.commercial_partner_id.id
            latest[customer_id] = max(latest.get(customer_id, created_on), created_on)
        return latest

    def _prepare_returned_values(self, partner, end):
        env = self.with_context(lang=self.company_id.partner_id.lang).env  # of the people who will read it
        return {
            'name': env._("%(customer)s: last contract ended on %(date)s", customer=partner.name, date=end),
            'type': 'lead', 'partner_id': partner.id, 'company_id': self.company_id.id, 'user_id': False,
            'team_id': False, 'ltc_pool_id': self.id,
        }
