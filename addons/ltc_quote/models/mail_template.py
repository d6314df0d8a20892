from odoo import models

OFFER_TEMPLATES = (
    'sale.email_template_edi_sale',
    'sale.email_template_proforma',
)


class MailTemplate(models.Model):
    _inherit = 'mail.template'

    def send_mail_batch(self, res_ids, force_send=False, raise_exception=False, email_values=None,
                        email_layout_xmlid=False):
        if self.model == 'sale.order' and self._ltc_carries_offer():
            self.env['sale.order'].browse(res_ids)._ltc_check_offer()
        return super().send_mail_batch(
            res_ids, force_send=force_send, raise_exception=raise_exception, email_values=email_values,
            email_layout_xmlid=email_layout_xmlid)

    def _ltc_carries_offer(self):
        """Return whether this template shows the customer the prices of a quotation."""
        template_sudo = self.sudo()  # senders need no access to report definitions
        return bool(
            template_sudo.report_template_ids.filtered(lambda report: report.model == 'sale.order')
            or template_sudo in self._ltc_get_offer_templates())

    def _ltc_get_offer_templates(self):
        templates = self.env['mail.template'].sudo()
        for xmlid in OFFER_TEMPLATES:
            templates |= self.env.ref(xmlid, raise_if_not_found=False) or templates
        return templates
