from contextlib import contextmanager

from odoo import api, models


class SaleOrder(models.Model):
    """Lines that are priced as a share of others follow them, while typed and on every route that changes a line."""
    _inherit = 'sale.order'

    @api.onchange('order_line')
    def _onchange_ltc_shares(self):
        self._ltc_price_shares()

    @contextmanager
    def _ltc_guarded(self, touched=None):
        with super()._ltc_guarded(touched):
            yield
            if self.env['product.pricelist.item']._ltc_get_share_pricelists():
                self.exists()._ltc_price_shares()  # before the guard compares: it holds for what follows, too

    def _recompute_prices(self):
        """Price the shares last: they may stand above what they are a share of."""
        result = super()._recompute_prices()
        self._ltc_price_shares()
        return result

    def _ltc_price_shares(self):
        """Price the lines that are a share of others anew; what somebody typed, and orders, stay as they are.

        No query where no price list holds a share.
        """
        shared = self.env['product.pricelist.item']._ltc_get_share_pricelists()
        if not shared:
            return
        for order in self.filtered(lambda order: order.pricelist_id.id in shared and order._ltc_is_open()):
            for line in order.order_line.filtered(lambda line: line._ltc_is_share()):
                line._ltc_follow_share()
