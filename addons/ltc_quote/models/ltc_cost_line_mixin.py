from odoo import api, fields, models

COST_KINDS = [
    ('material', "Material"),
    ('labour', "Labour"),
    ('subcontract', "Subcontract"),
    ('travel', "Travel"),
    ('other', "Other"),
]


class LtcCostLineMixin(models.AbstractModel):
    """A line of costs of a paper in versions; it can be edited as long as its paper can."""
    _name = 'ltc.cost.line.mixin'
    _description = "Line of Costs"
    _order = 'sequence, id'

    _ltc_paper_field = ''  # the many2one to the paper

    sequence = fields.Integer(default=10)
    kind = fields.Selection(COST_KINDS, required=True, default='material')
    name = fields.Char(string="Description", required=True)
    product_id = fields.Many2one('product.product', ondelete='restrict', index='btree_not_null')
    quantity = fields.Float(default=1.0, digits='Product Unit')
    unit_cost = fields.Monetary(
        compute='_compute_unit_cost', store=True, readonly=False, precompute=True,
        help="In the currency of the paper; filled from the cost of the product.")
    amount = fields.Monetary(compute='_compute_amount', store=True, precompute=True)
    currency_id = fields.Many2one('res.currency')

    _quantity_positive = models.Constraint(
        'CHECK(quantity >= 0 AND unit_cost >= 0)', "Quantities and costs cannot be negative.")

    @api.depends('product_id', 'currency_id')
    def _compute_unit_cost(self):
        for line in self:
            company = line[self._ltc_paper_field].company_id or self.env.company
            product = line.product_id.with_company(company)
            line.unit_cost = product.cost_currency_id._convert(
                product.standard_price, line.currency_id or company.currency_id, company,
                company._ltc_get_today()) if product else line.unit_cost

    @api.depends('quantity', 'unit_cost')
    def _compute_amount(self):
        for line in self:
            line.amount = line.quantity * line.unit_cost

    @api.onchange('product_id')
    def _onchange_product_id(self):
        for line in self.filtered('product_id'):
            line.name = line.product_id.display_name
            line.kind = 'labour' if line.product_id.type == 'service' else 'material'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines[self._ltc_paper_field]._check_draft()
        return lines

    def write(self, vals):
        self[self._ltc_paper_field]._check_draft()
        result = super().write(vals)
        self[self._ltc_paper_field]._check_draft()  # nor is a line moved to a paper that was submitted
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self[self._ltc_paper_field]._check_draft()
