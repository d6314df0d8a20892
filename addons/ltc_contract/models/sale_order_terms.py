from odoo import models

from odoo.addons.ltc_quote.terms import TERMS


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    def _ltc_get_contract_differences(self, contract):
        """What ATB let through is what is signed: how the customer accepts and is billed as well."""
        sentences = super()._ltc_get_contract_differences(contract)
        order_sudo, contract_sudo = self.sudo(), contract.sudo()
        if not order_sudo._ltc_is_gate_active('atb'):
            return sentences
        labels = self._ltc_get_term_labels()
        return sentences + [
            self.env._(
                "Order %(order)s and contract %(contract)s differ in %(term)s; update the contract from the quotation,"
                " or submit the quotation to ATB with the new term.",
                order=order_sudo.name, contract=contract_sudo.name, term=labels[key].lower())
            for key, name in TERMS.items() if (order_sudo[name] or False) != (contract_sudo[name] or False)
        ]
