from odoo import api, fields, models

from ..models.ltc_lead_conflict import DECISIONS


class LtcLeadConflictDecide(models.TransientModel):
    _name = 'ltc.lead.conflict.decide'
    _description = "Decide a Lead Conflict"

    conflict_id = fields.Many2one('ltc.lead.conflict', required=True, readonly=True, ondelete='cascade')
    holder_name = fields.Char(string="Owner", compute='_compute_sides')
    newcomer_name = fields.Char(string="Newcomer", compute='_compute_sides')
    other_names = fields.Char(
        string="Also on This Customer", compute='_compute_sides',
        help="They work on other leads of it; this decision is not about them, and they make no further conflict here.")
    decision = fields.Selection(DECISIONS, required=True)
    effect = fields.Char(compute='_compute_effect')
    reason = fields.Text(required=True)

    @api.depends('conflict_id')
    def _compute_sides(self):
        for wizard in self:
            conflict = wizard.conflict_id
            wizard.holder_name = ' · '.join(filter(None, [conflict.holder_id.name, conflict.holder_team_name]))
            wizard.newcomer_name = ' · '.join(filter(None, [conflict.user_id.name, conflict.team_name]))
            wizard.other_names = ', '.join((conflict.people_ids - conflict.user_id - conflict.holder_id).mapped('name'))

    @api.depends('decision')
    def _compute_effect(self):
        effects = {
            'keep': self.env._("The newcomer's lead goes to the owner, with everything that was entered."),
            'hand_over': self.env._("The owner's lead or customer goes to the newcomer."),
            'share': self.env._("Nothing moves; these two are not reported again."),
            'merge': self.env._("The two leads become one, and the owner goes on with it."),
        }
        for wizard in self:
            wizard.effect = effects.get(wizard.decision)

    def action_decide(self):
        self.ensure_one()
        self.conflict_id.action_decide(self.decision, self.reason)
        return {'type': 'ir.actions.act_window_close'}
