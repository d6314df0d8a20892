from odoo import models


class CrmLead(models.Model):
    """Who is credited with an opportunity; without shares its salesperson."""
    _inherit = 'crm.lead'

    def action_ltc_edit_splits(self):
        """Open the dialog with all shares of this opportunity."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Credit for %s", self.display_name),
            'res_model': 'ltc.lead.split.edit',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_lead_id': self.id},
        }

    def _ltc_merge_dependences(self, opportunities, tables):
        """What nobody shares yet is shared as the first of the merged opportunities is that has shares."""
        if 'ltc_lead_split' not in tables:
            return super()._ltc_merge_dependences(opportunities, tables)
        splits_sudo = self.env['ltc.lead.split'].sudo().search([('lead_id', 'in', (self | opportunities).ids)])
        if self not in splits_sudo.lead_id:
            shared = opportunities.filtered(lambda lead: lead in splits_sudo.lead_id)[:1]
            splits_sudo.filtered(lambda split: split.lead_id == shared).lead_id = self
        return super()._ltc_merge_dependences(opportunities, tables)
