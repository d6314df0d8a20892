from odoo import api, fields, models
from odoo.exceptions import AccessError


class LtcGateCondition(models.Model):
    """A task that a Conditional Go depends on; overdue, it closes the gate again until it is done."""
    _name = 'ltc.gate.condition'
    _description = "Condition of a Decision"
    _inherit = ['ltc.fact.mixin', 'ltc.gate.readable.mixin', 'mail.thread', 'mail.activity.mixin']
    _mail_post_access = 'read'  # whoever works on it adds what is new
    _order = 'date_due, id'

    review_id = fields.Many2one('ltc.gate.review', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='review_id.company_id')
    document_name = fields.Char(related='review_id.document_name')
    name = fields.Char(string="Condition", required=True, readonly=True)
    user_id = fields.Many2one('res.users', string="Owner", required=True, readonly=True, index=True)
    date_due = fields.Date(string="Due Date", required=True, readonly=True)
    done_on = fields.Datetime(readonly=True)
    done_by_id = fields.Many2one('res.users', readonly=True)
    note = fields.Text(string="How It Was Fulfilled", readonly=True)
    is_overdue = fields.Boolean(compute='_compute_is_overdue', search='_search_is_overdue')
    can_fulfil = fields.Boolean(compute='_compute_can_fulfil', compute_sudo=True)

    @api.depends('date_due', 'done_on')
    def _compute_is_overdue(self):
        for condition in self:
            today = condition.sudo().review_id.company_id._ltc_get_today()
            condition.is_overdue = not condition.done_on and condition.date_due < today

    def _search_is_overdue(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return [('done_on', '=', False), ('date_due', '<', 'today')]

    @api.depends('done_on', 'user_id', 'review_id.approval_ids.decided_by_id')
    @api.depends_context('uid')
    def _compute_can_fulfil(self):
        for condition in self:
            condition.can_fulfil = not condition.done_on and self.env.user in condition._get_confirmers()

    def _get_confirmers(self):
        """Return who may say that this condition is fulfilled: its owner and the deciders of the round."""
        return self.user_id | self.review_id.approval_ids.decided_by_id

    def action_open_fulfil(self):
        """Open the dialog that records how this condition was fulfilled."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Condition Fulfilled"),
            'res_model': 'ltc.gate.condition.fulfil',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_condition_id': self.id},
        }

    def action_done(self, note=''):
        """Record that the condition is fulfilled; only its owner or a decider of the round may."""
        for condition in self:
            condition.check_access('read')
            condition_sudo = condition.sudo()  # owners have no write access to conditions
            if self.env.user not in condition_sudo._get_confirmers():
                raise AccessError(self.env._(
                    "Condition %(condition)s is fulfilled by %(user)s; ask that person to confirm it.",
                    condition=condition.name, user=condition_sudo.user_id.name))
            if not condition.done_on:
                condition_sudo.write({
                    'done_on': fields.Datetime.now(), 'done_by_id': self.env.uid, 'note': note or False})
                condition_sudo.activity_unlink(['ltc_base.mail_activity_type_condition'])
                condition_sudo.review_id._audit('condition_done', {'condition': condition.name, 'note': note or ''})
        return True

    def _schedule_activities(self):
        for condition in self:
            condition.activity_schedule(
                'ltc_base.mail_activity_type_condition', user_id=condition.user_id.id,
                date_deadline=condition.date_due, summary=condition.name)
