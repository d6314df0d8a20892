from odoo import api, fields, models


class LtcFlowMixin(models.AbstractModel):
    """A document that can belong to a lead-to-cash case.

    Which case, is a fact of the hand-off: the server writes ``ltc_flow_id`` in superuser mode or by a compute method;
    what a client sends, in values or as a default, is dropped.
    """
    _name = 'ltc.flow.mixin'
    _description = "Document of a Lead-to-Cash Case"

    ltc_flow_id = fields.Many2one(
        'ltc.flow', string="LTC Case", index='btree_not_null', copy=False, ondelete='restrict')
    ltc_flow_bar = fields.Json(compute='_compute_ltc_flow_bar', compute_sudo=True, groups='base.group_user')

    @api.depends('ltc_flow_id.stage', 'ltc_flow_id.state')
    @api.depends_context('lang')
    def _compute_ltc_flow_bar(self):
        for document in self:
            document.ltc_flow_bar = document.ltc_flow_id._get_bar() if document.ltc_flow_id else False

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields):
        return super().default_get([name for name in fields if name != 'ltc_flow_id'])

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._ltc_drop_flow(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._ltc_drop_flow(vals))

    def _ltc_drop_flow(self, vals):
        """Return ``vals`` without the case, unless the server itself hands it over."""
        if self.env.su or 'ltc_flow_id' not in vals:
            return vals
        return {name: value for name, value in vals.items() if name != 'ltc_flow_id'}
