from odoo import fields, models


class LtcGateReturn(models.TransientModel):
    """Return a document to its submitter for rework, without a decision."""
    _name = 'ltc.gate.return'
    _description = "Return for Rework"

    review_id = fields.Many2one('ltc.gate.review', required=True, readonly=True)
    reason = fields.Text(string="What to Rework", required=True)

    def action_return(self):
        """Return the document."""
        self.ensure_one()
        self.review_id.action_return(self.reason)
        return {'type': 'ir.actions.act_window_close'}
