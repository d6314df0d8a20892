from odoo import fields, models


class LtcGateReview(models.Model):
    """A round of ATI tells what was not known of the decision chain when it was submitted."""
    _inherit = 'ltc.gate.review'

    chain_gaps = fields.Text(string="Gaps of the Decision Chain", readonly=True)
