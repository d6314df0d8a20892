from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import float_compare

from .sale_order import BINDING_STATES


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    @api.constrains(
        'order_id', 'product_id', 'product_uom_id', 'product_uom_qty', 'price_unit', 'discount', 'tax_ids',
        'display_type', 'is_downpayment', 'is_expense')
    def _check_ltc_contract(self):
        """A line under a contract changes only so that it equals the contract's line: whoever writes, by any route."""
        bound = self._ltc_filter_bound()
        if not bound:
            return
        agreed = bound._ltc_get_contract_lines()
        commercial = bound.order_id._ltc_get_commercial_lines()
        sentences = []
        for line in bound:
            if line in agreed and line not in commercial:
                sentences.append(line._ltc_format_refusal(self.env._(
                    "%(line)s of order %(order)s must stay a line of the contract %(contract)s; amend the contract.")))
            elif line in agreed:
                sentences += agreed[line]._get_differences(line)
            elif line in commercial and line.product_uom_qty and not line._ltc_is_agreed_addition():
                sentences.append(line._ltc_format_refusal(self.env._(
                    "Order %(order)s is bound by contract %(contract)s, which does not have %(line)s; amend the"
                    " contract.")))
        if sentences:
            raise ValidationError('\n'.join(sentences))

    def _ltc_filter_bound(self):
        """Return the lines of orders that a contract under gate ATC binds. No query without a contract."""
        orders = self.order_id.filtered('ltc_contract_id')
        if not orders:
            return self.browse()
        contracts_sudo = orders.ltc_contract_id.sudo().filtered(lambda contract: contract.state in BINDING_STATES)
        contracts_sudo = contracts_sudo._ltc_is_gate_active('atc')
        return self.filtered(lambda line: line.order_id.ltc_contract_id.sudo() in contracts_sudo)

    def _ltc_get_contract_lines(self):
        """Return {order line: the contract line that it must equal} of these lines."""
        lines_sudo = self.order_id.ltc_contract_id.sudo().line_ids
        return {line.sale_line_id: line for line in lines_sudo if line.sale_line_id in self}

    def _ltc_is_agreed_addition(self):
        """Return whether the contract has a line, not ordered yet, that this new line brings into the order."""
        self.ensure_one()
        return any(
            not line.sale_line_id and not line._get_differences(self)
            for line in self.order_id.ltc_contract_id.sudo().line_ids)

    def _ltc_format_refusal(self, sentence):
        """Fill in the names of the ``sentence``, which is translated already."""
        self.ensure_one()
        return sentence % {
            'order': self.order_id.name,
            'contract': self.order_id.ltc_contract_id.sudo().name,
            'line': self.product_id.display_name or self.name,
        }

    # === CRUD METHODS === #

    def write(self, vals):
        if 'order_id' in vals:
            self.filtered(lambda line: line.order_id.id != vals['order_id'])._check_ltc_agreed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self._check_ltc_agreed()

    def _check_ltc_agreed(self):
        """Raise when one of these lines, about to leave its order, is agreed in a contract."""
        bound = self._ltc_filter_bound()
        for line in bound and bound._ltc_get_contract_lines():
            raise UserError(line._ltc_format_refusal(self.env._(
                "Order %(order)s is bound by contract %(contract)s and must keep %(line)s; amend the contract.")))

    # === BUSINESS METHODS === #

    def _ltc_is_undelivered(self):
        """Return whether less can be invoiced of this line than was ordered, so that it cannot be settled yet."""
        self.ensure_one()
        return self.product_id.invoice_policy == 'delivery' and float_compare(
            self.qty_delivered, self.product_uom_qty,
            precision_digits=self.env['decimal.precision'].precision_get('Product Unit')) < 0

    def _prepare_ltc_contract_line_values(self):
        """Return the values of the contract line that freezes this line."""
        self.ensure_one()
        return {
            'sale_line_id': self.id,
            'sequence': self.sequence,
            'product_id': self.product_id.id,
            'name': self.name,
            'product_uom_id': self.product_uom_id.id,
            'quantity': self.product_uom_qty,
            'price_unit': self.price_unit,
            'discount': self.discount,
            'tax_ids': [Command.set(self.tax_ids.ids)],
        }
