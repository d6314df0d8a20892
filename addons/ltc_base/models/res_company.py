from odoo import api, fields, models
from odoo.exceptions import UserError

from .ltc_gate import PROFILE_RANK, PROFILES


class ResCompany(models.Model):
    _inherit = 'res.company'

    ltc_profile = fields.Selection(PROFILES, string="Lead-to-Cash Profile", required=True, default='light')

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.filtered(lambda company: company.ltc_profile != 'light')._ltc_sync_gates()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if 'ltc_profile' in vals:
            self._ltc_sync_gates()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_audited(self):
        chain_sudo = self.env['ltc.audit.chain'].sudo().search([('company_id', 'in', self.ids)], limit=1)
        if chain_sudo:
            raise UserError(self.env._(
                "%(company)s has entries in the audit log and cannot be deleted; archive the company instead.",
                company=chain_sudo.company_id.name))

    @api.private
    def _ltc_sync_gates(self):
        """Put in force the gates that each company's profile asks for, and the others out of force.

        A gate that stays in force keeps its date: only documents created from then on are bound by it.
        """
        Activation = self.env['ltc.gate.activation'].sudo()
        gates = self.env['ltc.gate'].sudo().search([])
        existing = {
            (activation.company_id, activation.gate_id): activation
            for activation in Activation.search([('company_id', 'in', self.ids)])
        }
        wanted = {
            (company, gate) for company in self for gate in gates
            if PROFILE_RANK[gate.profile] <= PROFILE_RANK[company.ltc_profile]
        }
        for pair, activation in existing.items():
            if pair not in wanted:
                activation.unlink()
        Activation.create([
            {'company_id': company.id, 'gate_id': gate.id}
            for company, gate in wanted if (company, gate) not in existing
        ])
