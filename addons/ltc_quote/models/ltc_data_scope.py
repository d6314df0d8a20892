from odoo import fields, models


class LtcDataScope(models.Model):
    _inherit = 'ltc.data.scope'

    object = fields.Selection(
        selection_add=[('sale.order', "Quotations and Orders")], ondelete={'sale.order': 'cascade'})
