"""What the tests of the whole line share."""
from odoo.addons.ltc_delivery.tests.common import LtcDeliveryCommon


class LeadToCashCommon(LtcDeliveryCommon):
    """A company in the full profile whose goods are in stock and whose overdue lines are dunned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('full')
        cls.company.write({'ltc_dunning': True, 'ltc_collector_user_id': cls.collector.id})
        cls.line_product.write({'is_storable': True, 'invoice_policy': 'delivery'})
        warehouse = cls.env['stock.warehouse'].search([('company_id', '=', cls.company.id)], limit=1)
        cls.env['stock.quant']._update_available_quantity(cls.line_product, warehouse.lot_stock_id, 50)
