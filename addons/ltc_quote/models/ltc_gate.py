from odoo import api, models

FREE_TYPES = ('many2one', 'many2many', 'one2many', 'char', 'text', 'html', 'selection', 'boolean', 'date', 'datetime')


class LtcGate(models.Model):
    _inherit = 'ltc.gate'

    @api.model
    def _is_withheld(self, field):
        """Return whether a customer may not read ``field`` of a quotation by the external API: its figures.

        The portal shows what is released, page by page; where no gate is in force, nothing is withheld.
        """
        return (
            not self.env.su and self.env.user.share and field.name != 'id' and field.type not in FREE_TYPES
            and self._is_any_in_force())
