import re

from lxml import html

from odoo import api, models

# what of a quotation's figures an expression names; a price list's name is no price
FIGURE = re.compile(
    r'\w*amount|\w*price(?!list)|\w*margin|\w*discount|\w*subtotal|tax_totals|order_line\b|_get_order_lines'
    r'|\w*figures|\w*snapshot|\w*read(?:_group\w*)?\(|export_data|copy_data', re.IGNORECASE)
WORD = re.compile(r'\w+\(?')
PLACEHOLDER = re.compile(r'{{(.*?)}}|#{(.*?)}', re.DOTALL)
RENDERED = ('subject', 'body_html')
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
            or template_sudo in self._ltc_get_offer_templates()
            or any(self._ltc_shows_figures(text) for text in template_sudo._ltc_get_rendered_texts()))

    def _ltc_get_rendered_texts(self):
        """Return subject and body in every language: the customer's decides which one goes out."""
        texts = []
        for template in self:
            for name in RENDERED:
                texts.extend((self._fields[name]._get_stored_translations(template) or {}).values())
        return texts

    @api.model
    def _ltc_shows_figures(self, text):
        """Return whether rendering ``text`` may fill in figures of the order: price, amount, margin, lines.

        What is typed as text is nobody's to judge; of what another view fills in nothing is known.
        """
        expressions = [first or second for first, second in PLACEHOLDER.findall(text or '')]
        for element in html.fragment_fromstring(text or '', create_parent='div').iter(html.etree.Element):
            expressions.extend(value for name, value in element.attrib.items() if name.startswith('t-'))
            if 't-call' in element.attrib:
                return True
        words = {word for expression in expressions for word in WORD.findall(expression)}
        return any(FIGURE.match(word) for word in words) or bool(words & self._ltc_get_monetary_fields())

    @api.model
    def _ltc_get_monetary_fields(self):
        return {
            name for model in ('sale.order', 'sale.order.line')
            for name, field in self.env[model]._fields.items() if field.type == 'monetary'}

    def _ltc_get_offer_templates(self):
        templates = self.env['mail.template'].sudo()
        for xmlid in OFFER_TEMPLATES:
            templates |= self.env.ref(xmlid, raise_if_not_found=False) or templates
        return templates
