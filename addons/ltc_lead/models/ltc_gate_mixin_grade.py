from odoo import models


class LtcGateMixin(models.AbstractModel):
    """The grade of the customer is a dimension of the authority matrix, on every document that has a customer."""
    _inherit = 'ltc.gate.mixin'

    def _ltc_get_authority_figures(self, code):
        figures = super()._ltc_get_authority_figures(code)
        partner_sudo = self.sudo().partner_id if 'partner_id' in self._fields else None  # as strict for everybody
        if not partner_sudo:
            return figures
        return {**figures, 'customer_grade': partner_sudo.commercial_partner_id.ltc_grade or ''}
