from odoo import models


class AskedRules(dict):
    """What price lists answered for all ``products`` at once; being an object, no client sends it in a context."""

    def __init__(self, products):
        super().__init__()
        self.products = products


class ProductPricelist(models.Model):
    _inherit = 'product.pricelist'

    def _get_applicable_rules(self, products, date, **kwargs):
        """Answer for one product out of what was asked for all of them: each rule is judged for the product anyway."""
        asked = self.env.context.get('ltc_asked_rules')
        if kwargs or not isinstance(asked, AskedRules) or not products <= asked.products:
            return super()._get_applicable_rules(products, date, **kwargs)
        if (self.id, date) not in asked:
            asked[self.id, date] = super()._get_applicable_rules(asked.products, date)
        return asked[self.id, date]
