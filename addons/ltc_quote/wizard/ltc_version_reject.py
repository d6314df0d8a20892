from odoo import fields, models
from odoo.exceptions import UserError


class LtcVersionReject(models.TransientModel):
    """Why a solution or an estimate is rejected."""
    _name = 'ltc.version.reject'
    _description = "Reject a Paper"

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Integer(required=True, readonly=True)
    reason = fields.Text(required=True)

    def action_reject(self):
        """Reject as whoever clicks; the paper asks whether he may."""
        self.ensure_one()
        if self.res_model not in self.env.registry.descendants(['ltc.version.mixin'], '_inherit'):
            raise UserError(self.env._("%s is no paper that can be rejected.", self.res_model))
        self.env[self.res_model].browse(self.res_id).action_reject(self.reason)
        return {'type': 'ir.actions.act_window_close'}
