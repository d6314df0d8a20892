from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

REVISING = object()  # in the context while a new version is started; no client can send it
TOLD_DAYS = 30  # who switches the notice on is not told of what expired long ago
CHUNK = 100
EXPIRY_TASK = 'ltc_quote.mail_activity_type_expiry'


class SaleOrder(models.Model):
    """Validity: sent, expired by its date, and then a new version or the end."""
    _inherit = 'sale.order'

    ltc_expiry_told = fields.Selection(
        [('soon', "That It Ends Soon"), ('expired', "That It Ended")], string="Told of Its Validity", readonly=True,
        copy=False, groups='base.group_user', help="What the salesperson was told of this validity.")

    _ltc_open_validity_idx = models.Index("(validity_date) WHERE state = 'sent'")

    # === COMPUTE METHODS === #

    def _compute_validity_date(self):
        """Leave the last day of what needs a new version: choosing another template, say, prolongs nothing."""
        kept = self.filtered(lambda order: order._origin._ltc_needs_renewal())
        for order in kept:
            order.validity_date = order._origin.validity_date
        return super(SaleOrder, self - kept)._compute_validity_date()

    # === CRUD METHODS === #

    def write(self, vals):
        if {'validity_date', 'company_id'} & vals.keys():
            self._ltc_check_renewal(vals)
        result = super().write(vals)
        if {'validity_date', 'state'} & vals.keys():
            self._ltc_withdraw_expiry()
        elif {'sale_order_template_id', 'company_id'} & vals.keys():
            self.filtered(lambda order: not order._ltc_needs_renewal())._ltc_withdraw_expiry()
        return result

    # === ACTION METHODS === #

    def ltc_revise(self, reason):
        result = super().ltc_revise(reason)
        if self.validity_date and self._ltc_is_past_validity():
            days = self.company_id.quotation_validity_days
            today = self.company_id._ltc_get_today()
            self.with_context(ltc_revising=REVISING).validity_date = days and today + timedelta(days=days)
        return result

    # === BUSINESS METHODS === #

    def _ltc_is_past_validity(self):
        """Return whether the last day of this offer is over where the company is; its state does not matter."""
        self.ensure_one()
        return bool(self.validity_date) and self.validity_date < self.company_id._ltc_get_today()

    def _ltc_needs_renewal(self):
        """Return whether the company wants a new version of this offer, for it expired; its state does not matter.

        What is cancelled, or an order, may become a draft again.
        """
        return bool(self) and self.company_id.ltc_expired_blocked and self._ltc_is_past_validity()

    def _ltc_check_renewal(self, vals):
        """Raise where the company wants a new version for an offer that expired, and ``vals`` move its expiry date
        without; or move it to a company that would.
        """
        if self.env.context.get('ltc_revising') is REVISING:
            return
        for order in self.filtered(lambda order: order._ltc_needs_renewal()):
            wanted = fields.Date.to_date(vals.get('validity_date', order.validity_date) or False)
            if wanted != order.validity_date or vals.get('company_id', order.company_id.id) != order.company_id.id:
                raise UserError(order._ltc_get_expired_message())

    def _ltc_get_confirmation_blockers(self):
        expired = self.filtered(lambda order: order._ltc_needs_renewal())
        return super()._ltc_get_confirmation_blockers() + [order._ltc_get_expired_message() for order in expired]

    def _ltc_get_expired_message(self):
        return self.env._(
            "%(order)s expired on %(date)s; start a new version of it first.", order=self.name,
            date=format_date(self.env, self.validity_date))

    # === CRON === #

    @api.model
    def _cron_ltc_expire(self):
        """Tell salespersons what expired, then cancel what nobody renewed, company by company as it wants it.

        What was told or cancelled is found no more, so the run may end at any moment and begin again.
        """
        for company in self.env['res.company'].search([]):
            today = company._ltc_get_today()
            sent = [('company_id', '=', company.id), ('state', '=', 'sent')]
            days = company.ltc_expiry_reminder_days
            if days and not self._ltc_run_in_chunks(sent + [
                ('validity_date', '>=', today), ('validity_date', '<=', today + timedelta(days=days)),
                ('ltc_expiry_told', '=', False),
            ], '_ltc_tell_soon'):
                return
            expired = sent + [('validity_date', '<', today)]
            if company.ltc_expiry_notice and not self._ltc_run_in_chunks(expired + [
                ('validity_date', '>=', today - timedelta(days=TOLD_DAYS)), ('ltc_expiry_told', '!=', 'expired'),
            ], '_ltc_tell_expired'):
                return
            if company.ltc_expiry_cancel_days and not self._ltc_run_in_chunks(expired + [
                ('validity_date', '<', today - timedelta(days=company.ltc_expiry_cancel_days)),
                ('signed_on', '=', False), ('signature', '=', False),
                ('transaction_ids', 'not any', [('state', 'in', ('pending', 'authorized', 'done'))]),
                ('ltc_review_ids', 'not any', [('state', '=', 'in_review')]),
            ], '_ltc_cancel_expired'):
                return

    @api.model
    def _ltc_run_in_chunks(self, domain, method):
        """Call ``method`` on what ``domain`` finds, a commit after each chunk; return False when time is up."""
        orders = self.search(domain, order='id')
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=len(orders))
        for start in range(0, len(orders), CHUNK):
            chunk = orders[start:start + CHUNK].try_lock_for_update()
            getattr(chunk, method)()
            if not cron._commit_progress(len(chunk)) and start + CHUNK < len(orders):
                return False
        return True

    def _ltc_tell_soon(self):
        for order in self.filtered('user_id'):
            order = order.with_context(lang=order.user_id.lang)
            order._ltc_give_expiry_task(order.env._(
                "%(order)s expires on %(date)s: ask the customer, or prolong it", order=order.name,
                date=format_date(order.env, order.validity_date)), order.validity_date)
        self.ltc_expiry_told = 'soon'

    def _ltc_tell_expired(self):
        self._ltc_withdraw_expiry()
        for order in self.filtered('user_id'):
            order = order.with_context(lang=order.user_id.lang)
            order._ltc_give_expiry_task(order.env._("%s expired: start a new version, or cancel it", order.name))
        self.ltc_expiry_told = 'expired'

    def _ltc_give_expiry_task(self, summary, date_deadline=None):
        """Leave the salesperson a task; :meth:`_cron_ltc_expire` asks once for each."""
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            EXPIRY_TASK, date_deadline=date_deadline, user_id=self.user_id.id, summary=summary)

    def _ltc_withdraw_expiry(self):
        """Take the tasks back once the validity moved, or the quotation went on: nobody needs to tick them off."""
        told_sudo = self.sudo().filtered('ltc_expiry_told')
        if told_sudo:
            told_sudo.activity_unlink([EXPIRY_TASK])
            told_sudo.ltc_expiry_told = False

    def _ltc_cancel_expired(self):
        for order in self:
            order._message_log(body=order.env._(
                "Cancelled: expired on %s and not renewed.", format_date(order.env, order.validity_date)))
        self._action_cancel()
