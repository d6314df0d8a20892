from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    ltc_dunning = fields.Boolean(related='company_id.ltc_dunning', readonly=False)
    ltc_auto_invoice = fields.Boolean(related='company_id.ltc_auto_invoice', readonly=False)
    ltc_collector_user_id = fields.Many2one(related='company_id.ltc_collector_user_id', readonly=False)
    ltc_billing_user_id = fields.Many2one(related='company_id.ltc_billing_user_id', readonly=False)
