from odoo.fields import Command

from odoo.addons.ltc_lead.tests.common import LtcLeadCommon

SIGNATURE = (
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==')


class LtcQuoteCommon(LtcLeadCommon):
    """A filling line that costs 60,000 and is listed at 100,000, training, and quotations of both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line_product, cls.training = cls.env['product.product'].create([
            {'name': "Filling Line", 'type': 'consu', 'list_price': 100000.0, 'standard_price': 60000.0,
             'taxes_id': [Command.clear()]},
            {'name': "Operator Training", 'type': 'service', 'list_price': 5000.0, 'standard_price': 2000.0,
             'taxes_id': [Command.clear()]},
        ])
        cls.term_30, cls.term_120 = cls.env['account.payment.term'].create([
            {'name': f"{days} Days", 'company_id': False, 'line_ids': [
                Command.create({'value': 'percent', 'value_amount': 100.0, 'nb_days': days})]}
            for days in (30, 120)
        ])

    @classmethod
    def _prepare_quotation_values(cls, **values):
        return {
            'partner_id': cls.customer.id,
            'user_id': cls.sales.id,
            'team_id': cls.team.id,
            'company_id': cls.company.id,
            'payment_term_id': cls.term_30.id,
            'order_line': [
                Command.create({'product_id': cls.line_product.id, 'product_uom_qty': 2}),
                Command.create({'product_id': cls.training.id, 'product_uom_qty': 1}),
            ],
            **values,
        }

    @classmethod
    def _create_quotation(cls, user=None, **values):
        Order = cls.env['sale.order'].with_user(user or cls.sales)
        return Order.create(cls._prepare_quotation_values(**values))

    @classmethod
    def _create_released_quotation(cls, **values):
        quotation = cls._create_quotation(**values)
        cls._pass_gate(quotation, 'atb')
        return quotation
