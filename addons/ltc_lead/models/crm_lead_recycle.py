from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.ltc_base.side_fields import SideDate

RECYCLE_SHOWN_DAYS = 14  # earlier it is no news at a glance


class CrmLead(models.Model):
    """When a lead will be taken from its owner, and how he keeps it."""
    _inherit = 'crm.lead'

    ltc_recycle_on = SideDate(
        string="Recycled On", side_model='ltc.lead.recycle', side_column='recycle_on', side_key='lead_id',
        help="Without a follow-up the lead is taken from its owner then.")
    ltc_is_locked = fields.Boolean(
        string="Locked", readonly=True, copy=False, help="Its owner keeps this lead from being recycled.")

    # === AT A GLANCE === #

    def _ltc_get_glance_fields(self):
        return super()._ltc_get_glance_fields() + ['ltc_pool_id', 'ltc_pool_since', 'ltc_recycle_on', 'ltc_is_locked']

    def _ltc_get_glance_chips(self):
        chips = super()._ltc_get_glance_chips()
        if self.ltc_pool_id:
            chips.append({
                'key': 'pool', 'label': self.env._("In the Pool"), 'tone': 'info', 'icon': 'fa-tint',
                'title': self.env._("Waits in a public pool until somebody claims it.")})
        elif self.ltc_is_locked:
            chips.append({
                'key': 'locked', 'label': self.env._("Locked"), 'tone': 'muted', 'icon': 'fa-lock',
                'title': self.env._("Its owner keeps this lead from being recycled.")})
        elif self.ltc_recycle_on and self._ltc_get_recycle_days() <= RECYCLE_SHOWN_DAYS:
            chips.append(self._ltc_prepare_recycle_chip())
        return chips

    def _ltc_get_recycle_days(self):
        return (self.ltc_recycle_on - fields.Date.context_today(self)).days

    def _ltc_prepare_recycle_chip(self):
        days = self._ltc_get_recycle_days()
        tone = 'danger' if days <= 1 else 'warning' if days <= 7 else 'muted'
        label = self.env._("Recycled in %(days)s d", days=days) if days > 0 else self.env._("Recycled today")
        return {
            'key': 'recycle', 'label': label, 'tone': tone, 'icon': 'fa-recycle',
            'title': self.env._(
                "Without a follow-up it is taken from its owner on %(date)s.", date=self.ltc_recycle_on)}

    # === LOCK === #

    def action_ltc_lock(self):
        """Keep one's own leads from being recycled, as many as the pool that would take them allows."""
        self.check_access('write')
        leads = self.filtered(lambda lead: not lead.ltc_is_locked)
        strangers = leads.filtered(lambda lead: lead.user_id != self.env.user)
        if strangers:
            raise UserError(self.env._(
                "%(lead)s is not yours; only its salesperson locks it.", lead=strangers[0].display_name))
        rows = self.env['ltc.lead.recycle'].sudo().search([('lead_id', 'in', leads.ids), ('rule_id', '!=', False)])
        for pool, pool_rows in rows.grouped(lambda row: row.rule_id.pool_id).items():
            pool._check_lock_cap(self.env.user, len(pool_rows))
        for lead in leads - rows.lead_id.sudo(False):
            raise UserError(self.env._(
                "%(lead)s is not going to be recycled; it needs no lock.", lead=lead.display_name))
        rows.lead_id.write({'ltc_is_locked': True})  # in sudo: the flag is the server's
        rows.filtered('is_announced')._withdraw()
        rows.write({'recycle_on': False, 'warned_on': False})
        leads.invalidate_recordset(['ltc_recycle_on'])
        return True

    def action_ltc_unlock(self):
        self.check_access('write')
        self.sudo().write({'ltc_is_locked': False})  # the flag is the server's
        return True
