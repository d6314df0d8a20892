from ast import literal_eval

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

STEP_KINDS = [
    ('mail', "Email"),
    ('sms', "SMS"),
    ('call', "Call"),
]
COUNTS = ('running', 'finished', 'replied', 'converted', 'enrolled')
ANSWERED = ('reply', 'conversion', 'won')


class LtcNurtureCadence(models.Model):
    """How we stay in touch with leads that are not ready yet: steps on certain days, until they answer."""
    _name = 'ltc.nurture.cadence'
    _description = "Nurture Cadence"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', index='btree_not_null', ondelete='cascade', help="Empty: every company.")
    description = fields.Text(translate=True)
    domain = fields.Char(
        string="For Leads", required=True, default="[('type', '=', 'lead')]",
        help="Which leads are enrolled by themselves, such as those of a grade or a temperature.")
    is_automatic = fields.Boolean(
        string="Enrol by Itself", help="Leads that fit the conditions and never ran through a cadence are enrolled.")
    is_stopped_by_reassignment = fields.Boolean(
        string="Stop at Reassignment", help="The cadence ends when the lead gets another salesperson.")
    step_ids = fields.One2many('ltc.nurture.step', 'cadence_id', string="Steps", copy=True)
    running_count = fields.Integer(string="Running", compute='_compute_counts')
    finished_count = fields.Integer(string="Finished", compute='_compute_counts')
    enrolled_count = fields.Integer(string="Enrolled", compute='_compute_counts')
    converted_count = fields.Integer(
        string="Converted", compute='_compute_counts', help="Of those enrolled: converted or won on the way.")
    answer_rate = fields.Float(
        string="Answered (%)", compute='_compute_counts',
        help="Of the leads that are through with the cadence: ended by an answer, a conversion or a win.")
    replied_count = fields.Integer(
        string="Ended by an Answer", compute='_compute_counts', help="The customer answered or the lead was converted.")

    @api.depends('step_ids')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_counts(self):
        counts = {cadence: dict.fromkeys(COUNTS, 0) for cadence in self}
        for cadence, state, reason, count in self.env['ltc.nurture.enrolment']._read_group(
                [('cadence_id', 'in', self.ids)], ['cadence_id', 'state', 'stop_reason'], ['__count']):
            numbers = counts[cadence]
            numbers['enrolled'] += count
            numbers['running'] += count * (state == 'running')
            numbers['finished'] += count * (state == 'finished')
            numbers['replied'] += count * (reason in ANSWERED)
            numbers['converted'] += count * (reason in ('conversion', 'won'))
        for cadence in self:
            numbers = counts.get(cadence._origin, {})
            for name in COUNTS:
                cadence[f'{name}_count'] = numbers.get(name, 0)
            through = cadence.enrolled_count - cadence.running_count
            cadence.answer_rate = 100.0 * cadence.replied_count / through if through else 0.0

    @api.constrains('domain')
    def _check_domain(self):
        for cadence in self:
            self.env['crm.lead']._ltc_check_domain(cadence.domain, cadence.name)

    def action_view_enrolments(self):
        """Open who runs, or ran, through this cadence."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('ltc_lead.ltc_nurture_enrolment_action'),
            'domain': [('cadence_id', '=', self.id)],
        }

    def _get_lead_domain(self):
        """Return which leads are enrolled by themselves."""
        self.ensure_one()
        domain = Domain(literal_eval(self.domain or '[]')) & Domain([
            ('active', '=', True), ('won_status', '=', 'pending')])
        if self.company_id:
            domain &= Domain(self.env['ltc.kpi']._get_lead_company_domain(self.company_id))
        return domain & Domain('ltc_pool_id', '=', False)

    def _get_next_step(self, done, grade=False):
        """Return the step that follows those ``done`` for a customer of that grade."""
        self.ensure_one()
        return (self.step_ids - done).sorted(lambda step: (step._get_days(grade), step.sequence, step.id))[:1]


class LtcNurtureStep(models.Model):
    """One step of a cadence: what is done how many days after the beginning."""
    _name = 'ltc.nurture.step'
    _description = "Step of a Cadence"
    _order = 'cadence_id, days, sequence, id'

    cadence_id = fields.Many2one('ltc.nurture.cadence', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    days = fields.Float(required=True, string="After Days", help="Counted from the enrolment.")
    offset_a = fields.Float(string="Grade A (± Days)", help="Customers of this grade: so many days later, or earlier.")
    offset_b = fields.Float(string="Grade B (± Days)", help="Customers of this grade: so many days later, or earlier.")
    offset_c = fields.Float(string="Grade C (± Days)", help="Customers of this grade: so many days later, or earlier.")
    offset_d = fields.Float(string="Grade D (± Days)", help="Customers of this grade: so many days later, or earlier.")
    in_working_days = fields.Boolean(
        string="Working Days", default=True, help="Counted by the working hours of the company.")
    kind = fields.Selection(STEP_KINDS, required=True, default='mail')
    mail_template_id = fields.Many2one(
        'mail.template', string="Email Template", domain="[('model', '=', 'crm.lead')]", ondelete='restrict')
    sms_template_id = fields.Many2one(
        'sms.template', string="SMS Template", domain="[('model', '=', 'crm.lead')]", ondelete='restrict')
    summary = fields.Char(string="What to Call About", translate=True)
    done_count = fields.Integer(string="Done", compute='_compute_results', help="For so many leads this step was done.")
    answered_count = fields.Integer(
        string="Answered After It", compute='_compute_results',
        help="So many leads answered, were converted or won after this step and before the next one.")
    display_text = fields.Char(compute='_compute_display_text', string="What Is Done")

    _days_positive = models.Constraint('CHECK(days >= 0)', "A step follows the enrolment.")
    _mail_complete = models.Constraint(
        "CHECK(kind != 'mail' OR mail_template_id IS NOT NULL)", "A step by email needs its template.")
    _sms_complete = models.Constraint(
        "CHECK(kind != 'sms' OR sms_template_id IS NOT NULL)", "A step by SMS needs its template.")

    @api.depends('cadence_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_results(self):
        """Count what was done, and what was the last thing done before the lead answered, in one query."""
        Enrolment, Delivery = self.env['ltc.nurture.enrolment'], self.env['ltc.nurture.delivery']
        Enrolment.flush_model()
        Delivery.flush_model()
        seen = Enrolment._search([('company_id', 'in', self.env.companies.ids)])  # those that the cadence counts
        rows = self.env.execute_query(SQL(
            """
            SELECT done.step_id, COUNT(*), COUNT(*) FILTER (WHERE done.is_last AND done.stop_reason IN %s)
              FROM (SELECT d.step_id, e.stop_reason,
                           d.id = FIRST_VALUE(d.id) OVER (
                               PARTITION BY d.enrolment_id ORDER BY d.done_on DESC, d.id DESC) AS is_last
                      FROM ltc_nurture_delivery d JOIN ltc_nurture_enrolment e ON e.id = d.enrolment_id
                     WHERE NOT COALESCE(d.is_skipped, FALSE) AND e.id IN %s
                       AND d.enrolment_id IN (SELECT enrolment_id FROM ltc_nurture_delivery WHERE step_id = ANY(%s))
                   ) AS done
             WHERE done.step_id = ANY(%s) GROUP BY done.step_id
            """, ANSWERED, seen.subselect(), self._origin.ids, self._origin.ids)) if self._origin.ids else []
        counts = {step_id: (done, answered) for step_id, done, answered in rows}
        for step in self:
            step.done_count, step.answered_count = counts.get(step._origin.id, (0, 0))

    @api.depends('kind', 'mail_template_id', 'sms_template_id', 'summary')
    @api.depends_context('lang')
    def _compute_display_text(self):
        for step in self:
            texts = {'mail': step.mail_template_id.name, 'sms': step.sms_template_id.name, 'call': step.summary}
            step.display_text = texts.get(step.kind)

    @api.depends('days', 'kind', 'display_text')
    @api.depends_context('lang')
    def _compute_display_name(self):
        labels = dict(self._fields['kind']._description_selection(self.env))
        for step in self:
            step.display_name = self.env._(
                "Day %(days)s: %(kind)s %(text)s", days=f'{step.days:g}', kind=labels.get(step.kind, ''),
                text=step.display_text or '').strip()

    def _get_days(self, grade):
        """Return after how many days this step is due for a customer of that grade."""
        self.ensure_one()
        return max(0.0, self.days + (self[f'offset_{grade.lower()}'] if grade else 0.0))

    # === DO A STEP === #

    def _execute(self, leads):
        """Do this step for ``leads``: put the messages into their queues, or leave the activities.

        :return: leads for which there was nothing to be done, for want of an address
        """
        self.ensure_one()
        return getattr(self, f'_execute_{self.kind}')(leads)

    def _execute_mail(self, leads):
        reachable = leads.filtered('email_normalized')
        if reachable:
            self.mail_template_id.send_mail_batch(reachable.ids)
        return leads - reachable

    def _execute_sms(self, leads):
        reachable = leads.filtered('phone_sanitized')
        if reachable:
            reachable._message_sms_schedule_mass(template=self.sms_template_id)
        return leads - reachable

    def _execute_call(self, leads):
        model_id = self.env['ir.model']._get_id('crm.lead')
        call = self.env.ref('mail.mail_activity_data_call')
        callers = {lead: lead.user_id.filtered('active') or lead.team_id.user_id.filtered('active') for lead in leads}
        called = leads.filtered(callers.get)
        self.env['mail.activity'].with_context(mail_activity_quick_update=True).create([{
            'activity_type_id': call.id, 'res_model_id': model_id, 'res_id': lead.id, 'automated': True,
            'user_id': callers[lead].id, 'summary': self._get_summary(callers[lead].lang),
            'date_deadline': lead._ltc_get_company()._ltc_get_today(),
        } for lead in called])
        return leads - called

    def _get_summary(self, lang):
        step = self.with_context(lang=lang)
        return step.summary or step.cadence_id.name
