from datetime import timedelta

from odoo import api, fields, models, tools

MOMENTS = ('date_closed', 'date_conversion')  # plain columns that Odoo stamps with the present moment
PRESENT = timedelta(minutes=5)


class CrmLead(models.Model):
    """What the server computes or stamps on a lead is not for a client to write: every figure rests on it.

    The ORM takes a value for any stored column, computed ones too: whoever writes ``won_status`` would be counted as
    having won, past every gate.
    """
    _inherit = 'crm.lead'

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._ltc_drop_figures(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._ltc_drop_figures(vals))

    @api.model
    def _ltc_drop_figures(self, vals):
        """Return ``vals`` without what the server alone writes; who corrects history may enter its moments."""
        if self.env.su:
            return vals
        dropped = vals.keys() & self._ltc_get_figures()
        dropped.update(name for name in MOMENTS if name in vals and not self._ltc_is_stamp(vals[name]))
        if not vals.get('probability', True) and not vals.get('automated_probability', True):
            dropped.discard('automated_probability')  # what Odoo writes on what is lost
        return {name: value for name, value in vals.items() if name not in dropped} if dropped else vals

    @api.model
    @tools.ormcache()
    def _ltc_get_figures(self):
        """Return the names of the stored columns that are computed and that nobody may edit."""
        return frozenset(
            name for name, field in self._fields.items()
            if field.compute and field.store and field.readonly and not field.inverse)

    @api.model
    def _ltc_is_stamp(self, value):
        """Return whether this is the present moment, as Odoo stamps it, or entered by who may correct history."""
        moment = fields.Datetime.to_datetime(value or False)
        is_present = moment and abs(moment - fields.Datetime.now()) < PRESENT
        return is_present or self._ltc_may_correct_reception()
