from odoo import fields, models


class LtcDataScope(models.Model):
    _inherit = 'ltc.data.scope'

    object = fields.Selection(selection_add=[('ltc.contract', "Contracts")], ondelete={'ltc.contract': 'cascade'})
