"""A Go is not carried to other figures: whatever a salesperson edits, splits, copies, imports, moves or presets."""
from hostile_common import HostileCommon

from odoo.fields import Command
from odoo.tests import HttpCase

CHANGED = "is not what was decided"
UNDECIDED = "was not decided"
KEYS = {
    'mark_so_as_sent': True, 'skip_ltc': True, 'ltc_keep_unreleased': False, 'import_file': True, 'su': True, 'uid': 1,
    'tracking_disable': True, 'install_mode': True, 'active_test': False, 'default_state': 'sale',
    'send_email': True, 'no_gate': True, 'module': 'sale', 'bin_size': True, 'mail_notrack': True,
}


class TestHostileQuotation(HostileCommon, HttpCase):
    test_tags = {'standard', 'post_install', 'hostile'}
    test_module = 'ltc_collection'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_released_quotation(require_payment=True, prepayment_percent=1.0)
        cls.line = cls.order.order_line[0]
        cls.other_customer = cls.env['res.partner'].create({'name': "Huangpu Dairy", 'is_company': True})
        cls.light = cls.env['res.company'].create({'name': "Light"})
        currency = cls.env['res.currency'].create({'name': 'LTH', 'symbol': 'H', 'rate_ids': [
            Command.create({'name': '2020-01-01', 'rate': 10.0, 'company_id': cls.company.id}),
            Command.create({'name': '2021-01-01', 'rate': 0.1, 'company_id': cls.company.id})]})
        cls.abroad = cls.env['product.pricelist'].create({'name': "Abroad", 'currency_id': currency.id})

    def _refuse_all_moves(self, order, pattern, **arguments):
        for method in (
            'action_quotation_send', 'action_quotation_sent', 'action_confirm', 'action_ltc_create_contract',
        ):
            self.refuse(self.sales, pattern, 'sale.order', method, ids=order.ids, **arguments)
        for state in ('sent', 'sale'):
            self.refuse(self.sales, pattern, 'sale.order', 'write', ids=order.ids, vals={'state': state}, **arguments)

    def _refuse_to_confirm(self, order):
        self.refuse(self.sales, CHANGED, 'sale.order', 'action_confirm', ids=order.ids)
        self.refuse(self.sales, CHANGED, 'sale.order', 'write', ids=order.ids, vals={'state': 'sale'})
        self.assertEqual(order.state, 'draft')

    # === EDITING AFTER A GO === #

    def _get_edits(self):
        line = self.line
        position = self.env['account.fiscal.position'].create({'name': "Abroad"})
        return {
            **{name: {'order_line': [[1, line.id, {name: value}]]} for name, value in (
                ('price_unit', 1.0), ('product_uom_qty', 99), ('discount', 90.0), ('tax_ids', [[6, 0, []]]),
                ('product_id', self.training.id), ('name', "With ten years of service"), ('purchase_price', 1.0))},
            'line added': {'order_line': [[0, 0, {'product_id': self.training.id, 'price_unit': 0}]]},
            'line removed': {'order_line': [[2, line.id, 0]]},
            'note added': {'order_line': [[0, 0, {'display_type': 'line_note', 'name': "Free service"}]]},
            'currency': {'pricelist_id': self.abroad.id},
            'terms': {'payment_term_id': self.term_120.id},
            'text': {'note': "<p>Unlimited liability</p>"},
            'prepayment': {'prepayment_percent': 0.01},
            'no payment': {'require_payment': False},
            'customer': {'partner_id': self.other_customer.id},
            'debtor': {'partner_invoice_id': self.other_customer.id},
            'taxes': {'fiscal_position_id': position.id},
            'date': {'commitment_date': '2030-01-01 00:00:00'},
        }

    def test_no_edit_survives_the_next_move(self):
        for name, values in self._get_edits().items():
            with self.attempt(edit=name), self.keep_history(self.order):
                self.call(self.sales, 'sale.order', 'write', ids=self.order.ids, vals=values)
                self._refuse_to_confirm(self.order)

    def test_nor_an_edit_in_the_same_breath_as_the_move(self):
        for name, values in self._get_edits().items():
            for state in ('sent', 'sale'):
                with self.attempt(edit=name, state=state), self.untouched(self.order):
                    self.refuse(self.sales, f'{CHANGED}|is confirmed', 'sale.order', 'write', ids=self.order.ids, vals={
                        **values, 'state': state})

    def test_a_tolerance_is_for_amounts_and_not_for_what_is_sold(self):
        self.env.ref('ltc_quote.gate_atb').tolerance = 5.0
        order = self._create_released_quotation()
        line, training = order.order_line
        twin = self.env['product.product'].create({
            'name': "Used Filling Line", 'list_price': 100000.0, 'taxes_id': [Command.set(self.tax_13.ids)]})
        edits = {
            'another product': [[1, line.id, {'product_id': twin.id, 'name': line.name, 'price_unit': 100000.0}]],
            'another text': [[1, line.id, {'name': "Filling Line with ten years of service"}]],
            'half of it, twice the price': [[1, line.id, {'product_uom_qty': 1, 'price_unit': 200000.0}]],
            'other taxes': [[1, training.id, {'tax_ids': [[6, 0, self.tax_13_included.ids]]}]],
            'a line more': [[0, 0, {'product_id': twin.id, 'product_uom_qty': 1, 'price_unit': 0.0}]],
            'a line less': [[2, training.id, 0]],
        }
        for name, commands in edits.items():
            with self.attempt(edit=name), self.keep_history(order):
                self.call(self.sales, 'sale.order', 'write', ids=order.ids, vals={'order_line': commands})
                self._refuse_to_confirm(order)
        self.call(self.sales, 'sale.order', 'write', ids=order.ids, vals={
            'order_line': [[1, line.id, {'price_unit': 98000.0}]]})
        self.call(self.sales, 'sale.order', 'action_quotation_sent', ids=order.ids)

    def test_flags_move_no_line_out_of_sight(self):
        for flag in ('is_expense', 'is_downpayment'):
            with self.attempt(flag=flag):
                self.call(self.sales, 'sale.order.line', 'write', ids=self.line.ids, vals={flag: True})
                self.call(self.sales, 'sale.order.line', 'write', ids=self.line.ids, vals={'price_unit': 1.0})
                self._refuse_all_moves(self.order, CHANGED)

    def test_what_moves_by_itself_leaves_the_go_alone(self):
        self.line_product.standard_price = 99999.0
        self.line_product.list_price = 1.0
        self.order.pricelist_id.sudo().item_ids = [Command.create({'compute_price': 'fixed', 'fixed_price': 1.0})]
        self.env['res.currency.rate'].create({
            'currency_id': self.order.currency_id.id, 'name': '2020-01-01', 'rate': 7.0, 'company_id': self.company.id})
        with self.keep_history(self.order):
            self.call(self.sales, 'sale.order', 'action_quotation_sent', ids=self.order.ids)
        self.assertEqual((self.order.state, self.line.price_unit), ('sent', 100000.0))

    # === MORE OF IT === #

    def test_splitting_releases_neither_half(self):
        with self.keep_history(self.order):
            [copy_id] = self.call(self.sales, 'sale.order', 'copy', ids=self.order.ids)
            half = self.env['sale.order'].browse(copy_id)
            self.call(self.sales, 'sale.order.line', 'unlink', ids=half.order_line[1:].ids)
            self.call(self.sales, 'sale.order.line', 'write', ids=self.order.order_line[1:].ids, vals={
                'order_id': half.id})
            self._refuse_all_moves(self.order, CHANGED)
            self._refuse_all_moves(half, UNDECIDED)

    def test_a_copy_brings_no_go(self):
        with self.untouched(self.order):
            [copy_id] = self.call(self.sales, 'sale.order', 'copy', ids=self.order.ids, default={
                'ltc_version': 3, 'create_date': '2001-01-01 00:00:00'})
            self._refuse_all_moves(self.env['sale.order'].browse(copy_id), UNDECIDED)
            self.refuse(self.sales, UNDECIDED, 'sale.order', 'copy', ids=self.order.ids, default={'state': 'sale'})

    def test_no_key_of_the_client_opens_the_gate(self):
        order = self._create_quotation()
        with self.untouched(order):
            self._refuse_all_moves(order, order.name, context=KEYS)
            self.refuse(self.sales, '.', 'sale.order', 'create', context=KEYS, vals_list=[{
                'partner_id': self.customer.id, 'order_line': [[0, 0, {'product_id': self.line_product.id}]]}])

    def test_creating_it_further_on_is_refused(self):
        values = {'partner_id': self.customer.id, 'order_line': [[0, 0, {'product_id': self.line_product.id}]]}
        count = self.env['sale.order'].search_count([])
        for state in ('sent', 'sale'):
            self.refuse(self.sales, UNDECIDED, 'sale.order', 'create', vals_list=[{**values, 'state': state}])
            self.refuse(self.sales, UNDECIDED, 'sale.order', 'create', vals_list=[values], context={
                'default_state': state})
            self.refuse(self.sales, UNDECIDED, 'sale.order', 'web_save', vals={**values, 'state': state},
                        specification={})
        self.call(self.sales, 'ir.default', 'set', model_name='sale.order', field_name='state', value='sale',
                  user_id=True)
        self.refuse(self.sales, UNDECIDED, 'sale.order', 'create', vals_list=[values])
        self.assertEqual(self.env['sale.order'].search_count([]), count)

    def test_importing_with_a_state_is_refused(self):
        order = self._create_quotation()
        xmlid = order.sudo().export_data(['id'])['datas'][0][0]
        for rows in ([f'{xmlid},sale'], [f'{xmlid},sent']):
            with self.untouched(order):
                messages = self._import('sale.order', ['id', 'state'], rows)
                self.assertRegex(messages[0]['message'], UNDECIDED)
        messages = self._import('sale.order', ['partner_id', 'state', 'order_line/product_id'], [
            f'{self.customer.name},sale,{self.line_product.name}'])
        self.assertRegex(messages[0]['message'], UNDECIDED)

    def _import(self, model, names, rows):
        """Import a CSV file as the web client does; return the messages."""
        content = '\n'.join([','.join(names), *rows])
        [import_id] = self.call(self.sales, 'base_import.import', 'create', vals_list=[{
            'res_model': model, 'file': content, 'file_type': 'text/csv',
            'file_name': 'orders.csv'}])
        result = self.call(self.sales, 'base_import.import', 'execute_import', ids=[import_id], fields=names,
                           columns=names, options={'has_headers': True, 'quoting': '"', 'separator': ','})
        self.assertFalse(result.get('ids'))
        return result['messages']

    def test_a_template_applied_after_the_go_voids_it(self):
        template = self.env['sale.order.template'].create({
            'name': "Bigger Line", 'sale_order_template_line_ids': [
                Command.create({'product_id': self.line_product.id, 'product_uom_qty': 9})]})
        self.sales.group_ids += self.env.ref('sale_management.group_sale_order_template')
        answer = self.call(self.sales, 'sale.order', 'onchange', ids=self.order.ids, field_names=[
            'sale_order_template_id'], values={'sale_order_template_id': template.id}, fields_spec={
                'sale_order_template_id': {}, 'order_line': {'fields': {'product_id': {}, 'product_uom_qty': {}}}})
        with self.keep_history(self.order):
            self.call(self.sales, 'sale.order', 'web_save', ids=self.order.ids, specification={}, vals={
                'sale_order_template_id': template.id, 'order_line': answer['value']['order_line']})
            self._refuse_all_moves(self.order, CHANGED)

    # === HISTORY === #

    def test_going_back_erases_nothing(self):
        with self.keep_history(self.order):
            for method in ('action_cancel', 'action_draft'):
                self.call(self.sales, 'sale.order', method, ids=self.order.ids)
            self.call(self.sales, 'sale.order.line', 'write', ids=self.line.ids, vals={'price_unit': 1.0})
            self._refuse_all_moves(self.order, CHANGED)

    def test_what_was_decided_on_is_not_deleted(self):
        self.order.with_user(self.manager).sudo(False).action_cancel()
        with self.untouched(self.order):
            self.refuse(self.manager, "has versions or a negotiation log", 'sale.order', 'unlink', ids=self.order.ids)
        self.assertTrue(self.order.exists())

    def test_the_date_of_birth_is_not_typed(self):
        order = self._create_quotation()
        with self.untouched(order):
            for values in ({'create_date': '2001-01-01 00:00:00'}, {'create_uid': 1}, {'ltc_version': 7}):
                self.call(self.sales, 'sale.order', 'write', ids=order.ids, vals=values)
            self._refuse_all_moves(order, UNDECIDED)

    def test_a_detour_through_a_light_company_ends_at_the_gate(self):
        self.sales.company_ids += self.light
        order = self._create_quotation(team_id=False, payment_term_id=False, order_line=[
            Command.create({'product_id': self.line_product.id, 'tax_ids': [Command.clear()]})])
        context = {'allowed_company_ids': (self.light | self.company).ids}
        self.call(self.sales, 'sale.order', 'write', ids=order.ids, context=context, vals={
            'company_id': self.light.id, 'warehouse_id': self.env['stock.warehouse'].sudo().search(
                [('company_id', '=', self.light.id)], limit=1).id or False, 'fiscal_position_id': False})
        self.call(self.sales, 'sale.order', 'action_confirm', ids=order.ids, context=context)
        with self.untouched(order):
            self.refuse(self.sales, f'{UNDECIDED}|compan', 'sale.order', 'write', ids=order.ids, context=context,
                        vals={'company_id': self.company.id})

    # === WHO DECIDES === #

    def test_the_level_is_not_typed(self):
        cheap = {'product_id': self.line_product.id, 'product_uom_qty': 1, 'price_unit': 50000.0}
        for name, values in {
            'a cost typed lower': {**cheap, 'technical_price_unit': 50000.0, 'purchase_price': 1.0},
            'no list price': {**cheap, 'purchase_price': 1.0},
        }.items():
            with self.attempt(trick=name):
                [order_id] = self.call(self.sales, 'sale.order', 'create', vals_list=[{
                    'partner_id': self.customer.id, 'order_line': [[0, 0, values]]}])
                review = self._submit(self.env['sale.order'].browse(order_id), 'atb', self.sales).sudo()
                self.assertEqual(review.level, 50)

    def test_nor_by_the_rate_of_another_day(self):
        order = self._create_quotation(pricelist_id=self.abroad.id, order_line=[
            Command.create({'product_id': self.line_product.id, 'price_unit': 120000.0})])
        self.call(self.sales, 'sale.order', 'write', ids=order.ids, vals={'date_order': '2020-02-01 00:00:00'})
        review = self._submit(order, 'atb').sudo()
        self.assertGreaterEqual(review.level, 40)  # of the amount; at that day's rate the margin goes up further
        self.assertGreater(review.amount_company, 1000000)

    # === MONEY AND GOODS === #

    def test_nothing_is_billed_on_a_quotation(self):
        for order in (self.order, self._create_quotation()):
            for method in ('percentage', 'fixed', 'delivered'):
                with self.untouched(order):
                    [wizard_id] = self.call(self.sales, 'sale.advance.payment.inv', 'create', vals_list=[{
                        'advance_payment_method': method, 'amount': 30, 'fixed_amount': 100.0,
                        'sale_order_ids': [[6, 0, order.ids]]}])
                    self.refuse(self.sales, "not a confirmed order|nothing to invoice|no items",
                                'sale.advance.payment.inv', 'create_invoices', ids=[wizard_id])
            self.assertFalse(order.sudo().invoice_ids)

    def test_nothing_is_delivered_on_a_quotation(self):
        warehouse = self.env['stock.warehouse'].search([('company_id', '=', self.company.id)], limit=1)
        places = {'location_id': warehouse.lot_stock_id.id,
                  'location_dest_id': self.env.ref('stock.stock_location_customers').id}
        [picking_id] = self.call(self.delivery, 'stock.picking', 'create', vals_list=[{
            **places, 'picking_type_id': warehouse.out_type_id.id, 'move_ids': [[0, 0, {
                **places, 'product_id': self.line_product.id, 'product_uom_qty': 1, 'sale_line_id': self.line.id}]]}])
        picking = self.env['stock.picking'].browse(picking_id)
        self.call(self.delivery, 'stock.picking', 'action_confirm', ids=[picking_id])
        self.call(self.delivery, 'stock.move', 'write', ids=picking.move_ids.ids, vals={'quantity': 1, 'picked': True})
        for model, ids in (('stock.picking', picking.ids), ('stock.move', picking.move_ids.ids)):
            self.refuse(self.delivery, "not a confirmed order", model, 'write', ids=ids, vals={'state': 'done'})
        self.refuse(self.delivery, "not a confirmed order", 'stock.picking', 'button_validate', ids=[picking_id])
        self.assertNotEqual(picking.state, 'done')
        self.assertFalse(self.line.sudo().qty_delivered)

