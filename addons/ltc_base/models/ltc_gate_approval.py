from odoo import api, fields, models

DECISIONS = [
    ('go', "Go"),
    ('conditional', "Conditional Go"),
    ('hold', "Hold"),
    ('no_go', "No-Go"),
]
PASSING = ('go', 'conditional')
STANDINGS = [
    ('turn', "On Turn"),
    ('next', "Next"),
    ('later', "Later"),
    ('done', "Decided"),
    ('void', "Not Needed"),
]


class LtcGateApproval(models.Model):
    """One seat among the deciders of one round: who may take it, as the authority matrix said, and who did.

    Seats of one lane follow each other; those of the next stage come on turn when all of a stage are taken.
    """
    _name = 'ltc.gate.approval'
    _inherit = ['ltc.fact.mixin', 'ltc.gate.readable.mixin']
    _description = "Seat of a Decider"
    _order = 'sequence, id'

    review_id = fields.Many2one('ltc.gate.review', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='review_id.company_id')
    sequence = fields.Integer(default=10, readonly=True)
    stage = fields.Integer(string="Order", readonly=True, aggregator=None)
    lane = fields.Integer(readonly=True, aggregator=None)
    chain = fields.Char(readonly=True)
    name = fields.Char(string="Seat", readonly=True)
    standing = fields.Selection(STANDINGS, compute='_compute_standing')
    candidate_ids = fields.Many2many(
        'res.users', string="May Be Decided By", readonly=True, context={'active_test': False})
    is_turn = fields.Boolean(string="On Turn", readonly=True)
    escalate_days = fields.Integer(string="Escalate After (Days)", readonly=True, aggregator=None)
    due_on = fields.Datetime(
        string="Waits Until", readonly=True, help="Then somebody else is called to this seat too, by working days.")
    called_on = fields.Datetime(readonly=True)
    called_user_ids = fields.Many2many(
        'res.users', 'ltc_gate_approval_called_rel', string="Called", readonly=True, context={'active_test': False},
        help="Those who may take this seat too: it waited too long, or who stands in for it has decided already.")
    called_names = fields.Char(string="Called to Decide", compute='_compute_called_names', compute_sudo=True)
    decision = fields.Selection(DECISIONS, readonly=True)
    decided_by_id = fields.Many2one('res.users', readonly=True)
    on_behalf_of_id = fields.Many2one('res.users', readonly=True)
    decided_on = fields.Datetime(readonly=True)
    comment = fields.Text(readonly=True)

    _due_idx = models.Index("(due_on) WHERE is_turn AND called_on IS NULL")

    @api.depends('review_id.approval_ids.is_turn', 'review_id.approval_ids.decision', 'review_id.state')
    def _compute_standing(self):
        following = self.review_id.approval_ids._get_following()
        for seat in self:
            if seat.decision:
                seat.standing = 'done'
            elif seat.review_id.state != 'in_review':
                seat.standing = 'void'
            elif seat.is_turn:
                seat.standing = 'turn'
            else:
                seat.standing = 'next' if seat in following else 'later'

    @api.depends('called_on')
    def _compute_called_names(self):
        """Asked of the few seats alone that somebody was called to: a screen pays nothing for the others."""
        called = self.filtered('called_on')
        (self - called).called_names = False
        for seat in called:
            seat.called_names = ', '.join(seat.called_user_ids.mapped('name'))

    @api.depends('name', 'chain', 'candidate_ids')
    def _compute_display_name(self):
        for seat in self:
            who = seat.name or ' / '.join(seat.candidate_ids.mapped('name')[:3])
            seat.display_name = self.env._("%(who)s (%(chain)s)", who=who, chain=seat.chain) if seat.chain else who

    # === BUSINESS METHODS === #

    def _get_heads(self):
        """Return those of these seats with none before them: the first of each lane of the earliest stage."""
        heads = self.browse()
        for seats in self.grouped('review_id').values():
            first = min(seats.mapped('stage'))
            lanes = seats.filtered(lambda seat, first=first: seat.stage == first).sorted('sequence').grouped('lane')
            heads = heads.union(heads, *[lane[:1] for lane in lanes.values()])
        return heads

    def _get_following(self):
        """Return the seats that come on turn once those on turn now are taken."""
        waiting = self.filtered(lambda seat: not seat.decision and not seat.is_turn)
        return waiting._get_heads()

    def _advance(self):
        """Give the turn to the seats with no open one before them."""
        coming = self.filtered(lambda seat: not seat.decision)._get_heads().filtered(lambda seat: not seat.is_turn)
        if coming:
            coming.is_turn = True

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
