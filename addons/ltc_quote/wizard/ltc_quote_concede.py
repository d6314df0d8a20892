from odoo import fields, models

from ..models.ltc_quote_concession import CONCESSION_KINDS, CONCESSION_SIDES


class LtcQuoteConcede(models.TransientModel):
    """Log what was conceded in a negotiation, and what came back for it."""
    _name = 'ltc.quote.concede'
    _description = "Log a Concession"

    order_id = fields.Many2one('sale.order', string="Quotation", required=True, readonly=True, ondelete='cascade')
    currency_id = fields.Many2one(related='order_id.currency_id')
    side = fields.Selection(CONCESSION_SIDES, required=True, default='us')
    kind = fields.Selection(CONCESSION_KINDS, required=True, default='term')
    description = fields.Text(string="What Was Conceded", required=True)
    value = fields.Monetary(help="What it is worth, without tax.")
    counterpart = fields.Text(string="In Return For")
    counter_value = fields.Monetary(string="Value in Return")

    def action_concede(self):
        """Log it."""
        self.ensure_one()
        self.order_id.ltc_log_concession(
            self.kind, self.side, self.description, self.value, self.counterpart or '', self.counter_value)
        return {'type': 'ir.actions.act_window_close'}
