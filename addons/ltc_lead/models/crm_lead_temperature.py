from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.sql import column_exists, create_column

HEAT_BUDGET = [('0', "None"), ('1', "Wanted"), ('2', "Planned"), ('3', "Approved")]
HEAT_DECISION = [('0', "Unknown"), ('1', "One contact"), ('2', "Most people known"), ('3', "Decider met")]
HEAT_URGENCY = [('0', "No date"), ('1', "This year"), ('2', "In six months"), ('3', "In three months")]
TEMPERATURES = [('hot', "Hot"), ('warm', "Warm"), ('cold', "Cold")]
HOT_FROM, WARM_FROM = 7, 4  # of nine points
REVIEW_DAYS = 14
REVIEW_STAMPS = {'ltc_reviewed_on', 'ltc_reviewed_by_id'}


class CrmLead(models.Model):
    """Hot, warm or cold, from three questions; what to do next; and the meeting that looks at it every two weeks."""
    _inherit = 'crm.lead'

    ltc_heat_budget = fields.Selection(HEAT_BUDGET, string="Budget", help="How far the customer's money is.")
    ltc_heat_decision = fields.Selection(
        HEAT_DECISION, string="Decision Chain Clear", help="How well we know who decides.")
    ltc_heat_urgency = fields.Selection(HEAT_URGENCY, string="Urgency", help="When the customer needs it.")
    ltc_temperature = fields.Selection(
        TEMPERATURES, string="Temperature", compute='_compute_ltc_temperature', store=True, precompute=True,
        help="Budget, decision chain and urgency give up to three points each: hot from 7, warm from 4.")
    ltc_reviewed_on = fields.Date(string="Last Reviewed", readonly=True, copy=False)
    ltc_reviewed_by_id = fields.Many2one('res.users', string="Reviewed by", readonly=True, copy=False)

    _ltc_review_idx = models.Index("(ltc_reviewed_on) WHERE active AND won_status = 'pending'")

    def _auto_init(self):
        """Make the column before the ORM computes it for every lead: nobody has answered yet."""
        if not column_exists(self.env.cr, self._table, 'ltc_temperature'):
            create_column(self.env.cr, self._table, 'ltc_temperature', 'varchar')
        return super()._auto_init()

    @api.depends('ltc_heat_budget', 'ltc_heat_decision', 'ltc_heat_urgency')
    def _compute_ltc_temperature(self):
        for lead in self:
            answers = [lead.ltc_heat_budget, lead.ltc_heat_decision, lead.ltc_heat_urgency]
            points = sum(int(answer or 0) for answer in answers)
            lead.ltc_temperature = any(answers) and (
                'hot' if points >= HOT_FROM else 'warm' if points >= WARM_FROM else 'cold')

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:  # said in so many words, so that no default of a client fills it in
            vals_list = [{**vals, **dict.fromkeys(REVIEW_STAMPS, False)} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        return super().write(self._ltc_drop_review_stamps(vals))

    @api.model
    def _ltc_drop_review_stamps(self, vals):
        """Nobody types that a lead was reviewed: the button stamps it."""
        if self.env.su or not vals.keys() & REVIEW_STAMPS:
            return vals
        return {name: value for name, value in vals.items() if name not in REVIEW_STAMPS}

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
            step = steps.get(lead.ltc_temperature)
            if not step:
                raise UserError(self.env._(
                    "%(lead)s has no temperature, or nothing is set up for it; answer the three questions first.",
                    lead=lead.display_name))
            planned = lead.activity_ids.filtered(lambda activity, step=step: (
                activity.activity_type_id == step.activity_type_id and activity.summary == step.name))
            if not planned:
                lead.activity_schedule(
                    activity_type_id=step.activity_type_id.id, summary=step.name, note=step.note,
                    date_deadline=fields.Date.context_today(self) + timedelta(days=step.days),
                    user_id=(lead.user_id or self.env.user).id)
        return True

    # === AT A GLANCE === #

    @api.model
    def _ltc_get_glance_fields(self):
        return super()._ltc_get_glance_fields() + ['ltc_temperature', 'ltc_customer_grade', 'won_status']

    def _ltc_get_glance_chips(self):
        chips = super()._ltc_get_glance_chips()
        if self.won_status != 'pending' or not (self.ltc_temperature or self.ltc_customer_grade):
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
