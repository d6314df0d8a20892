from odoo import models


class CrmLead(models.Model):
    _inherit = 'crm.lead'

    def action_sale_quotations_new(self):
        self._ltc_check_gate('ati')  # asked before the salesperson fills in a quotation that cannot be saved
        return super().action_sale_quotations_new()

    def action_new_quotation(self):
        self._ltc_check_gate('ati')
        return super().action_new_quotation()

    def _update_revenues_from_so(self, order):
        """Leave the expected revenue alone where gate ATI decided on it; the case carries the order's amount."""
        return super(CrmLead, self - self._ltc_is_gate_active('ati'))._update_revenues_from_so(order)

    def _ltc_has_quotation(self):
        """Any quotation or order that was not cancelled counts, whoever may see it."""
        return super()._ltc_has_quotation() or any(order.state != 'cancel' for order in self.sudo().order_ids)
