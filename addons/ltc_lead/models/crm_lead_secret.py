from odoo import api, models


class CrmLead(models.Model):
    """A phone that its pool hides for ever."""
    _inherit = 'crm.lead'

    @api.depends('partner_id.phone')
    def _compute_phone(self):
        """Leave a masked number masked, whatever becomes of the contact's own."""
        masked = self.filtered(lambda lead: '*' in (lead.phone or ''))
        hidden = masked and self.env['ltc.lead.secret']._filter_hidden(masked)
        return super(CrmLead, self - hidden if hidden else self)._compute_phone()

    def _inverse_phone(self):
        """Give no masked number to the contact."""
        return super(CrmLead, self.filtered(lambda lead: '*' not in (lead.phone or '')))._inverse_phone()

    def _ltc_merge_dependences(self, opportunities, tables):
        if 'ltc_lead_secret' in tables:
            self.env['ltc.lead.secret'].sudo()._merge(self.sudo(), opportunities.ids)
        return super()._ltc_merge_dependences(opportunities, tables)

    def action_ltc_reveal_phone(self):
        """Show the true phone to an administrator of the pool that hid it; the chatter tells."""
        self.ensure_one()
        self.check_access('read')
        phone = self.env['ltc.lead.secret']._reveal(self) or self.phone
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification',
            'params': {'title': self.display_name, 'message': phone or self.env._("No phone."), 'sticky': True},
        }

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        """Give no masked number to a new contact."""
        values = super()._prepare_customer_values(partner_name, is_company=is_company, parent_id=parent_id)
        if '*' in (values.get('phone') or ''):
            values['phone'] = False
        return values
