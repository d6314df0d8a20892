from odoo import api, fields, models

from ..models.ltc_gate_opinion import VERDICTS


class LtcGateOpinionGive(models.TransientModel):
    """Give one's opinion on a round."""
    _name = 'ltc.gate.opinion.give'
    _description = "Give an Opinion"

    review_id = fields.Many2one('ltc.gate.review', required=True, readonly=True)
    opinion_id = fields.Many2one(
        'ltc.gate.opinion', string="Dimension", required=True, compute='_compute_opinion_id', store=True,
        readonly=False, precompute=True, domain="[('id', 'in', open_opinion_ids)]")
    open_opinion_ids = fields.Many2many('ltc.gate.opinion', compute='_compute_open_opinion_ids')
    open_opinion_count = fields.Integer(compute='_compute_open_opinion_ids')
    question = fields.Text(related='opinion_id.question')
    asked_by_id = fields.Many2one(related='opinion_id.added_by_id')
    comment_required = fields.Boolean(related='review_id.comment_required')
    verdict = fields.Selection(VERDICTS, required=True)
    comment = fields.Text()
    risk = fields.Text(string="Risks")

    @api.depends('review_id')
    def _compute_open_opinion_ids(self):
        for give in self:
            give.open_opinion_ids = give.review_id.sudo()._get_open_opinions(self.env.user).ids
            give.open_opinion_count = len(give.open_opinion_ids)

    @api.depends('review_id')
    def _compute_opinion_id(self):
        for give in self:
            give.opinion_id = give.open_opinion_ids[:1]

    def action_give(self):
        """Record the opinion on the round."""
        self.ensure_one()
        self.opinion_id.action_give(self.verdict, self.comment or '', self.risk or '')
        return {'type': 'ir.actions.act_window_close'}
