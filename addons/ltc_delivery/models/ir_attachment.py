from odoo import api, models
from odoo.exceptions import UserError

CONTENT_FIELDS = {'datas', 'raw', 'db_datas', 'store_fname', 'checksum', 'url', 'type'}
LINK_FIELDS = {'res_model', 'res_field', 'res_id'}


class IrAttachment(models.Model):
    """Files that prove an acceptance or made a payment node billable stay as they were."""
    _inherit = 'ir.attachment'

    def write(self, vals):
        if (CONTENT_FIELDS | LINK_FIELDS) & vals.keys():
            self._ltc_check_documents()
        if CONTENT_FIELDS & vals.keys():
            self._ltc_check_deliverables()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_ltc_evidence(self):
        self._ltc_check_documents()
        self._ltc_check_deliverables()

    def _ltc_check_documents(self):
        """Raise if these are files of an accepted certificate or a billable node; other models' cost no query."""
        attachments_sudo = self.sudo()  # whoever deletes the file need not see what it proves
        certificate_ids = attachments_sudo._ltc_get_record_ids('ltc.acceptance')
        accepted = certificate_ids and self.env['ltc.acceptance'].sudo().search(
            [('id', 'in', certificate_ids), ('state', '=', 'accepted')], limit=1)
        if accepted:
            raise UserError(self.env._(
                "The files of certificate %s prove the customer's acceptance and stay; add a further file instead.",
                accepted.name))
        nodes_sudo = self.env['ltc.payment.plan.line'].sudo().browse(
            attachments_sudo._ltc_get_record_ids('ltc.payment.plan.line')).exists()
        for attachment in attachments_sudo.filtered(lambda attachment: attachment.res_model == nodes_sudo._name):
            node = nodes_sudo.filtered(lambda node, attachment=attachment: node.id == attachment.res_id)
            if node.triggered_on and attachment.create_date <= node.triggered_on:
                raise UserError(self.env._(
                    "The files of node %s made it billable and stay; add a further file instead.", node.name))

    def _ltc_get_record_ids(self, model_name):
        return self.filtered(lambda attachment: attachment.res_model == model_name).mapped('res_id')

    def _ltc_check_deliverables(self):
        """Raise if one of these files is the evidence on which a node became billable."""
        loose = self.sudo().filtered(lambda attachment: not attachment.res_field)
        used = loose and self.env['ltc.deliverable'].sudo().search(
            [('attachment_ids', 'in', loose.ids), ('plan_line_id.triggered_on', '!=', False)], limit=1)
        if used:
            raise UserError(self.env._(
                "The files of evidence %(evidence)s made node %(node)s billable and stay; add a further file instead.",
                evidence=used.name, node=used.plan_line_id.name))
