from odoo import fields, models

from .ltc_dunning import SALE_TYPES


class AccountMove(models.Model):
    _inherit = 'account.move'

    ltc_dunning_count = fields.Integer(string="Reminders", compute='_compute_ltc_dunning_count')

    def _compute_ltc_dunning_count(self):
        posted = self.filtered(lambda move: move.state == 'posted' and move.move_type in SALE_TYPES)
        counts = dict(self.env['ltc.dunning']._read_group(
            domain=[('move_id', 'in', posted.ids)], groupby=['move_id'], aggregates=['__count'])) if posted else {}
        for move in self:
            move.ltc_dunning_count = counts.get(move._origin, 0)

    def action_ltc_send_reminder(self):
        """Remind now of the overdue instalments of these invoices."""
        due_lines = self.line_ids.filtered(
            lambda line: line._ltc_is_open_due_line() and line.date_maturity < line.company_id._ltc_get_today())
        return (due_lines or self._ltc_get_term_lines()).action_ltc_send_reminder()

    def action_view_ltc_dunnings(self):
        """Open the reminders that the customer got about these invoices."""
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Reminders"),
            'res_model': 'ltc.dunning',
            'view_mode': 'list,form',
            'domain': [('move_id', 'in', self.ids)],
        }

    def _ltc_get_term_lines(self):
        return self.line_ids.filtered(lambda line: line.account_type == 'asset_receivable')
