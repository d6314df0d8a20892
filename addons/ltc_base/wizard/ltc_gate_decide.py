from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..models.ltc_gate_approval import DECISIONS


class LtcGateDecide(models.TransientModel):
    """Decide one round or several: Go, Conditional Go with conditions, Hold with a date, No-Go with a reason."""
    _name = 'ltc.gate.decide'
    _description = "Decide Gate Reviews"

    review_ids = fields.Many2many('ltc.gate.review', string="Reviews", required=True, readonly=True)
    review_id = fields.Many2one('ltc.gate.review', compute='_compute_review_id', help="The round, when it is one.")
    line_ids = fields.One2many(
        'ltc.gate.decide.line', 'decide_id', string="Reviews to Decide", compute='_compute_line_ids', store=True,
        readonly=False, precompute=True)
    blocked_count = fields.Integer(compute='_compute_review_id')
    decision = fields.Selection(DECISIONS, required=True)
    reason = fields.Text()
    minutes = fields.Text(help="What was discussed, for those who were not there.")
    hold_until = fields.Date(string="Clean Up By")
    condition_ids = fields.One2many('ltc.gate.decide.condition', 'decide_id', string="Conditions")
    comment_required = fields.Boolean(compute='_compute_review_id')

    @api.depends('review_ids', 'line_ids.blocker')
    def _compute_review_id(self):
        for decide in self:
            decide.review_id = decide.review_ids if len(decide.review_ids) == 1 else False
            decide.blocked_count = len(decide.line_ids.filtered('blocker'))
            decide.comment_required = any(decide.review_ids.mapped('comment_required'))

    @api.depends('review_ids')
    def _compute_line_ids(self):
        for decide in self:
            decide.line_ids = [Command.clear()] + [
                Command.create({'review_id': review_id}) for review_id in decide.review_ids._origin.ids]

    def action_decide(self):
        """Record the decision on every round that the user may decide; those that are blocked stay as they are."""
        self.ensure_one()
        reviews = self.review_ids
        if len(reviews) > 1:
            reviews = self.line_ids.filtered(lambda line: not line._get_blocker(self.decision)).review_id
            if not reviews:
                raise UserError(self.env._("None of these reviews can be decided by you now; see why in the list."))
        reviews.action_decide(
            self.decision, self.reason or '', self.hold_until, self.minutes or '',
            [{'name': condition.name, 'user_id': condition.user_id.id, 'date_due': condition.date_due}
             for condition in self.condition_ids] if self.decision == 'conditional' else [],
        )
        return self._notify_result(reviews) if len(self.review_ids) > 1 else {'type': 'ir.actions.act_window_close'}

    def _notify_result(self, reviews):
        left = self.review_ids - reviews
        message = self.env._("%(done)s decided.", done=len(reviews))
        if left:
            message = self.env._(
                "%(done)s decided; left as they are: %(left)s.", done=len(reviews),
                left=', '.join(left.mapped('name')))
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'warning' if left else 'success',
                'message': message,
                'next': {'type': 'ir.actions.act_window_close'},
            },
        }


class LtcGateDecideLine(models.TransientModel):
    _name = 'ltc.gate.decide.line'
    _description = "Review to Decide"

    decide_id = fields.Many2one('ltc.gate.decide', required=True, index=True, ondelete='cascade')
    review_id = fields.Many2one('ltc.gate.review', required=True, readonly=True)
    partner_id = fields.Many2one(related='review_id.partner_id')
    currency_id = fields.Many2one(related='review_id.currency_id')
    amount = fields.Monetary(related='review_id.amount')
    margin_percent = fields.Float(related='review_id.margin_percent')
    level_name = fields.Char(related='review_id.level_name')
    blocker = fields.Char(string="Why Not", compute='_compute_blocker')

    @api.depends('review_id', 'decide_id.decision')
    def _compute_blocker(self):
        for line in self:
            line.blocker = line._get_blocker(line.decide_id.decision)

    def _get_blocker(self, decision):
        """Return the sentence that keeps the user from deciding this round, or ''."""
        try:
            self.review_id._check_may_decide()
        except (AccessError, UserError) as error:
            return str(error)
        if decision in ('go', 'conditional'):
            return ' '.join(self.review_id.sudo()._get_passing_blockers('go', ()))
        return ''


class LtcGateDecideCondition(models.TransientModel):
    _name = 'ltc.gate.decide.condition'
    _description = "Condition to Set"

    decide_id = fields.Many2one('ltc.gate.decide', required=True, index=True, ondelete='cascade')
    name = fields.Char(string="Condition", required=True)
    user_id = fields.Many2one('res.users', string="Owner", required=True, domain=[('share', '=', False)])
    date_due = fields.Date(string="Due Date", required=True)
