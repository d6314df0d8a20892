from odoo import api, models
from odoo.exceptions import UserError

CONTENT_FIELDS = {
    'datas', 'raw', 'db_datas', 'store_fname', 'checksum', 'url', 'type', 'res_model', 'res_field', 'res_id',
}


class IrAttachment(models.Model):
    _inherit = 'ir.attachment'

    def write(self, vals):
        if CONTENT_FIELDS & vals.keys():
            self._ltc_check_evidence()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_ltc_evidence(self):
        self._ltc_check_evidence()

    def _ltc_check_evidence(self):
        """Raise if one of these files proves an acceptance or made a payment node billable.

        Files in fields of other models are left aside without a query.
        """
        attachments_sudo = self.sudo()  # whoever deletes the file need not see what it proves
        of_certificates = attachments_sudo.filtered(lambda attachment: attachment.res_model == 'ltc.acceptance')
        accepted = of_certificates and self.env['ltc.acceptance'].sudo().search(
            [('id', 'in', of_certificates.mapped('res_id')), ('state', '=', 'accepted')], limit=1)
        if accepted:
            raise UserError(self.env._(
                "The files of certificate %s prove the customer's acceptance and stay; add a further file instead.",
                accepted.name))
        loose = attachments_sudo.filtered(lambda attachment: not attachment.res_field)
        used = loose and self.env['ltc.deliverable'].sudo().search([
            ('attachment_ids', 'in', loose.ids),
            ('plan_line_id.triggered_on', '!=', False),
        ], limit=1)
        if used:
            raise UserError(self.env._(
                "The files of evidence %(evidence)s made node %(node)s billable and stay; add a further file instead.",
                evidence=used.name, node=used.plan_line_id.name))
