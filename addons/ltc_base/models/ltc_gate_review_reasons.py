from odoo import api, fields, models


class LtcGateReview(models.Model):
    """Why a round came to those who judge it, as it was said at the submission."""
    _inherit = 'ltc.gate.review'

    reasons = fields.Json(
        string="Reasons Frozen", readonly=True, prefetch=False,
        help="By language: the limits that were crossed, and what else those who judge should know.")
    reasons_shown = fields.Json(string="Why It Is Decided Here", compute='_compute_reasons_shown')

    @api.depends('reasons', 'level_label')
    @api.depends_context('lang')
    def _compute_reasons_shown(self):
        for review in self:
            review.reasons_shown = review._get_reasons()

    def _determine_fields_to_fetch(self, field_names=None, ignore_when_in_cache=False):
        """Fetch the reasons, which are long, with the rounds that show them: with no others, and at no query more."""
        if field_names is not None and 'reasons_shown' in field_names:
            field_names = [*field_names, 'reasons']
        return super()._determine_fields_to_fetch(field_names, ignore_when_in_cache)

    def _get_reasons(self):
        """Return the level, the reasons and the notes in the reader's language; False for a round of before them."""
        self.ensure_one()
        if not self.reasons:
            return False
        said = self.reasons.get(self.env.lang) or self.reasons.get('en_US') or next(iter(self.reasons.values()))
        return {'level': self.level_label, **said}
