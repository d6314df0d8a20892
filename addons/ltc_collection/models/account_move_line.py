from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .ltc_dunning import SALE_TYPES, SETTLED_STATES

REMINDER_GROUPS = ('ltc_base.group_ltc_collector', 'ltc_base.group_ltc_finance', 'account.group_account_invoice')


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    ltc_hold_ids = fields.One2many('ltc.dunning.hold', 'line_id', string="Dunning Holds", readonly=True)
    ltc_dunning_hold = fields.Boolean(
        string="Dunning on Hold", compute='_compute_ltc_dunning_hold', search='_search_ltc_dunning_hold',
        compute_sudo=True)
    ltc_dunning_hold_reason = fields.Char(
        string="Reason of the Hold", compute='_compute_ltc_dunning_hold', compute_sudo=True)

    @api.depends('ltc_hold_ids.released_on', 'ltc_hold_ids.date_until', 'ltc_hold_ids.reason')
    def _compute_ltc_dunning_hold(self):
        open_domain = self._get_ltc_hold_domain()
        for line in self:
            hold = line.ltc_hold_ids.filtered_domain(open_domain)[:1]
            line.ltc_dunning_hold = bool(hold)
            line.ltc_dunning_hold_reason = hold.reason

    def _search_ltc_dunning_hold(self, operator, value):
        if operator != 'in':
            return NotImplemented
        holds = self.env['ltc.dunning.hold'].sudo()._search(self._get_ltc_hold_domain())
        return [('id', 'in', holds.subselect('line_id'))]

    @api.model
    def _get_ltc_hold_domain(self):
        today = fields.Date.context_today(self)
        return [('released_on', '=', False), '|', ('date_until', '=', False), ('date_until', '>=', today)]

    def action_ltc_send_reminder(self):
        """Remind the customers of these due lines now; tell why when there is nobody to remind."""
        self._ltc_check_may_remind()
        notices = self.env['ltc.dunning'].sudo()._remind(self)  # the log and the mails are nobody's to write
        if not notices:
            raise UserError('\n'.join(self._ltc_get_reminder_blockers()))
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success',
                'message': self.env._(
                    "%(lines)s of %(selected)s due lines reminded, in one reminder for each of %(customers)s"
                    " customers.", lines=len(notices.dunning_ids), selected=len(self),
                    customers=len(notices.partner_id)),
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'},
            },
        }

    def _ltc_check_may_remind(self):
        self.check_access('read')
        if not self.env.su and not any(self.env.user.has_group(group) for group in REMINDER_GROUPS):
            raise AccessError(self.env._(
                "Reminders are sent by collectors and finance only; ask one of them."))

    def _ltc_get_reminder_blockers(self):
        """Return, as sentences, why none of these lines can be reminded of now."""
        reminded_today = self.env['ltc.dunning'].sudo().search([
            ('line_id', 'in', self.ids), ('date', 'in', [company._ltc_get_today() for company in self.company_id]),
        ]).line_id
        return [line._ltc_get_reminder_blocker(line in reminded_today) for line in self] or [
            self.env._("There is no overdue instalment to remind of; select one.")]

    def _ltc_get_reminder_blocker(self, reminded_today):
        self.ensure_one()
        name = self.move_name or self.display_name
        if not self._ltc_is_open_due_line():
            return self.env._("%s has nothing left to pay; choose an open instalment.", name)
        if self.date_maturity >= self.company_id._ltc_get_today():
            return self.env._(
                "%(invoice)s is due on %(date)s only; remind after that day.", invoice=name, date=self.date_maturity)
        if self.ltc_dunning_hold:
            return self.env._(
                "%(invoice)s is on hold: %(reason)s; let a collector release it first.",
                invoice=name, reason=self.ltc_dunning_hold_reason)
        if self.no_followup:
            return self.env._("%s is marked as without follow-up; take the mark off first.", name)
        if reminded_today:
            return self.env._("%s has been reminded of today; wait until tomorrow.", name)
        if not self.company_id._ltc_get_dunning_levels():
            return self.env._(
                "%(company)s has no dunning level; let sales operations add one.", company=self.company_id.name)
        return self.env._("%s is being reminded of by another run right now; try again in a minute.", name)

    def _ltc_is_open_due_line(self):
        """Return whether this is an instalment of a customer invoice that still has something to pay."""
        self.ensure_one()
        move = self.move_id
        return bool(
            self.account_type == 'asset_receivable'
            and self.parent_state == 'posted'
            and move.move_type in SALE_TYPES
            and move.payment_state not in SETTLED_STATES
            and self.date_maturity
            and not self.reconciled
            and self.currency_id.compare_amounts(self.amount_residual_currency, 0) > 0
        )
