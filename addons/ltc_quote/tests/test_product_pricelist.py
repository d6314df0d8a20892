from odoo.fields import Command
from odoo.tests import tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestProductPricelist(LtcQuoteCommon):
    """Asked for all lines at once, a price list answers as it does line by line."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pricelist = cls.env['product.pricelist'].create({'name': "Volume", 'item_ids': [
            Command.create({
                'applied_on': '1_product', 'product_tmpl_id': cls.line_product.product_tmpl_id.id, 'min_quantity': 5,
                'compute_price': 'fixed', 'fixed_price': 90000}),
            Command.create({
                'applied_on': '0_product_variant', 'product_id': cls.training.id, 'compute_price': 'percentage',
                'percent_price': 10}),
            Command.create({'applied_on': '3_global', 'compute_price': 'percentage', 'percent_price': 2}),
        ]})

    def _quote(self, *quantities):
        return self._create_quotation(pricelist_id=self.pricelist.id, order_line=[
            Command.create({'product_id': product.id, 'product_uom_qty': quantity})
            for product in (self.line_product, self.training) for quantity in quantities])

    def test_each_line_gets_the_rule_that_it_would_get_alone(self):
        quotation = self._quote(1, 4, 5, 6)
        self.env.invalidate_all()
        for line in quotation.order_line:
            alone = self.pricelist._get_product_rule(
                line.product_id, line.product_uom_qty, uom=line.product_uom_id, date=quotation.date_order)
            self.assertEqual(line.pricelist_item_id.id, alone, line.product_uom_qty)
        self.assertEqual(
            quotation.order_line.mapped('price_unit')[:4], [98000.0, 98000.0, 90000.0, 90000.0])

    def test_forty_lines_are_asked_for_in_the_queries_of_two(self):
        def count(*quantities):
            quotation = self._quote(*quantities)
            for _run in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                quotation.order_line.mapped('pricelist_item_id')
            return self.cr.sql_log_count - before

        self.assertEqual(count(1), count(*range(1, 21)))

    def test_no_client_hands_in_the_answer(self):
        line = self._quote(5).order_line[0]
        line.invalidate_recordset(['pricelist_item_id'])
        faked = line.with_context(ltc_asked_rules={(self.pricelist.id, line.order_id.date_order): False})
        self.assertEqual(faked.pricelist_item_id.fixed_price, 90000)
