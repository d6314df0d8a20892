from odoo import fields, models


class LtcQuoteLose(models.TransientModel):
    """Lose a quotation: why, and with what remark."""
    _name = 'ltc.quote.lose'
    _description = "Loss of a Quotation"

    order_id = fields.Many2one('sale.order', string="Quotation", required=True, readonly=True, ondelete='cascade')
    lost_reason_id = fields.Many2one('crm.lost.reason', required=True)
    note = fields.Text(string="Closing Note")

    def action_lose(self):
        """Cancel the quotation with the reason."""
        self.ensure_one()
        self.order_id.ltc_lose(self.lost_reason_id.name, self.note or '')
        return {'type': 'ir.actions.act_window_close'}
