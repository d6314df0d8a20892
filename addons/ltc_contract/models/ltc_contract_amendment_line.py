from odoo import api, fields, models
from odoo.exceptions import UserError

BEFORE_FIELDS = {'quantity_before', 'price_before', 'discount_before'}


class LtcContractAmendmentLine(models.Model):
    """One changed or added line of a contract, before and after."""
    _name = 'ltc.contract.amendment.line'
    _inherit = ['ltc.gate.line.mixin']
    _description = "Contract Amendment Line"
    _order = 'amendment_id, sequence, id'
    _ltc_document_fields = ('amendment_id',)

    amendment_id = fields.Many2one('ltc.contract.amendment', required=True, index=True, ondelete='cascade')
    contract_id = fields.Many2one(related='amendment_id.contract_id')
    company_id = fields.Many2one(related='amendment_id.company_id')
    currency_id = fields.Many2one(related='amendment_id.currency_id')
    sequence = fields.Integer(default=10)
    contract_line_id = fields.Many2one(
        'ltc.contract.line', string="Changed Line", index='btree_not_null', ondelete='restrict',
        domain="[('contract_id', '=', contract_id)]", help="Empty: the line is added to the contract.")
    product_id = fields.Many2one(
        'product.product', required=True, compute='_compute_product', store=True, readonly=False, precompute=True,
        ondelete='restrict')
    name = fields.Text(
        string="Description", required=True, compute='_compute_product', store=True, readonly=False, precompute=True)
    product_uom_id = fields.Many2one(
        'uom.uom', string="Unit", required=True, compute='_compute_product', store=True, readonly=False,
        precompute=True, ondelete='restrict')
    quantity_before = fields.Float(digits='Product Unit', compute='_compute_before', store=True, precompute=True)
    quantity_after = fields.Float(
        digits='Product Unit', required=True, compute='_compute_after', store=True, readonly=False, precompute=True)
    price_before = fields.Float(digits='Product Price', compute='_compute_before', store=True, precompute=True)
    price_after = fields.Float(
        digits='Product Price', required=True, compute='_compute_after', store=True, readonly=False, precompute=True)
    discount_before = fields.Float(digits='Discount', compute='_compute_before', store=True, precompute=True)
    discount_after = fields.Float(
        digits='Discount', compute='_compute_after', store=True, readonly=False, precompute=True)
    tax_ids = fields.Many2many(
        'account.tax', string="Taxes", compute='_compute_tax_ids', store=True, readonly=False, precompute=True,
        domain="[('type_tax_use', '=', 'sale'), ('company_id', 'parent_of', company_id)]")
    amount_change = fields.Monetary(string="Change", compute='_compute_amount_change')

    _contract_line_uniq = models.UniqueIndex(
        '(amendment_id, contract_line_id) WHERE contract_line_id IS NOT NULL',
        "The amendment changes that line of the contract already.")

    @api.depends('contract_line_id')
    def _compute_product(self):
        for line in self:
            origin = line.contract_line_id or line
            line.product_id = origin.product_id
            line.name = origin.name or line.product_id.display_name
            line.product_uom_id = origin.product_uom_id or line.product_id.uom_id

    @api.onchange('product_id')
    def _onchange_product_id(self):
        if not self.contract_line_id and self.product_id:
            self.name = self.product_id.display_name
            self.product_uom_id = self.product_id.uom_id
            self.price_after = self.product_id.lst_price

    @api.depends('contract_line_id')
    def _compute_before(self):
        for line in self:
            line.quantity_before = line.contract_line_id.quantity
            line.price_before = line.contract_line_id.price_unit
            line.discount_before = line.contract_line_id.discount

    @api.depends('contract_line_id')
    def _compute_after(self):
        for line in self:
            origin = line.contract_line_id
            line.quantity_after = origin.quantity if origin else line.quantity_after or 1.0
            line.price_after = origin.price_unit if origin else line.price_after
            line.discount_after = origin.discount if origin else line.discount_after

    @api.depends('contract_line_id', 'product_id')
    def _compute_tax_ids(self):
        for line in self:
            if line.contract_line_id:
                line.tax_ids = line.contract_line_id.tax_ids
            else:
                order = line.contract_id.order_id
                taxes = line.product_id.taxes_id._filter_taxes_by_company(line.company_id)
                line.tax_ids = order.fiscal_position_id.map_tax(taxes)

    @api.depends('contract_line_id', 'quantity_after', 'price_after', 'discount_after', 'tax_ids')
    def _compute_amount_change(self):
        ContractLine = self.env['ltc.contract.line']
        for line in self:
            line.amount_change = (
                ContractLine._get_total([line._prepare_base_line()], line.company_id, line.currency_id)
                - line.contract_line_id.price_total
            ) if line.company_id else 0.0

    def _prepare_base_line(self):
        """Return the line as it will be, as Odoo's tax engine takes it."""
        self.ensure_one()
        values = {
            'quantity': self.quantity_after,
            'price_unit': self.price_after,
            'discount': self.discount_after,
            'tax_ids': self.tax_ids,
        }
        if self.contract_line_id:
            return self.contract_line_id._prepare_base_line(**values)
        return self.env['account.tax']._prepare_base_line_for_taxes_computation(
            self, partner_id=self.contract_id.partner_id, currency_id=self.currency_id,
            rate=self.contract_id.order_id.currency_rate, **values)

    def _prepare_contract_line_values(self):
        """Return the figures that the contract line takes when the amendment is applied."""
        self.ensure_one()
        values = {
            'quantity': self.quantity_after,
            'price_unit': self.price_after,
            'discount': self.discount_after,
            'tax_ids': [fields.Command.set(self.tax_ids.ids)],
        }
        if not self.contract_line_id:
            values.update(
                contract_id=self.contract_id.id, product_id=self.product_id.id, name=self.name,
                product_uom_id=self.product_uom_id.id, sequence=1000 + self.sequence)
        return values

    def _get_figures(self):
        self.ensure_one()
        return [
            self.product_id.id, self.product_uom_id.id, round(self.quantity_after, 4), round(self.price_after, 4),
            round(self.discount_after, 2), sorted(self.tax_ids.ids),
        ]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create([self._drop_facts(vals) for vals in vals_list])
        lines._check_draft()
        return lines

    def write(self, vals):
        self._check_draft()
        return super().write(self._drop_facts(vals))

    def _drop_facts(self, vals):
        """What was before is read from the contract, whatever a client sends."""
        return {name: value for name, value in vals.items() if name not in BEFORE_FIELDS}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._check_draft()

    def _check_draft(self):
        if self.env.su:
            return
        for line in self:
            if line.amendment_id.state != 'draft':
                raise UserError(self.env._(
                    "Amendment %s is not a draft any more and its lines are frozen; take it back to draft first.",
                    line.amendment_id.name))
            if line.contract_line_id.contract_id not in (line.amendment_id.contract_id, line.contract_id.browse()):
                raise UserError(self.env._(
                    "Amendment %s changes a line of another contract; choose one of its own.",
                    line.amendment_id.name))
