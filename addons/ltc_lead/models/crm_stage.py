from odoo import api, fields, models


class CrmStage(models.Model):
    _inherit = 'crm.stage'

    ltc_gate_required = fields.Boolean(
        string="ATI Decision Required", compute='_compute_ltc_gate_required', store=True, readonly=False,
        precompute=True, help="Where gate ATI is in force, opportunities enter this stage after a Go only."
        " A Won stage always requires it.")

    @api.depends('is_won')
    def _compute_ltc_gate_required(self):
        self.filtered('is_won').ltc_gate_required = True
