from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    ltc_concession_room = fields.Float(
        string="Concession Room (%)",
        help="The room to negotiate that a new quotation asks for at ATB; 0: every lower price needs a new review.")
    ltc_expired_blocked = fields.Boolean(
        string="Expired Quotations Need a New Version",
        help="A quotation that expired can neither be confirmed nor be prolonged before somebody starts a new version.")
    ltc_expiry_reminder_days = fields.Integer(
        string="Remind before Expiry (Days)",
        help="The salesperson gets a task so many days before a quotation that was sent expires; 0: never.")
    ltc_expiry_notice = fields.Boolean(
        string="Tell When a Quotation Expires",
        help="The salesperson gets a task on the day after a quotation that was sent expires.")
    ltc_expiry_cancel_days = fields.Integer(
        string="Cancel after Expiry (Days)",
        help="A quotation that was sent is cancelled so many days after it expired, unless it is under review, signed"
             " or paid; 0: never.")

    _ltc_concession_room_share = models.Constraint(
        'CHECK(ltc_concession_room IS NULL OR ltc_concession_room >= 0 AND ltc_concession_room < 100)',
        "The concession room lies between 0 and 100 %.")
    _ltc_expiry_reminder_days_positive = models.Constraint(
        'CHECK(ltc_expiry_reminder_days IS NULL OR ltc_expiry_reminder_days >= 0)',
        "A reminder comes before the quotation expires; 0 days: never.")
    _ltc_expiry_cancel_days_positive = models.Constraint(
        'CHECK(ltc_expiry_cancel_days IS NULL OR ltc_expiry_cancel_days >= 0)',
        "Quotations are cancelled after they expired; 0 days: never.")
