from odoo import api, fields, models


class LtcScoreExplanation(models.TransientModel):
    """How the score of one lead comes about, line by line."""
    _name = 'ltc.score.explanation'
    _description = "Explanation of a Score"
    _rec_name = 'lead_id'

    lead_id = fields.Many2one('crm.lead', required=True, readonly=True, ondelete='cascade')
    content = fields.Html(compute='_compute_content', sanitize=False)

    @api.depends('lead_id')
    @api.depends_context('lang', 'uid')
    def _compute_content(self):
        for explanation in self:
            lead = explanation.lead_id.sudo(False)
            explanation.content = self.env['ir.qweb'].sudo()._render(
                'ltc_lead.score_explanation', lead._ltc_get_score_explanation())
