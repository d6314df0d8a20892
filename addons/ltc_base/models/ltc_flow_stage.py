from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from .ltc_flow import FLOW_STAGES

STAGE_ROLES = [
    ('ar', "Account Responsible (AR)"),
    ('sr', "Solution Responsible (SR)"),
    ('fr', "Fulfilment Responsible (FR)"),
    ('user', "Named Person"),
]
SLA_UNITS = [
    ('hours', "Working Hours"),
    ('days', "Working Days"),
]
GUIDANCE_FIELDS = ('description', 'input', 'output')


class LtcFlowStage(models.Model):
    """Who owns a stage of the case, how long it may take, what goes in and comes out, and the tasks it starts with.

    Without a record a stage is what it is by default, at no query.
    """
    _name = 'ltc.flow.stage'
    _inherit = ['ltc.cached.mixin']
    _description = "Stage of a Case: Owner and Guidance"
    _order = 'stage_rank, company_id, id'

    stage = fields.Selection(FLOW_STAGES, required=True)
    stage_rank = fields.Integer(compute='_compute_stage_rank', store=True, precompute=True)
    company_id = fields.Many2one('res.company', index='btree_not_null', help="Empty: every company without its own.")
    role = fields.Selection(STAGE_ROLES, string="Responsible Role", help="Empty: as usual for the stage.")
    user_id = fields.Many2one('res.users', string="Responsible", domain="[('share', '=', False)]")
    sla = fields.Float(string="Time Limit", help="Working time by the calendar of the company. 0: no limit.")
    sla_unit = fields.Selection(SLA_UNITS, string="Unit of the Limit", required=True, default='days')
    description = fields.Text(string="Guidance", translate=True, help="What is done in this stage, and how.")
    input = fields.Text(translate=True, help="What must be there when the stage begins.")
    output = fields.Text(translate=True, help="What the stage hands on.")
    task_ids = fields.One2many('ltc.flow.stage.task', 'stage_id', string="Standard Tasks", copy=True)

    _stage_company_uniq = models.UniqueIndex(
        '(stage, COALESCE(company_id, 0))', "The stage is set up for this company already.")
    _sla_positive = models.Constraint('CHECK(sla >= 0)', "A time limit cannot be negative.")

    @api.depends('stage')
    def _compute_stage_rank(self):
        ranks = {stage: rank for rank, (stage, _label) in enumerate(FLOW_STAGES)}
        for stage in self:
            stage.stage_rank = ranks.get(stage.stage, 0)

    @api.depends('stage')
    @api.depends_context('lang')
    def _compute_display_name(self):
        labels = dict(self._fields['stage']._description_selection(self.env))
        for stage in self:
            stage.display_name = labels.get(stage.stage, '')

    @api.constrains('role', 'user_id')
    def _check_user_id(self):
        for stage in self.filtered(lambda stage: stage.role == 'user' and not stage.user_id):
            raise ValidationError(self.env._(
                "Stage %s names nobody; choose the person or another role.", stage.display_name))

    # === ACTION METHODS === #

    def action_apply(self):
        """Give the running cases that stand in these stages the time limit as it is now."""
        flows_sudo = self.env['ltc.flow'].sudo().search([  # nobody writes cases, their limits follow this table
            ('stage', 'in', self.mapped('stage')), ('state', '=', 'open'),
            ('company_id', 'in', (self.company_id or self.env.companies).ids)])
        self.env.add_to_compute(flows_sudo._fields['deadline'], flows_sudo)
        flows_sudo.flush_recordset(['deadline'])
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success',
                'message': self.env._("%(count)s running cases have the new time limit.", count=len(flows_sudo)),
            },
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_guidance(self, company_id):
        """Return {stage: how it is set up in that company}; empty, without a query, where nothing is."""
        return self._read_guidance(company_id, self.env.lang)

    @api.model
    @tools.ormcache('company_id', 'lang')
    def _read_guidance(self, company_id, lang):
        stages_sudo = self.sudo().with_context(lang=lang).search(
            [('company_id', 'in', [company_id, False])], order='company_id DESC')  # the shared ones come first
        return {stage.stage: stage._prepare_guidance() for stage in stages_sudo}

    def _prepare_guidance(self):
        return {
            'role': self.role or False,
            'user_id': self.user_id.id,
            'hours': self.sla if self.sla_unit == 'hours' else 0.0,
            'days': self.sla if self.sla_unit == 'days' else 0.0,
            'tasks': tuple(task._prepare_task() for task in self.task_ids),
            **{name: self[name] or '' for name in GUIDANCE_FIELDS},
        }


class LtcFlowStageTask(models.Model):
    """A task that a case brings along when it enters the stage: an activity of the responsible."""
    _name = 'ltc.flow.stage.task'
    _inherit = ['ltc.cached.mixin']
    _description = "Standard Task of a Stage"
    _order = 'sequence, id'

    stage_id = fields.Many2one('ltc.flow.stage', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    role = fields.Selection(STAGE_ROLES[:3], string="For", help="Empty: the responsible of the stage.")
    days = fields.Integer(string="Due After (Days)")
    note = fields.Text(translate=True)

    _days_positive = models.Constraint('CHECK(days >= 0)', "A task cannot be due before it begins.")

    def _prepare_task(self):
        return {'name': self.name, 'role': self.role or False, 'days': self.days, 'note': self.note or ''}
