from odoo import fields, models


class LtcGateActivation(models.Model):
    """A gate switched on in a company, and since when: older documents stay outside of it."""
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
