from odoo import api, fields, models
from odoo.exceptions import UserError


class LtcLeadHandOver(models.TransientModel):
    """To whom leads are handed over, and what he should know."""
    _name = 'ltc.lead.hand.over'
    _description = "Hand Over to Sales"

    lead_ids = fields.Many2many('crm.lead', required=True)
    team_id = fields.Many2one('crm.team', string="Sales Team", compute='_compute_team_id', store=True, readonly=False)
    user_id = fields.Many2one(
        'res.users', string="Salesperson", domain="[('share', '=', False)]",
        help="Empty: whoever of the team accepts the lead.")
    note = fields.Text(help="What sales should know.")

    @api.depends('lead_ids')
    def _compute_team_id(self):
        for dialog in self:
            dialog.team_id = dialog.lead_ids.team_id if len(dialog.lead_ids.team_id) == 1 else False

    def action_hand_over(self):
        self.ensure_one()
        if not self.user_id and not self.team_id:
            raise UserError(self.env._("Nobody would accept the lead; choose a sales team or a salesperson."))
        self.lead_ids._ltc_hand_over(self.user_id, self.team_id, self.note)
        return {'type': 'ir.actions.act_window_close'}
