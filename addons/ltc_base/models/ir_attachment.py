from odoo import api, models
from odoo.exceptions import AccessError

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
        result = super().write(vals)
        self._ltc_check_stamped()  # where they are now
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_stamped(self):
        self._ltc_check_stamped()

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
