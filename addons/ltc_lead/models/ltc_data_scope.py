from odoo import fields, models


class LtcDataScope(models.Model):
    _inherit = 'ltc.data.scope'

    object = fields.Selection(selection_add=[('crm.lead', "Leads and Opportunities")], ondelete={'crm.lead': 'cascade'})
