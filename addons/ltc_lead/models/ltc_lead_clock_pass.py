import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from odoo.addons.ltc_base.models.ltc_owner_log import OwnerWay

from ..working_time import WorkingTime

_logger = logging.getLogger(__name__)

STOP_CHUNK = 10_000  # clocks a step
START_CHUNK = 10_000  # leads a step
CALL_CHUNK = 500  # leads a step whose people are called
COLUMNS = (
    'lead_id', 'company_id', 'sla_id', 'state', 'level', 'received_on', 'started_on', 'deadline', 'owner_on',
    'manager_on', 'risk_on', 'next_on', 'first_deadline', 'first_response_on', 'last_response_on', 'response_hours',
    'in_time_rate',
)
KEPT = ('first_response_on', 'last_response_on', 'response_hours', 'in_time_rate', 'first_deadline')


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
        if not self._stop():
            return
        for sla in self.env['ltc.lead.sla'].search([]):
            last_id = 0
            while last_id := self._start(sla, limit=START_CHUNK, after=last_id):
                if not cron._commit_progress(1, remaining=1):
                    return
        while count := self._escalate(CALL_CHUNK):
            if not cron._commit_progress(count, remaining=1):
                return
        cron._commit_progress(remaining=0)

    # === START === #

    @api.model
    def _start_new(self, leads):
        """Let the clocks of leads that were just created run: a constant number of queries, however many."""
        for sla in self.env['ltc.lead.sla'].search([]):
            self._start(sla, lead_ids=leads.ids)

    @api.model
    def _start(self, sla, lead_ids=None, limit=None, after=0):
        """Let the clocks of those leads run that ``sla`` binds and that no rule binds yet.

        :return: the id of the last of them, or 0
        """
        waiting = self._read_waiting(sla, lead_ids, limit, after)
        if not waiting:
            return 0
        now = fields.Datetime.now()
        received = [received_on for _lead_id, received_on in waiting]
        latest = max(now, sla.active_since, max(received))
        times = WorkingTime(sla.company_id, min(received), latest)
        times.read_until(latest, sla._get_longest_hours(times))
        ids = [lead_id for lead_id, _received_on in waiting]
        self._insert_starts(sla, times, ids, now, is_new=bool(lead_ids))
        self._show(self.browse(ids))
        return ids[-1]

    @api.model
    def _read_waiting(self, sla, lead_ids, limit, after):
        """Return (lead, received on) of the next leads without a running clock under a rule."""
        Lead = self.env['crm.lead'].sudo().with_context(active_test=False)
        domain = sla._get_lead_domain() & Domain('id', '>', after)
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
            SQL("crm_lead.id"), SQL("COALESCE(crm_lead.ltc_received_on, crm_lead.create_date)")))

    @api.model
    def _insert_starts(self, sla, times, ids, now, is_new):
        """Write the clocks of these leads, in one statement: working hours are counted where the rows are.

        What came in before the rule was in force waits from then on, what comes back from now on; what was answered
        already waits from the last response on.
        """
        self.env['mail.message'].flush_model()
        self.env.cr.execute(SQL(
            """
            WITH times AS MATERIALIZED (%(times)s),
            said AS MATERIALIZED (%(said)s),
            waiting AS MATERIALIZED (
                SELECT lead.id AS lead_id, COALESCE(lead.ltc_received_on, lead.create_date) AS received_on,
                       clock.stopped_on, said.first_on, said.last_on
                  FROM crm_lead lead LEFT JOIN ltc_lead_clock clock ON clock.lead_id = lead.id
             LEFT JOIN said ON said.lead_id = lead.id
                 WHERE lead.id = ANY(%(ids)s)
            ), begun AS MATERIALIZED (
                SELECT waiting.*, GREATEST(received_on, %(since)s::timestamp) AS bound_on,
                       CASE WHEN stopped_on IS NULL THEN GREATEST(received_on, %(since)s::timestamp, last_on)
                            ELSE %(now)s::timestamp END AS started_on
                  FROM waiting
            ), placed AS MATERIALIZED (
                SELECT begun.*, %(position)s AS position, %(bound_position)s AS bound_position,
                       CASE WHEN first_on IS NOT NULL THEN %(hours)s END AS response_hours FROM begun, times
            ), planned AS MATERIALIZED (
                SELECT placed.*, first_on IS NULL OR %(is_followed)s AS is_awaited,
                       %(first_deadline)s AS first_deadline,
                       CASE WHEN first_on IS NULL THEN %(first)s ELSE %(next)s END AS deadline,
                       %(owner)s AS owner_on, %(manager)s AS manager_on, %(risk)s AS risk_on
                  FROM placed, times
            )
            INSERT INTO ltc_lead_clock (%(columns)s)
            SELECT lead_id, %(company)s, %(sla)s, CASE WHEN is_awaited THEN 'running' ELSE 'idle' END, 'on_time',
                   received_on, started_on, CASE WHEN is_awaited THEN deadline END,
                   CASE WHEN is_awaited THEN LEAST(deadline, owner_on) END,
                   CASE WHEN is_awaited THEN GREATEST(deadline, manager_on) END,
                   CASE WHEN is_awaited THEN GREATEST(deadline, risk_on) END,
                   CASE WHEN is_awaited THEN LEAST(deadline, owner_on) END,
                   first_deadline, first_on, last_on, response_hours,
                   CASE WHEN first_on IS NOT NULL THEN (first_on <= first_deadline)::int END
              FROM planned
                ON CONFLICT (lead_id) DO UPDATE SET stopped_on = NULL, %(updates)s
            """,
            times=times.sql_times(), ids=ids, now=now, since=sla.active_since, company=sla.company_id.id, sla=sla.id,
            said=SQL("SELECT 0 AS lead_id, NULL::timestamp AS first_on, NULL::timestamp AS last_on WHERE FALSE")
            if is_new else self._sql_responses(ids),
            is_followed=bool(sla.follow_up_days), columns=SQL(', ').join(map(SQL.identifier, COLUMNS)),
            updates=self._sql_updates(), **self._get_plan_sql(sla, times)))
        self.invalidate_model()

    @api.model
    def _get_plan_sql(self, sla, times):
        """Return {name: SQL} of what is counted and planned by working hours."""
        start, position = SQL("started_on"), SQL("position")
        days = {
            'next': sla.follow_up_days, 'owner': sla.owner_days, 'manager': sla.manager_days, 'risk': sla.risk_days}
        return {
            'position': times.sql_position(start), 'bound_position': times.sql_position(SQL("bound_on")),
            'hours': times.sql_count(SQL("received_on"), SQL("first_on")),
            'first_deadline': times.sql_plan(SQL("bound_on"), SQL("bound_position"), sla.first_hours),
            'first': times.sql_plan(start, position, sla.first_hours),
            **{name: times.sql_plan(start, position, count * times.hours_per_day) for name, count in days.items()},
        }

    @api.model
    def _sql_updates(self):
        """Return what a clock that runs again takes over: what was measured once stays."""
        return SQL(', ').join(
            SQL("%(column)s = COALESCE(ltc_lead_clock.%(column)s, EXCLUDED.%(column)s)", column=SQL.identifier(name))
            if name in KEPT else SQL("%(column)s = EXCLUDED.%(column)s", column=SQL.identifier(name))
            for name in COLUMNS if name not in ('lead_id', 'received_on'))

    # === STOP === #

    @api.model
    def _stop(self):
        """Stop the clocks of leads that are closed or that their rule does not bind any more.

        Return False when the time of the cron is over.
        """
        for ids in split_every(STOP_CHUNK, self._read_unbound()):
            self._stop_clocks(ids)
            if not self.env['ir.cron']._commit_progress(len(ids), remaining=1):
                return False
        return True

    @api.model
    def _read_unbound(self):
        """Return the ids of the clocks to stop: found at once, for each look goes through all leads."""
        self.flush_model()
        self.env['crm.lead'].flush_model()
        conditions = [SQL("sla_id IS NULL OR sla_id NOT IN (SELECT id FROM ltc_lead_sla WHERE active)")]
        Lead = self.env['crm.lead'].sudo().with_context(active_test=False)
        conditions += [
            SQL("sla_id = %s AND lead_id NOT IN %s", sla.id, Lead._search(sla._get_lead_domain()).subselect())
            for sla in self.env['ltc.lead.sla'].search([])]
        return [clock_id for [clock_id] in self.env.execute_query(SQL(" UNION ALL ").join(
            SQL("SELECT id FROM ltc_lead_clock WHERE state != 'stopped' AND (%s)", condition)
            for condition in conditions))]

    @api.model
    def _stop_clocks(self, ids):
        """Stop these clocks, but for those that somebody writes at this moment: the next run stops them."""
        rows = self.env.execute_query(SQL(
            """UPDATE ltc_lead_clock
                  SET state = 'stopped', stopped_on = %s, deadline = NULL, next_on = NULL, level = 'on_time'
                WHERE id IN (SELECT id FROM ltc_lead_clock WHERE id = ANY(%s) FOR UPDATE SKIP LOCKED)
            RETURNING lead_id""", fields.Datetime.now(), list(ids)))
        self.invalidate_model()
        leads = self.env['crm.lead'].browse(row[0] for row in rows)
        self._show(leads)
        self._get_calls(leads).unlink()
        return len(leads)

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
        """Leave one activity with each person whom the rung calls; the one from the rung before goes with it.

        What is reassigned is reassigned first: the calls to its former salesperson go then.
        """
        self._get_calls(clocks.lead_id).unlink()
        calls = {clock: clock._get_called() for clock in clocks}
        for clock, leader in clocks._reassign().items():
            calls[clock] = leader
        activity_type = self.env.ref('ltc_lead.mail_activity_type_sla')
        model_id = self.env['ir.model']._get_id('crm.lead')
        self.env['mail.activity'].with_context(mail_activity_quick_update=True).create([{
            'activity_type_id': activity_type.id, 'res_model_id': model_id, 'res_id': clock.lead_id.id,
            'user_id': user.id, 'summary': clock._get_call(user), 'automated': True,
            'date_deadline': clock.company_id._ltc_get_today(),
        } for clock in clocks for user in calls[clock]])

    def _reassign(self):
        """Give the leads at high risk to who answers for their salesperson, where the rule wants it.

        Return {clock: leader} of what was given; one lead that cannot be does not keep the others.
        """
        given = {}
        risky = self.filtered(lambda clock: clock.level == 'risk' and clock.sla_id.is_reassigned)
        for leader, own in risky.grouped(lambda clock: clock._get_leader()).items():
            own = own.filtered(lambda clock, leader=leader: leader and clock.lead_id.user_id != leader)
            taken = own if own._give(leader) else own.filtered(lambda clock, leader=leader: clock._give(leader))
            given.update(dict.fromkeys(taken, leader))
        return given

    def _give(self, leader):
        """Reassign the leads of these clocks to ``leader``; return whether it worked."""
        try:
            with self.env.cr.savepoint():
                self.lead_id.with_context(ltc_owner_way=OwnerWay.ASSIGN).write({'user_id': leader.id})
        except UserError as error:
            _logger.info("%s cannot be reassigned to %s: %s", self.lead_id, leader.login, error)
            return False
        return True

    def _get_called(self):
        """Return who is to act on this rung."""
        self.ensure_one()
        owner = self.lead_id.user_id.filtered('active')
        called = owner if self.level == 'owner' else owner | self._get_leader()
        return called or self._get_leader()

    def _get_leader(self):
        """Return who answers for the salesperson in this company: the team leader, else the superior."""
        self.ensure_one()
        lead = self.lead_id
        company = lead.company_id or self.company_id
        leaders = [lead.team_id.user_id, lead.user_id.ltc_superior_id]
        return next((leader for leader in leaders if leader.active and company in leader.company_ids), leaders[0][:0])

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
