from odoo import models
from odoo.exceptions import UserError


class LtcGateReview(models.Model):
    """The buttons that open a dialog; whether the user may is asked before it opens, and again when it acts."""
    _inherit = 'ltc.gate.review'

    def action_open_decide(self):
        """Open the dialog that decides these rounds; the button's context may choose the decision."""
        if len(self) == 1:
            self._check_may_decide()
        size = {'dialog_size': 'extra-large'} if len(self) > 1 else {}
        return self._open_dialog('ltc.gate.decide', self.env._("Decide"), default_review_ids=self.ids, **size)

    def action_open_opinion(self):
        """Open the dialog in which the user gives an opinion."""
        self.ensure_one()
        if not self.sudo()._get_open_opinions(self.env.user):
            raise UserError(self.env._(
                "Review %s does not wait for an opinion of yours; open My Reviews to see what does.", self.name))
        return self._open_dialog(
            'ltc.gate.opinion.give', self.env._("Give Your Opinion"), default_review_id=self.id)

    def action_open_return(self):
        """Open the dialog that returns the document for rework."""
        self.ensure_one()
        self._check_concerns_me()
        return self._open_dialog(
            'ltc.gate.return', self.env._("Return for Rework"), default_review_id=self.id)

    def action_open_add_reviewer(self):
        """Open the dialog that asks more people for an opinion."""
        self.ensure_one()
        self._check_concerns_me()
        return self._open_dialog(
            'ltc.gate.reviewer.add', self.env._("Ask Another Reviewer"), default_review_id=self.id)

    def _open_dialog(self, model, title, **context):
        return {
            'type': 'ir.actions.act_window',
            'name': title,
            'res_model': model,
            'view_mode': 'form',
            'target': 'new',
            'context': {
                **{key: value for key, value in self.env.context.items() if key == 'default_decision'},
                **context,
            },
        }
