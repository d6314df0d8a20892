from odoo import fields, models


class CrmLeadLost(models.TransientModel):
    """Opened from a quotation, the dialog cancels that quotation with its opportunity."""
    _inherit = 'crm.lead.lost'

    ltc_quotation_id = fields.Many2one('sale.order', string="Quotation", readonly=True, ondelete='cascade')

    def action_lost_reason_apply(self):
        result = super().action_lost_reason_apply()
        quotation = self.ltc_quotation_id
        if quotation and quotation.opportunity_id in self.lead_ids:
            quotation.ltc_lose(self.lost_reason_id.name or self.env._("with its opportunity"))
        return result
