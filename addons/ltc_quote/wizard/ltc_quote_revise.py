from odoo import fields, models


class LtcQuoteRevise(models.TransientModel):
    """Start a new version of a quotation: why the offer changes."""
    _name = 'ltc.quote.revise'
    _description = "New Version of a Quotation"

    order_id = fields.Many2one('sale.order', string="Quotation", required=True, readonly=True, ondelete='cascade')
    reason = fields.Text(string="Reason of Change", required=True)

    def action_revise(self):
        """Freeze the quotation as it stands and start the next version."""
        self.ensure_one()
        self.order_id.ltc_revise(self.reason)
        return {'type': 'ir.actions.act_window_close'}
