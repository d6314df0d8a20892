from odoo import fields, models

DECISIONS = [
    ('go', "Go"),
    ('conditional', "Conditional Go"),
    ('hold', "Hold"),
    ('no_go', "No-Go"),
]
PASSING = ('go', 'conditional')


class LtcGateApproval(models.Model):
    """One seat among the deciders of one round: who may take it, as the authority matrix said, and who did."""
    _name = 'ltc.gate.approval'
    _inherit = ['ltc.fact.mixin', 'ltc.gate.readable.mixin']
    _description = "Seat of a Decider"
    _order = 'sequence, id'

    review_id = fields.Many2one('ltc.gate.review', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='review_id.company_id')
    sequence = fields.Integer(default=10, readonly=True)
    candidate_ids = fields.Many2many(
        'res.users', string="May Be Decided By", readonly=True, context={'active_test': False})
    is_turn = fields.Boolean(string="On Turn", readonly=True)
    decision = fields.Selection(DECISIONS, readonly=True)
    decided_by_id = fields.Many2one('res.users', readonly=True)
    on_behalf_of_id = fields.Many2one('res.users', readonly=True)
    decided_on = fields.Datetime(readonly=True)
    comment = fields.Text(readonly=True)

    def _decide(self, decision, principal, comment):
        """Stamp these seats with the current user's decision, taken in the place of ``principal``."""
        user = self.env.user
        self.write({
            'decision': decision,
            'decided_by_id': user.id,
            'on_behalf_of_id': principal.id if principal != user else False,
            'decided_on': fields.Datetime.now(),
            'comment': comment,
            'is_turn': False,
        })
