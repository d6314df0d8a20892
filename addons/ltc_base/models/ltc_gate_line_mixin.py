from odoo import api, models


class LtcGateLineMixin(models.AbstractModel):
    """A line of a gated document: what changes a line changes what is decided on.

    The inheriting model names the field that holds its document.
    """
    _name = 'ltc.gate.line.mixin'
    _description = "Line of a Document with Decision Gates"

    _ltc_document_field = 'order_id'  # the many2one to a model with ltc.gate.mixin

    @api.model_create_multi
    def create(self, vals_list):
        name = self._ltc_document_field
        documents = self.env[self._fields[name].comodel_name].browse(
            {vals[name] for vals in vals_list if vals.get(name)})
        with documents._ltc_guarded():
            return super().create(vals_list)

    def write(self, vals):
        documents = self[self._ltc_document_field]
        if vals.get(self._ltc_document_field):
            documents |= documents.browse(vals[self._ltc_document_field])  # a line may be moved to another document
        with documents._ltc_guarded():
            return super().write(vals)

    def unlink(self):
        with self[self._ltc_document_field]._ltc_guarded():
            return super().unlink()
