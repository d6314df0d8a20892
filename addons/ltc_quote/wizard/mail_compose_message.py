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
        return bool(
            self.env.context.get('mark_so_as_sent')
            or self.template_id and self.template_id._ltc_carries_offer())
