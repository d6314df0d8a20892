from odoo import api, models

FIGURE_TYPES = ('float', 'monetary')


class LtcGate(models.Model):
    _inherit = 'ltc.gate'

    @api.model
    def _is_withheld(self, field):
        """Return whether a customer may not read ``field`` of a quotation by the external API: its figures.

        The portal shows what is released, page by page; where no gate is in force, nothing is withheld.
        """
        return field.type in FIGURE_TYPES and not self.env.su and self._is_any_in_force() and self.env.user.share
