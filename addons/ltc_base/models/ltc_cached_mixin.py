from odoo import api, models


class LtcCachedMixin(models.AbstractModel):
    """A set-up that is read through ``ormcache``: every change of it empties the caches, once it is made."""
    _name = 'ltc.cached.mixin'
    _description = "Cached Configuration"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
