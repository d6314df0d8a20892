from odoo import api, models


class ResGroups(models.Model):
    _inherit = 'res.groups'

    @api.private
    def _ltc_get_members(self, company):
        """Return the active users of these groups (implied ones included) who work in ``company``."""
        return self.sudo().all_user_ids._ltc_filter_company(company)

    @api.private
    def _ltc_get_participants(self, company):
        """Return those members who may take part in decisions of ``company``: the auditors among them may not."""
        return self.sudo().all_user_ids._ltc_filter_participants(company)

    @api.model
    def _ltc_get_auditors(self):
        """Return, in sudo, everybody with the auditor's role, whatever his other roles."""
        return self.env.ref('ltc_base.group_ltc_auditor').sudo().all_user_ids

    @api.private
    def _ltc_get_label(self):
        """Return how people call these groups: a privilege with a single group goes by the privilege's name."""
        labels = []
        for group in self.sudo():
            privilege = group.privilege_id
            alone = privilege and privilege.group_ids == group
            labels.append(privilege.name if alone else group.display_name)
        return ', '.join(labels)
