from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.ltc_lead.demo.ltc_demo import CASES

# key: name, reference, list price, cost, type, sales description
PRODUCTS = {
    'robot_200': ("Palletizing Robot HC-200", "HC-200", 280000, 188000, 'consu',
                  "Four axes, 200 kg payload, reach 3.1 m, with controller"),
    'robot_80': ("Pick-and-Place Robot HC-80", "HC-80", 160000, 107000, 'consu',
                 "Six axes, 80 kg payload, reach 2.2 m, with controller"),
    'conveyor': ("Conveyor Line CL-12", "CL-12", 95000, 66000, 'consu', "Roller conveyor, 12 m, 80 kg/m, zones"),
    'vision': ("Vision Inspection Station VS-4", "VS-4", 120000, 73000, 'consu', "Four cameras, lighting, software"),
    'cabinet': ("Control Cabinet CC-3", "CC-3", 48000, 31000, 'consu', "Safety PLC, HMI 15 inch, wired and tested"),
    'spares': ("Spare Parts Kit", "SP-1", 22000, 12500, 'consu', "Wear and spare parts for two years"),
    'installation': ("Installation and Commissioning", "SV-INST", 60000, 38000, 'service',
                     "Assembly on site, start-up, ramp-up support"),
    'training': ("Operator Training", "SV-TRAIN", 15000, 8000, 'service', "Two days on site, ten operators"),
}

# case: lines (product, quantity, discount %), reason for the reviewers
QUOTATIONS = {
    'xinhe': ([('robot_80', 4, 12), ('vision', 2, 12), ('conveyor', 2, 12), ('cabinet', 2, 10),
               ('installation', 1, 0)], ''),
    'taihu': ([('robot_200', 2, 4), ('conveyor', 1, 4), ('cabinet', 1, 0), ('installation', 1, 0),
               ('training', 1, 0)], "Reference in the paper industry; the customer plans two more slitters."),
    'minjiang': ([('robot_200', 2, 3), ('conveyor', 2, 3), ('cabinet', 2, 3), ('installation', 1, 0),
                  ('training', 1, 0)], "Start of the season is fixed; delivery in ten weeks is the key."),
    'lingnan': ([('vision', 3, 2), ('conveyor', 1, 0), ('cabinet', 1, 0), ('installation', 1, 0),
                 ('training', 1, 0)], "Standard scope."),
    'yunfeng': ([('robot_80', 2, 3), ('vision', 1, 0), ('conveyor', 1, 0), ('cabinet', 1, 0),
                 ('installation', 1, 0), ('training', 1, 0)], "Depalletizing with known box sizes."),
    'qinling': ([('robot_80', 2, 2), ('conveyor', 2, 2), ('cabinet', 2, 0), ('spares', 1, 0),
                 ('installation', 1, 0), ('training', 1, 0)], "Third project with this customer."),
    'haibin': ([('robot_200', 1, 0), ('conveyor', 2, 0), ('cabinet', 2, 0), ('spares', 1, 0),
                ('installation', 1, 0), ('training', 1, 0)], "Harbour side; marine paint included."),
    'zhongyuan': ([('robot_200', 1, 2), ('conveyor', 1, 0), ('cabinet', 1, 0), ('installation', 1, 0),
                   ('training', 1, 0)], "Bag gripper proven at two customers."),
    'jiangnan': ([('robot_80', 2, 1), ('conveyor', 1, 0), ('cabinet', 1, 0), ('installation', 1, 0),
                  ('training', 1, 0)], "Doffing trials passed in our hall."),
    'bohai': ([('robot_200', 1, 0), ('conveyor', 1, 0), ('cabinet', 1, 0), ('installation', 1, 0),
               ('training', 1, 0)], "Ex-proof version by subcontractor."),
}


