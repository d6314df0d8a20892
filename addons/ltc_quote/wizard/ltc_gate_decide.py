from odoo import api, fields, models

from odoo.addons.ltc_base.models.ltc_gate_approval import PASSING


class LtcGateDecide(models.TransientModel):
    """Leave less room to the negotiation than was asked for."""
    _inherit = 'ltc.gate.decide'

    asked_room = fields.Float(string="Room Asked For (%)", compute='_compute_asked_room')
    concession_room = fields.Float(
        string="Concession Room (%)", compute='_compute_concession_room', store=True, readonly=False, precompute=True,
        help="By how much the price may fall without a new review; not more than was asked for.")

    @api.depends('review_id')
    def _compute_asked_room(self):
        for decide in self:
            decide.asked_room = decide.review_id.concession_room

    @api.depends('review_ids')
    def _compute_concession_room(self):
        for decide in self:
            decide.concession_room = decide.review_ids.concession_room if len(decide.review_ids) == 1 else 0.0

    def action_decide(self):
        review = self.review_id
        if review.concession_room and self.decision in PASSING and self.concession_room != review.concession_room:
            review.action_limit_room(self.concession_room)
        return super().action_decide()
