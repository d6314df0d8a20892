from odoo import api, fields, models


class CrmLeadLost(models.TransientModel):
    """Odoo's dialog also asks against whom, and by how much."""
    _inherit = 'crm.lead.lost'

    ltc_winner_id = fields.Many2one('ltc.competitor', string="Lost To")
    ltc_price_gap = fields.Float(string="We Were Dearer By (%)", help="Negative: we were cheaper.")
    ltc_reason_required = fields.Boolean(compute='_compute_ltc_reason_required')

    @api.depends('lead_ids')
    def _compute_ltc_reason_required(self):
        for dialog in self:
            asking = self.env['crm.lead']._ltc_get_asking_companies('lost')
            dialog.ltc_reason_required = bool(asking) and any(
                lead.type == 'opportunity' and lead._ltc_get_company().id in asking for lead in dialog.lead_ids)

    def action_lost_reason_apply(self):
        """Keep the competitor and the gap with what is lost."""
        self.ensure_one()
        values = {}
        if self.ltc_winner_id:
            values['ltc_winner_id'] = self.ltc_winner_id.id
        if self.ltc_price_gap:
            values['ltc_price_gap'] = self.ltc_price_gap
        if values:
            self.lead_ids.write(values)
        return super().action_lost_reason_apply()