class LtcDemo(models.AbstractModel):
    _inherit = 'ltc.demo'

    @api.model
    def _play_quote(self):
        """The company has its products and taxes; cases beyond ATI get quotations, and gate ATB decides on them."""
        self._backdate_gates()
        self._set_up_accounting()
        self._hire({'finance': ['account.group_account_manager'], 'collector': ['account.group_account_invoice']})
        self._create_products()
        self._set_up_warehouse()
        self._create_template()
        for key in QUOTATIONS:
            if self._reaches(key, 'quote'):
                self._play_quotation(key)

    @api.model
    def _set_up_accounting(self):
        company = self._company()
        country, currency = company.country_id, company.currency_id
        Chart = self.env['account.chart.template']
        chart = 'cn' if Chart._get_chart_template_mapping().get('cn', {}).get('installed') else 'generic_coa'
        Chart.try_loading(chart, company=company, install_demo=True)  # without its demo entries, see below
        company.write({'account_fiscal_country_id': country.id, 'currency_id': currency.id})
        Tax = self.env['account.tax'].with_company(company)
        group = self.env['account.tax.group'].create({
            'name': "VAT", 'company_id': company.id, 'country_id': country.id})
        for percent in (13, 6):
            self._keep(f'tax_{percent}', Tax.create({
                'name': f"VAT {percent}%", 'amount': percent, 'type_tax_use': 'sale', 'company_id': company.id,
                'tax_group_id': group.id, 'country_id': country.id}))
        company.account_sale_tax_id = self._find('tax_13')
        positions = self.env['account.fiscal.position'].search([('company_id', '=', company.id)])
        positions.action_archive()  # the generic chart's customers abroad
        self._set_up_terms()

    @api.model
    def _set_up_terms(self):
        """Customers of the lower grades are asked to pay sooner."""
        for grade, term in (('B', '45days'), ('C', '30days'), ('D', 'immediate')):
            self.env['ltc.grade.terms'].search([
                ('company_id', '=', self._company().id), ('grade', '=', grade)]).payment_term_id = self.env.ref(
                    f'account.account_payment_term_{term}', raise_if_not_found=False)

    @api.model
    def _set_up_warehouse(self):
        """Give the company its warehouse where Odoo's inventory is installed; this floor does not need it."""
        if 'stock.warehouse' in self.env and not self.env['stock.warehouse'].search_count(
                [('company_id', '=', self._company().id)], limit=1):
            self.env['stock.warehouse'].create({
                'name': "Suzhou Plant", 'code': 'SZ', 'company_id': self._company().id,
                'partner_id': self._company().partner_id.id})
        if 'stock.quant' in self.env:
            self._stock_up()

    @api.model
    def _stock_up(self):
        warehouse = self.env['stock.warehouse'].search([('company_id', '=', self._company().id)], limit=1)
        for key, values in PRODUCTS.items():
            if values[4] == 'consu':
                product = self._find(f'product_{key}')
                product.is_storable = True
                self.env['stock.quant'].with_company(self._company()).with_context(inventory_mode=True).create({
                    'product_id': product.id, 'location_id': warehouse.lot_stock_id.id, 'inventory_quantity': 30,
                }).action_apply_inventory()

    @api.model
    def _create_products(self):
        for key, (name, reference, price, cost, kind, description) in PRODUCTS.items():
            self._keep(f'product_{key}', self.env['product.product'].with_company(self._company()).create({
                'name': name, 'default_code': reference, 'list_price': price, 'standard_price': cost, 'type': kind,
                'description_sale': description, 'company_id': self._company().id,
                'invoice_policy': 'delivery' if kind == 'consu' else 'order',
                'taxes_id': [fields.Command.set(self._find('tax_13' if kind == 'consu' else 'tax_6').ids)],
                'supplier_taxes_id': [fields.Command.clear()],
            }))

    @api.model
    def _create_template(self):
        """What salespersons start from: the usual palletizing cell, with options that customers often take."""
        self._keep('template_cell', self.env['sale.order.template'].create({
            'name': "Palletizing Cell", 'company_id': self._company().id, 'number_of_days': 30,
            'ltc_acceptance_method': 'trial', 'ltc_billing_frequency': 'milestone',
            'sale_order_template_line_ids': [
                *(self._prepare_template_line(key) for key in ('robot_200', 'conveyor', 'cabinet', 'installation')),
                fields.Command.create({'display_type': 'line_section', 'name': "Options", 'is_optional': True}),
                *(self._prepare_template_line(key, 0) for key in ('training', 'spares')),
            ]}))

    @api.model
    def _prepare_template_line(self, key, quantity=1):
        product = self._find(f'product_{key}')
        return fields.Command.create({
            'product_id': product.id, 'product_uom_qty': quantity,
            'name': product.get_product_multiline_description_sale()})

    @api.model
    def _backdate(self, flow, age):
        """Offers are as old as what was decided on them."""
        result = super()._backdate(flow, age)
        for order in self.env['sale.order'].search([('ltc_flow_id', '=', flow.id)]):
            review = order.ltc_review_ids.sorted('id')[:1]
            if review.state not in (False, 'in_review'):
                made_on = self._get_working_moment(review.submitted_on - timedelta(days=2))
                order.flush_recordset()
                self.env.cr.execute(SQL(
                    "UPDATE sale_order SET create_date = %(made)s, date_order = CASE state WHEN 'sale' THEN date_order"
                    " ELSE %(made)s END WHERE id = %(id)s", made=made_on, id=order.id))
                order.invalidate_recordset(['create_date', 'date_order'])
        return result

    @api.model
    def _play_quotation(self, key):
        opportunity = self._find(f'case_{key}')
        lines, note = QUOTATIONS[key]
        order = self._as('sales', self.env['sale.order']).create({
            'partner_id': opportunity.partner_id.id, 'opportunity_id': opportunity.id,
            'company_id': self._company().id, 'team_id': self._find('team').id, 'user_id': self._user('sales').id,
            'payment_term_id': self.env.ref('account.account_payment_term_30days').id,
            'client_order_ref': f"{opportunity.partner_id.name.split()[0].upper()}-{fields.Date.today().year}",
            'validity_date': fields.Date.context_today(self) + timedelta(days=30),
            'ltc_acceptance_method': 'trial', 'ltc_billing_frequency': 'milestone',
            'order_line': [fields.Command.create({
                'product_id': self._find(f'product_{product}').id, 'product_uom_qty': quantity, 'discount': discount,
            }) for product, quantity, discount in lines],
        })
        self._keep(f'order_{key}', order)
        self._decide_atb(key, order, note)
        self._backdate(order.sudo().ltc_flow_id, CASES[key][2])

    @api.model
    def _decide_atb(self, key, order, note):
        if not self._reaches(key, 'atb_review'):
            return
        review = self._submit(order, 'atb', note=note)
        if CASES[key][5] == 'atb_review':
            self._hear(review, {'finance': (
                'conditional', "Margin acceptable if the advance stays at 30 %.", "Steel price until order.")})
            return
        self._hear(review, {'technical': ('agree', "Standard components, cycle time simulated.", ""),
                            'finance': ('agree', "Payment rhythm covers our purchases.", "")})
        self._decide(review, 'go', minutes="Prices as proposed; no further discount without a new round.")
        order.action_quotation_sent()


class AccountChartTemplate(models.AbstractModel):
    _inherit = 'account.chart.template'

    @api.model
    def _install_demo(self, companies):
        """Keep Odoo's sample entries out of the demo company: its own story fills the books."""
        demo_company = self.env.ref('ltc_base.company_huachen', raise_if_not_found=False)
        return super()._install_demo(companies - demo_company if demo_company else companies)
