from math import ceil

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import float_round, format_amount

BLOCK_DIGITS = 9  # of a number of blocks, so that 0.1 + 0.2 units begin no block more


class ProductPricelistItem(models.Model):
    """Two more kinds of price: for a whole block, whatever of it is taken, and a share of what else is quoted.

    Either ends as the ordinary unit price of a line, so that margin, floor price and gate see nothing special.
    """
    _inherit = 'product.pricelist.item'

    compute_price = fields.Selection(
        selection_add=[('ltc_block', "Block Price"), ('ltc_share', "Share of Other Lines")],
        ondelete={'ltc_block': 'cascade', 'ltc_share': 'cascade'})
    ltc_block_price = fields.Float(
        string="Price of a Block", min_display_digits='Product Price',
        help="For the whole block, however much of it is taken.")
    ltc_block_quantity = fields.Float(
        string="Units in a Block", digits='Product Unit',
        help="A block that is begun counts. 0: one block, whatever the quantity; with Min Qty that makes tiers.")
    ltc_share_percent = fields.Float(string="Share (%)", digits=(16, 2))
    ltc_share_categ_id = fields.Many2one(
        'product.category', string="Of the Lines in", ondelete='cascade', index='btree_not_null',
        help="The share is taken of what these lines amount to without taxes, after their discounts; its subcategories"
             " too. Empty: of all other lines. Lines that deduct, and other shares, are left out.")

    # === COMPUTE METHODS === #

    @api.depends('ltc_block_price', 'ltc_block_quantity', 'ltc_share_percent', 'ltc_share_categ_id')
    def _compute_price_label(self):
        own = self.filtered(lambda item: item.compute_price in ('ltc_block', 'ltc_share'))
        result = super(ProductPricelistItem, self - own)._compute_price_label()
        for item in own:
            item.price = item._ltc_describe_block() if item.compute_price == 'ltc_block' else item._ltc_describe_share()
        return result

    def _ltc_describe_block(self):
        price = format_amount(self.env, self.ltc_block_price, self.currency_id)
        if not self.ltc_block_quantity:
            return self.env._("%(price)s for the whole quantity", price=price)
        return self.env._("%(price)s for every %(quantity)g begun", price=price, quantity=self.ltc_block_quantity)

    def _ltc_describe_share(self):
        if not self.ltc_share_categ_id:
            return self.env._("%(percent)g %% of all other lines", percent=self.ltc_share_percent)
        return self.env._(
            "%(percent)g %% of %(category)s", percent=self.ltc_share_percent,
            category=self.ltc_share_categ_id.display_name)

    # === CONSTRAINT METHODS === #

    @api.constrains('compute_price', 'ltc_block_price', 'ltc_block_quantity', 'ltc_share_percent')
    def _check_ltc_price(self):
        for item in self:
            if item.compute_price == 'ltc_block' and (item.ltc_block_price < 0 or item.ltc_block_quantity < 0):
                raise ValidationError(self.env._(
                    "%s: price and size of a block cannot be negative.", item.name))
            if item.compute_price == 'ltc_share' and item.ltc_share_percent <= 0:
                raise ValidationError(self.env._(
                    "%s: set how many percent of the other lines are asked for.", item.name))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items._ltc_forget_shares()
        return items

    def write(self, vals):
        shares = self.filtered(lambda item: item.compute_price == 'ltc_share')
        result = super().write(vals)
        (self | shares)._ltc_forget_shares(force=bool(shares))
        return result

    def unlink(self):
        shares = self.filtered(lambda item: item.compute_price == 'ltc_share')
        result = super().unlink()
        self._ltc_forget_shares(force=bool(shares))
        return result

    def _ltc_forget_shares(self, force=False):
        if force or any(item.compute_price == 'ltc_share' for item in self.exists()):
            self.env.registry.clear_cache()

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache()
    def _ltc_get_share_pricelists(self):
        """Return the ids of the price lists that hold a share; no query when cached."""
        items = self.sudo().search([('compute_price', '=', 'ltc_share')])
        return frozenset(items.pricelist_id.ids)

    def _compute_price(self, product, quantity, uom, date, currency=None, **kwargs):
        if self.compute_price != 'ltc_block':  # a share has no price of its own: see sale.order.line
            return super()._compute_price(product, quantity, uom, date, currency=currency, **kwargs)
        return self.ltc_block_price * self._ltc_count_blocks(product, quantity, uom) / (quantity or 1.0)

    def _ltc_count_blocks(self, product, quantity, uom):
        if not self.ltc_block_quantity:
            return 1
        units = uom._compute_quantity(quantity or 1.0, product.uom_id, round=False)
        return max(ceil(float_round(units / self.ltc_block_quantity, precision_digits=BLOCK_DIGITS)), 1)

    def _ltc_covers(self, product):
        """Return whether the share counts a line of that product."""
        category = self.ltc_share_categ_id
        return not category or (product.categ_id.parent_path or '').startswith(category.parent_path)
