from odoo import api, fields, models
from odoo.exceptions import AccessError


class CrmStage(models.Model):
    _inherit = 'crm.stage'

    ltc_gate_required = fields.Boolean(
        string="ATI Decision Required", compute='_compute_ltc_gate_required', store=True, readonly=False,
        precompute=True, help="Where gate ATI is in force, opportunities enter this stage after a Go only."
        " A Won stage always requires it. Sales operations decides it.")

    @api.depends('is_won')
    def _compute_ltc_gate_required(self):
        self.filtered('is_won').ltc_gate_required = True

    # === CRUD METHODS === #

    def write(self, vals):
        if 'ltc_gate_required' in vals:
            self._ltc_check_gate_switch(vals['ltc_gate_required'])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_gated(self):
        self._ltc_check_gate_switch(False)

    def _ltc_check_gate_switch(self, required):
        """Raise when somebody else than sales operations takes the gate away from before a stage."""
        if self.env.su or required or self.env.user.has_group('ltc_base.group_ltc_operations'):
            return
        for stage in self.filtered('ltc_gate_required'):
            raise AccessError(self.env._(
                "Stage %s is entered after an ATI decision only; ask sales operations to change that.", stage.name))
