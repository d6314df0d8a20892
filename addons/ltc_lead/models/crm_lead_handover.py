from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.ltc_base.side_fields import SideDatetime, SideSelection

from .ltc_lead_handover import HANDOVER_STATES


class CrmLead(models.Model):
    """Marketing hands a lead to sales; sales accepts it, rejects it or sends it back to be nurtured."""
    _inherit = 'crm.lead'

    ltc_handover_state = SideSelection(
        HANDOVER_STATES, string="Hand-over", side_model='ltc.lead.handover', side_column='state',
        side_key='current_lead_id')
    ltc_handover_deadline = SideDatetime(
        string="To Be Accepted By", side_model='ltc.lead.handover', side_column='deadline',
        side_key='current_lead_id')
    ltc_sql_on = SideDatetime(
        string="Accepted by Sales", side_model='ltc.lead.handover', side_column='accepted_on',
        side_key='current_lead_id', help="Since then it is a sales qualified lead.")

    # === CRUD METHODS === #

    def write(self, vals):
        converting = self._ltc_get_converting(vals)
        if converting or 'user_id' in vals or vals.get('active') is False:
            self._ltc_check_asked(is_decision=bool(converting))
        result = super().write(vals)
        if converting:
            self.env['ltc.lead.handover'].sudo()._accept_converted(converting.ids, self.env.user)
        return result

    def _merge_dependences(self, opportunities):
        (self | opportunities)._ltc_check_asked(is_decision=True)
        return super()._merge_dependences(opportunities)

    def _ltc_merge_dependences(self, opportunities, tables):
        if 'ltc_lead_handover' in tables:
            self.env['ltc.lead.handover'].sudo()._merge(self, opportunities.ids)
        return super()._ltc_merge_dependences(opportunities, tables)

    # === ACTION METHODS === #

    def action_ltc_hand_over(self):
        """Ask to whom these leads are handed over."""
        self._ltc_check_handing_over()
        return self._ltc_open_handover_dialog('ltc.lead.hand.over', self.env._("Hand Over to Sales"))

    def action_ltc_accept(self):
        """Take these leads: from here on they are sales qualified."""
        handovers_sudo = self._ltc_get_waiting_handovers()
        handovers_sudo._decide('accepted', self.env.user)
        unowned = handovers_sudo.lead_id.filtered(lambda lead: not lead.user_id)
        unowned.write({'user_id': self.env.uid})
        return True

    def action_ltc_reject(self):
        """Ask why these leads are none for sales."""
        self._ltc_get_waiting_handovers()
        return self._ltc_open_handover_dialog(
            'ltc.lead.return', self.env._("Reject Lead"), default_kind='rejected')

    def action_ltc_recycle(self):
        """Ask why it is too early for these leads."""
        self._ltc_get_waiting_handovers()
        return self._ltc_open_handover_dialog(
            'ltc.lead.return', self.env._("Recycle Lead to Marketing"), default_kind='recycled')

    def action_ltc_view_handovers(self):
        """Open all hand-overs of this lead."""
        self.ensure_one()
        self.check_access('read')
        return {
            **self.env['ir.actions.act_window']._for_xml_id('ltc_lead.ltc_lead_handover_action_lead'),
            'domain': [('lead_id', '=', self.id)],
        }

    def _ltc_open_handover_dialog(self, model, name, **context):
        return {
            'type': 'ir.actions.act_window', 'name': name, 'res_model': model, 'view_mode': 'form', 'target': 'new',
            'context': {'default_lead_ids': self.ids, 'dialog_size': 'medium', **context},
        }

    # === BUSINESS METHODS === #

    def _ltc_hand_over(self, user, team, note=False):
        """Hand these leads to a salesperson or to a team; whoever may write a lead may hand it over."""
        self._ltc_check_handing_over()
        handover = self.env['ltc.lead.handover'].sudo()  # nobody writes hand-overs but this
        return handover._hand_over(self.sudo(), user.sudo(), team.sudo(), note)

    def _ltc_return(self, kind, reason, note=False):
        """Give these leads back to marketing, with the reason."""
        handovers_sudo = self._ltc_get_waiting_handovers()
        reason_sudo = reason.sudo()
        if not reason_sudo or reason_sudo.kind not in (False, kind):
            raise UserError(self.env._("Marketing learns from the reason; choose one that fits."))
        handovers_sudo._decide(kind, self.env.user, reason_sudo, note)
        handovers_sudo._return(reason_sudo, note)

    def _ltc_check_handing_over(self):
        """Raise unless these are open leads that do not wait for sales already."""
        self.check_access('write')
        for lead in self:
            if lead.type != 'lead' or not lead.active or lead.won_status != 'pending':
                raise UserError(self.env._(
                    "%(lead)s is not an open lead; only open leads are handed over to sales.", lead=lead.display_name))
            if lead.ltc_handover_state == 'waiting':
                raise UserError(self.env._(
                    "%(lead)s waits for sales already; let it be accepted or returned first.", lead=lead.display_name))

    def _ltc_get_waiting_handovers(self):
        """Return, as superuser, the hand-overs that the user decides on; raise when there is one he may not."""
        self.check_access('read')
        handovers_sudo = self.env['ltc.lead.handover'].sudo().search([('current_lead_id', 'in', self.ids)])
        waiting_sudo = handovers_sudo.filtered(lambda handover: handover.state == 'waiting')
        for lead in self - waiting_sudo.lead_id.sudo(False):
            raise UserError(self.env._(
                "%(lead)s does not wait for sales; hand it over first.", lead=lead.display_name))
        waiting_sudo._check_decider(self.env.user)
        return waiting_sudo

    def _ltc_check_asked(self, is_decision):
        """Raise when somebody who is not asked takes or closes a lead that waits for sales, and so decides on it.

        Whoever handed it over may take it back, but not accept it himself.
        """
        leads = self.filtered(lambda lead: lead.type == 'lead')
        if self.env.su or not leads:
            return
        waiting_sudo = self.env['ltc.lead.handover'].sudo().search([
            ('current_lead_id', 'in', leads.ids), ('state', '=', 'waiting')])
        if not is_decision:
            waiting_sudo = waiting_sudo.filtered(lambda handover: handover.handed_by_id != self.env.user)
        waiting_sudo._check_decider(self.env.user)

    def _ltc_get_temperature(self):
        """Return how warm this lead is: hot, warm or cold, or nothing where nobody says so."""
        self.ensure_one()
        return self.ltc_temperature

    # === AT A GLANCE === #

    @api.model
    def _ltc_get_glance_fields(self):
        return [*super()._ltc_get_glance_fields(), 'ltc_handover_state', 'ltc_handover_deadline']

    def _ltc_get_glance_chips(self):
        chips = super()._ltc_get_glance_chips()
        if self.ltc_handover_state != 'waiting' or self.type != 'lead':
            return chips
        is_late = self.ltc_handover_deadline and self.ltc_handover_deadline < fields.Datetime.now()
        return [*chips, {
            'key': 'handover', 'icon': 'fa-handshake-o', 'tone': 'danger' if is_late else 'info',
            'label': self.env._("Accept?"), 'action': 'action_ltc_view_handovers',
            'title': self.env._("Marketing handed this lead over; sales is late to accept or reject it.") if is_late
            else self.env._("Marketing handed this lead over; sales accepts or rejects it."),
        }]
