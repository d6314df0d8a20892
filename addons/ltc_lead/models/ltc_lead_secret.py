from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class LtcLeadSecret(models.Model):
    """The phone of a lead whose pool keeps it hidden from its owner too."""
    _name = 'ltc.lead.secret'
    _description = "Hidden Phone"
    _inherit = ['ltc.fact.mixin']
    _rec_name = 'lead_id'

    lead_id = fields.Many2one('crm.lead', required=True, readonly=True, ondelete='cascade')
    pool_id = fields.Many2one('ltc.lead.pool', required=True, readonly=True, index=True, ondelete='cascade')
    phone = fields.Char(required=True, readonly=True)
    phone_sanitized = fields.Char(readonly=True)

    _lead_uniq = models.UniqueIndex('(lead_id)')

    @api.model
    def _keep_hidden(self, leads, pool_id):
        """Hide the phones that a pool hides for ever, before ``leads`` leave theirs, by whatever way, for ``pool_id``.

        A pool that hides them for ever itself needs nothing yet: its own administrators may still call.
        """
        if not self.env['ltc.lead.pool'].sudo().browse(pool_id or []).keeps_phone_hidden:
            self._hide_phones(leads.filtered(lambda lead: lead.ltc_pool_id.sudo().keeps_phone_hidden))

    @api.model
    def _filter_hidden(self, leads):
        """Return those of ``leads`` whose true phone stands here."""
        hidden = self.sudo().search([('lead_id', 'in', leads._origin.ids)]).lead_id
        return leads.filtered(lambda lead: lead._origin in hidden)

    @api.model
    def _hide_phones(self, leads):
        """Put the masked number on ``leads`` and keep the true one here; linked contacts and the history keep theirs.

        By SQL: neither the contact nor a tracked change may tell of it.
        """
        leads = leads.filtered(lambda lead: lead.phone and '*' not in lead.phone)
        if not leads:
            return
        self.env.flush_all()
        self.sudo().search([('lead_id', 'in', leads.ids)]).unlink()
        self.sudo().create([{
            'lead_id': lead.id, 'pool_id': lead.ltc_pool_id.id, 'phone': lead.phone,
            'phone_sanitized': lead.phone_sanitized} for lead in leads])
        self.env.cr.execute(SQL(
            "UPDATE crm_lead SET phone = %s, phone_sanitized = NULL, phone_state = NULL WHERE id = ANY(%s)",
            self.env['ltc.pool.lead']._sql_mask_phone(SQL("phone")), leads.ids))
        leads.invalidate_recordset(['phone', 'phone_sanitized', 'phone_state'])

    @api.model
    def _merge(self, lead, tail_ids):
        """A lead without a phone gets the masked one of those merged into it; the true one follows."""
        secrets = self.search([('lead_id', 'in', [lead.id, *tail_ids])])
        if not lead.phone and lead not in secrets.lead_id:
            ranks = {lead_id: rank for rank, lead_id in enumerate(tail_ids)}
            secrets.sorted(lambda secret: ranks[secret.lead_id.id])[:1].lead_id = lead

    @api.model
    def _reveal(self, lead):
        """Return the true phone of ``lead`` to an administrator of the pool that hid it; the chatter tells."""
        secret_sudo = self.sudo().search([('lead_id', '=', lead.id)])
        if secret_sudo and not secret_sudo.pool_id.sudo(self.env.su)._is_admin():
            raise AccessError(self.env._(
                "%(pool)s keeps its phones hidden; ask one of its administrators to reveal this one.",
                pool=secret_sudo.pool_id.name))
        if secret_sudo:
            lead.sudo()._message_log(body=self.env._("%(user)s revealed the phone.", user=self.env.user.name))
        return secret_sudo.phone
