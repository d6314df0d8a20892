from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.ltc_base.side_fields import SideColumn

from ..working_time import WorkingTime

SLA_LEVELS = [
    ('on_time', "On Time"),
    ('owner', "Salesperson Reminded"),
    ('manager', "Team Leader Told"),
    ('risk', "High Risk"),
]
CLOCK_STATES = [
    ('running', "Response Awaited"),
    ('idle', "Nothing Due"),
    ('stopped', "Stopped"),
]
SHOWN = ['ltc_first_response_on', 'ltc_response_hours', 'ltc_sla_deadline', 'ltc_sla_level']  # on crm.lead


class SideFloat(SideColumn, fields.Float):
    """A figure of the side table."""


class LtcLeadClock(models.Model):
    """What runs against a lead: until when the customer is to hear from us, and when he first did.

    One row a lead, beside it: a pass that rewrites thousands of them neither touches the wide rows of the leads nor
    stands in the way of whoever edits one. Only the server writes it.
    """
    _name = 'ltc.lead.clock'
    _description = "Response Time of a Lead"
    _order = 'deadline, id'
    _rec_name = 'lead_id'
    _log_access = False

    lead_id = fields.Many2one('crm.lead', required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='cascade')
    user_id = fields.Many2one('res.users', string="Salesperson", related='lead_id.user_id')
    team_id = fields.Many2one('crm.team', related='lead_id.team_id')
    source_id = fields.Many2one('utm.source', related='lead_id.source_id')
    sla_id = fields.Many2one(
        'ltc.lead.sla', string="Rule", readonly=True, index='btree_not_null', ondelete='set null')
    state = fields.Selection(CLOCK_STATES, required=True, readonly=True)
    received_on = fields.Datetime(readonly=True, help="When the lead came in.")
    started_on = fields.Datetime(string="Waiting Since", readonly=True)
    deadline = fields.Datetime(string="Response Due", readonly=True)
    level = fields.Selection(SLA_LEVELS, required=True, readonly=True)
    owner_on = fields.Datetime(readonly=True)
    manager_on = fields.Datetime(readonly=True)
    risk_on = fields.Datetime(readonly=True)
    next_on = fields.Datetime(readonly=True, help="When the next rung of the ladder is reached.")
    stopped_on = fields.Datetime(readonly=True)
    first_deadline = fields.Datetime(string="First Response Due", readonly=True)
    first_response_on = fields.Datetime(string="First Response", readonly=True)
    last_response_on = fields.Datetime(string="Last Response", readonly=True)
    response_hours = fields.Float(
        string="First Response (Working Hours)", readonly=True, aggregator='avg',
        help="From the moment the lead came in, by the working hours of the company.")
    in_time_rate = fields.Float(
        string="Answered in Time", readonly=True, aggregator='avg',
        help="1: the first response came by its deadline; 0: it came later, or is late.")

    _lead_uniq = models.UniqueIndex('(lead_id)')
    _next_idx = models.Index("(next_on) WHERE state = 'running'")
    _deadline_idx = models.Index("(deadline) WHERE state = 'running'")

    # === ACTION METHODS === #

    def action_open_lead(self):
        """Open the lead behind the figures."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'crm.lead', 'res_id': self.lead_id.id, 'view_mode': 'form'}

    # === A RESPONSE === #

    @api.model
    def _note_response(self, lead, moment):
        """Somebody of ours spoke with the customer of ``lead``: the wait ends, and the next one begins."""
        clock = self._get_or_create(lead)
        times = WorkingTime(clock.company_id, min(clock.received_on, moment), moment)
        values = {'last_response_on': moment, **clock._prepare_first_response(times, moment)}
        if clock.state != 'stopped':
            values.update(clock._prepare_next_wait(times, moment))
        clock.write(values)
        self._show(lead)
        self._get_calls(lead).unlink()

    @api.model
    def _get_or_create(self, lead):
        """Return the clock of ``lead``. Two at once make one: the later request is repeated and finds it."""
        clock = self.search([('lead_id', '=', lead.id)])
        if not clock:
            row = self._prepare_row(lead)
            self.env.cr.execute(SQL(
                "INSERT INTO ltc_lead_clock (%s) VALUES %s ON CONFLICT (lead_id) DO NOTHING",
                SQL(', ').join(map(SQL.identifier, row)), tuple(row.values())), log_exceptions=False)
            clock = self.search([('lead_id', '=', lead.id)])
        return clock

    @api.model
    def _prepare_row(self, lead):
        """Return the row of a lead under no rule: its first response is measured nevertheless."""
        return {
            'lead_id': lead.id, 'company_id': lead._ltc_get_company().id, 'state': 'stopped', 'level': 'on_time',
            'received_on': lead.ltc_received_on or lead.create_date,
        }

    def _prepare_first_response(self, times, moment):
        self.ensure_one()
        if self.first_response_on:
            return {}
        first, _last = self._read_responses(self.lead_id.ids).get(self.lead_id.id, (moment, moment))
        first = min(first, moment)
        in_time = {'in_time_rate': float(first <= self.first_deadline)} if self.first_deadline else {}
        return {'first_response_on': first, 'response_hours': times.count(self.received_on, first), **in_time}

    def _prepare_next_wait(self, times, moment):
        self.ensure_one()
        if not self.sla_id.follow_up_days:
            return {'state': 'idle', 'deadline': False, 'next_on': False, 'level': 'on_time'}
        plan = self.sla_id._plan_wait(times, moment, is_first=False)
        return {'state': 'running', 'started_on': moment, 'level': 'on_time', 'next_on': plan['owner_on'], **plan}

    # === MERGED LEADS === #

    @api.model
    def _merge(self, lead, tail_ids):
        """The customer waits since the first of the merged leads came in, until the first answer to any of them."""
        clocks = self.search([('lead_id', 'in', [lead.id, *tail_ids])])
        own = clocks.filtered(lambda clock: clock.lead_id == lead)
        tails = clocks - own
        if not tails:
            return
        own = own or self.create([self._prepare_row(lead)])
        clocks |= own
        own.write({'received_on': min(clocks.mapped('received_on')), **own._prepare_merged_response(clocks)})
        tails.unlink()
        self._show(lead)

    def _prepare_merged_response(self, clocks):
        """Return what was said first and last in the leads of ``clocks``, of which this is the one that is left."""
        self.ensure_one()
        answered = clocks.filtered('first_response_on')
        if not answered:
            return {}
        received = min(clocks.mapped('received_on'))
        first = min(answered.mapped('first_response_on'))
        last = max(filter(None, answered.mapped('last_response_on')), default=first)
        times = WorkingTime(self.company_id, min(received, first), last)
        values = {
            'first_response_on': first, 'last_response_on': last, 'response_hours': times.count(received, first)}
        deadlines = clocks.filtered('first_deadline').mapped('first_deadline')
        if deadlines:
            values.update(first_deadline=min(deadlines), in_time_rate=float(first <= min(deadlines)))
        if self.state != 'stopped' and not self.first_response_on:
            values.update(self._prepare_next_wait(times, last))
        return values

    # === ANOTHER SALESPERSON === #

    @api.model
    def _restart(self, lead_ids):
        """Whoever takes a lead over gets the whole time; how long the customer waits is still counted from the start.
        """
        clocks = self.search([('lead_id', 'in', lead_ids), ('state', '=', 'running')])
        now = fields.Datetime.now()
        for company, own in clocks.grouped('company_id').items():
            times = WorkingTime(company, now, now)
            for (sla, has_answered), same in own.grouped(
                    lambda clock: (clock.sla_id, bool(clock.first_response_on))).items():
                plan = sla._plan_wait(times, now, is_first=not has_answered)
                same.write({'started_on': now, 'level': 'on_time', 'next_on': plan['owner_on'], **plan})
        self._show(clocks.lead_id)
        self._get_calls(clocks.lead_id).unlink()

    # === READING === #

    @api.model
    def _show(self, leads):
        """Let the leads read their columns anew."""
        self.env['crm.lead'].browse(leads.ids).invalidate_recordset(SHOWN)

    @api.model
    def _read_responses(self, lead_ids):
        """Return {lead id: (first, last response)} as the chatter tells: what was said before a rule was there."""
        self.env['mail.message'].flush_model()
        return {lead_id: moments for lead_id, *moments in self.env.execute_query(self._sql_responses(lead_ids))}

    @api.model
    def _sql_responses(self, lead_ids):
        """Return the SELECT of (lead_id, first_on, last_on) of the responses to these leads: the definition of one."""
        return SQL(
            """SELECT message.res_id AS lead_id, MIN(message.date) AS first_on, MAX(message.date) AS last_on
                 FROM mail_message message
                 JOIN res_users author ON author.partner_id = message.author_id AND NOT author.share
            LEFT JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id AND subtype.internal IS NOT TRUE
            LEFT JOIN mail_activity_type kind ON kind.id = message.mail_activity_type_id
                WHERE message.model = 'crm.lead' AND message.res_id = ANY(%s)
                  AND (kind.ltc_is_response
                       OR (message.message_type IN ('comment', 'sms') AND subtype.id IS NOT NULL
                           AND EXISTS (SELECT FROM mail_message_res_partner_rel link
                                         JOIN res_partner recipient ON recipient.id = link.res_partner_id
                                        WHERE link.mail_message_id = message.id AND recipient.partner_share)))
             GROUP BY message.res_id""", list(lead_ids))
