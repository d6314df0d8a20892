from odoo import api, fields, models


class LtcPoolAssign(models.TransientModel):
    """An administrator of a pool hands leads of it to somebody."""
    _name = 'ltc.pool.assign'
    _description = "Assign from a Pool"

    lead_ids = fields.Many2many('ltc.pool.lead', string="Leads", compute='_compute_lead_ids')
    user_id = fields.Many2one('res.users', string="Salesperson", required=True, domain="[('share', '=', False)]")

    @api.depends_context('active_ids', 'active_model')
    def _compute_lead_ids(self):
        chosen = self.env.context.get('active_ids') or []
        for wizard in self:
            wizard.lead_ids = self.env['ltc.pool.lead'].browse(chosen).exists()

    def action_assign(self):
        self.ensure_one()
        if len(self.lead_ids) < len(set(self.env.context.get('active_ids') or [])):
            self.lead_ids._raise_taken()
        self.lead_ids._assign(self.user_id)
        return {'type': 'ir.actions.act_window_close'}
