from odoo import api, fields, models
from odoo.fields import Command


class LtcLeadRelease(models.TransientModel):
    """Give leads back to a public pool, or move them from one to another."""
    _name = 'ltc.lead.release'
    _description = "Give Back to a Pool"

    lead_ids = fields.Many2many('crm.lead', string="Leads", required=True, readonly=True)
    company_id = fields.Many2one('res.company', compute='_compute_company_id')
    pool_id = fields.Many2one(
        'ltc.lead.pool', string="Public Pool", required=True,
        domain="['|', (not company_id and 1 or 0, '=', 1), ('company_id', '=', company_id)]")
    reason = fields.Text(required=True)

    @api.model
    def default_get(self, fields):
        """Take the leads from the list or form on which the action was called."""
        values = super().default_get(fields)
        if self.env.context.get('active_model') in ('crm.lead', 'ltc.pool.lead'):
            values['lead_ids'] = [Command.set(self.env.context.get('active_ids') or [])]
        return values

    @api.depends('lead_ids')
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.lead_ids and wizard.lead_ids[0]._ltc_get_company()

    def action_release(self):
        self.ensure_one()
        self.lead_ids._ltc_release(self.pool_id, self.reason)
        return {'type': 'ir.actions.act_window_close'}
