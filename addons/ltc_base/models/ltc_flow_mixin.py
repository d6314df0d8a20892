from odoo import api, fields, models


class LtcFlowMixin(models.AbstractModel):
    """A document that can belong to a lead-to-cash case."""
    _name = 'ltc.flow.mixin'
    _description = "Document of a Lead-to-Cash Case"

    ltc_flow_id = fields.Many2one(
        'ltc.flow', string="LTC Case", index='btree_not_null', copy=False, ondelete='restrict')
    ltc_flow_bar = fields.Json(compute='_compute_ltc_flow_bar', compute_sudo=True)

    @api.depends('ltc_flow_id.stage', 'ltc_flow_id.state')
    @api.depends_context('lang')
    def _compute_ltc_flow_bar(self):
        for document in self:
            document.ltc_flow_bar = document.ltc_flow_id._get_bar() if document.ltc_flow_id else False
