from odoo import api, models

from ..side_fields import SideColumn


class LtcSideMixin(models.AbstractModel):
    """A document that shows columns of a side table: what somebody writes into them here is left out."""
    _name = 'ltc.side.mixin'
    _description = "Document with Side Columns"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._ltc_drop_side_columns(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._ltc_drop_side_columns(vals))

    @api.model
    def _ltc_drop_side_columns(self, vals):
        return {name: value for name, value in vals.items() if not isinstance(self._fields.get(name), SideColumn)}
