from odoo import fields, models


class LtcGateConditionFulfil(models.TransientModel):
    """Say how a condition was fulfilled."""
    _name = 'ltc.gate.condition.fulfil'
    _description = "Condition Fulfilled"

    condition_id = fields.Many2one('ltc.gate.condition', required=True, readonly=True)
    date_due = fields.Date(related='condition_id.date_due')
    note = fields.Text(string="How It Was Fulfilled")

    def action_done(self):
        """Record it on the round."""
        self.ensure_one()
        self.condition_id.action_done(self.note or '')
        return {'type': 'ir.actions.act_window_close'}
