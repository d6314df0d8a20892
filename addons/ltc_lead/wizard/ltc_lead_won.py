from odoo import fields, models


class LtcLeadWon(models.TransientModel):
    """The dialog that asks why an opportunity was won."""
    _name = 'ltc.lead.won'
    _description = "Why It Was Won"

    lead_id = fields.Many2one('crm.lead', string="Opportunity", required=True, readonly=True)
    won_reason_id = fields.Many2one('ltc.won.reason', required=True)
    winner_id = fields.Many2one('ltc.competitor', string="Won Against")
    price_gap = fields.Float(string="We Were Dearer By (%)", help="Negative: we were cheaper.")
    note = fields.Text(string="Closing Note")

    def action_win(self):
        """Write the reason and win, with the rights of whoever wins."""
        self.ensure_one()
        self.lead_id.write({
            'ltc_won_reason_id': self.won_reason_id.id, 'ltc_winner_id': self.winner_id.id,
            'ltc_price_gap': self.price_gap, 'ltc_close_note': self.note,
        })
        return self.lead_id.action_set_won_rainbowman()
