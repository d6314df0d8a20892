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
