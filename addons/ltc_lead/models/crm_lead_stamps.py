from odoo import api, models


class CrmLead(models.Model):
    """Columns that only the server writes: what a client sends or presets is void.

    Loaded last, so that what the other parts of a lead stamp themselves comes after it.
    """
    _inherit = 'crm.lead'

    @api.model_create_multi
    def create(self, vals_list):
        unset = dict.fromkeys(self._ltc_get_server_stamps(), False)
        if self.env.su:  # the server's own values count, the defaults of whoever called it do not
            return super().create([{**unset, **vals} for vals in vals_list])
        return super().create([{**vals, **unset} for vals in vals_list])

    def write(self, vals):
        if not self.env.su:
            stamps = self._ltc_get_server_stamps()
            vals = {name: value for name, value in vals.items() if name not in stamps}
        return super().write(vals)
