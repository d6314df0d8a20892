from odoo import models


class LtcContractAmendment(models.Model):
    _inherit = 'ltc.contract.amendment'

    def _apply(self):
        result = super()._apply()
        contracts_sudo = self.sudo().contract_id  # facts, whoever applied the amendment
        contracts_sudo._sync_milestones()
        contracts_sudo._refresh_delivery()
        return result
