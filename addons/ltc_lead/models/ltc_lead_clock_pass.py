from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.ltc_base.models.ltc_owner_log import OwnerWay

from ..working_time import WorkingTime

START_CHUNK = 10_000  # leads a step
CALL_CHUNK = 500  # leads a step whose people are called
COLUMNS = (
    'lead_id', 'company_id', 'sla_id', 'state', 'level', 'received_on', 'started_on', 'deadline', 'owner_on',
    'manager_on', 'risk_on', 'next_on', 'first_deadline', 'first_response_on', 'last_response_on', 'response_hours',
    'in_time_rate',
)


class LtcLeadClock(models.Model):
    """The pass: let the clocks of new leads run, stop those of closed ones, climb the ladder of late ones."""
    _name = 'ltc.lead.clock'
    _inherit = ['ltc.lead.clock']

    @api.model
    def _cron_run(self):
        """Bring every clock up to date, in chunks with a commit each.

        Killed at any moment it goes on where it was: a rung of the ladder and the activities for it are one commit.
        """
        cron = self.env['ir.cron']
        self._stop()
        cron._commit_progress(1)
        for sla in self.env['ltc.lead.sla'].search([]):
            while self._start(sla, limit=START_CHUNK) == START_CHUNK:
                if not cron._commit_progress(1):
                    return
            cron._commit_progress(1)
        while self._escalate(CALL_CHUNK) == CALL_CHUNK:
            if not cron._commit_progress(1):
                return

    # === START === #

    @api.model
    def _start_new(self, leads):
        """Let the clocks of leads that were just created run: a constant number of queries, however many."""
        for sla in self.env['ltc.lead.sla'].search([]):
            self._start(sla, lead_ids=leads.ids)

    @api.model
    def _start(self, sla, lead_ids=None, limit=None):
        """Let the clocks of those leads run that ``sla`` binds and that no rule binds yet; return their number."""
        rows = self._read_starting(sla, lead_ids, limit)
        if not rows:
            return 0
        now = fields.Datetime.now()
        responses = {} if lead_ids else self._read_responses([row[0] for row in rows])
        # a lead that comes back waits from now on
        starts = [now if row[2] else max(row[1], sla.active_since) for row in rows]
        times = WorkingTime(sla.company_id, min(row[1] for row in rows), max(now, *starts))
        values = [
            self._prepare_start(sla, times, row, start, *responses.get(row[0], (None, None)))
            for row, start in zip(rows, starts, strict=True)]
        self._write_rows(values)
        self._show(self.browse(row[0] for row in rows))
        return len(rows)

    @api.model
    def _read_starting(self, sla, lead_ids, limit):
        """Return (lead, received on, stopped on) of leads without a running clock under a rule."""
        Lead = self.env['crm.lead'].sudo().with_context(active_test=False)
        domain = sla._get_lead_domain()
        if lead_ids is not None:
            domain &= Domain('id', 'in', lead_ids)
        query = Lead._search(domain, order='id', limit=limit)
        clock = query.make_alias('crm_lead', 'clock')
        query.add_join('LEFT JOIN', clock, 'ltc_lead_clock', SQL(
            "crm_lead.id = %s", SQL.identifier(clock, 'lead_id')))
        query.add_where(SQL(
            "(%s IS NULL OR %s = 'stopped')", SQL.identifier(clock, 'id'), SQL.identifier(clock, 'state')))
        self.flush_model()
        return self.env.execute_query(query.select(
            SQL("crm_lead.id"), SQL("COALESCE(crm_lead.ltc_received_on, crm_lead.create_date)"),
            SQL.identifier(clock, 'stopped_on')))

    @api.model
    def _prepare_start(self, sla, times, row, start, first_response, last_response):
        """Return the row, in the order of ``COLUMNS``, of a lead whose wait begins at ``start``."""
        lead_id, received_on, stopped_on = row
        first_deadline = times.plan(max(received_on, sla.active_since), sla.first_hours)
        if last_response and not stopped_on:
            start = max(start, last_response)
        hours = times.count(received_on, first_response) if first_response else None
        rate = float(first_response <= first_deadline) if first_response else None
        head = (lead_id, sla.company_id.id, sla.id)
        if first_response and not sla.follow_up_days:
            return (*head, 'idle', 'on_time', received_on, start, None, None, None, None, None, first_deadline,
                    first_response, last_response, hours, rate)
        plan = sla._plan_wait(times, start, is_first=not first_response)
        return (
            *head, 'running', 'on_time', received_on, start, plan['deadline'], plan['owner_on'], plan['manager_on'],
            plan['risk_on'], plan['owner_on'], first_deadline, first_response, last_response, hours, rate)

    @api.model
    def _write_rows(self, rows):
        kept = ('first_response_on', 'last_response_on', 'response_hours', 'in_time_rate', 'first_deadline')
        updates = SQL(', ').join(
            SQL("%(column)s = COALESCE(ltc_lead_clock.%(column)s, EXCLUDED.%(column)s)", column=SQL.identifier(name))
            if name in kept else SQL("%(column)s = EXCLUDED.%(column)s", column=SQL.identifier(name))
            for name in COLUMNS if name not in ('lead_id', 'received_on'))
        self.env.cr.execute(SQL(
            "INSERT INTO ltc_lead_clock (%s) VALUES %s ON CONFLICT (lead_id) DO UPDATE SET stopped_on = NULL, %s",
            SQL(', ').join(map(SQL.identifier, COLUMNS)), SQL(', ').join(SQL("%s", row) for row in rows), updates))
        self.invalidate_model()

    # === STOP === #

    @api.model
    def _stop(self):
        """Stop the clocks of leads that are closed or that their rule does not bind any more."""
        self.flush_model()
        self.env['crm.lead'].flush_model()
        self._stop_where(SQL("sla_id IS NULL OR sla_id NOT IN (SELECT id FROM ltc_lead_sla WHERE active)"))
        for sla in self.env['ltc.lead.sla'].search([]):
            Lead = self.env['crm.lead'].sudo().with_context(active_test=False)
            bound = Lead._search(sla._get_lead_domain()).subselect()
            self._stop_where(SQL("sla_id = %s AND lead_id NOT IN %s", sla.id, bound))

    @api.model
    def _stop_where(self, condition):
        rows = self.env.execute_query(SQL(
            """UPDATE ltc_lead_clock
                  SET state = 'stopped', stopped_on = %s, deadline = NULL, next_on = NULL, level = 'on_time'
                WHERE state != 'stopped' AND (%s) RETURNING lead_id""", fields.Datetime.now(), condition))
        self.invalidate_model()
        leads = self.env['crm.lead'].browse(row[0] for row in rows)
        self._show(leads)
        self._get_calls(leads).unlink()

    # === LADDER === #

    @api.model
    def _escalate(self, limit):
        """Take late leads up to the rung that they have reached and call whoever is to act; return their number."""
        self.flush_model()
        rows = self.env.execute_query(SQL(
            """UPDATE ltc_lead_clock clock
                  SET level = step.level, in_time_rate = step.in_time_rate,
                      next_on = CASE step.level WHEN 'owner' THEN clock.manager_on WHEN 'manager' THEN clock.risk_on END
                 FROM (SELECT id,
                              CASE WHEN risk_on <= %(now)s THEN 'risk' WHEN manager_on <= %(now)s THEN 'manager'
                                   ELSE 'owner' END AS level,
                              CASE WHEN first_response_on IS NULL AND first_deadline < %(now)s THEN 0
                                   ELSE in_time_rate END AS in_time_rate
                         FROM ltc_lead_clock
                        WHERE state = 'running' AND next_on <= %(now)s
                     ORDER BY next_on, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED) AS step
                WHERE clock.id = step.id
            RETURNING clock.id, clock.level""", now=fields.Datetime.now(), limit=limit))
        self.invalidate_model()
        clocks = self.browse(row[0] for row in rows)
        self._show(clocks.lead_id)
        self._call(clocks)
        return len(clocks)

    @api.model
    def _call(self, clocks):
        """Leave one activity with each person whom the rung calls; the one from the rung before goes with it."""
        self._get_calls(clocks.lead_id).unlink()
        activity_type = self.env.ref('ltc_lead.mail_activity_type_sla')
        model_id = self.env['ir.model']._get_id('crm.lead')
        self.env['mail.activity'].with_context(mail_activity_quick_update=True).create([{
            'activity_type_id': activity_type.id, 'res_model_id': model_id, 'res_id': clock.lead_id.id,
            'user_id': user.id, 'summary': clock._get_call(user), 'automated': True,
            'date_deadline': clock.company_id._ltc_get_today(),
        } for clock in clocks for user in clock._get_called()])
        for leader, taken in clocks.filtered(
                lambda clock: clock.level == 'risk' and clock.sla_id.is_reassigned).grouped(
                lambda clock: clock._get_leader()).items():
            if leader:
                taken.lead_id.filtered(lambda lead, leader=leader: lead.user_id != leader).with_context(
                    ltc_owner_way=OwnerWay.ASSIGN).write({'user_id': leader.id})

    def _get_called(self):
        """Return who is to act on this rung."""
        self.ensure_one()
        owner = self.lead_id.user_id.filtered('active')
        called = owner if self.level == 'owner' else owner | self._get_leader()
        return called or self._get_leader()

    def _get_leader(self):
        """Return who answers for the salesperson: the team leader, else the superior."""
        self.ensure_one()
        lead = self.lead_id
        return lead.team_id.user_id.filtered('active') or lead.user_id.ltc_superior_id.filtered('active')

    def _get_call(self, user):
        self.ensure_one()
        speaker = self.with_context(lang=user.lang).env
        if user == self.lead_id.user_id:
            return speaker._("Get in touch with the customer: a response is overdue")
        if self.level == 'risk':
            return speaker._("High risk: no response for %(days)s working days, reassign the lead",
                             days=f'{self.sla_id.risk_days:g}')
        return speaker._("No response to the customer for %(days)s working days",
                         days=f'{self.sla_id.manager_days:g}')

    @api.model
    def _get_calls(self, leads):
        return self.env['mail.activity'].search([
            ('res_model', '=', 'crm.lead'), ('res_id', 'in', leads.ids),
            ('activity_type_id', '=', self.env.ref('ltc_lead.mail_activity_type_sla').id)])
