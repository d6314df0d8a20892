from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.sql import column_exists, create_column

from .res_company_temperature import HOT_FROM, WARM_FROM

HEAT_BUDGET = [('0', "None"), ('1', "Wanted"), ('2', "Planned"), ('3', "Approved")]
HEAT_DECISION = [('0', "Unknown"), ('1', "One contact"), ('2', "Most people known"), ('3', "Decider met")]
HEAT_URGENCY = [('0', "No date"), ('1', "This year"), ('2', "In six months"), ('3', "In three months")]
TEMPERATURES = [('hot', "Hot"), ('warm', "Warm"), ('cold', "Cold")]


class CrmLead(models.Model):
    """Hot, warm or cold, from three questions; what to do next; and the meeting that looks at it every two weeks."""
    _inherit = 'crm.lead'

    ltc_heat_budget = fields.Selection(HEAT_BUDGET, string="Budget", help="How far the customer's money is.")
    ltc_heat_decision = fields.Selection(
        HEAT_DECISION, string="Decision Chain Clear", help="How well we know who decides.")
    ltc_heat_urgency = fields.Selection(HEAT_URGENCY, string="Urgency", help="When the customer needs it.")
    ltc_temperature = fields.Selection(
        TEMPERATURES, string="Temperature", compute='_compute_ltc_temperature', store=True,
        help="Budget, decision chain and urgency give up to three points each; from how many on a lead is hot or warm"
        " is a setting of its company.")
    ltc_reviewed_on = fields.Date(string="Last Reviewed", readonly=True, copy=False)
    ltc_reviewed_by_id = fields.Many2one('res.users', string="Reviewed by", readonly=True, copy=False)
    ltc_is_review_due = fields.Boolean(
        string="Due for Review", compute='_compute_ltc_is_review_due', search='_search_ltc_is_review_due',
        help="Not reviewed within the days that are a setting of the company.")

    _ltc_review_idx = models.Index("(ltc_reviewed_on) WHERE active AND won_status = 'pending'")

    def _auto_init(self):
        """Make the column before the ORM computes it for every lead: nobody has answered yet."""
        if not column_exists(self.env.cr, self._table, 'ltc_temperature'):
            create_column(self.env.cr, self._table, 'ltc_temperature', 'varchar')
        return super()._auto_init()

    @api.depends('ltc_heat_budget', 'ltc_heat_decision', 'ltc_heat_urgency', 'company_id', 'team_id')
    def _compute_ltc_temperature(self):
        for lead in self:
            answers = [lead.ltc_heat_budget, lead.ltc_heat_decision, lead.ltc_heat_urgency]
            lead.ltc_temperature = any(answers) and lead._ltc_get_heat(sum(int(answer or 0) for answer in answers))

    def _ltc_get_heat(self, points):
        """Return what so many points mean in the company of this lead; a lead without one goes by its team's."""
        company_sudo = self.company_id.sudo() or self.team_id.sudo().company_id
        hot_from = company_sudo.ltc_hot_from if company_sudo else HOT_FROM
        warm_from = company_sudo.ltc_warm_from if company_sudo else WARM_FROM
        return 'hot' if points >= hot_from else 'warm' if points >= warm_from else 'cold'

    @api.depends('ltc_reviewed_on', 'company_id')
    def _compute_ltc_is_review_due(self):
        today = fields.Date.context_today(self)
        for lead in self:
            days = (lead.company_id or self.env.company).sudo().ltc_review_days
            lead.ltc_is_review_due = not lead.ltc_reviewed_on or lead.ltc_reviewed_on <= today - timedelta(days=days)

    @api.model
    def _search_ltc_is_review_due(self, operator, value):
        if operator != 'in':
            return NotImplemented
        today = fields.Date.context_today(self)
        due = Domain('ltc_reviewed_on', '=', False)
        companies_sudo = self.env['res.company'].sudo().search([])
        for days, same in companies_sudo.grouped('ltc_review_days').items():
            ids = same.ids + ([False] if self.env.company in same else [])
            due |= Domain('company_id', 'in', ids) & Domain('ltc_reviewed_on', '<=', today - timedelta(days=days))
        return due

    # === CRUD METHODS === #

    @api.model
    def _ltc_get_server_stamps(self):
        """Nobody types that a lead was reviewed: the button stamps it."""
        return super()._ltc_get_server_stamps() | {'ltc_reviewed_on', 'ltc_reviewed_by_id'}

    def _merge_get_fields(self):
        return super()._merge_get_fields() + ['ltc_heat_budget', 'ltc_heat_decision', 'ltc_heat_urgency']

    # === ACTION METHODS === #

    def action_ltc_mark_reviewed(self):
        """Note that the review meeting has looked at these leads, today."""
        self.check_access('write')
        self.sudo().write({  # who may work on the lead may tick it off
            'ltc_reviewed_on': fields.Date.context_today(self), 'ltc_reviewed_by_id': self.env.uid})
        return True

    def action_ltc_schedule_next(self):
        """Plan what usually comes next for a lead of this temperature, unless it is planned already."""
        self.check_access('write')
        steps = self.env['ltc.temperature.step']._get_steps()
        for lead in self:
            if lead.ltc_temperature not in steps:
                raise UserError(self.env._(
                    "%(lead)s has no temperature, or nothing is set up for it; answer the three questions first.",
                    lead=lead.display_name))
        unplanned = self.filtered(lambda lead: not steps[lead.ltc_temperature]._is_planned(lead))
        for (temperature, user), leads in unplanned.grouped(
                lambda lead: (lead.ltc_temperature, lead.user_id or self.env.user)).items():
            step = steps[temperature]
            leads.activity_schedule(
                activity_type_id=step.activity_type_id.id, summary=step.name, note=step.note, user_id=user.id,
                date_deadline=fields.Date.context_today(self) + timedelta(days=step.days))
        return True

    # === AT A GLANCE === #

    @api.model
    def _ltc_get_glance_fields(self):
        return super()._ltc_get_glance_fields() + ['ltc_temperature', 'ltc_customer_grade']

    def _ltc_get_glance_chips(self):
        chips = super()._ltc_get_glance_chips()
        if not (self.ltc_temperature or self.ltc_customer_grade):
            return chips
        labels = dict(self._fields['ltc_temperature']._description_selection(self.env))
        temperature, grade = labels.get(self.ltc_temperature), self.ltc_customer_grade
        if temperature and grade:
            title = self.env._("The lead is %(temperature)s, its customer is graded %(grade)s",
                               temperature=temperature.lower(), grade=grade)
        elif grade:
            title = self.env._("The customer is graded %(grade)s", grade=grade)
        else:
            title = self.env._("The lead is %(temperature)s", temperature=temperature.lower())
        chips.append({
            'key': 'temperature', 'label': ' · '.join(filter(None, [temperature, grade])), 'title': title,
            'tone': {'hot': 'danger', 'warm': 'warning', 'cold': 'info'}.get(self.ltc_temperature, 'muted'),
            'icon': 'fa-thermometer-half' if temperature else 'fa-building-o',
        })
        return chips
