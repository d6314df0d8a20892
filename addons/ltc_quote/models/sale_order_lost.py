from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """A quotation is lost with its reason: with its opportunity, or by itself where more is offered on that."""
    _inherit = 'sale.order'

    def action_ltc_lose(self):
        """Open the dialog that asks why: the opportunity's own, where nothing else is offered on it."""
        self.ensure_one()
        self._ltc_check_loss()
        opportunity = self.opportunity_id
        if self._ltc_is_only_offer() and opportunity.has_access('write'):
            return {
                **self.env['ir.actions.act_window']._for_xml_id('crm.crm_lead_lost_action'),
                'context': {'default_lead_ids': opportunity.ids, 'default_ltc_quotation_id': self.id},
            }
        return self._ltc_open_dialog('ltc.quote.lose', self.env._("Why Is %s Lost?", self.name))

    def ltc_lose(self, reason='', note=''):
        """Cancel this quotation and keep why it was lost.

        :param str reason: the standard reason
        :param str note: what else is to say; one of both is required
        """
        self.ensure_one()
        self._ltc_check_loss()
        why = ': '.join(text.strip() for text in (reason, note) if isinstance(text, str) and text.strip())
        if not why:
            raise UserError(self.env._("%s: say why it is lost.", self.name))
        self.message_post(body=self.env._("Lost: %s", why))
        self.action_cancel()
        return True

    def _ltc_check_loss(self):
        self.check_access('write')
        if not self._ltc_is_open():
            raise UserError(self.env._("%s is no quotation any more and cannot be lost.", self.name))

    def _ltc_is_only_offer(self):
        """Return whether the opportunity of this quotation is pursued, and by nothing else than this quotation."""
        self.ensure_one()
        opportunity_sudo = self.opportunity_id.sudo()  # colleagues' quotations count too
        return opportunity_sudo.active and opportunity_sudo.won_status == 'pending' and all(
            order == self or order.state == 'cancel' for order in opportunity_sudo.order_ids)
