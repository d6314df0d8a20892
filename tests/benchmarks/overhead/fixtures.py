"""A small company for the measurements: users who are no administrators, customers, goods in stock, documents to list.

The same in every database: nothing here knows the suite. All of it is rolled back.
"""
from odoo import Command

LISTED = 80  # documents in a list
LINES = 10  # lines of an order


class Company:
    """What the actions work on. ``sales``, ``stock`` and ``accounting`` are the users who act."""

    def __init__(self, env):
        self.env = env(context={'lang': 'en_US', 'tz': 'UTC', 'allowed_company_ids': env.company.ids})
        for name, value in {'ltc_profile': 'light', 'stock_text_confirmation': False}.items():
            if name in env.company._fields:
                env.company[name] = value
        self.sales = self._new_user('sales', 'sales_team.group_sale_salesman')
        self.stock = self._new_user('stock', 'stock.group_stock_user')
        self.accounting = self._new_user('accounting', 'account.group_account_invoice')
        self.env['crm.team.member'].create({
            'crm_team_id': self.env.ref('sales_team.team_sales_department').id,
            'user_id': self.sales.id,
        })
        self.partners = self._new_partners(LISTED + 20)
        self.products = self._new_products()
        self.screens = {}
        self.order = None  # the one whose forms are opened: of an opportunity, confirmed, invoiced
        self._serial = 0

    def as_user(self, user):
        return self.env(user=user, su=False)

    def fill_lists(self):
        """Make as many documents as a list shows, each of another customer, at different points of the way."""
        opportunities = self.new_opportunities(LISTED + 5)
        stages = self.env['crm.stage'].search([('is_won', '=', False)])
        for number, opportunity in enumerate(opportunities):
            opportunity.stage_id = stages[number % len(stages)]
        orders = self.new_orders(opportunities, lines=3)
        orders.action_confirm()
        self.new_orders(self.new_opportunities(5), lines=3)
        invoices = orders._create_invoices(grouped=True)
        invoices[5:].action_post()
        self.pay(invoices[5:25])
        self.order = self.new_confirmed_orders(1)
        self.order._create_invoices()
        self.order.invoice_ids.with_env(self.as_user(self.accounting)).action_post()

    def partner(self):
        self._serial += 1
        return self.partners[self._serial % len(self.partners)]

    def lead_values(self, count, **values):
        partners = [self.partner() for _number in range(count)]
        return [{
            'name': f"{partner.name}: a packing line",
            'type': 'lead',
            'user_id': self.sales.id,
            'partner_id': partner.id,
            'expected_revenue': 50000,
            **values,
        } for partner in partners]

    def new_opportunities(self, count):
        values = self.lead_values(count, type='opportunity')
        return self.as_user(self.sales)['crm.lead'].create(values)

    def order_values(self, opportunity=None, lines=LINES):
        partner = opportunity.partner_id if opportunity else self.partner()
        return {
            'partner_id': partner.id,
            'user_id': self.sales.id,
            'opportunity_id': opportunity.id if opportunity else False,
            'order_line': [
                Command.create({'product_id': product.id, 'product_uom_qty': 2})
                for product in self.products[-lines:]
            ],
        }

    def new_orders(self, opportunities, lines=LINES):
        values = [self.order_values(opportunity, lines) for opportunity in opportunities]
        return self.as_user(self.sales)['sale.order'].create(values)

    def new_confirmed_orders(self, count):
        orders = self.new_orders(self.new_opportunities(count))
        orders.action_confirm()
        return orders

    def new_invoices(self, count):
        return self.new_confirmed_orders(count)._create_invoices(grouped=True)

    def pay(self, invoices):
        invoices = invoices.with_env(self.as_user(self.accounting))
        wizard = self.payment_wizard(invoices).create({})
        return wizard.action_create_payments()

    def payment_wizard(self, invoices):
        context = {'active_model': 'account.move', 'active_ids': invoices.ids}
        return invoices.env['account.payment.register'].with_context(**context)

    def _new_user(self, name, group):
        return self.env['res.users'].with_context(no_reset_password=True).create({
            'name': f"Overhead {name.capitalize()}",
            'login': f'overhead_{name}',
            'email': f'{name}@overhead.example.com',
            'group_ids': [Command.set((self.env.ref('base.group_user') + self.env.ref(group)).ids)],
        })

    def _new_partners(self, count):
        return self.env['res.partner'].create([{
            'name': f"Overhead Customer {number:03}",
            'is_company': True,
            'customer_rank': 1,
            'email': f'customer{number}@overhead.example.com',
            'phone': f'+1 555 010 {number:04}',
            'street': f"{number} Main Street",
            'city': "Springfield",
            'country_id': self.env.ref('base.us').id,
            'user_id': self.sales.id,
        } for number in range(count)])

    def _new_products(self):
        """Return eight goods, with plenty of them in stock, and two services."""
        products = self.env['product.product'].create([{
            'name': f"Overhead Product {number}",
            'type': 'consu' if number < LINES - 2 else 'service',
            'is_storable': number < LINES - 2,
            'invoice_policy': 'order',
            'list_price': 100 + number,
            'standard_price': 60 + number,
        } for number in range(LINES)])
        location = self.env['stock.warehouse'].search([('company_id', '=', self.env.company.id)], limit=1).lot_stock_id
        for product in products.filtered('is_storable'):
            self.env['stock.quant']._update_available_quantity(product, location, 1000000)
        return products
