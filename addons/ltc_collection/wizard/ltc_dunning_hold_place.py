from odoo import fields, models


class LtcDunningHoldPlace(models.TransientModel):
    _name = 'ltc.dunning.hold.place'
    _description = "Put Dunning on Hold"

    line_ids = fields.Many2many('account.move.line', string="Due Lines", required=True)
    reason = fields.Char(required=True, help="Why the customer is not reminded; stays on record.")
    date_until = fields.Date(string="Until", help="Empty: until a collector releases it.")

    def action_hold(self):
        self.ensure_one()
        self.env['ltc.dunning.hold']._place(self.line_ids, self.reason, self.date_until)
        return {'type': 'ir.actions.client', 'tag': 'soft_reload'}
