from odoo import fields, models


class SaleOrder(models.Model):
    """Which versions their customers have: what a paper replaces, and how its file and its mail are called."""
    _inherit = 'sale.order'

    # === ACTION METHODS === #

    def action_quotation_sent(self):
        result = super().action_quotation_sent()
        self._ltc_note_sent()
        return result

    def message_post(self, **kwargs):
        message = super().message_post(**kwargs)
        if self.env.context.get('mark_so_as_sent'):
            self._ltc_note_sent()
        return message

    def ltc_revise(self, reason):
        """Where the first version is made by its successor, nothing noted yet that the customer has it."""
        was_sent = self.state == 'sent'
        result = super().ltc_revise(reason)
        if was_sent:
            self._ltc_note_sent('draft')
        return result

    # === BUSINESS METHODS === #

    def _ltc_note_sent(self, state='sent'):
        """Note on the newest versions of those of these quotations that are in ``state`` that they went out."""
        sent = self.filtered(lambda order: order.state == state)
        if sent:
            self.env['ltc.quote.version'].sudo().search([
                ('order_id', 'in', sent.ids), ('is_last', '=', True), ('sent_on', '=', False),
            ]).sent_on = fields.Datetime.now()

    def _ltc_replaces_version(self):
        """Return whether the customer has an earlier version of this quotation than the one that it is."""
        self.ensure_one()
        number = self._ltc_get_version_label().removeprefix('V')
        return bool(number) and bool(self.env['ltc.quote.version'].sudo().search_count([
            ('order_id', '=', self.id), ('sent_on', '!=', False), ('number', '<', int(number))], limit=1))

    def _ltc_add_version(self, text):
        """Return ``text``, a file's name or the subject of a mail, with the version behind the quotation's number."""
        label = self._ltc_get_version_label() if self._ltc_is_open() else ''
        named = f'{self.name} {label}'
        if not label or not self.name or named in text:
            return text
        return text.replace(self.name, named, 1)

    def _ltc_name_version(self, values):
        """Put the version into the rendered ``values`` of a mail template."""
        if values.get('subject'):
            values['subject'] = self._ltc_add_version(values['subject'])
        if values.get('attachments'):
            values['attachments'] = [(self._ltc_add_version(name), data) for name, data in values['attachments']]

    def _get_report_base_filename(self):
        return self._ltc_add_version(super()._get_report_base_filename())
