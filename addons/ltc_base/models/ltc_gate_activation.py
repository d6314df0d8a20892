from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class LtcGateActivation(models.Model):
    """A gate switched on in a company, and since when.

    It binds what is made from then on, and of what is older that which still has the gate's move before it
    (``_catch_documents``): a draft cannot slip through because it lay there already. What is past stays outside.
    """
    _name = 'ltc.gate.activation'
    _inherit = ['ltc.fact.mixin', 'ltc.cached.mixin']
    _description = "Decision Gate in Force"
    _order = 'company_id, gate_id'

    gate_id = fields.Many2one('ltc.gate', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='cascade')
    active_since = fields.Datetime(
        required=True, readonly=True,
        default=lambda self: self.env.cr.now().replace(microsecond=0),  # the moment of create_date
    )

    _gate_company_uniq = models.UniqueIndex('(gate_id, company_id)', "The gate is in force in this company already.")

    def _catch_documents(self):
        """Mark the documents that still have the move of these gates before them: two statements a gate."""
        for activation in self:
            gate = activation.gate_id
            for model in gate._get_bound_models() if gate._is_gated() else []:
                Document = self.env[model].sudo().with_context(active_test=False)
                company = Domain('company_id', 'in', [activation.company_id.id, False])
                self.env[model].flush_model()
                activation._mark(Document, company, "NULLIF(replace(ltc_gates_ahead, %s, ' '), ' ')", f' {gate.code} ')
                activation._mark(
                    Document, company & Document._ltc_get_ahead_domain(gate.code),
                    "COALESCE(ltc_gates_ahead, ' ') || %s", f'{gate.code} ')
                Document.invalidate_model(['ltc_gates_ahead'])

    def _mark(self, Document, domain, expression, value):
        documents = Document._search(domain, order='id')
        self.env.cr.execute(SQL(
            "UPDATE %s SET ltc_gates_ahead = %s WHERE id IN %s",
            SQL.identifier(Document._table), SQL(expression, value), documents.subselect()))
