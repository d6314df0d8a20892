from odoo import api, models
from odoo.fields import Domain


class LtcGateReview(models.Model):
    """Who reads a round: whoever may read its document, and those who take part in it."""
    _name = 'ltc.gate.review'
    _inherit = ['ltc.gate.review', 'ltc.gate.readable.mixin']

    @api.model
    def _get_readable_domain(self):
        """Return rounds of documents that the user may read, and those in which he has a part."""
        return Domain.OR([
            Domain('id', 'in', self.sudo()._search(self._get_part_domain())),
            *(Domain('res_model', '=', model) & Domain('res_id', 'in', self.env[model]._search(
                [], active_test=False))
              for model in self.env['ltc.gate']._get_gated_models() if self.env[model].has_access('read')),
        ])

    @api.model
    def _get_part_domain(self):
        """Return the domain of the rounds in which the user has a part, or somebody for whom he stands in."""
        me = self.env.uid
        people = [me, *(user.id for user in self.env['ltc.delegation']._get_principals(self.env.user))]
        return Domain.OR([
            Domain('submitted_by_id', '=', me),
            Domain('approval_ids.candidate_ids', 'in', people),
            Domain('approval_ids.called_user_ids', 'in', people),
            Domain('opinion_ids.candidate_ids', 'in', people),
            Domain('condition_ids.user_id', '=', me),
            Domain('escalated_user_ids', 'in', people),
        ])
