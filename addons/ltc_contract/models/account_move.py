from odoo import api, fields, models
from odoo.exceptions import UserError

from .ltc_contract import EFFECTIVE_STATES

CONTRACT_FACTS = {'ltc_contract_id', 'ltc_plan_line_id'}
PAID_STATES = ('paid', 'in_payment')
SALE_TYPES = ('out_invoice', 'out_refund', 'out_receipt')


class AccountMove(models.Model):
    """An invoice of a contract counts against its value; of a node, against the node."""
    _name = 'account.move'
    _inherit = ['account.move', 'ltc.flow.mixin']

    ltc_contract_id = fields.Many2one(
        'ltc.contract', string="Contract", readonly=True, copy=False, index='btree_not_null', ondelete='restrict')
    ltc_plan_line_id = fields.Many2one(
        'ltc.payment.plan.line', string="Payment Plan Node", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict')

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields):
        return super().default_get([name for name in fields if name not in CONTRACT_FACTS])

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(CONTRACT_FACTS & vals.keys() for vals in vals_list):
            vals_list = [self._ltc_drop_contract_facts(vals) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and CONTRACT_FACTS & vals.keys():
            vals = self._ltc_drop_contract_facts(vals)
        result = super().write(vals)
        if 'matched_payment_ids' in vals:  # payments without a journal entry never come to _invoice_paid_hook
            self.filtered(lambda move: move.payment_state in PAID_STATES)._ltc_note_cash()
        return result

    def _ltc_drop_contract_facts(self, vals):
        """Which contract an invoice belongs to is written by code from its order lines, never by a client."""
        return {name: value for name, value in vals.items() if name not in CONTRACT_FACTS}

    # === BUSINESS METHODS - POSTING === #

    def _post(self, soft=True):
        """Refuse, on every route, what would take a contract or a node over its value."""
        invoices = self.filtered(lambda move: move.move_type in SALE_TYPES)
        contracts_sudo = invoices and invoices.sudo()._ltc_link_contracts()
        posted = super()._post(soft)
        if contracts_sudo:
            posted._ltc_check_cap()
        posted._ltc_advance_flows('invoice')
        return posted

    def _ltc_link_contracts(self):
        """Write on these invoices the contract that their order lines belong to; self is in sudo.

        :return: the contracts, locked against other invoices being posted at the same time
        """
        contracts = self.env['ltc.contract']
        for move in self:
            origin = move.reversed_entry_id if move.move_type == 'out_refund' else move.browse()
            found = (
                move.line_ids.sale_line_ids.order_id.ltc_contract_id | move.ltc_contract_id | origin.ltc_contract_id)
            if not found:
                continue
            contracts |= found
            move._ltc_check_single_contract(found)
            facts = {
                'ltc_contract_id': found.id,
                'ltc_plan_line_id': (move.ltc_plan_line_id or origin.ltc_plan_line_id).id,
                'ltc_flow_id': (move.ltc_flow_id or found.ltc_flow_id).id,
            }
            if any(move[name].id != value for name, value in facts.items()):
                move.write(facts)
        if contracts:
            contracts.lock_for_update(allow_referencing=True)
        return contracts

    def _ltc_check_single_contract(self, contracts):
        self.ensure_one()
        values = {'invoice': self.display_name, 'contract': ', '.join(contracts.mapped('name'))}
        if len(contracts) > 1:
            raise UserError(self.env._(
                "%(invoice)s carries lines of the contracts %(contract)s; make one invoice for each contract.",
                **values))
        if self.currency_id != contracts.currency_id:
            raise UserError(self.env._(
                "%(invoice)s is in %(currency)s but contract %(contract)s is in %(agreed)s; invoice it in the"
                " contract's currency.", currency=self.currency_id.name, agreed=contracts.currency_id.name, **values))
        if (
            self.move_type != 'out_refund' and contracts.state not in EFFECTIVE_STATES
            and contracts._ltc_is_gate_active('atc')
        ):
            raise UserError(self.env._(
                "%(invoice)s belongs to contract %(contract)s, which is not signed; have it signed first.", **values))

    def _ltc_check_cap(self):
        """Raise when more is posted than the contracts, or the nodes, of these invoices are worth."""
        moves_sudo = self.sudo()
        sentences = []
        contracts = moves_sudo.ltc_contract_id.filtered(lambda contract: contract.state in EFFECTIVE_STATES)
        contracts.invalidate_recordset(['amount_invoiced'])
        for contract in contracts:
            if contract.currency_id.compare_amounts(contract.amount_invoiced, contract.amount_current) > 0:
                sentences.append(self.env._(
                    "Contract %(contract)s is worth %(amount)s but its invoices would add up to %(invoiced)s; amend the"
                    " contract or make a credit note.", contract=contract.name,
                    amount=contract.currency_id.format(contract.amount_current),
                    invoiced=contract.currency_id.format(contract.amount_invoiced)))
        for node in moves_sudo.ltc_plan_line_id:
            if node.currency_id.compare_amounts(node.amount_invoiced, node.amount) > 0:
                sentences.append(self.env._(
                    "Node %(node)s of contract %(contract)s is worth %(amount)s but its invoices would add up to"
                    " %(invoiced)s; correct the invoice.", node=node.name, contract=node.contract_id.name,
                    amount=node.currency_id.format(node.amount),
                    invoiced=node.currency_id.format(node.amount_invoiced)))
        if sentences:
            raise UserError('\n'.join(sentences))

    def button_draft(self):
        """A credit note taken back must not lift the contract over its value either."""
        result = super().button_draft()
        refunds = self.filtered(lambda move: move.move_type == 'out_refund' and move.ltc_contract_id)
        if refunds:
            refunds._ltc_check_cap()
        return result

    # === BUSINESS METHODS - COLLECTING === #

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        self._ltc_note_cash()
        return result

    def _ltc_note_cash(self):
        self._ltc_advance_flows('cash')

    def _ltc_advance_flows(self, stage):
        """Move the cases of these invoices on to ``stage``: an advance does not, while delivery or acceptance is open.
        """
        invoices = self.filtered(lambda move: move.move_type == 'out_invoice' and move.ltc_flow_id)
        invoices.filtered(  # whoever posts need not see the contract
            lambda move: move.sudo().ltc_contract_id._is_performed()).ltc_flow_id._advance(stage)

    def _ltc_get_collected_amounts(self):
        """Return {invoice id: what its customer paid of it, in its currency}; a credit note counts negative.

        What was reconciled counts, and so do registered payments without a journal entry that wait for the bank
        statement: Odoo shows those invoices as paid as well. What was paid too much stays with the customer.
        """
        return {move.id: move._ltc_get_collected_amount() for move in self}

    def _ltc_get_collected_amount(self):
        self.ensure_one()
        if self.state != 'posted':
            return 0.0
        is_untouched = not self.currency_id.compare_amounts(self.amount_residual, self.amount_total)
        states = ('in_process', 'paid') if is_untouched else ('in_process',)  # paid ones are in the residual else
        waiting = self.matched_payment_ids.filtered(
            lambda payment: not payment.move_id and payment.state in states)
        is_paid = self.payment_state in PAID_STATES
        on_the_way = sum(self._ltc_get_payment_share(payment) for payment in waiting) if is_paid else 0.0
        collected = self.amount_total - max(self.amount_residual - on_the_way, 0.0)
        return -collected if self.move_type == 'out_refund' else collected

    def _ltc_get_payment_share(self, payment):
        """Return what of ``payment`` is left for this invoice once the earlier ones that it pays had theirs."""
        self.ensure_one()
        share = payment.currency_id._convert(payment.amount, self.currency_id, self.company_id, payment.date)
        for invoice in payment.invoice_ids.sorted(lambda move: (move.invoice_date_due or move.date, move.id)):
            if invoice == self:
                break
            share -= invoice.amount_residual
        return max(share, 0.0)
