from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.ltc_base.models.ltc_gate_approval import PASSING
from odoo.addons.ltc_base.side_fields import SideInteger
from odoo.addons.ltc_base.tools import get_plain_text


class SaleOrder(models.Model):
    """V1, V2, …: what was submitted, decided or sent is frozen; the quotation itself is always the newest."""
    _name = 'sale.order'
    _inherit = ['sale.order', 'ltc.side.mixin']

    ltc_version = SideInteger(
        string="Version", side_model='ltc.quote.version', side_column='number', side_key='order_id',
        side_where={'is_last': True}, help="The newest version that was frozen: submitted, decided or sent.")
    ltc_revision_reason = fields.Text(
        string="Reason of Change", copy=False, groups='base.group_user',
        help="Why the version in work differs from the last one.")

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_versioned(self):
        """Keep versions and negotiation log: a draft that nobody submitted or sent has none and may go."""
        for model in ('ltc.quote.version', 'ltc.quote.concession'):
            kept = self.env[model].sudo().search([('order_id', 'in', self.ids)], limit=1).order_id
            if kept:
                raise UserError(self.env._(
                    "Quotation %s has versions or a negotiation log, which are kept; cancel it instead of deleting it.",
                    kept.name))

    # === ACTION METHODS === #

    def action_ltc_revise(self):
        """Open the dialog that starts a new version of this quotation."""
        self.ensure_one()
        self._ltc_check_revision()
        return self._ltc_open_dialog('ltc.quote.revise', self.env._("New Version of %s", self.name))

    def action_view_ltc_versions(self):
        """Open the frozen versions of this quotation."""
        return self._ltc_view_history('ltc_quote.ltc_quote_version_action', self.env._("Versions of %s", self.name))

    def _ltc_open_dialog(self, model, name):
        """Return the action that opens a dialog of ``model`` on this quotation."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': name,
            'res_model': model,
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_order_id': self.id},
        }

    def _ltc_view_history(self, action, name):
        """Return the window action ``action``, named ``name``, on what belongs to this quotation."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id(action),
            'name': name,
            'domain': [('order_id', '=', self.id)],
        }

    def action_quotation_sent(self):
        result = super().action_quotation_sent()
        self._ltc_freeze_sent('sent')  # what was held back went to nobody
        return result

    def message_post(self, **kwargs):
        message = super().message_post(**kwargs)
        if self.env.context.get('mark_so_as_sent'):
            self._ltc_freeze_sent('sent')
        return message

    def _action_confirm(self):
        self._ltc_freeze_sent()  # a version in work that is agreed without being sent
        return super()._action_confirm()

    def ltc_revise(self, reason):
        """Freeze this quotation as it stands and start its next version, without cancelling it.

        A sent quotation is in work again, and one that expired gets a new expiry date.

        :param str reason: why the offer changes; required
        """
        self.ensure_one()
        self._ltc_check_revision()
        reason = reason.strip() if isinstance(reason, str) else ''
        if not reason:
            raise UserError(self.env._("%s: say why the offer changes before you start a new version.", self.name))
        version = self._ltc_keep_version('revised')
        self.filtered(lambda order: order.state == 'sent').action_draft()
        self.ltc_revision_reason = reason
        self.message_post(body=self.env._(
            "New version after V%(number)s: %(reason)s", number=version.number, reason=reason))
        return True

    # === BUSINESS METHODS === #

    def _ltc_check_revision(self):
        self.check_access('write')
        if not self._ltc_is_open():
            raise UserError(self.env._(
                "%s is no quotation any more; make a new quotation or change the order instead.", self.name))
        review = self._ltc_get_open_reviews()[:1]
        if review:
            raise UserError(self.env._(
                "%(order)s is under review (%(review)s); withdraw the review before you start a new version.",
                order=self.name, review=review.name))

    def _ltc_submit(self, code, answers=None, note='', urgent=False):
        review = super()._ltc_submit(code, answers, note, urgent)
        if code == 'atb':
            self._ltc_keep_version('submitted', review=review, reason=note)
        return review

    def _ltc_after_decision(self, review):
        result = super()._ltc_after_decision(review)
        if review.gate_code == 'atb' and review.decision in PASSING:
            self._ltc_keep_version('decided', review=review)
        return result

    def _ltc_freeze_sent(self, *states):
        """Freeze what goes out where versions are in use, so that no two offers carry the same number.

        :param states: only of quotations that are in one of these states
        """
        orders = self.filtered(lambda order: not states or order.state in states)
        for order in orders.filtered(lambda order: order.sudo().ltc_revision_reason):  # no field of the customer's
            order._ltc_keep_version('sent', review=order._ltc_get_last_review('atb'))

    def _ltc_keep_version(self, origin, review=None, reason=''):
        """Freeze this quotation as its next version unless it is the last one still; return that version in sudo."""
        self.ensure_one()
        order_sudo = self.sudo()  # users only read versions, and may not see the margin
        last = self.env['ltc.quote.version'].sudo().search([('order_id', '=', self.id), ('is_last', '=', True)])
        snapshot, costs = order_sudo._ltc_prepare_snapshot(), order_sudo._ltc_prepare_cost_snapshot()
        if last and last.snapshot == snapshot and last.costs == costs:
            if review and last.review_id != review:
                last.review_id = review.id  # the same offer in another round
            order_sudo._ltc_end_revision()
            return last
        last.is_last = False
        last.flush_recordset(['is_last'])  # one version of a quotation is the last, at any moment
        version = last.create({
            'order_id': self.id,
            'company_id': order_sudo.company_id.id,
            'currency_id': order_sudo.currency_id.id,
            'number': last.number + 1,
            'is_last': True,
            'origin': origin,
            'reason': order_sudo.ltc_revision_reason or reason or False,
            'user_id': self.env.uid,
            'frozen_on': fields.Datetime.now(),
            'review_id': review.id if review else False,
            'amount_untaxed': order_sudo.amount_untaxed,
            'amount_total': order_sudo.amount_total,
            'validity_date': order_sudo.validity_date,
            'snapshot': snapshot,
            'costs': costs,
        })
        self.invalidate_recordset(['ltc_version'], flush=False)
        order_sudo._ltc_end_revision()
        return version

    def _ltc_end_revision(self):
        if self.ltc_revision_reason:
            self.ltc_revision_reason = False

    def _ltc_get_version_label(self):
        """Return the version that this quotation is or becomes, such as "V2", or '' where none was ever frozen."""
        self.ensure_one()
        order_sudo = self.sudo()  # the customer reads the number, not the reason
        number = order_sudo.ltc_version + (1 if order_sudo.ltc_revision_reason else 0)
        return f'V{number}' if number else ''

    # === SNAPSHOT === #

    def _ltc_prepare_snapshot(self):
        """Return the terms, totals and lines of this quotation, JSON-able, without cost; extend both of ``super()``."""
        self.ensure_one()
        return {
            'partner': self.partner_id.id,
            'currency': self.currency_id.name,
            'pricelist': self.pricelist_id.id,
            'payment_term': self.payment_term_id.id,
            'fiscal_position': self.fiscal_position_id.id,
            'validity_date': fields.Date.to_string(self.validity_date),
            'delivery_date': fields.Datetime.to_string(self.commitment_date),
            'terms': get_plain_text(self.note),
            'amount_untaxed': self.currency_id.round(self.amount_untaxed),
            'amount_tax': self.currency_id.round(self.amount_tax),
            'amount_total': self.currency_id.round(self.amount_total),
            'lines': [line._ltc_prepare_snapshot() for line in self.order_line if not line.is_downpayment],
        }

    def _ltc_prepare_cost_snapshot(self):
        """Return what of this quotation not everybody may see: margin, and {line id: its cost and margin}."""
        self.ensure_one()
        return {
            'margin': self.currency_id.round(self.margin),
            'margin_percent': round(self.margin_percent * 100, 2),
            'lines': {str(line.id): {
                'cost': round(line.purchase_price, 6),
                'margin': round(line.margin, 2),
                'margin_percent': round(line.margin_percent * 100, 2),
            } for line in self.order_line if not line.display_type and not line.is_downpayment},
        }
