from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from .ltc_contract import EFFECTIVE_STATES

BINDING_STATES = ('signing', *EFFECTIVE_STATES)
AGREED_FIELDS = (
    'payment_term_id', 'partner_invoice_id', 'fiscal_position_id', 'opportunity_id', 'ltc_acceptance_method',
    'ltc_billing_frequency',
)


class SaleOrder(models.Model):
    """Where gate ATC is in force, a quotation becomes an order only through its signed contract, and equals it."""
    _inherit = 'sale.order'

    ltc_contract_id = fields.Many2one(
        'ltc.contract', string="Contract", readonly=True, copy=False, index='btree_not_null', ondelete='set null')

    # === CONSTRAINT METHODS === #

    @api.constrains('ltc_contract_id')
    def _check_ltc_contract_id(self):
        """The pointer is a fact of the contract: it cannot be turned elsewhere, nor taken off."""
        live = dict(self.env['ltc.contract'].sudo()._read_group(
            [('order_id', 'in', self.ids), ('state', '!=', 'void')], ['order_id'], ['id:recordset']))
        for order in self:
            if order.sudo().ltc_contract_id != live.get(order, self.env['ltc.contract']):
                raise ValidationError(self.env._(
                    "Order %s cannot change its contract by hand; draw up or void the contract instead.", order.name))

    @api.constrains('company_id', 'currency_id', 'pricelist_id', 'partner_id')
    def _check_ltc_contract_parties(self):
        for order in self.filtered('ltc_contract_id'):
            contract_sudo = order.ltc_contract_id.sudo()
            if contract_sudo.company_id != order.company_id:
                raise ValidationError(self.env._(
                    "Order %(order)s cannot leave the company of its contract %(contract)s; void the contract first.",
                    order=order.name, contract=contract_sudo.name))
            if contract_sudo.state in BINDING_STATES and contract_sudo._ltc_is_gate_active('atc') and (
                contract_sudo.currency_id != order.currency_id or contract_sudo.partner_id != order.partner_id
            ):
                raise ValidationError(self.env._(
                    "Order %(order)s must keep the customer and the currency of its contract %(contract)s; amend the"
                    " contract instead.", order=order.name, contract=contract_sudo.name))

    @api.constrains('state')
    def _check_ltc_contract_state(self):
        """An order under a signed contract stays confirmed: it is neither cancelled nor taken back."""
        for order in self.filtered(lambda order: order.ltc_contract_id and order.state != 'sale'):
            contract_sudo = order.ltc_contract_id.sudo()
            if contract_sudo.state in EFFECTIVE_STATES and contract_sudo._ltc_is_gate_active('atc'):
                raise ValidationError(self.env._(
                    "Order %(order)s is bound by the signed contract %(contract)s and cannot be cancelled; amend the"
                    " contract instead.", order=order.name, contract=contract_sudo.name))

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su and any(name in vals for name in AGREED_FIELDS):
            self._check_ltc_agreed_terms(vals)
        return super().write(vals)

    def _check_ltc_agreed_terms(self, vals):
        """Refuse what a client changes of an order's terms while a contract binds it; server code follows the contract.
        """
        for order in self.filtered('ltc_contract_id'):
            contract_sudo = order.ltc_contract_id.sudo()
            changed = [name for name in AGREED_FIELDS if name in vals and order._ltc_is_other_term(name, vals[name])]
            if changed and contract_sudo.state in BINDING_STATES and contract_sudo._ltc_is_gate_active('atc'):
                raise UserError(self.env._(
                    "Order %(order)s is bound by contract %(contract)s and keeps its %(fields)s; amend the contract.",
                    order=order.name, contract=contract_sudo.name,
                    fields=', '.join(order._fields[name]._description_string(self.env) for name in changed)))

    def _ltc_is_other_term(self, name, value):
        """Return whether ``value`` changes the agreed field ``name``: another address of the same debtor does not."""
        self.ensure_one()
        if name != 'partner_invoice_id':
            return (self[name].id if self._fields[name].relational else self[name]) != (value or False)
        partner_sudo = self.env['res.partner'].sudo().browse(value)
        return partner_sudo.commercial_partner_id != self.partner_invoice_id.sudo().commercial_partner_id

    # === ACTION METHODS === #

    def action_ltc_create_contract(self):
        """Draw up the contracts of these approved quotations, one each, and open them."""
        contracts = self.env['ltc.contract'].create([{'order_id': order.id} for order in self])
        return contracts._get_records_action(name=self.env._("Contract"))

    def action_ltc_view_contract(self):
        return self.ltc_contract_id._get_records_action(name=self.env._("Contract"))

    # === BUSINESS METHODS - CONTRACT === #

    def _ltc_check_contract_creation(self):
        """Raise unless contracts may be drawn up from these quotations: approved, alive, without a contract."""
        self.check_access('read')
        sentences = [
            self.env._("Order %s is cancelled; draw up the contract of a living quotation.", order.name)
            for order in self if order.state == 'cancel'
        ] + [
            self.env._(
                "Order %(order)s has contract %(contract)s already; void that one first.",
                order=order.name, contract=order.sudo().ltc_contract_id.name)
            for order in self if order.sudo().ltc_contract_id
        ] + [
            self.env._("Order %s has no lines; there is nothing to agree on yet.", order.name)
            for order in self if not order._ltc_get_commercial_lines()
        ]
        if sentences:
            raise UserError('\n'.join(sentences))
        self.filtered(lambda order: order._ltc_is_open())._ltc_check_gate('atb')

    def _prepare_ltc_contract_values(self):
        """Return what a contract takes from its quotation and nobody may choose."""
        self.ensure_one()
        return {
            'order_id': self.id,
            'partner_id': self.partner_id.id,
            'company_id': self.company_id.id,
            'currency_id': self.currency_id.id,
            'ltc_flow_id': self.ltc_flow_id.id,
        }

    def _ltc_get_contract_differences(self, contract):
        """Return, as sentences, in what this order differs from ``contract``: its lines and its total."""
        self.ensure_one()
        order_sudo, contract_sudo = self.sudo(), contract.sudo()
        lines = order_sudo._ltc_get_commercial_lines()
        agreed = {line.sale_line_id: line for line in contract_sudo.line_ids if line.sale_line_id in lines}
        values = {'order': order_sudo.name, 'contract': contract_sudo.name}
        sentences = [
            self.env._(
                "Order %(order)s has another customer or currency than contract %(contract)s; update the contract from"
                " the quotation.", **values)
        ] if (order_sudo.partner_id, order_sudo.currency_id) != (
            contract_sudo.partner_id, contract_sudo.currency_id) else []
        sentences += [
            self.env._(
                "Order %(order)s lacks %(line)s of contract %(contract)s; add it again or amend the contract.",
                line=line._get_short_name(), **values)
            for line in contract_sudo.line_ids if line not in agreed.values() and line.quantity
        ]
        for line in lines:
            if line in agreed:
                sentences += agreed[line]._get_differences(line)
            elif line.product_uom_qty:
                sentences.append(self.env._(
                    "Order %(order)s has %(line)s, which contract %(contract)s does not have; remove it or amend the"
                    " contract.", line=line.product_id.display_name or line.name, **values))
        if not sentences and contract_sudo.currency_id.compare_amounts(
            order_sudo.amount_total, contract_sudo.amount_current
        ):
            sentences.append(self.env._(
                "Order %(order)s adds up to %(ordered)s but contract %(contract)s to %(agreed)s; update the contract"
                " from the quotation.", ordered=contract_sudo.currency_id.format(order_sudo.amount_total),
                agreed=contract_sudo.currency_id.format(contract_sudo.amount_current), **values))
        return sentences

    def _ltc_get_asked_codes(self):
        return (*super()._ltc_get_asked_codes(), 'atc')

    @api.model
    def _ltc_get_ahead_domain(self, code):
        return super()._ltc_get_ahead_domain('atb' if code == 'atc' else code)  # confirmed without a contract is past

    def _ltc_get_confirmation_blockers(self):
        """Extend the quotation's reasons by the contract's: signed, and equal to the order."""
        sentences = super()._ltc_get_confirmation_blockers()
        for order in self._ltc_is_gate_active('atc'):
            contract_sudo = order.sudo().ltc_contract_id
            if not contract_sudo:
                sentences.append(self.env._(
                    "Order %s needs a signed contract; draw it up from the quotation.", order.name))
            elif contract_sudo.state not in EFFECTIVE_STATES:
                sentences.append(self.env._(
                    "Order %(order)s waits for the signature of contract %(contract)s; have it signed first.",
                    order=order.name, contract=contract_sudo.name))
            else:
                sentences += order._ltc_get_contract_differences(contract_sudo)
        return sentences

    def _ltc_apply_contract_lines(self, contract_lines):
        """Bring the order to the amended contract; self is in sudo."""
        self.ensure_one()
        is_locked = self.locked
        if is_locked:
            self.action_unlock()
        for line in contract_lines:
            values = {
                'product_uom_qty': line.quantity,
                'price_unit': line.price_unit,
                'discount': line.discount,
                'tax_ids': [Command.set(line.tax_ids.ids)],
            }
            if line.sale_line_id:
                line.sale_line_id.write(values)
                continue
            line.sale_line_id = self.env['sale.order.line'].create({
                **values, 'order_id': self.id, 'product_id': line.product_id.id, 'name': line.name,
                'product_uom_id': line.product_uom_id.id,
            })
        if is_locked:
            self.action_lock()

    # === INVOICING === #

    def _prepare_invoice(self):
        values = super()._prepare_invoice()
        if self.ltc_flow_id:
            values['ltc_flow_id'] = self.ltc_flow_id.id
        values['ltc_contract_id'] = self.ltc_contract_id.id  # always, for it is a grouping key
        return values

    def _get_invoice_grouping_keys(self):
        """Never put two contracts on one invoice: each has its own cap and its own nodes."""
        return super()._get_invoice_grouping_keys() + ['ltc_contract_id']
