from odoo import api, fields, models


class LtcGateSubmit(models.TransientModel):
    """Tell with the submission to ATB which room to negotiate is asked for: the deciders are chosen for it."""
    _inherit = 'ltc.gate.submit'

    room_summary = fields.Char(string="Room to Negotiate", compute='_compute_room_summary')

    @api.depends('gate_id', 'res_model', 'res_id')
    @api.depends_context('lang')
    def _compute_room_summary(self):
        for submit in self:
            is_offer = submit.res_model == 'sale.order' and submit.gate_id.code == 'atb'
            submit.room_summary = is_offer and submit._get_document()._ltc_describe_room()
