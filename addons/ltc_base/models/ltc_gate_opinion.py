from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .ltc_gate_dimension import DIMENSIONS

OPINION_STATES = [
    ('pending', "Pending"),
    ('given', "Given"),
]
VERDICTS = [
    ('agree', "Agree"),
    ('conditional', "Agree with Conditions"),
    ('disagree', "Disagree"),
]


class LtcGateOpinion(models.Model):
    """What one dimension (technical, finance …) says in one round; given once, by one of its candidates."""
    _name = 'ltc.gate.opinion'
    _inherit = ['ltc.fact.mixin', 'ltc.gate.readable.mixin']
    _description = "Review Opinion"
    _order = 'id'

    review_id = fields.Many2one('ltc.gate.review', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='review_id.company_id')
    kind = fields.Selection(DIMENSIONS, string="Dimension", required=True, readonly=True)
    kind_label = fields.Char(compute='_compute_kind_label')
    is_required = fields.Boolean(string="Required", readonly=True)
    candidate_ids = fields.Many2many(
        'res.users', string="May Be Given By", readonly=True, context={'active_test': False})
    state = fields.Selection(OPINION_STATES, required=True, readonly=True, default='pending')
    verdict = fields.Selection(VERDICTS, readonly=True)
    comment = fields.Text(readonly=True)
    risk = fields.Text(string="Risks", readonly=True)
    given_by_id = fields.Many2one('res.users', readonly=True)
    on_behalf_of_id = fields.Many2one('res.users', readonly=True)
    given_on = fields.Datetime(readonly=True)
    inputs = fields.Json(readonly=True, help="The keys of the figures that this opinion rests on; empty: all.")
    kept_from = fields.Integer(
        string="Kept From Round", readonly=True, aggregator=None,
        help="The round in which this opinion was given; nothing it rests on has changed since.")
    added_by_id = fields.Many2one('res.users', string="Asked By", readonly=True)
    question = fields.Text(readonly=True)

    @api.depends('kind')
    @api.depends_context('lang')
    def _compute_kind_label(self):
        labels = dict(self._fields['kind']._description_selection(self.env))
        for opinion in self:
            opinion.kind_label = labels.get(opinion.kind)

    @api.depends('kind_label')
    def _compute_display_name(self):
        for opinion in self:
            opinion.display_name = opinion.kind_label

    def action_give(self, verdict, comment='', risk=''):
        """Record the current user's opinion; he must be one of those frozen at submission or stand in for one.

        :param str verdict: 'agree', 'conditional' or 'disagree'; the last two need a comment
        """
        for opinion in self:
            opinion.review_id._lock()
            opinion.invalidate_recordset()
            opinion._check_may_give(verdict, comment)
            opinion.sudo()._give(verdict, comment, risk)  # reviewers have no write access to opinions
        return True

    def _give(self, verdict, comment, risk):
        principal = self.review_id._get_represented(self.candidate_ids, self.env.user) - self.env.user
        self.write({
            'state': 'given',
            'verdict': verdict,
            'comment': comment or False,
            'risk': risk or False,
            'given_by_id': self.env.uid,
            'on_behalf_of_id': principal.id,
            'given_on': fields.Datetime.now(),
        })
        self.review_id._audit('opinion', {
            'kind': self.kind, 'verdict': verdict, 'comment': comment or '', 'risk': risk or ''},
            on_behalf_of=principal)
        self.review_id._update_desks()

    def _check_may_give(self, verdict, comment):
        review = self.review_id
        review.check_access('read')
        review._check_open()
        review._check_no_auditor()
        names = {'opinion': self.kind_label, 'review': review.name}
        candidates = self.sudo().candidate_ids
        if not review.sudo()._get_represented(candidates, self.env.user):
            raise AccessError(self.env._(
                "The %(opinion)s opinion on review %(review)s is given by %(users)s; ask one of them.",
                users=', '.join(review.sudo()._get_acting_users(candidates).mapped('name')), **names))
        if self.state == 'given':
            raise UserError(self.env._(
                "The %(opinion)s opinion on review %(review)s was given already; add what is new in the chatter.",
                **names))
        if verdict not in dict(VERDICTS):
            raise UserError(self.env._(
                "The %(opinion)s opinion on review %(review)s lacks a verdict; choose one.", **names))
        if (verdict != 'agree' or review.comment_required) and not (comment or '').strip():
            raise UserError(self.env._(
                "The %(opinion)s opinion on review %(review)s needs a comment; write it.", **names))

    # === SMART RE-REVIEW === #

    def _is_kept(self, today):
        """Return whether this opinion still holds for the figures ``today``: given, in favour, its inputs unchanged.

        A disagreement is asked again: the submitter answers it by what he writes, not only by the figures.
        """
        if self.state != 'given' or self.verdict == 'disagree':
            return False
        frozen = self.review_id.figures or {}
        keys = self.inputs or {*frozen, *today}
        return all(frozen.get(key) == today.get(key) for key in keys)

    def _prepare_kept_values(self):
        """Return the values by which the next round keeps this opinion."""
        return {
            'state': 'given',
            'verdict': self.verdict,
            'comment': self.comment,
            'risk': self.risk,
            'given_by_id': self.given_by_id.id,
            'on_behalf_of_id': self.on_behalf_of_id.id,
            'given_on': self.given_on,
            'kept_from': self.kept_from or self.review_id.round,
        }
