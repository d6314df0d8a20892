from odoo import api, models


class LtcCachedMixin(models.AbstractModel):
    """A set-up that is read through ``ormcache``: every change of it empties the caches, once it is made.

    A model that is written for other reasons as well names the fields that the caches hold: only a change of those
    empties them, and a new record that has one of them.
    """
    _name = 'ltc.cached.mixin'
    _description = "Cached Configuration"

    _ltc_cached_fields = None  # names of fields; None: all of them

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        names = self._ltc_cached_fields
        if names is None or any(record[name] for record in records.sudo() for name in names):
            self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        names = self._ltc_cached_fields
        if names is None or not vals.keys().isdisjoint(names):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
