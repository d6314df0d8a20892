from odoo import models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    """A lead that is not ready yet stays in touch with us by a cadence."""
    _inherit = 'crm.lead'

    # === ACTION METHODS === #

    def action_ltc_view_nurture(self):
        """Open by which cadence this lead is nurtured, and what comes next."""
        self.ensure_one()
        self.check_access('read')
        return {
            **self.env['ir.actions.act_window']._for_xml_id('ltc_lead.ltc_nurture_enrolment_action'),
            'domain': [('lead_id', '=', self.id)],
            'context': {'create': False},
        }

    # === BUSINESS METHODS === #

    def _ltc_enrol(self, cadence):
        """Send these leads through ``cadence``; whoever may write a lead may do it."""
        self.check_access('write')
        Enrolment = self.env['ltc.nurture.enrolment'].sudo()  # nobody writes enrolments but this
        for lead in self:
            if not lead.active or lead.won_status != 'pending':
                raise UserError(self.env._(
                    "%(lead)s is closed; only open leads are nurtured.", lead=lead.display_name))
        for running in Enrolment.search([('lead_id', 'in', self.ids), ('state', '=', 'running')], limit=1):
            raise UserError(self.env._(
                "%(lead)s runs through %(cadence)s already; stop that first.",
                lead=running.lead_id.display_name, cadence=running.cadence_id.name))
        if not cadence.step_ids:
            raise UserError(self.env._("Cadence %(cadence)s has no steps; add some first.", cadence=cadence.name))
        return Enrolment._enrol(self.sudo(), cadence.sudo())

    def _ltc_merge_dependences(self, opportunities, tables):
        if 'ltc_nurture_enrolment' in tables:
            self.env['ltc.nurture.enrolment'].sudo()._merge(self.sudo(), opportunities.ids)
        return super()._ltc_merge_dependences(opportunities, tables)

    def _message_post_after_hook(self, message, msg_vals):
        """An answer of the customer ends the cadence at once."""
        result = super()._message_post_after_hook(message, msg_vals)
        if self._ltc_is_answer(message):
            self.env['ltc.nurture.enrolment'].sudo()._stop_overtaken(self.ids)
        return result

    def _ltc_is_answer(self, message):
        """Return whether the customer wrote this message."""
        message_sudo = message.sudo()
        author = message_sudo.author_id.main_user_id
        return message_sudo.message_type in ('email', 'comment') and (not author or author.share)
