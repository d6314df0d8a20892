from odoo import api, fields, models

from odoo.addons.ltc_base.side_fields import SideDatetime, SideSelection

from .ltc_lead_clock import SLA_LEVELS, SideFloat

SPOKEN_TYPES = ('comment', 'sms')  # messages that a person writes; what a template or a campaign sends is none


class CrmLead(models.Model):
    """How soon the customer hears from us: the clock of a lead, and what counts as a response."""
    _inherit = 'crm.lead'

    ltc_first_response_on = SideDatetime(
        string="First Response", side_model='ltc.lead.clock', side_column='first_response_on', side_key='lead_id',
        help="When one of us first wrote to the customer, or called or met him.")
    ltc_response_hours = SideFloat(
        string="First Response (Working Hours)", side_model='ltc.lead.clock', side_column='response_hours',
        side_key='lead_id', aggregator='avg')
    ltc_sla_deadline = SideDatetime(
        string="Response Due", side_model='ltc.lead.clock', side_column='deadline', side_key='lead_id')
    ltc_sla_level = SideSelection(
        SLA_LEVELS, string="Response", side_model='ltc.lead.clock', side_column='level', side_key='lead_id')

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        if self.env['ltc.lead.sla']._is_any_in_force():
            self.env['ltc.lead.clock'].sudo()._start_new(leads)
        return leads

    def write(self, vals):
        reassigned = self._ltc_get_reassigned(vals)
        result = super().write(vals)
        if reassigned:
            Clock = self.env['ltc.lead.clock'].sudo()  # only the server writes clocks
            Clock._restart(reassigned.ids)
            Clock._start_new(reassigned)
        return result

    def _ltc_merge_dependences(self, opportunities, tables):
        if 'ltc_lead_clock' in tables:
            self.env['ltc.lead.clock'].sudo()._merge(self.sudo(), opportunities.ids)
        return super()._ltc_merge_dependences(opportunities, tables)

    def _ltc_get_reassigned(self, vals):
        """Return the leads whose new salesperson is to have the whole time.

        Who drops a lead stops no clock, and who takes it again goes on where he was.
        """
        is_dropped = not self.env.su and not vals.get('user_id')
        if 'user_id' not in vals or is_dropped or not self.env['ltc.lead.sla']._is_any_in_force():
            return self.browse()
        retaken = self._ltc_get_retaken(vals)
        return self.filtered(lambda lead: lead.user_id.id != (vals['user_id'] or False) and lead.id not in retaken)

    # === WHAT COUNTS AS A RESPONSE === #

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if self._ltc_is_response(message):
            self.env['ltc.lead.clock'].sudo()._note_response(self.sudo(), message.date)
        return result

    def _ltc_is_response(self, message):
        """Return whether this message is one of ours to the customer, or tells of a call or a meeting with him.

        A log note does not count, nor does what a template, a campaign or the system sends.
        """
        self.ensure_one()
        message_sudo = message.sudo()  # colleagues and activity types of others
        author = message_sudo.author_id.main_user_id if message_sudo.author_id else self.env['res.users']
        if not author or author.share or not self._ltc_is_ours(author):
            return False
        if message_sudo.mail_activity_type_id:
            return message_sudo.mail_activity_type_id.ltc_is_response
        return (
            message_sudo.message_type in SPOKEN_TYPES and not message_sudo.subtype_id.internal
            and bool(message_sudo.outgoing_email_to or any(
                (message_sudo.partner_ids | self.sudo().message_partner_ids).mapped('partner_share'))))

    def _ltc_is_ours(self, user):
        """Return whether ``user`` speaks for this lead: its salesperson, who works on it with him, or their team."""
        self.ensure_one()
        lead_sudo = self.sudo()  # a team of another company still has its members
        owners = lead_sudo.user_id | lead_sudo.ltc_sr_user_id | lead_sudo.ltc_fr_user_id | lead_sudo.team_id.user_id
        if not owners and not lead_sudo.team_id:
            return True
        return user in owners or user in lead_sudo.team_id.member_ids

    # === AT A GLANCE === #

    @api.model
    def _ltc_get_glance_fields(self):
        return [*super()._ltc_get_glance_fields(), 'ltc_sla_deadline', 'ltc_sla_level']

    def _ltc_get_glance_chips(self):
        chips = super()._ltc_get_glance_chips()
        deadline = self.ltc_sla_deadline
        if not deadline:
            return chips
        hours = (deadline - fields.Datetime.now()).total_seconds() / 3600
        if hours > 24:
            return chips
        return [*chips, self._ltc_get_response_chip(hours)]

    def _ltc_get_response_chip(self, hours):
        """Return the chip of a response that is due in so many hours of the clock, or late by them."""
        span = self._ltc_get_span(abs(hours))
        moment = fields.Datetime.context_timestamp(self, self.ltc_sla_deadline).strftime('%Y-%m-%d %H:%M')
        chip = {'key': 'response', 'icon': 'fa-clock-o'}
        if hours >= 0:
            return {
                **chip, 'label': self.env._("%(span)s left", span=span), 'tone': 'warning',
                'title': self.env._("The customer is to hear from us by %(moment)s.", moment=moment)}
        at_risk = self.ltc_sla_level == 'risk'
        return {
            **chip, 'label': self.env._("%(span)s late", span=span), 'tone': 'danger',
            'icon': 'fa-fire' if at_risk else 'fa-clock-o',
            'title': self.env._("High risk: the customer was to hear from us by %(moment)s; the lead may be"
                                " reassigned.", moment=moment) if at_risk
            else self.env._("The customer was to hear from us by %(moment)s.", moment=moment)}

    @api.model
    def _ltc_get_span(self, hours):
        if hours < 1:
            return self.env._("%(minutes)s min", minutes=round(hours * 60))
        if hours < 48:
            return self.env._("%(hours)s h", hours=round(hours))
        return self.env._("%(days)s d", days=round(hours / 24))
