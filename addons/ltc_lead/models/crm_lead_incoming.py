from odoo import SUPERUSER_ID, api, models

INCOMING = object()  # no client can put this into the context


class CrmLead(models.Model):
    """Leads that come in by themselves: through the mail alias, Odoo's own website form, a chat.

    None of those modules is needed here: their leads are made by the server for somebody who is no colleague, and that
    is how they are told. They take the same way as all others through conflicts, response times, score and
    completeness; two things are added. They get a channel, and no rule turns away what a customer has written.
    """
    _inherit = 'crm.lead'

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """A mail to the alias came by mail, unless the alias says something else."""
        lead = self.with_context(ltc_incoming=INCOMING)
        values = dict(custom_values or {})
        if not values.get('medium_id') and not values.get('source_id'):
            values['medium_id'] = self.env['utm.medium']._fetch_or_create_utm_medium('email').id
        return super(CrmLead, lead).message_new(msg_dict, custom_values=values).with_env(self.env)

    @api.model
    def _add_missing_default_values(self, values):
        values = super()._add_missing_default_values(values)
        if values.get('medium_id') and not values.get('source_id') and self._ltc_is_incoming():
            source_id = self.env['utm.medium']._ltc_get_sources().get(values['medium_id'])
            if source_id:
                values['source_id'] = source_id
        return values

    @api.model
    def _ltc_is_incoming(self):
        """Return whether the server makes leads for somebody outside: a mail, a visitor of the website, a chat."""
        if self.env.context.get('ltc_incoming') is INCOMING:
            return True
        return self.env.su and (self.env.uid == SUPERUSER_ID or not self.env.user._is_internal())
