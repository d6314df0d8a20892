from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

# name, channel type
SOURCES = {
    'fair': ("Industry Fair Shanghai", 'event'),
    'partner': ("Automation Partner Ningbo", 'partner'),
}
# description, source, months back, months long, amount
COSTS = [
    ("Search advertising", 'search_engine', 5, 3, 96000),
    ("Search advertising", 'search_engine', 2, 3, 102000),
    ("Stand at the industry fair", 'fair', 6, 1, 185000),
    ("Newsletter: agency and sending", 'newsletter', 4, 5, 30000),
    ("Professional network, sponsored posts", 'linkedin', 3, 2, 42000),
    ("Bonus of the partner", 'partner', 7, 8, 64000),
]
CASE_SOURCES = ['search_engine', 'fair', 'partner', 'linkedin', 'fair']
# how a lead that was handed over ended: state, reason, what sales says
RETURNS = [
    ('rejected', 'no_need', "They build such cells themselves and wanted a price to compare."),
    ('recycled', 'early', "The new hall is decided in autumn; call again in September."),
    ('rejected', 'region', "The plant stands abroad, we have no service there."),
    ('recycled', 'budget', "Wants it, has no budget before next year."),
]
FEEDBACK = "Spoke with %s: sends drawings and the cycle time."


class LtcDemo(models.AbstractModel):
    _inherit = 'ltc.demo'

    @api.model
    def _play_sla(self):
        """Leads are answered, most of them in time; some are handed over; channels cost money."""
        self._hire({'operations': ['ltc_base.group_ltc_marketing']})
        for key, (name, channel_type) in SOURCES.items():
            self._keep(f'source_{key}', self.env['utm.source'].create({'name': name, 'ltc_channel_type': channel_type}))
        self._sort_cases_by_source()
        self._spend_on_channels()
        leads = self.env['crm.lead'].search(
            [('type', '=', 'lead'), ('company_id', '=', self._company().id)], order='create_date DESC, id')
        self._play_handovers(leads[4:16])
        self._play_nurture(leads.filtered(lambda lead: lead.ltc_handover_state == 'recycled'))
        self._play_responses(leads)

    @api.model
    def _get_channel(self, key):
        return self._find(f'source_{key}') if key in SOURCES else self.env['utm.source'].browse(
            self._get_source_id(key))

    @api.model
    def _sort_cases_by_source(self):
        cases = self.env['crm.lead'].search(
            [('type', '=', 'opportunity'), ('company_id', '=', self._company().id)], order='id')
        for number, lead in enumerate(cases):
            lead.source_id = self._get_channel(CASE_SOURCES[number % len(CASE_SOURCES)])

    @api.model
    def _spend_on_channels(self):
        month = fields.Date.context_today(self).replace(day=1)
        self._as('operations', self.env['ltc.channel.cost']).create([{
            'name': name, 'company_id': self._company().id, 'source_id': self._get_channel(source).id,
            'currency_id': self._company().currency_id.id, 'amount': amount,
            'date_from': month - relativedelta(months=back),
            'date_to': month + relativedelta(months=length - back, days=-1),
        } for name, source, back, length, amount in COSTS if self._get_channel(source)])

    # === HAND-OVERS === #

    @api.model
    def _play_handovers(self, leads):
        """Sales operations hands leads over: half of them are accepted, some come back, two wait."""
        self._as('operations', leads)._ltc_hand_over(self._user('sales'), self._find('team'), "Called, wants an offer.")
        accepted, returned = leads[:6], leads[6:10]
        self._as('sales', accepted).action_ltc_accept()
        for lead, (kind, reason, note) in zip(returned, RETURNS, strict=True):
            self._as('sales', lead)._ltc_return(kind, self.env.ref(f'ltc_lead.ltc_lead_reject_reason_{reason}'), note)
        handovers = self.env['ltc.lead.handover'].search([('lead_id', 'in', leads.ids)])
        for number, handover in enumerate(handovers.filtered('decided_on')):
            hours = (2, 6, 11, 4, 17)[number % 5]
            begun = self._get_working_moment(fields.Datetime.now() - timedelta(days=1 + number))
            handover.write({
                'handed_on': begun, 'decision_hours': hours,
                'decided_on': handover.company_id._ltc_plan_hours(hours, begun),
                'accepted_on': handover.accepted_on and handover.company_id._ltc_plan_hours(hours, begun)})

    @api.model
    def _play_nurture(self, leads):
        cadence = self.env.ref('ltc_lead.ltc_nurture_cadence_standard')
        cadence.active = True
        leads._ltc_enrol(cadence)

    # === RESPONSES === #

    @api.model
    def _play_responses(self, leads):
        """Most leads are called soon and again; every fifth is forgotten for a while, and people are reminded."""
        for number, lead in enumerate(leads.filtered('user_id')):
            age = (fields.Datetime.now() - lead.create_date).days
            if number % 5 != 2:
                hours = (2, 4, 7, 26)[number % 4]
                self._call(lead, self._get_working_moment(lead.create_date + timedelta(hours=hours)))
                if age > 2 and number % 5 != 4:
                    self._call(lead, self._get_working_moment(fields.Datetime.now() - timedelta(hours=20 + number)))
        self.env.flush_all()
        self.env['ltc.lead.clock'].search([('lead_id', 'in', leads.ids)]).unlink()
        sla = self.env.ref('ltc_lead.ltc_lead_sla_standard')
        sla.write({
            'active': True, 'company_id': self._company().id, 'team_ids': [fields.Command.link(self._find('team').id)]})
        sla.active_since = fields.Datetime.now() - timedelta(days=400)
        self.env['ltc.lead.clock']._start(sla)
        self.env['ltc.lead.clock']._escalate(500)

    @api.model
    def _call(self, lead, moment):
        """The salesperson called; when, is set in SQL, for the server stamps the message."""
        user = lead.user_id
        call = lead.with_user(user).sudo(False).with_context(mail_activity_quick_update=True).activity_schedule(
            'mail.mail_activity_data_call', summary="Call", user_id=user.id)
        messages, _activities = call._action_done(feedback=FEEDBACK % lead.contact_name)
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_message SET date = %s WHERE id = ANY(%s)",
                            [min(moment, fields.Datetime.now()), messages.ids])
        messages.invalidate_recordset(['date'])
