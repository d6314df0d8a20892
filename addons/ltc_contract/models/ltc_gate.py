from odoo import models


class LtcGate(models.Model):
    _inherit = 'ltc.gate'

    def _get_bound_models(self):
        """An order waits for its contract: one that is a quotation yet is bound by ATC as well."""
        return [*super()._get_bound_models(), *(['sale.order'] if self.code == 'atc' else [])]
