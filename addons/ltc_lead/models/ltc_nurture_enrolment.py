import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..working_time import WorkingTime

_logger = logging.getLogger(__name__)

ENROLMENT_STATES = [
    ('running', "Running"),
    ('finished', "Finished"),
    ('stopped', "Stopped"),
]
STOP_REASONS = [
    ('reply', "The Customer Answered"),
    ('conversion', "Converted"),
    ('won', "Won"),
    ('lost', "Lost"),
    ('archived', "Archived"),
    ('opt_out', "Opted Out"),
    ('reassigned', "Reassigned"),
    ('manual', "Stopped by Hand"),
    ('merged', "Merged"),
    ('failed', "A Step Failed"),
]
CHUNK = 100  # enrolments a step of the run


class LtcNurtureEnrolment(models.Model):
    """A lead on its way through a cadence; one at a time. Only the server writes it."""
    _name = 'ltc.nurture.enrolment'
    _description = "Lead in a Cadence"
    _inherit = ['ltc.fact.mixin']
    _order = 'started_on desc, id desc'
    _rec_name = 'lead_id'

    lead_id = fields.Many2one('crm.lead', required=True, readonly=True, index=True, ondelete='cascade')
    cadence_id = fields.Many2one('ltc.nurture.cadence', required=True, readonly=True, index=True, ondelete='restrict')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='cascade')
    user_id = fields.Many2one('res.users', string="Salesperson at the Start", readonly=True)
    was_lead = fields.Boolean(readonly=True)
    state = fields.Selection(ENROLMENT_STATES, required=True, readonly=True, default='running')
    stop_reason = fields.Selection(STOP_REASONS, string="Stopped Because", readonly=True)
    started_on = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    ended_on = fields.Datetime(readonly=True)
    next_on = fields.Datetime(string="Next Step On", readonly=True)
    next_step_id = fields.Many2one('ltc.nurture.step', compute='_compute_next_step_id')
    delivery_ids = fields.One2many('ltc.nurture.delivery', 'enrolment_id', string="Steps Done")

    _running_uniq = models.UniqueIndex("(lead_id) WHERE state = 'running'")
    _next_idx = models.Index("(next_on) WHERE state = 'running'")

    @api.depends('delivery_ids', 'cadence_id.step_ids')
    def _compute_next_step_id(self):
        for enrolment in self:
            enrolment.next_step_id = enrolment.state == 'running' and enrolment.cadence_id._get_next_step(
                enrolment.delivery_ids.step_id, enrolment.lead_id.ltc_customer_grade)

    # === ACTION METHODS === #

    def action_stop(self):
        """End these cadences; whoever may write the lead may do it."""
        self.lead_id.check_access('write')
        self.sudo()._end('stopped', 'manual')  # nobody writes enrolments but the server

    def action_open_lead(self):
        """Open the lead on its way."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'crm.lead', 'res_id': self.lead_id.id, 'view_mode': 'form'}

    # === ENROL === #

    @api.model
    def _enrol(self, leads, cadence):
        """Send ``leads`` through ``cadence``, in one batch."""
        enrolments = self.create([{
            'lead_id': lead.id, 'cadence_id': cadence.id, 'company_id': lead._ltc_get_company().id,
            'user_id': lead.user_id.id, 'was_lead': lead.type == 'lead',
        } for lead in leads])
        enrolments._plan()
        return enrolments

    def _plan(self):
        """Set when the next step is due, or finish."""
        for company, own in self.grouped('company_id').items():
            starts = own.mapped('started_on')
            times = WorkingTime(company, min(starts), max(starts))
            for enrolment in own:
                step = enrolment.next_step_id
                if not step:
                    enrolment._end('finished')
                    continue
                plan = times.plan_days if step.in_working_days else lambda start, days: fields.Datetime.add(
                    start, hours=days * 24)
                enrolment.next_on = plan(enrolment.started_on, step._get_days(enrolment.lead_id.ltc_customer_grade))

    def _end(self, state, reason=False):
        running = self.filtered(lambda enrolment: enrolment.state == 'running')
        running.write({
            'state': state, 'stop_reason': reason, 'ended_on': fields.Datetime.now(), 'next_on': False})

    # === STOP === #

    @api.model
    def _stop_overtaken(self, lead_ids=None):
        """Stop what has no reason to go on: the customer answered, opted out, or the lead went its way; one query."""
        self.env.flush_all()
        condition = SQL("TRUE") if lead_ids is None else SQL("enrolment.lead_id = ANY(%s)", list(lead_ids))
        rows = self.env.execute_query(SQL(
            """
            UPDATE ltc_nurture_enrolment
               SET state = 'stopped', stop_reason = ended.reason, ended_on = %(now)s, next_on = NULL
              FROM (SELECT enrolment.id, %(reason)s AS reason
                      FROM ltc_nurture_enrolment enrolment
                      JOIN ltc_nurture_cadence cadence ON cadence.id = enrolment.cadence_id
                      JOIN crm_lead lead ON lead.id = enrolment.lead_id
                     WHERE enrolment.state = 'running' AND %(condition)s) AS ended
             WHERE ltc_nurture_enrolment.id = ended.id AND ended.reason IS NOT NULL
         RETURNING ltc_nurture_enrolment.id
            """, now=fields.Datetime.now(), reason=self._get_stop_sql(), condition=condition))
        self.invalidate_model(['state', 'stop_reason', 'ended_on', 'next_on'])
        return len(rows)

    @api.model
    def _get_stop_sql(self):
        """Return the SQL of the reason to stop, or NULL; extend it where a lead may go other ways."""
        return SQL("""
            CASE WHEN EXISTS (SELECT FROM mail_message message
                           LEFT JOIN res_users colleague
                                  ON colleague.partner_id = message.author_id AND NOT colleague.share
                               WHERE message.model = 'crm.lead' AND message.res_id = lead.id
                                 AND message.message_type IN ('email', 'comment')
                                 AND message.date >= enrolment.started_on AND colleague.id IS NULL) THEN 'reply'
                 WHEN lead.won_status = 'won' THEN 'won'
                 WHEN lead.type = 'opportunity' AND enrolment.was_lead THEN 'conversion'
                 WHEN lead.won_status = 'lost' THEN 'lost'
                 WHEN NOT lead.active THEN 'archived'
                 WHEN EXISTS (SELECT FROM mail_blacklist blocked
                               WHERE blocked.active AND blocked.email = lead.email_normalized)
                   OR EXISTS (SELECT FROM phone_blacklist blocked
                               WHERE blocked.active AND blocked.number = lead.phone_sanitized) THEN 'opt_out'
                 WHEN cadence.is_stopped_by_reassignment
                  AND lead.user_id IS DISTINCT FROM enrolment.user_id THEN 'reassigned' END""")

    @api.model
    def _merge(self, lead, tail_ids):
        """Let ``lead`` go on with its cadence, else with the first one of those merged into it; the others end."""
        ranks = {lead_id: rank for rank, lead_id in enumerate([lead.id, *tail_ids])}
        enrolments = self.search([('lead_id', 'in', list(ranks))])
        running = enrolments.filtered(lambda enrolment: enrolment.state == 'running')
        running.sorted(lambda enrolment: ranks[enrolment.lead_id.id])[1:]._end('stopped', 'merged')
        self.flush_model()  # a lead runs through one at a time
        enrolments.lead_id = lead

    # === RUN === #

    @api.model
    def _cron_run(self):
        """Stop what was overtaken, enrol who fits, do the steps that are due; in chunks with a commit each.

        A message stands in its queue and its step is noted as done in the same commit, and no step is noted twice for
        the same enrolment: killed at any moment, nobody gets a message twice.
        """
        cron = self.env['ir.cron']
        cron._commit_progress(self._stop_overtaken(), remaining=1)  # until the end: out of time is not done
        for cadence in self.env['ltc.nurture.cadence'].search([('is_automatic', '=', True)]):
            while count := self._enrol_fitting(cadence):
                if not cron._commit_progress(count, remaining=1):
                    return
        while due := self._get_due():
            due._run_due()
            if not cron._commit_progress(len(due), remaining=1):
                return
        cron._commit_progress(remaining=0)

    @api.model
    def _enrol_fitting(self, cadence):
        if not cadence.step_ids:
            return 0
        leads = self.env['crm.lead'].search(cadence._get_lead_domain() & Domain(
            'id', 'not in', self._search([]).subselect('lead_id')), limit=CHUNK)
        self._enrol(leads, cadence)
        return len(leads)

    @api.model
    def _get_due(self):
        due = self.search([
            ('state', '=', 'running'), ('next_on', '<=', fields.Datetime.now()), ('cadence_id.active', '=', True),
        ], order='next_on, id', limit=CHUNK)
        return due.try_lock_for_update()

    def _run_due(self):
        """Do the step that each of these enrolments has come to, unless the customer answered meanwhile."""
        self._stop_overtaken(self.lead_id.ids)
        running = self.filtered(lambda enrolment: enrolment.state == 'running')
        for step, same in running.grouped('next_step_id').items():
            if step and not same._do(step):
                for enrolment in same:  # one that fails must not keep the others from their step
                    if not enrolment._do(step):
                        enrolment._end('stopped', 'failed')
        running.filtered(lambda enrolment: enrolment.state == 'running')._plan()

    def _do(self, step):
        """Do ``step`` for these enrolments and note it; return whether it worked."""
        try:
            with self.env.cr.savepoint():
                deliveries = self.env['ltc.nurture.delivery'].create([
                    {'enrolment_id': enrolment.id, 'step_id': step.id} for enrolment in self])
                self.env.flush_all()
                unreached = step._execute(self.lead_id)
                deliveries.filtered(
                    lambda delivery: delivery.enrolment_id.lead_id in unreached).is_skipped = True
        except (UserError, AccessError, ValueError) as error:
            _logger.info("Step %s of cadence %s failed for %s: %s", step.id, step.cadence_id.id, self, error)
            self.invalidate_recordset()
            return False
        return True


class LtcNurtureDelivery(models.Model):
    """A step that was done for a lead: never twice."""
    _name = 'ltc.nurture.delivery'
    _description = "Step Done"
    _order = 'done_on, id'
    _rec_name = 'step_id'

    enrolment_id = fields.Many2one(
        'ltc.nurture.enrolment', required=True, readonly=True, index=True, ondelete='cascade')
    step_id = fields.Many2one('ltc.nurture.step', required=True, readonly=True, index=True, ondelete='cascade')
    done_on = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    is_skipped = fields.Boolean(string="Skipped", readonly=True, help="There was no address to send it to.")

    _once = models.UniqueIndex('(enrolment_id, step_id)')
