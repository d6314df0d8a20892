from odoo import fields, models

from ..models.ltc_gate_dimension import DIMENSIONS


class LtcGateReviewerAdd(models.TransientModel):
    """Ask more people for an opinion on a running round."""
    _name = 'ltc.gate.reviewer.add'
    _description = "Ask Another Reviewer"

    review_id = fields.Many2one('ltc.gate.review', required=True, readonly=True)
    company_id = fields.Many2one(related='review_id.company_id')
    user_ids = fields.Many2many(
        'res.users', string="Reviewers", required=True, help="One answer is enough.",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]")
    kind = fields.Selection(DIMENSIONS, string="Dimension", required=True)
    question = fields.Text()

    def action_add(self):
        """Ask them."""
        self.ensure_one()
        self.review_id.action_add_reviewer(self.user_ids.ids, self.kind, self.question or '')
        return {'type': 'ir.actions.act_window_close'}
