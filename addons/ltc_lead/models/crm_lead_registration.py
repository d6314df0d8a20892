from odoo import api, fields, models
from odoo.tools import format_date


class CrmLead(models.Model):
    """A lead that a channel partner brought: until when he is protected stands on the card."""
    _inherit = 'crm.lead'

    ltc_registration_id = fields.Many2one(
        'ltc.lead.registration', string="Partner Registration", readonly=True, copy=False, index='btree_not_null',
        ondelete='set null')
    ltc_protected_until = fields.Date(string="Partner Protected Until", readonly=True, copy=False)

    @api.model
    def _ltc_get_server_stamps(self):
        """Nobody protects a partner by hand; the approval of his registration does."""
        return super()._ltc_get_server_stamps() | {'ltc_registration_id', 'ltc_protected_until'}

    def _ltc_merge_dependences(self, opportunities, tables):
        """The registration of a merged lead stands behind the one that is left, and its partner stays protected."""
        if 'ltc_lead_registration' not in tables:
            return super()._ltc_merge_dependences(opportunities, tables)
        lead_sudo, tails_sudo = self.sudo(), opportunities.sudo()  # both columns are the server's
        self.env['ltc.lead.registration'].sudo().search([('lead_id', 'in', opportunities.ids)]).lead_id = self
        registered = tails_sudo.filtered('ltc_registration_id')[:1]
        if registered and not lead_sudo.ltc_registration_id:
            lead_sudo.write({
                'ltc_registration_id': registered.ltc_registration_id.id,
                'ltc_protected_until': registered.ltc_protected_until})
        return super()._ltc_merge_dependences(opportunities, tables)

    def action_ltc_view_registration(self):
        self.ensure_one()
        return self.ltc_registration_id._get_records_action()

    @api.model
    def _ltc_get_glance_fields(self):
        return super()._ltc_get_glance_fields() + ['ltc_protected_until']

    def _ltc_get_glance_chips(self):
        chips = super()._ltc_get_glance_chips()
        if self.ltc_protected_until and self.ltc_protected_until >= fields.Date.context_today(self):
            chips.append({
                'key': 'partner', 'label': self.env._("Partner"), 'tone': 'info', 'icon': 'fa-handshake-o',
                'title': self.env._(
                    "A channel partner is protected until %s.", format_date(self.env, self.ltc_protected_until)),
                'action': 'action_ltc_view_registration',
            })
        return chips
