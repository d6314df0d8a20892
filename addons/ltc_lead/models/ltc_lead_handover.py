from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.ltc_base.models.ltc_owner_log import OwnerWay

from ..working_time import WorkingTime
from .utm_source import CHANNEL_TYPES

HANDOVER_STATES = [
    ('waiting', "Waiting for Sales"),
    ('accepted', "Accepted by Sales"),
    ('rejected', "Rejected by Sales"),
    ('recycled', "Recycled to Marketing"),
]
CHUNK = 200  # hand-overs a commit
SHOWN = ['ltc_handover_state', 'ltc_handover_deadline', 'ltc_sql_on']  # on crm.lead


class LtcLeadHandover(models.Model):
    """A lead handed to sales, and what sales made of it: accepted, rejected or recycled, by whom, when and why.

    Only the verbs of the lead write it. The last one of a lead is its current one and shows on the lead.
    """
    _name = 'ltc.lead.handover'
    _description = "Hand-over to Sales"
    _inherit = ['ltc.fact.mixin']
    _order = 'handed_on desc, id desc'
    _rec_name = 'lead_id'

    lead_id = fields.Many2one('crm.lead', required=True, readonly=True, index=True, ondelete='cascade')
    current_lead_id = fields.Many2one('crm.lead', readonly=True, ondelete='cascade', help="Set on the last one only.")
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='cascade')
    state = fields.Selection(HANDOVER_STATES, required=True, readonly=True, default='waiting')
    handed_by_id = fields.Many2one('res.users', string="Handed Over By", readonly=True)
    handed_on = fields.Datetime(string="Handed Over On", required=True, readonly=True, default=fields.Datetime.now)
    prior_user_id = fields.Many2one('res.users', string="Salesperson Before", readonly=True)
    user_id = fields.Many2one('res.users', string="Handed To", readonly=True, help="Empty: anybody of the team.")
    team_id = fields.Many2one('crm.team', string="Sales Team", readonly=True)
    temperature = fields.Char(readonly=True)
    note = fields.Text(readonly=True)
    deadline = fields.Datetime(readonly=True)
    escalated_on = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one('res.users', readonly=True)
    decided_on = fields.Datetime(readonly=True)
    accepted_on = fields.Datetime(readonly=True)
    decision_hours = fields.Float(
        string="Decided Within (Working Hours)", readonly=True, aggregator='avg',
        help="From the hand-over to the decision, by the working hours of the company.")
    accepted_rate = fields.Float(
        string="Accepted", readonly=True, aggregator='avg', help="Of the hand-overs that sales has decided on.")
    reason_id = fields.Many2one('ltc.lead.reject.reason', readonly=True)
    return_note = fields.Text(string="What Sales Says", readonly=True)
    source_id = fields.Many2one('utm.source', readonly=True)
    medium_id = fields.Many2one('utm.medium', readonly=True)
    campaign_id = fields.Many2one('utm.campaign', readonly=True)
    channel_type = fields.Selection(CHANNEL_TYPES, readonly=True)

    _current_uniq = models.UniqueIndex('(current_lead_id) WHERE current_lead_id IS NOT NULL')
    _waiting_idx = models.Index("(deadline) WHERE state = 'waiting'")

    # === ACTION METHODS === #

    def action_open_lead(self):
        """Open the lead that was handed over."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'crm.lead', 'res_id': self.lead_id.id, 'view_mode': 'form'}

    # === HAND OVER === #

    @api.model
    def _hand_over(self, leads, user, team, note=False):
        """Hand these leads to ``user``, or to whoever of ``team`` takes them; in one batch."""
        prior = {lead.id: lead.user_id.id for lead in leads}
        self.search([('current_lead_id', 'in', leads.ids)]).write({'current_lead_id': False})
        self.flush_model(['current_lead_id'])  # before the new ones take their place
        handovers = self.create([
            {**self._prepare_handover(lead, user, team), 'prior_user_id': prior[lead.id], 'note': note}
            for lead in leads])
        handovers._set_deadlines()
        leads.write({'user_id': user.id, **({'team_id': team.id} if team else {})})
        self._show(leads)
        handovers._ask()
        return handovers

    @api.model
    def _prepare_handover(self, lead, user, team):
        return {
            'lead_id': lead.id, 'current_lead_id': lead.id, 'company_id': lead._ltc_get_company().id,
            'handed_by_id': self.env.uid, 'user_id': user.id, 'team_id': (team or lead.team_id).id,
            'temperature': lead._ltc_get_temperature(), 'source_id': lead.source_id.id, 'medium_id': lead.medium_id.id,
            'campaign_id': lead.campaign_id.id, 'channel_type': lead.source_id.ltc_channel_type,
        }

    def _set_deadlines(self):
        for company, own in self.grouped('company_id').items():
            now = fields.Datetime.now()
            times = WorkingTime(company, now, now)
            for temperature, same in own.grouped('temperature').items():
                same.deadline = times.plan_days(now, company._ltc_get_handover_days(temperature))

    def _ask(self):
        """Leave an activity with whoever is to accept or reject."""
        self._schedule('mail_activity_type_handover', lambda handover: (
            handover._get_addressee(), handover.env._("Accept or reject the lead from %(user)s",
                                                      user=handover.handed_by_id.name)))

    def _schedule(self, xmlid, get_call):
        """Leave, in one batch, an activity about each of these leads: ``get_call`` returns (user, summary)."""
        activity_type = self.env.ref(f'ltc_lead.{xmlid}')
        model_id = self.env['ir.model']._get_id('crm.lead')
        values = []
        for handover in self:
            user, _summary = get_call(handover)
            if user:
                _user, summary = get_call(handover.with_context(lang=user.lang))
                values.append({
                    'activity_type_id': activity_type.id, 'res_model_id': model_id, 'res_id': handover.lead_id.id,
                    'user_id': user.id, 'summary': summary, 'automated': True, 'note': handover.return_note,
                    'date_deadline': fields.Date.context_today(handover, handover.deadline)
                    if handover.state == 'waiting' else handover.company_id._ltc_get_today()})
        self.env['mail.activity'].with_context(mail_activity_quick_update=True).create(values)

    def _get_addressee(self):
        self.ensure_one()
        return self.user_id.filtered('active') or self.team_id.user_id.filtered('active')

    # === DECIDE === #

    def _check_decider(self, user):
        """Raise unless ``user`` is asked by these hand-overs: addressee, the team or its leader, a sales manager.

        Or the salesperson to whom one of them has given the lead meanwhile.
        """
        if user.has_group('sales_team.group_sale_manager'):
            return
        for handover in self:
            team = handover.team_id
            asked = handover.user_id | team.user_id if handover.user_id else team.member_ids | team.user_id
            if user not in asked | handover.lead_id.user_id:
                raise AccessError(self.env._(
                    "%(lead)s was handed to %(addressee)s; only they, their team leader or a sales manager accept or"
                    " return it.", lead=handover.lead_id.display_name,
                    addressee=handover.user_id.name or team.name or self.env._("nobody")))

    def _decide(self, state, user, reason=None, note=False):
        """Write the decision of ``user``; two at the same moment decide once."""
        locked = self.try_lock_for_update()
        self.invalidate_recordset(['state'])
        for handover in self:
            if handover not in locked:
                raise UserError(self.env._(
                    "Somebody else decides on %(lead)s at this moment; open it again.",
                    lead=handover.lead_id.display_name))
            if handover.state != 'waiting':
                raise UserError(self.env._(
                    "%(lead)s does not wait for sales any more (%(state)s); hand it over again first.",
                    lead=handover.lead_id.display_name,
                    state=dict(self._fields['state']._description_selection(self.env))[handover.state]))
        now = fields.Datetime.now()
        for company, own in self.grouped('company_id').items():
            times = WorkingTime(company, min(own.mapped('handed_on')), now)
            for handover in own:
                handover.decision_hours = times.count(handover.handed_on, now)
        accepted = state == 'accepted'
        self.write({
            'state': state, 'decided_by_id': user.id, 'decided_on': now, 'accepted_on': accepted and now,
            'accepted_rate': float(accepted), 'reason_id': reason.id if reason else False, 'return_note': note})
        self._show(self.lead_id)
        self._get_requests().unlink()

    def _return(self, reason, note):
        """Give the leads back to who handed them over, and tell him why."""
        for giver, own in self.grouped(lambda handover: handover._get_giver()).items():
            own.lead_id.with_context(ltc_owner_way=OwnerWay.RECYCLE).write({'user_id': giver.id})
        for handover in self:
            handover.lead_id.message_post(body=handover._get_return_message(reason, note))
        self._schedule('mail_activity_type_returned', lambda handover: (
            handover._get_giver(), handover.env._(
                "%(sales)s returned the lead: %(reason)s", sales=handover.decided_by_id.name,
                reason=reason.with_env(handover.env).name)))

    def _get_giver(self):
        """Return to whom a lead goes back: the salesperson before, who handed it over, or somebody of marketing."""
        self.ensure_one()
        people = self.prior_user_id | self.handed_by_id
        marketing = self.env.ref('ltc_base.group_ltc_marketing')
        return (people - self.user_id).filtered('active')[:1] or marketing._ltc_get_members(self.company_id)[:1]

    def _get_return_message(self, reason, note):
        self.ensure_one()
        label = dict(self._fields['state']._description_selection(self.env))[self.state]
        return self.env._("%(state)s: %(reason)s. %(note)s", state=label, reason=reason.name, note=note or '')

    def _get_requests(self):
        return self.env['mail.activity'].search([
            ('res_model', '=', 'crm.lead'), ('res_id', 'in', self.lead_id.ids), ('activity_type_id', 'in', [
                self.env.ref('ltc_lead.mail_activity_type_handover').id])])

    @api.model
    def _show(self, leads):
        """Let the leads read their columns anew."""
        self.env['crm.lead'].browse(leads.ids).invalidate_recordset(SHOWN)

    # === OVERTAKEN AND OVERDUE === #

    @api.model
    def _accept_converted(self, lead_ids, user):
        """Whoever makes an opportunity of a lead has accepted it; one query where nothing waits."""
        waiting = self.search([('current_lead_id', 'in', lead_ids), ('state', '=', 'waiting')])
        if waiting:
            waiting._decide('accepted', user)

    @api.model
    def _cron_follow_up(self):
        """Close what events have overtaken, then tell the team leaders of what waits too long, each once."""
        cron = self.env['ir.cron']
        if not self._close_overtaken():
            return
        while late := self.search([
                ('state', '=', 'waiting'), ('escalated_on', '=', False),
                ('deadline', '<', fields.Datetime.now())], limit=CHUNK):
            late._escalate()
            if not cron._commit_progress(len(late), remaining=1):
                return
        cron._commit_progress(remaining=0)

    @api.model
    def _close_overtaken(self):
        """A lead that was lost while it waited was rejected, one that is an opportunity was accepted.

        What somebody decides on at this moment is left to him. Return False when the time of the cron is over.
        """
        waiting = self.with_context(active_test=False)
        for state, condition in (
            ('accepted', Domain('lead_id.type', '=', 'opportunity')),
            ('rejected', Domain('lead_id.active', '=', False)),
        ):
            last_id = 0
            while found := waiting.search(
                    Domain('state', '=', 'waiting') & Domain('id', '>', last_id) & condition, order='id', limit=CHUNK):
                last_id = found[-1].id
                found.try_lock_for_update()._decide_as_closed(state)
                if not self.env['ir.cron']._commit_progress(len(found), remaining=1):
                    return False
        return True

    def _decide_as_closed(self, state):
        """Decide as whoever closed the leads."""
        superuser = self.env.ref('base.user_root')
        for user, own in self.grouped(lambda handover: handover.lead_id.write_uid or superuser).items():
            own._decide(state, user)

    def _escalate(self):
        """Ask the team leader, or the superior, to see to it."""
        self.write({'escalated_on': fields.Datetime.now()})
        self._schedule('mail_activity_type_handover', lambda handover: (
            handover._get_leader(), handover.env._(
                "Overdue: nobody accepts or rejects the lead from %(user)s", user=handover.handed_by_id.name)))

    def _get_leader(self):
        self.ensure_one()
        return (self.team_id.user_id or self.user_id.ltc_superior_id).filtered('active')

    # === MERGED LEADS === #

    @api.model
    def _merge(self, lead, tail_ids):
        """Let ``lead`` keep the hand-overs of the leads that are merged into it; the last one is the current one."""
        self.flush_model()
        self.env.cr.execute(SQL(
            "UPDATE ltc_lead_handover SET lead_id = %s, current_lead_id = NULL WHERE lead_id = ANY(%s)",
            lead.id, [*tail_ids, lead.id]))
        self.env.cr.execute(SQL(
            """UPDATE ltc_lead_handover SET current_lead_id = lead_id
                WHERE id = (SELECT MAX(id) FROM ltc_lead_handover WHERE lead_id = %s)""", lead.id))
        self.invalidate_model()
        self._show(lead)
