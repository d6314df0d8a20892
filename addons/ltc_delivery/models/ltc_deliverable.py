from odoo import api, fields, models
from odoo.exceptions import UserError


class LtcDeliverable(models.Model):
    _inherit = 'ltc.deliverable'

    attachment_ids = fields.Many2many(ondelete='restrict')  # a file that proves something is not deleted elsewhere

    def write(self, vals):
        if {'attachment_ids', 'plan_line_id', 'name'} & vals.keys():
            self._check_unused(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_unused({})

    def _check_unused(self, vals):
        """Raise if these are the evidence on which a node became billable; files may still be added to it."""
        if vals.keys() == {'attachment_ids'} and self._is_adding(vals['attachment_ids']):
            return
        for deliverable in self.filtered(lambda deliverable: deliverable._is_used()):
            raise UserError(self.env._(
                "Evidence %(evidence)s made node %(node)s billable and stays as it is; add a further file instead.",
                evidence=deliverable.name, node=deliverable.plan_line_id.name))

    def _is_used(self):
        self.ensure_one()
        return bool(self.is_done and self.plan_line_id.triggered_on)

    @api.model
    def _is_adding(self, commands):
        adding = (fields.Command.LINK, fields.Command.CREATE)
        return all(isinstance(command, (list, tuple)) and command[0] in adding for command in commands or ())
