from odoo import fields, models

from ..models.ltc_gate_review import DECISIONS


class LtcGateDecide(models.TransientModel):
    """Decide a round: Go, Conditional Go with conditions, Hold with a date, No-Go with a reason."""
    _name = 'ltc.gate.decide'
    _description = "Decide a Gate Review"

    review_id = fields.Many2one('ltc.gate.review', required=True, readonly=True)
    decision = fields.Selection(DECISIONS, required=True)
    reason = fields.Text()
    minutes = fields.Text(help="What was discussed, for those who were not there.")
    hold_until = fields.Date(string="Clean Up By")
    condition_ids = fields.One2many('ltc.gate.decide.condition', 'decide_id', string="Conditions")

    def action_decide(self):
        """Record the decision on the round."""
        self.ensure_one()
        self.review_id.action_decide(
            self.decision, self.reason or '', self.hold_until, self.minutes or '',
            [{'name': condition.name, 'user_id': condition.user_id.id, 'date_due': condition.date_due}
             for condition in self.condition_ids] if self.decision == 'conditional' else [],
        )
        return {'type': 'ir.actions.act_window_close'}


class LtcGateDecideCondition(models.TransientModel):
    _name = 'ltc.gate.decide.condition'
    _description = "Condition to Set"

    decide_id = fields.Many2one('ltc.gate.decide', required=True, index=True, ondelete='cascade')
    name = fields.Char(string="Condition", required=True)
    user_id = fields.Many2one('res.users', string="Owner", required=True, domain=[('share', '=', False)])
    date_due = fields.Date(string="Due Date", required=True)
