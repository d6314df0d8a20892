from datetime import timedelta

from odoo import api, fields, models

# days from today, type of activity, what is planned; in turn over the open leads, which leaves every fourth without
STEPS = [
    (1, 'call', "Ask for the cycle time"),
    (3, 'email', "Send the reference list"),
    (0, 'call', "Who else decides?"),
    None,
    (-1, 'call', "Call back after the trade fair"),
    (6, 'meeting', "Visit the plant"),
    (2, 'todo', "Check feasibility with presales"),
    None,
]
CASE_STEPS = {
    'jinghe': (2, 'meeting', "Walk the hall with production"),
    'beifang': (4, 'todo', "Gripper trial on hot parts"),
    'dongfang': (21, 'call', "After the board meeting"),
    'huarun': (1, 'meeting', "Sample inspection in the lab"),
    'xinhe': (3, 'call', "Go through the layout"),
    'taihu': (5, 'call', "Hear the plant manager's view"),
    'minjiang': (-1, 'call', "Follow up on the offer"),
    'lingnan': (2, 'meeting', "Clear the payment terms"),
    'yunfeng': (1, 'email', "Remind of the signature"),
}


class LtcDemo(models.AbstractModel):
    """What the salespeople have planned next."""
    _inherit = 'ltc.demo'

    @api.model
    def _play_next_steps(self):
        for key, step in CASE_STEPS.items():
            self._plan_step(self._find(f'case_{key}'), step)
        leads = self.env['crm.lead'].search(
            [('type', '=', 'lead'), ('company_id', '=', self._company().id)], order='id')
        for number, lead in enumerate(leads):
            step = STEPS[number % len(STEPS)]
            if step:
                self._plan_step(lead, step)

    @api.model
    def _plan_step(self, lead, step):
        days, kind, summary = step
        lead.with_context(mail_activity_quick_update=True).activity_schedule(
            f'mail.mail_activity_data_{kind}', user_id=lead.user_id.id, summary=summary,
            date_deadline=fields.Date.context_today(self) + timedelta(days=days))
