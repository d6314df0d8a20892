from odoo import models


class ProjectProject(models.Model):
    _name = 'project.project'
    _inherit = ['project.project', 'ltc.flow.mixin']

    def write(self, vals):
        if 'stage_id' in vals:
            self.filtered(lambda project: project.stage_id.id != vals['stage_id'])._ltc_check_start()
        return super().write(vals)

    def _ltc_check_start(self):
        """Raise while the contract that these projects deliver is not handed over."""
        Contract = self.env['ltc.contract']
        bound = self.filtered(
            lambda project: Contract._is_handover_in_force(project.company_id or self.env.company))
        if bound:
            bound_sudo = bound.sudo()  # project members need not see the order
            (bound_sudo.sale_order_id | bound_sudo.reinvoiced_sale_order_id)._ltc_check_handover()
