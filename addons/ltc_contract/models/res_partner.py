from datetime import date

from odoo import models

APPROVED_STATES = ('signed', 'closed')


class ResPartner(models.Model):
    """When the contracts of a customer end: he comes back to the public pool some time after the last one."""
    _inherit = 'res.partner'

    def _ltc_get_contract_end(self, company):
        """Let the contracts speak for the customers who have signed one; one that runs without an end has none yet."""
        ends = super()._ltc_get_contract_end(company)
        contracts_sudo = self.env['ltc.contract'].sudo().search_fetch(  # the pools ask, whoever may read contracts
            [('partner_id', 'child_of', self.ids), ('company_id', '=', company.id), ('state', 'in', APPROVED_STATES)],
            ['partner_id', 'state', 'date_end', 'closed_on'])
        contract_ends = {}
        for contract in contracts_sudo:
            closed_on = contract.state == 'closed' and contract.closed_on
            end = contract.date_end or (closed_on.date() if closed_on else date.max)
            customer_id = contract.partner_id.commercial_partner_id.id
            contract_ends[customer_id] = max(contract_ends.get(customer_id, end), end)
        ends.update(contract_ends)
        return {customer_id: end for customer_id, end in ends.items() if end != date.max}
