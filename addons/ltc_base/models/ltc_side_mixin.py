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

    def _determine_fields_to_fetch(self, field_names=None, ignore_when_in_cache=False):
        """Fetch the side columns with the computed fields that rest on them; else they would cost a query each."""
        if field_names is not None:
            field_names = [*field_names, *self._ltc_get_side_columns(field_names)]
        return super()._determine_fields_to_fetch(field_names, ignore_when_in_cache)

    @api.model
    def _ltc_get_side_columns(self, field_names):
        """Return the names of the side columns that the computed ones of these fields depend on."""
        computed = [self._fields[name] for name in field_names if name in self._fields and not self._fields[name].store]
        return {
            name for field in computed for name in self.pool.field_depends[field]
            if isinstance(self._fields.get(name), SideColumn)}

    @api.model
    def _ltc_drop_side_columns(self, vals):
        return {name: value for name, value in vals.items() if not isinstance(self._fields.get(name), SideColumn)}
