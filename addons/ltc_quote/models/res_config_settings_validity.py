from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    ltc_concession_room = fields.Float(related='company_id.ltc_concession_room', readonly=False)
    ltc_expired_blocked = fields.Boolean(related='company_id.ltc_expired_blocked', readonly=False)
    ltc_expiry_reminder_days = fields.Integer(related='company_id.ltc_expiry_reminder_days', readonly=False)
    ltc_expiry_notice = fields.Boolean(related='company_id.ltc_expiry_notice', readonly=False)
    ltc_expiry_cancel_days = fields.Integer(related='company_id.ltc_expiry_cancel_days', readonly=False)
