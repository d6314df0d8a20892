from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ResUsers(models.Model):
    _inherit = 'res.users'

    ltc_superior_id = fields.Many2one(
        'res.users', string="Superior", domain=[('share', '=', False)],
        help="Decides where a level of authority names the submitter's superior.")

    @api.private
    def _ltc_filter_company(self, company):
        """Return those of these users who can work in ``company``: active, internal and allowed there."""
        return self.sudo().filtered(lambda user: user.active and not user.share and company in user.company_ids)

    @api.private
    def _ltc_filter_participants(self, company):
        """Return those of these users who may take part in a decision of ``company``: who can open it, no auditor."""
        return self._ltc_filter_company(company).filtered(
            lambda user: user.has_group('ltc_base.group_ltc_user') and not user.has_group('ltc_base.group_ltc_auditor'))

    @api.private
    def _ltc_check_participants(self):
        """Raise when an auditor is among these users, who are about to be named for a part in decisions."""
        auditors = self.sudo() & self.env['res.groups']._ltc_get_auditors()
        if auditors:
            raise ValidationError(self._ltc_describe_auditors(auditors))

    @api.model
    def _ltc_describe_auditors(self, auditors):
        return self.env._(
            "%s reads everything as an auditor and takes no part in decisions; choose somebody else.",
            ', '.join(auditors.mapped('name')))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_audit_log(self):
        entry_sudo = self.env['ltc.audit.log'].sudo().search(
            ['|', ('user_id', 'in', self.ids), ('on_behalf_of_id', 'in', self.ids)], limit=1)
        if entry_sudo:
            user = entry_sudo.user_id & self or entry_sudo.on_behalf_of_id
            raise UserError(self.env._(
                "%(user)s stands in the audit log and cannot be deleted; archive the user instead.", user=user.name))

    def _ltc_get_scope_domain(self, model, *owner_fields):
        """Return, for a record rule, the domain of the documents that this user sees by the data scopes."""
        return self.env['ltc.data.scope'].sudo()._get_domain(model, self, owner_fields)
