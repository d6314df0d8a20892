from odoo import api, fields, models


class LtcContractLine(models.Model):
    """A line of the approved quotation as the contract holds it. Users read it; code writes it."""
    _name = 'ltc.contract.line'
    _description = "Contract Line"
    _order = 'contract_id, sequence, id'

    contract_id = fields.Many2one('ltc.contract', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='contract_id.company_id')
    currency_id = fields.Many2one(related='contract_id.currency_id')
    sale_line_id = fields.Many2one('sale.order.line', string="Order Line", index='btree_not_null', ondelete='restrict')
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
