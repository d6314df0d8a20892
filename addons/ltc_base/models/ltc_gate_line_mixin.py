from contextlib import ExitStack

from odoo import api, models


class LtcGateLineMixin(models.AbstractModel):
    """A line of a gated document: what changes a line changes what is decided on.

    The inheriting model names the fields that hold its documents.
    """
    _name = 'ltc.gate.line.mixin'
    _description = "Line of a Document with Decision Gates"

    _ltc_document_fields = ('order_id',)  # many2one fields to models with ltc.gate.mixin

    @api.model_create_multi
    def create(self, vals_list):
        with self._ltc_guarded_documents(vals_list):
            return super().create(vals_list)

    def write(self, vals):
        with self._ltc_guarded_documents([vals]):
            return super().write(vals)

    def unlink(self):
        with self._ltc_guarded_documents():
            return super().unlink()

    def _ltc_guarded_documents(self, vals_list=()):
        """Return the guards of the documents of these lines, and of those that ``vals_list`` moves lines to."""
        stack = ExitStack()
        for name in self._ltc_document_fields:
            documents = self[name] | self[name].browse({vals[name] for vals in vals_list if vals.get(name)})
            if documents:
                stack.enter_context(documents._ltc_guarded())
        return stack
