from odoo import api, models


class LtcFlow(models.Model):
    _inherit = 'ltc.flow'

    @api.model
    def _get_document_models(self):
        return super()._get_document_models() + [
            ('contract', 'ltc.contract'), ('invoice', 'account.move'), ('cash', 'account.move')]
