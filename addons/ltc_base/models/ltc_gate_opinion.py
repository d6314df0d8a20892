from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .ltc_gate import DIMENSIONS

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
    _description = "Review Opinion"
    _order = 'id'
    _rec_name = 'kind'

    review_id = fields.Many2one('ltc.gate.review', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='review_id.company_id')
    kind = fields.Selection(DIMENSIONS, string="Dimension", required=True, readonly=True)
    kind_label = fields.Char(compute='_compute_kind_label')
    is_required = fields.Boolean(string="Required", readonly=True)
    candidate_ids = fields.Many2many('res.users', string="May Be Given By", readonly=True)
    state = fields.Selection(OPINION_STATES, required=True, readonly=True, default='pending')
    verdict = fields.Selection(VERDICTS, readonly=True)
    comment = fields.Text(readonly=True)
    risk = fields.Text(string="Risks", readonly=True)
    given_by_id = fields.Many2one('res.users', readonly=True)
    given_on = fields.Datetime(readonly=True)

    @api.depends('kind')
    @api.depends_context('lang')
    def _compute_kind_label(self):
        labels = dict(self._fields['kind']._description_selection(self.env))
        for opinion in self:
            opinion.kind_label = labels.get(opinion.kind)

    def action_give(self, verdict, comment='', risk=''):
        """Record the current user's opinion; he must be one of the candidates frozen at submission.

        :param str verdict: 'agree', 'conditional' or 'disagree'; the last two need a comment
        """
        for opinion in self:
            opinion.review_id._lock()
            opinion.invalidate_recordset()
            opinion._check_may_give(verdict, comment)
            opinion_sudo = opinion.sudo()  # reviewers have no write access to opinions
            opinion_sudo.write({
                'state': 'given',
                'verdict': verdict,
                'comment': comment or False,
                'risk': risk or False,
                'given_by_id': self.env.uid,
                'given_on': fields.Datetime.now(),
            })
            opinion_sudo._clear_activity()
        return True

    def _check_may_give(self, verdict, comment):
        review = self.review_id
        review.check_access('read')
        review._check_open()
        names = {'opinion': self.kind_label, 'review': review.name}
        if self.env.user not in self.sudo().candidate_ids:
            raise AccessError(self.env._(
                "The %(opinion)s opinion on review %(review)s is given by %(users)s; ask one of them.",
                users=', '.join(self.sudo().candidate_ids.mapped('name')), **names))
        if self.state == 'given':
            raise UserError(self.env._(
                "The %(opinion)s opinion on review %(review)s was given already; add what is new in the chatter.",
                **names))
        if verdict not in dict(VERDICTS):
            raise UserError(self.env._(
                "The %(opinion)s opinion on review %(review)s lacks a verdict; choose one.", **names))
        if verdict != 'agree' and not (comment or '').strip():
            raise UserError(self.env._(
                "The %(opinion)s opinion on review %(review)s needs a comment unless you agree; write it.", **names))

    def _clear_activity(self):
        """Take the round from the desks of those from whom nothing is awaited any more."""
        review = self.review_id
        waiting = review._get_next_approvals().user_id | review.opinion_ids.filtered(
            lambda opinion: opinion.state == 'pending').candidate_ids
        done = review.activity_ids.filtered(lambda activity: activity.user_id not in waiting)
        done.unlink()
