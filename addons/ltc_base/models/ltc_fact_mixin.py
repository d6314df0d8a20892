from odoo import api, models


def get_own_defaults(model, names):
    """Return the defaults of the fields themselves: no context key and no saved default has a say.

    Odoo asks the caller's context first, then the defaults that every user may save for himself (``ir.default``),
    and those reach the server's own ``create`` as well.
    """
    defaults = {}
    for name in names:
        field = model._fields.get(name)
        if field and field.default:
            value = field.convert_to_cache(field.default(model), model, validate=False)
            defaults[name] = field.convert_to_write(field.convert_to_record(value, model), model)
    return defaults


class LtcFactMixin(models.AbstractModel):
    """A record that only the server makes: a round, an opinion, a decision, a case."""
    _name = 'ltc.fact.mixin'
    _description = "Record Made by the Server"

    @api.model
    def default_get(self, fields):
        return {**super().default_get([]), **get_own_defaults(self, fields)}
