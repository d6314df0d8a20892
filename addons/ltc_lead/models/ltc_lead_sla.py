from ast import literal_eval

from odoo import api, fields, models, tools
from odoo.fields import Domain

LEAD_TYPES = [
    ('lead', "Leads"),
    ('opportunity', "Opportunities"),
]


class LtcLeadSla(models.Model):
    """How soon a lead is answered, how often it is followed up, and who learns of it when nobody does.

    The first one that fits a lead counts. A change binds the waits that begin after it.
    """
    _name = 'ltc.lead.sla'
    _description = "Response Time Rule"
    _inherit = ['ltc.cached.mixin']
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, ondelete='cascade', default=lambda self: self.env.company)
    lead_type = fields.Selection(LEAD_TYPES, string="Applies to", default='lead', help="Empty: both.")
    team_ids = fields.Many2many(
        'crm.team', string="Sales Teams", check_company=True, help="Empty: every team, and leads without a team.")
    source_ids = fields.Many2many('utm.source', string="Sources", help="Empty: every source.")
    domain = fields.Char(string="Other Conditions", required=True, default="[]")
    first_hours = fields.Float(
        string="First Response (Working Hours)", required=True, default=8.0,
        help="Counted from the moment the lead came in, by the working hours of the company.")
    follow_up_days = fields.Float(
        string="Follow-up Every (Working Days)", required=True, default=3.0,
        help="Counted from the last response. 0: nothing more is due after the first response.")
    owner_days = fields.Float(
        string="Remind the Salesperson After (Working Days)", required=True, default=3.0,
        help="Without a response. A deadline that ends earlier reminds earlier.")
    manager_days = fields.Float(string="Tell the Team Leader After (Working Days)", required=True, default=5.0)
    risk_days = fields.Float(string="High Risk After (Working Days)", required=True, default=7.0)
    is_reassigned = fields.Boolean(
        string="Reassign at High Risk", help="At high risk the lead goes to the team leader by itself."
        " Otherwise the team leader is asked to reassign it.")
    active_since = fields.Datetime(
        string="In Force Since", readonly=True, copy=False, default=fields.Datetime.now,
        help="No wait begins earlier, so that switching the rule on does not call everybody about old leads.")
    late_count = fields.Integer(string="Late", compute='_compute_late_count')

    _first_positive = models.Constraint('CHECK(first_hours > 0)', "A first response needs some time.")
    _follow_up_positive = models.Constraint('CHECK(follow_up_days >= 0)', "A follow-up cannot be due before the last.")
    _ladder_ordered = models.Constraint(
        'CHECK(owner_days > 0 AND owner_days <= manager_days AND manager_days <= risk_days)',
        "First the salesperson is reminded, then the team leader is told, then the lead is at high risk:"
        " put the days in this order.")

    @api.depends('active')
    def _compute_late_count(self):
        counts = dict(self.env['ltc.lead.clock']._read_group(
            [('sla_id', 'in', self.ids), *self._get_late_domain()], ['sla_id'], ['__count']))
        for sla in self:
            sla.late_count = counts.get(sla._origin, 0)

    @api.constrains('domain')
    def _check_domain(self):
        for sla in self:
            self.env['crm.lead']._ltc_check_domain(sla.domain, sla.name)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._drop_stamp(vals) for vals in vals_list])

    def write(self, vals):
        """Whoever switches a rule on again starts it anew."""
        vals = self._drop_stamp(vals)
        revived = self.filtered(lambda sla: not sla.active) if vals.get('active') else self.browse()
        result = super().write(vals)
        if revived:
            super(LtcLeadSla, revived).write({'active_since': fields.Datetime.now()})
        return result

    def _drop_stamp(self, vals):
        if self.env.su:
            return vals
        return {name: value for name, value in vals.items() if name != 'active_since'}

    # === ACTION METHODS === #

    def action_view_late(self):
        """Open the leads whose response is late under this rule."""
        self.ensure_one()
        clocks = self.env['ltc.lead.clock'].search([('sla_id', '=', self.id), *self._get_late_domain()])
        return {
            'type': 'ir.actions.act_window',
            'name': self.name,
            'res_model': 'crm.lead',
            'view_mode': 'list,form',
            'domain': [('id', 'in', clocks.lead_id.ids)],
            'context': {'create': False},
        }

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache()
    def _is_any_in_force(self):
        """Return whether any rule is in force: without one, leads cost nothing."""
        return bool(self.sudo().search_count([], limit=1))

    @api.model
    def _get_late_domain(self):
        return [('state', '=', 'running'), ('deadline', '<', fields.Datetime.now())]

    def _get_lead_domain(self):
        """Return which running leads this rule binds."""
        self.ensure_one()
        domain = Domain([
            ('active', '=', True), ('won_status', '=', 'pending'),
            *self.env['ltc.kpi']._get_lead_company_domain(self.company_id),
        ]) & Domain(literal_eval(self.domain or '[]'))
        if self.lead_type:
            domain &= Domain('type', '=', self.lead_type)
        if self.team_ids:
            domain &= Domain('team_id', 'in', self.team_ids.ids)
        if self.source_ids:
            domain &= Domain('source_id', 'in', self.source_ids.ids)
        return domain & Domain('ltc_pool_id', '=', False)  # whoever claims it gets the time

    def _get_longest_hours(self, times):
        """Return the longest of the spans that a wait under this rule is planned with, in working hours."""
        self.ensure_one()
        return max(self.first_hours, max(self.follow_up_days, self.risk_days) * times.hours_per_day)

    def _plan_wait(self, times, start, is_first):
        """Return when a wait that begins at ``start`` ends, and when each rung of the ladder is reached."""
        self.ensure_one()
        deadline = (
            times.plan(start, self.first_hours) if is_first else times.plan_days(start, self.follow_up_days))
        manager_on, risk_on = times.plan_days(start, self.manager_days), times.plan_days(start, self.risk_days)
        return {
            'deadline': deadline,
            'owner_on': min(deadline, times.plan_days(start, self.owner_days)),
            'manager_on': max(deadline, manager_on),
            'risk_on': max(deadline, risk_on),
        }
