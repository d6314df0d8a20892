from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.ltc_base.models.ltc_gate_approval import PASSING

OPEN_STATES = ('draft', 'sent')


class SaleOrder(models.Model):
    """A quotation passes gate ATB before a customer sees it: sent, signed, paid and confirmed are moves alike."""
    _name = 'sale.order'
    _inherit = ['sale.order', 'ltc.gate.mixin', 'ltc.owner.mixin', 'ltc.customer.figure.mixin']

    _ltc_gate_codes = ('atb',)

    ltc_flow_id = fields.Many2one(compute='_compute_ltc_flow_id', store=True, precompute=True, readonly=False)

    # === COMPUTE METHODS === #

    @api.depends('opportunity_id')
    def _compute_ltc_flow_id(self):
        for order in self:
            opportunity_sudo = order.opportunity_id.sudo()  # the case is passed on whoever may see the opportunity
            order.ltc_flow_id = opportunity_sudo.ltc_flow_id or order.ltc_flow_id

    # === CONSTRAINT METHODS === #

    @api.constrains('state', 'company_id')
    def _check_ltc_state(self):
        """Guarantee of the gate: whatever route wrote the state, the facts are asked here.

        The company counts too: a quotation confirmed where no gate is in force is not moved where one is.
        """
        sent = self.filtered(lambda order: order.state == 'sent')
        confirmed = self.filtered(lambda order: order.state == 'sale')
        sentences = sent._ltc_get_offer_blockers() + confirmed._ltc_get_confirmation_blockers()
        if sentences:
            raise ValidationError('\n'.join(sentences))

    @api.constrains('signature', 'signed_by', 'signed_on')
    def _check_ltc_signature(self):
        signed = self.filtered(lambda order: order._ltc_is_open() and (order.signed_on or order.signature))
        sentences = signed._ltc_get_offer_blockers()
        if sentences:
            raise ValidationError('\n'.join(sentences))

    @api.constrains('opportunity_id')
    def _check_ltc_opportunity(self):
        opportunities_sudo = self.filtered(lambda order: order._ltc_is_open()).opportunity_id.sudo()
        blockers = opportunities_sudo._ltc_get_gate_blockers('ati') if opportunities_sudo else {}
        sentences = [sentence for reasons in blockers.values() for sentence in reasons]
        if sentences:
            raise ValidationError('\n'.join(sentences))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._ltc_enter_flow()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if 'opportunity_id' in vals:
            self._ltc_enter_flow()
        return result

    # === ACTION METHODS === #

    def action_quotation_send(self):
        self._ltc_check_offer()
        return super().action_quotation_send()

    def action_quotation_sent(self):
        orders = self
        if self.env.context.get('ltc_keep_unreleased'):
            held = self.filtered(lambda order: order._ltc_get_offer_blockers())
            for order in held:
                order._ltc_hold_confirmation(order._ltc_get_offer_blockers())
            orders -= held
        orders._ltc_check_offer()
        return super(SaleOrder, orders).action_quotation_sent()

    # === BUSINESS METHODS - MAY IT? === #

    @api.model
    def _ltc_get_ahead_domain(self, code):
        if code == 'atb':
            return Domain('state', 'in', OPEN_STATES)
        return super()._ltc_get_ahead_domain(code)

    def _ltc_is_open(self):
        self.ensure_one()
        return self.state in OPEN_STATES

    def _ltc_get_offer_blockers(self):
        """Return, as sentences, what keeps these quotations from their customers: sent, signed or paid.

        Self may hold many; extend the list of ``super()`` and keep the number of queries constant.
        """
        blockers = self._ltc_get_gate_blockers('atb')
        return [sentence for reasons in blockers.values() for sentence in reasons]

    def _ltc_get_confirmation_blockers(self):
        """Return, as sentences, what keeps these quotations from becoming orders; asked by button and constraint.

        Self may hold many; extend the list of ``super()`` and keep the number of queries constant.
        """
        return self._ltc_get_offer_blockers()

    def _confirmation_error_message(self):
        return super()._confirmation_error_message() or '\n'.join(self._ltc_get_confirmation_blockers()) or False

    def _ltc_check_offer(self):
        """Raise with every reason unless those of these orders that are still quotations may be sent."""
        sentences = self.filtered(lambda order: order._ltc_is_open())._ltc_get_offer_blockers()
        if sentences:
            raise UserError('\n'.join(sentences))

    def _ltc_get_submission_blockers(self, code):
        blockers = super()._ltc_get_submission_blockers(code)
        if code != 'atb':
            return blockers
        if not self._ltc_is_open():
            blockers.append(self.env._(
                "%(order)s is no quotation any more; submit a new quotation instead.", order=self.display_name))
        lines = self._ltc_get_offered_lines()
        if not lines:
            blockers.append(self.env._(
                "%(order)s offers nothing yet; add the products first.", order=self.display_name))
        elif not all(line.product_id for line in lines):
            blockers.append(self.env._(
                "%(order)s has lines without a product; choose one on each line.", order=self.display_name))
        return blockers

    def _ltc_get_unordered_blockers(self):
        """Return a sentence for each of these documents that is no order (yet): nothing is billed or delivered on it.
        """
        waiting = self.filtered(lambda order: order.state != 'sale')._ltc_is_gate_active('atb')
        return [
            self.env._("%(quotation)s is not a confirmed order; have it released and confirmed first.",
                       quotation=order.display_name)
            for order in waiting
        ]

    def _prepare_invoice(self):
        """Bill nothing on a quotation, not even a down payment."""
        sentences = self._ltc_get_unordered_blockers()
        if sentences:
            raise UserError('\n'.join(sentences))
        return super()._prepare_invoice()

    # === BUSINESS METHODS - WHAT FOLLOWS === #

    def _ltc_after_decision(self, review):
        if review.gate_code == 'atb' and review.decision in PASSING:
            self._ltc_enter_flow()
        return super()._ltc_after_decision(review)

    def _action_confirm(self):
        self._ltc_enter_flow()
        return super()._action_confirm()

    def _ltc_enter_flow(self):
        """Tell the cases of these orders that they have an offer, and what it is worth until a contract says it."""
        orders = self.filtered('ltc_flow_id')
        flows_sudo = orders.ltc_flow_id.sudo()
        flows_sudo._advance('quote')
        for order in orders:
            flow_sudo = order.ltc_flow_id.sudo()
            if order.amount_total and flow_sudo._is_pursued():
                flow_sudo._advance('quote', amount=order._ltc_get_amount_in(flow_sudo.currency_id))

    def _ltc_get_amount_in(self, currency):
        if currency == self.currency_id:
            return self.amount_total
        return self.currency_id._convert(
            self.amount_total, currency, self.company_id, fields.Date.to_date(self.date_order))

    def _validate_order(self):
        """Keep what the customer did, even where something of ours still keeps the quotation from being an order."""
        held = self.filtered(lambda order: order._ltc_get_confirmation_blockers())
        for order in held:
            order._ltc_hold_confirmation(order._ltc_get_confirmation_blockers())
        return super(SaleOrder, self - held)._validate_order()

    def _ltc_hold_confirmation(self, sentences):
        """Leave the quotation unconfirmed after its customer signed or paid, and put it on the salesperson's desk."""
        self.ensure_one()
        order_sudo = self.sudo()  # the customer, or nobody, is at the keyboard
        summary = self.env._("Customer acted on %s, which is not released", order_sudo.name) if (
            order_sudo._ltc_get_offer_blockers()) else self.env._(
            "Customer accepted %s: see what it waits for", order_sudo.name)
        odoobot = self.env.ref('base.partner_root')
        order_sudo.message_post(body='\n'.join([summary, *sentences]), author_id=odoobot.id)
        if order_sudo.user_id:
            order_sudo.activity_schedule(
                'mail.mail_activity_data_todo', user_id=order_sudo.user_id.id, summary=summary,
                note='\n'.join(sentences))

    # === BUSINESS METHODS - CUSTOMER === #

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and not self._ltc_get_offer_blockers()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and not self._ltc_get_offer_blockers()

    def _can_be_edited_on_portal(self):
        """A customer who adds an option would void the decision: under the gate, options go through sales."""
        return super()._can_be_edited_on_portal() and not self._ltc_is_gate_active('atb')

    def _ltc_filter_unreleased(self):
        """Return those of these orders that are quotations which their customers must not see yet."""
        quotations = self.filtered(lambda order: order._ltc_is_open())
        blockers = quotations._ltc_get_gate_blockers('atb')
        return quotations.filtered(lambda order: blockers[order.id])

    def _ltc_get_portal_notice(self):
        """Return what the customer is told when this quotation is not released, or False."""
        self.ensure_one()
        if not self._ltc_is_open() or not self._ltc_get_offer_blockers():
            return False
        return self.env._(
            "Quotation %(quotation)s is still being prepared and cannot be accepted or paid yet; %(contact)s will"
            " send it to you when it is ready.",
            quotation=self.name, contact=self.user_id.name or self.company_id.name)

    # === MAIL === #

    def message_post(self, **kwargs):
        if self.env.context.get('mark_so_as_sent'):
            self._ltc_check_offer()
        return super().message_post(**kwargs)

    def _send_order_notification_mail(self, mail_template, *args, **kwargs):
        """Send no quotation that is not released along with a mail on its payment."""
        if mail_template and self._ltc_is_open():
            sentences = self._ltc_get_offer_blockers()
            if sentences and mail_template._ltc_carries_offer():
                return None
        return super()._send_order_notification_mail(mail_template, *args, **kwargs)

    def _notify_by_email_prepare_rendering_context(self, message, msg_vals=False, model_description=False,
                                                   force_email_company=False, force_email_lang=False,
                                                   force_record_name=False):
        """Leave the amount out of mails on a quotation that is not released."""
        render_context = super()._notify_by_email_prepare_rendering_context(
            message, msg_vals=msg_vals, model_description=model_description,
            force_email_company=force_email_company, force_email_lang=force_email_lang,
            force_record_name=force_record_name)
        if len(self) == 1 and self._ltc_is_open() and self._ltc_get_offer_blockers():
            render_context['subtitles'] = render_context['subtitles'][:1]
        return render_context
