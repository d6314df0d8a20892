from odoo import models


class MailComposeMessage(models.TransientModel):
    _inherit = 'mail.compose.message'

    def _action_send_mail(self, auto_commit=False):
        self._ltc_check_offers()
        return super()._action_send_mail(auto_commit=auto_commit)

    def _action_schedule_message(self):
        self._ltc_check_offers()
        return super()._action_schedule_message()

    def _ltc_check_offers(self):
        """Raise when a quotation that is not released would be sent; plain messages to the customer go out."""
        for composer in self.filtered(lambda composer: composer.model == 'sale.order'):
            orders = composer._ltc_get_orders()
            if orders._ltc_is_gate_active('atb') and composer._ltc_carries_offer():
                orders._ltc_check_offer()

    def _ltc_get_orders(self):
        Order = self.env['sale.order']
        if self.res_domain:
            return Order.search(self._evaluate_res_domain())
        return Order.browse(self._evaluate_res_ids())

    def _ltc_carries_offer(self):
        if self.env.context.get('mark_so_as_sent'):
            return True
        if self._ltc_is_internal():
            return False
        Template = self.env['mail.template']
        return bool(
            self.template_id and self.template_id._ltc_carries_offer()
            or Template._ltc_shows_figures(self.subject) or Template._ltc_shows_figures(self.body))

    def _ltc_is_internal(self):
        """Return whether this is a note that reaches nobody but users; in a batch the template calls the recipients."""
        return (
            self.composition_mode == 'comment' and not self.composition_batch and self.subtype_is_log
            and not any(self.partner_ids.mapped('partner_share')))
