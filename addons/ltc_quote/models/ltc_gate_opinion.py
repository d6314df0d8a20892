from odoo import models

from .ltc_gate_review import CONCEDED_FIGURES


class LtcGateOpinion(models.Model):
    _inherit = 'ltc.gate.opinion'

    def _is_kept(self, today):
        """Ask again where more room to negotiate is asked for: the price, the margin and the discount rest on it."""
        was = (self.review_id.figures or {}).get('concession_room', 0.0)
        is_concerned = not self.inputs or CONCEDED_FIGURES & set(self.inputs)
        return super()._is_kept(today) and not (is_concerned and today.get('concession_room', 0.0) > was)
