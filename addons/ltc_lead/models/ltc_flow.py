from odoo import api, models

PURSUIT_STAGES = ('lead', 'opportunity', 'quote')  # while the opportunity, not the contract, carries the case


class LtcFlow(models.Model):
    _inherit = 'ltc.flow'

    @api.model
    def _get_document_models(self):
        return super()._get_document_models() + [('opportunity', 'crm.lead')]

    def _is_pursued(self):
        """Return whether the case still depends on its opportunity: nothing was contracted yet."""
        self.ensure_one()
        return self.stage in PURSUIT_STAGES

    def _merge_into(self, survivor):
        """Hand every document of these cases to ``survivor`` and take them out of the running ones."""
        if not self:
            return
        for _stage, model_name in self._get_document_models():
            documents_sudo = self.env[model_name].sudo().with_context(active_test=False)  # the thread is no secret
            documents_sudo.search([('ltc_flow_id', 'in', self.ids)]).write({'ltc_flow_id': survivor.id})
        self._lose()
