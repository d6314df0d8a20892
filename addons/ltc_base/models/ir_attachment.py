from odoo import api, models
from odoo.exceptions import AccessError, UserError

CONTENT_FIELDS = {'datas', 'raw', 'db_datas', 'store_fname', 'checksum', 'url', 'type'}
LINK_FIELDS = {'res_model', 'res_field', 'res_id'}


class IrAttachment(models.Model):
    """The files of fields that only the server writes (``_server_stamps``) come, change and go with the server."""
    _inherit = 'ir.attachment'

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._ltc_check_stamped()
        return attachments

    def write(self, vals):
        if not (CONTENT_FIELDS | LINK_FIELDS) & vals.keys():
            return super().write(vals)
        self._ltc_check_stamped()
        self._ltc_check_decided()
        result = super().write(vals)
        self._ltc_check_stamped()  # where they are now
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_stamped(self):
        self._ltc_check_stamped()
        self._ltc_check_decided()

    def _ltc_check_stamped(self):
        """Raise when a client touches a file of a signed document or of a signature; free of queries elsewhere."""
        if self.env.su:
            return
        for attachment in self.filtered('res_field'):
            Document = self.env.get(attachment.res_model)
            if Document is not None and attachment.res_field in getattr(Document, '_server_stamps', ()):
                document_sudo = Document.sudo().browse(attachment.res_id)  # whoever touches it need not see it
                raise AccessError(self.env._(
                    "The file %(file)s belongs to %(document)s as it was signed or sent, and stays; add a file of your"
                    " own instead.", file=attachment.name, document=document_sudo.exists().display_name))

    def _ltc_check_decided(self):
        """Raise when somebody touches a file that a round of a gate rests on; one query, none outside of gates."""
        if not self.env['ltc.gate']._is_any_in_force():
            return
        gated = self.env['ltc.gate']._get_gated_models()
        files = self.filtered(lambda attachment: attachment.res_model in gated and not attachment.res_field)
        if not files:
            return
        reviews = self.env['ltc.gate.review'].sudo().search([
            ('res_model', 'in', files.mapped('res_model')), ('res_id', 'in', files.mapped('res_id')),
            ('state', 'in', ('in_review', 'decided'))])
        held = {file_id: review for review in reviews for file_id, _name, _sum in review.attachments or ()}
        for file in files:
            if file.id in held:
                raise UserError(self.env._(
                    "The file %(file)s was submitted with review %(review)s and stays; add a new file beside it.",
                    file=file.name, review=held[file.id].name))
