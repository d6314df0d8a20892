from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import plaintext2html

ROLE_FIELDS = {'ar': 'ar_user_id', 'sr': 'sr_user_id', 'fr': 'fr_user_id'}


class LtcFlow(models.Model):
    """How long a case may stay where it is, who owns the stage, and the tasks that come with it."""
    _name = 'ltc.flow'
    _inherit = ['ltc.flow', 'mail.thread', 'mail.activity.mixin']
    _mail_post_access = 'read'  # who sees a case may say something about it, and finish a task of his own

    deadline = fields.Datetime(
        string="Time Limit", compute='_compute_deadline', store=True, precompute=True,
        help="Until when the case should have left its stage, in working time of the company.")
    is_late = fields.Boolean(string="Over Time Limit", compute='_compute_is_late', search='_search_is_late')

    _late_idx = models.Index("(deadline) WHERE state = 'open' AND deadline IS NOT NULL")

    @api.depends('stage', 'stage_since', 'company_id')
    def _compute_deadline(self):
        """Plan the working time once for all cases that entered the same stage at the same moment."""
        planned = {}
        for flow in self:
            company, key = flow.company_id, (flow.company_id.id, flow.stage, flow.stage_since)
            if key not in planned:
                guidance = self._get_stage_guidance(company, flow.stage)
                planned[key] = guidance and self._plan_deadline(company, flow.stage_since, guidance)
            flow.deadline = planned[key]

    @api.model
    def _plan_deadline(self, company, start, guidance):
        """Return the end of the time limit that begins at ``start``, or False where there is none."""
        hours_per_day = company.sudo().resource_calendar_id.hours_per_day or 24.0  # no calendar: days of the clock
        hours = guidance['hours'] + guidance['days'] * hours_per_day
        if not hours or not start:
            return False
        return company._ltc_plan_hours(hours, start)

    @api.depends('deadline', 'state')
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for flow in self:
            flow.is_late = flow.state == 'open' and bool(flow.deadline) and flow.deadline < now

    def _search_is_late(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return [('state', '=', 'open'), ('deadline', '<', fields.Datetime.now())]

    # === OWNER === #

    def _get_stage_owner(self):
        """Return who the set-up of the stage names; else who owns it by default."""
        guidance = self._get_stage_guidance(self.company_id, self.stage)
        return (guidance and self._get_role_user(guidance['role'], guidance)) or super()._get_stage_owner()

    def _get_role_user(self, role, guidance):
        """Return the user who holds ``role`` in this case, or nobody."""
        self.ensure_one()
        if role == 'user':
            return self.env['res.users'].browse(guidance['user_id'])
        return self[ROLE_FIELDS[role]] if role else self.env['res.users']

    @api.model
    def _get_stage_guidance(self, company, stage):
        """Return how the stage is set up in ``company``, or nothing; no query when cached."""
        return self.env['ltc.flow.stage']._get_guidance(company.id).get(stage)

    # === TASKS === #

    def _on_stage_entered(self):
        result = super()._on_stage_entered()
        limited = self.filtered(lambda flow: self._get_stage_guidance(flow.company_id, flow.stage))
        self.env.add_to_compute(self._fields['deadline'], limited)  # a case that is born is not written by the ORM
        vals_list = [vals for flow in self for vals in flow._prepare_task_values()]
        if vals_list:
            activities = self.env['mail.activity'].sudo()  # the hand-off gives tasks to others
            activities.with_context(mail_activity_quick_update=True).create(vals_list)
        return result

    def _prepare_task_values(self):
        """Return the values of the activities that this case's stage brings along."""
        guidance = self._get_stage_guidance(self.company_id, self.stage)
        if not guidance or not guidance['tasks']:
            return []
        today = fields.Date.context_today(self)
        Data = self.env['ir.model.data']
        return [{
            'res_model_id': self.env['ir.model']._get_id(self._name),
            'res_id': self.id,
            'activity_type_id': Data._xmlid_to_res_id('ltc_base.mail_activity_type_stage'),
            'summary': task['name'],
            'note': task['note'] and plaintext2html(task['note']),
            'user_id': user.id,
            'date_deadline': today + timedelta(days=task['days']),
            'automated': True,
        } for task in guidance['tasks'] if (user := self._get_task_user(task, guidance))]

    def _get_task_user(self, task, guidance):
        """Return who gets the task: its role, else the owner of the stage; nobody who left."""
        user = self._get_role_user(task['role'], guidance) or self._get_stage_owner()
        return user._ltc_filter_company(self.company_id)

    # === FLOW BAR === #

    def _get_bar(self):
        bar = super()._get_bar()
        guidance = self._get_stage_guidance(self.company_id, self.stage) or {}
        return {
            **bar,
            'deadline': fields.Datetime.to_string(self.deadline),
            'is_late': self.is_late,
            'guidance': {name: guidance.get(name, '') for name in ('description', 'input', 'output')},
        }
