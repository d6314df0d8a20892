from odoo import api, models

IDLE_STATES = ('01_in_progress', '04_waiting_normal', '1_canceled')  # in progress is how every task is born


class ProjectTask(models.Model):
    _inherit = 'project.task'

    @api.constrains('state')
    def _check_ltc_handover(self):
        self.filtered(lambda task: task.state not in IDLE_STATES).project_id._ltc_check_start()

    def write(self, vals):
        if 'stage_id' in vals:
            self.filtered(lambda task: task.stage_id.id != vals['stage_id']).project_id._ltc_check_start()
        return super().write(vals)
