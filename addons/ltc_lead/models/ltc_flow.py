from odoo import api, fields, models
from odoo.tools import SQL

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

    def _lose_pursued(self):
        """Lose those of these cases that run and still depend on their opportunity.

        One query, for losing an opportunity is an everyday action that must not pay for reading its case.
        """
        if not self:
            return
        self.flush_recordset(['state', 'stage'])
        self.env.cr.execute(SQL(
            """UPDATE ltc_flow SET state = 'lost', write_uid = %s, write_date = %s
                WHERE id IN %s AND state = 'open' AND stage IN %s""",
            self.env.uid, fields.Datetime.now(), self._ids, PURSUIT_STAGES))
        self.invalidate_recordset(['state', 'write_uid', 'write_date'])

    def _merge_into(self, survivor):
        """Hand every document of these cases, and what was decided on them, to ``survivor``; end these cases."""
        if not self:
            return
        for _stage, model_name in self._get_document_models():
            documents_sudo = self.env[model_name].sudo().with_context(active_test=False)  # the thread is no secret
            documents_sudo.search([('ltc_flow_id', 'in', self.ids)]).write({'ltc_flow_id': survivor.id})
        self.env['ltc.gate.review'].sudo().search([('flow_id', 'in', self.ids)]).write({'flow_id': survivor.id})
        self._lose()
