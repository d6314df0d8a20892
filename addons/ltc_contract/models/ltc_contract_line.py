from odoo import api, fields, models
from odoo.tools import float_compare

from odoo.addons.ltc_base.tools import format_record


class LtcContractLine(models.Model):
    """A line of the approved quotation as the contract holds it. Users read it; code writes it."""
    _name = 'ltc.contract.line'
    _inherit = ['ltc.gate.line.mixin']
    _description = "Contract Line"
    _order = 'contract_id, sequence, id'
    _ltc_document_fields = ('contract_id',)

    contract_id = fields.Many2one('ltc.contract', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='contract_id.company_id')
    currency_id = fields.Many2one(related='contract_id.currency_id')
    sale_line_id = fields.Many2one('sale.order.line', string="Order Line", index='btree_not_null', ondelete='set null')
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one('product.product', ondelete='restrict')
    name = fields.Text(string="Description", required=True)
    product_uom_id = fields.Many2one('uom.uom', string="Unit", ondelete='restrict')
    quantity = fields.Float(digits='Product Unit', required=True)
    price_unit = fields.Float(string="Unit Price", digits='Product Price', required=True)
    discount = fields.Float(string="Discount (%)", digits='Discount')
    tax_ids = fields.Many2many('account.tax', string="Taxes")
    price_subtotal = fields.Monetary(string="Untaxed Amount", compute='_compute_amount', store=True)
    price_total = fields.Monetary(string="Total", compute='_compute_amount', store=True)

    @api.depends('quantity', 'price_unit', 'discount', 'tax_ids')
    def _compute_amount(self):
        AccountTax = self.env['account.tax']
        for line in self:
            base_line = line._prepare_base_line()
            AccountTax._add_tax_details_in_base_line(base_line, line.company_id)
            AccountTax._round_base_lines_tax_details([base_line], line.company_id)
            line.price_subtotal = base_line['tax_details']['total_excluded_currency']
            line.price_total = base_line['tax_details']['total_included_currency']

    def _prepare_base_line(self, **values):
        """Return the line as Odoo's tax engine takes it; ``values`` replace quantity, price, discount or taxes."""
        order = self.contract_id.order_id
        return self.env['account.tax']._prepare_base_line_for_taxes_computation(self, **{
            'partner_id': self.contract_id.partner_id,
            'currency_id': self.currency_id,
            'rate': order.currency_rate,
            **values,
        })

    @api.model
    def _get_total(self, base_lines, company, currency):
        """Return the tax-included total of base lines, rounded as an order or an invoice rounds it."""
        AccountTax = self.env['account.tax']
        AccountTax._add_tax_details_in_base_lines(base_lines, company)
        AccountTax._round_base_lines_tax_details(base_lines, company)
        return AccountTax._get_tax_totals_summary(base_lines, currency, company)['total_amount_currency']

    # === COMPARISON WITH THE ORDER === #

    def _get_differences(self, sale_line):
        """Return, as sentences, in what ``sale_line`` differs from this contract line."""
        self.ensure_one()
        pairs = [
            (self.env._("product"), self.product_id.display_name, sale_line.product_id.display_name,
             self.product_id == sale_line.product_id),
            (self.env._("unit"), self.product_uom_id.name, sale_line.product_uom_id.name,
             self.product_uom_id == sale_line.product_uom_id),
            (self.env._("quantity"), self.quantity, sale_line.product_uom_qty,
             self._is_same('quantity', sale_line.product_uom_qty)),
            (self.env._("unit price"), self.price_unit, sale_line.price_unit,
             self._is_same('price_unit', sale_line.price_unit)),
            (self.env._("discount"), self.discount, sale_line.discount, self._is_same('discount', sale_line.discount)),
            (self.env._("taxes"), ', '.join(self.tax_ids.mapped('name')), ', '.join(sale_line.tax_ids.mapped('name')),
             self.tax_ids == sale_line.tax_ids or set(self.tax_ids.ids) == set(sale_line.tax_ids.ids)),
        ]
        return [
            self.env._(
                "Order %(order)s says %(ordered)s as %(field)s of %(line)s but contract %(contract)s says %(agreed)s;"
                " bring the order back to the contract or amend the contract.",
                order=sale_line.order_id.name, ordered=ordered, field=label, line=self._get_short_name(),
                contract=self.contract_id.name, agreed=agreed)
            for label, agreed, ordered, is_same in pairs if not is_same
        ]

    def _is_same(self, field_name, value):
        digits = self._fields[field_name].get_digits(self.env)
        return float_compare(self[field_name], value, precision_digits=digits[1] if digits else 2) == 0

    def _get_short_name(self):
        return self.product_id.display_name or (self.name or '').split('\n')[0]

    # === FIGURES OF THE GATES === #

    def _get_figures(self):
        """Return what a gate freezes of this line; product, unit and taxes by id, numbers rounded."""
        self.ensure_one()
        return [
            self.product_id.id, self.product_uom_id.id, round(self.quantity, 4), round(self.price_unit, 4),
            round(self.discount, 2), sorted(self.tax_ids.ids),
        ]

    @api.model
    def _get_figure_columns(self):
        return [
            self.env._("Product"), self.env._("Unit"), self.env._("Quantity"), self.env._("Unit Price"),
            self.env._("Discount (%)"), self.env._("Taxes"),
        ]

    @api.model
    def _format_figures(self, figures):
        product_id, uom_id, quantity, price_unit, discount, tax_ids = figures
        return [
            format_record(self.env, 'product.product', product_id),
            format_record(self.env, 'uom.uom', uom_id),
            f'{quantity:g}', f'{price_unit:,.2f}', f'{discount:g}',
            ', '.join(self.env['account.tax'].sudo().browse(tax_ids).exists().mapped('name')),
        ]
