from odoo import api, models


class LtcFlow(models.Model):
    _inherit = 'ltc.flow'

    @api.model
    def _get_document_models(self):
        return super()._get_document_models() + [
            ('delivery', 'ltc.contract.handover'),
            ('delivery', 'stock.picking'),
            ('delivery', 'project.project'),
            ('acceptance', 'ltc.acceptance'),
        ]
