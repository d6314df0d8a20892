from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderReview(LtcQuoteCommon):
    """What those who judge a quotation read of it: why it came to them, its figures, its lines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.env['ltc.price.rule'].search([]).active = False
        cls.presales.tz = 'Asia/Shanghai'

    def _quote(self, price=73000.0, **values):
        return self._create_quotation(order_line=[Command.create({
            'product_id': self.line_product.id, 'product_uom_qty': 1, 'technical_price_unit': 100000.0,
            'price_unit': price})], **values)

    def _read(self, review, user=None):
        review.invalidate_recordset()
        return review.with_user(user or self.presales).sudo(False)

    # === REASONS === #

    def test_the_reviewer_reads_the_reasons_of_the_forecast(self):
        self.env['ltc.price.rule'].create({
            'name': "Floor", 'use_floor_price': True, 'floor_price': 80000,
            'product_tmpl_id': self.line_product.product_tmpl_id.id})
        quotation = self._quote()
        forecast = quotation.ltc_approval_forecast
        why = self._read(self._submit(quotation, 'atb')).reasons_shown
        self.assertEqual(why['level'], forecast['level'])
        self.assertEqual(why['reasons'], forecast['reasons'])
        self.assertIn("deepest discount 27 % above 20 %", why['reasons'])
        self.assertEqual(why['notes'][:len(forecast['notes'])], forecast['notes'])
        level = self.env['ltc.gate']._get_by_code('atb').rule_ids.filtered(lambda rule: rule.level == 40)
        figures = {'below_floor_count': 1, 'below_floor_percent': 8.75}
        self.assertEqual(
            quotation._ltc_describe_trigger('below_floor', level, figures), "1 line below its floor price, by 8.75 %")
        self.assertIn("Line 1 (Filling Line) is 8.75 % below its floor price", why['notes'][0])

    def test_only_the_gate_that_judges_the_room_speaks_of_it(self):
        gate = self.env['ltc.gate'].create({
            'name': "Strategic Deal", 'model_id': self.env['ir.model']._get_id('sale.order'),
            'company_ids': [Command.set(self.company.ids)], 'guard_domain': repr([('client_order_ref', '=', "DEAL")]),
            'rule_ids': [Command.create({'name': "Director", 'user_ids': [Command.set(self.manager.ids)]})]})
        quotation = self._quote(ltc_concession_room=5.0)
        room = "Judged are the lowest prices"
        for code, spoken in (('atb', 1), (gate.code, 0)):
            why = self._read(self._submit(quotation, code), self.manager).reasons_shown
            self.assertEqual(len([note for note in why['notes'] if room in note]), spoken, code)

    def test_each_reads_them_in_his_language_and_the_mail_says_them(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.presales.lang = 'zh_CN'
        before = self.env['mail.message'].search([], limit=1, order='id desc').id
        review = self._submit(self._quote(), 'atb')
        self.assertEqual(set(review.sudo().reasons), {'en_US', 'zh_CN'})
        why = self._read(review).with_context(lang='zh_CN').reasons_shown
        self.assertEqual(why['reasons'], review.sudo().reasons['zh_CN']['reasons'])
        mails = self.env['mail.message'].search([('id', '>', before), ('model', '=', review._name)])
        told = mails.filtered(lambda mail: self.finance.partner_id in mail.partner_ids)
        self.assertIn("deepest discount 27 % above 20 %", told.body)

    def test_the_credit_is_among_the_notes(self):
        self.company.account_use_credit_limit = True
        self.customer.with_company(self.company).credit_limit = 1000.0
        quotation = self._quote()
        notice = quotation.ltc_get_credit_notice()
        self.assertTrue(notice)
        self.assertEqual(self._read(self._submit(quotation, 'atb')).reasons_shown['notes'], notice)

    def test_the_reasons_stay_when_the_quotation_changes(self):
        quotation = self._quote()
        review = self._submit(quotation, 'atb')
        before = self._read(review).reasons_shown
        review.action_withdraw()
        quotation.order_line.price_unit = 99000.0
        self.env['ltc.gate']._get_by_code('atb').rule_ids.filtered(lambda rule: rule.level == 40).discount_above = 50
        self.assertEqual(self._read(review).reasons_shown, before)
        second = self._submit(quotation, 'atb')
        self.assertEqual(self._read(second).reasons_shown['reasons'], [])

    def test_a_limit_that_a_document_cannot_describe_is_said_as_the_matrix_says_it(self):
        level = self.env['ltc.gate']._get_by_code('atb').rule_ids.filtered(lambda rule: rule.level == 40)
        self.assertEqual(level._describe_limit('discount'), "discount above 20 %")

    def test_a_round_without_reasons_opens(self):
        review = self._submit(self._quote(), 'atb')
        review.sudo().write({'reasons': False})
        self.assertFalse(self._read(review).reasons_shown)
        self.assertTrue(self._read(review).figures_table['rows'])
        self.assertTrue(review.sudo()._prepare_mail_values())

    # === FIGURES AND LINES === #

    def _create_quotation_of_three(self):
        return self._create_quotation(order_line=[
            Command.create({'product_id': self.training.id, 'product_uom_qty': 3, 'sequence': 1}),
            Command.create({'product_id': self.line_product.id, 'product_uom_qty': 1, 'sequence': 2,
                            'name': "Filling Line\nStainless steel"}),
            Command.create({'product_id': self.training.id, 'price_unit': 4000.0, 'sequence': 3, 'name': "Refresher"}),
        ])

    def _get_lines(self, review, user=None):
        lines = self._read(review, user).figures_table['lines']
        headings = [column['label'] if isinstance(column, dict) else column for column in lines['columns']]
        return [(row['state'], dict(zip(headings, row['cells'], strict=True))) for row in lines['rows']]

    def test_lines_stand_in_the_order_of_the_quotation_with_what_they_bring(self):
        quotation = self._create_quotation_of_three()
        lines = self._get_lines(self._submit(quotation, 'atb'))
        self.assertEqual([line["Product"]['today'] for _state, line in lines], [
            "Operator Training", "Filling Line\nStainless steel", "Operator Training\nRefresher"])
        self.assertEqual([line["Amount"]['frozen'] for _state, line in lines], ["15,000.00", "100,000.00", "4,000.00"])
        self.assertEqual([line["Margin (%)"]['frozen'] for _state, line in lines], ["60.00", "40.00", "50.00"])
        self.assertEqual(lines[0][1]["Quantity"]['today'], "3 Units")

    def test_a_line_stands_beside_the_one_that_it_was(self):
        quotation = self._create_quotation_of_three()
        review = self._submit(quotation, 'atb')
        review.action_withdraw()
        first, second, third = quotation.order_line
        first.unlink()
        third.write({'price_unit': 3500.0, 'sequence': 1})
        second.sequence = 9
        quotation.order_line = [Command.create({'product_id': self.training.id, 'sequence': 0, 'name': "Spare parts"})]
        lines = self._get_lines(review)
        self.assertEqual(
            [(state, line["Product"]['frozen'] or line["Product"]['today']) for state, line in lines], [
                ('removed', "Operator Training"), ('same', "Filling Line\nStainless steel"),
                ('changed', "Operator Training\nRefresher"), ('added', "Operator Training\nSpare parts")])
        amount = lines[2][1]["Amount"]
        self.assertEqual((amount['frozen'], amount['today']), ("4,000.00", "3,500.00"))

    def test_moving_a_line_is_no_difference(self):
        quotation = self._create_quotation_of_three()
        review = self._pass_gate(quotation, 'atb')
        quotation.order_line[0].sequence = 99
        self.assertEqual({state for state, _line in self._get_lines(review)}, {'same'})
        self.assertFalse(self._read(review).is_changed)

    def test_the_margin_of_a_decided_line_stays_what_it_was(self):
        quotation = self._create_quotation_of_three()
        review = self._pass_gate(quotation, 'atb')
        quotation.order_line[1].purchase_price = 90000.0
        self.assertEqual(self._get_lines(review)[1][1]["Margin (%)"]['today'], "40.00")

    def test_whoever_may_not_see_costs_sees_no_margin_of_a_line(self):
        review = self._submit(self._create_quotation_of_three(), 'atb')
        Line = self.env.registry['sale.order.line']
        has_access = Line._has_field_access
        self.patch(Line, '_has_field_access', lambda line, field, operation: (
            field.name != 'purchase_price' or line.env.user == self.manager) and has_access(line, field, operation))
        self.assertIn("Margin (%)", self._get_lines(review, self.manager)[0][1])
        line = self._get_lines(review)[0][1]
        self.assertNotIn("Margin (%)", line)
        self.assertEqual(line["Amount"]['frozen'], "15,000.00")
        with self.assertRaises(AccessError):
            self._read(review, self.manager).read(['line_details'])

    def test_an_old_round_shows_its_lines_as_they_were_frozen(self):
        quotation = self._create_quotation_of_three()
        review = self._submit(quotation, 'atb')
        review.sudo().line_details = False
        lines = self._get_lines(review)
        self.assertEqual([state for state, _line in lines], ['same'] * 3)
        self.assertNotIn("Amount", lines[0][1])
        self.assertEqual([line["Unit Price"]['frozen'] for _state, line in lines], [
            f'{line[4]:,.2f}' for line in review.sudo().figures['lines']])

    def test_dates_are_the_reader_s_and_technical_facts_are_folded(self):
        quotation = self._quote(commitment_date='2030-12-10 20:00:00')
        review = self._submit(quotation, 'atb')
        rows = {row['label']: row for row in self._read(review).figures_table['rows']}
        self.assertRegex(rows["Promised Delivery"]['frozen'], "^12/11/30, 4:00.AM$")  # in Shanghai
        folded = {label for label, row in rows.items() if row['folded']}
        self.assertLessEqual(
            {"Company", "Pricelist", "Fiscal Position", "Online Payment (%)", "Invoiced To", "Currency"}, folded)
        self.assertFalse(folded & {"Customer", "Promised Delivery", "Amount with Tax"})

    def test_the_tile_of_the_amount_is_without_tax(self):
        tax = self.env['account.tax'].create({'name': "VAT 13", 'amount': 13.0})
        quotation = self._quote()
        quotation.order_line.tax_ids = tax
        review = self._read(self._submit(quotation, 'atb'))
        self.assertEqual((review.amount_untaxed, review.amount), (73000.0, 82490.0))

    def test_many_lines_cost_no_more_queries_than_two(self):
        def count(lines):
            review = self._submit(self._create_quotation(order_line=[Command.create({
                'product_id': self.training.id, 'name': f"Training {number}"}) for number in range(lines)]), 'atb')
            for _run in range(2):  # what is cached for the whole server is no part of the price
                self.env.flush_all()
                self.env.invalidate_all()
                reader = review.with_user(self.presales).sudo(False)
                before = self.cr.sql_log_count
                self.assertTrue(reader.figures_table)
            return self.cr.sql_log_count - before

        self.assertLessEqual(count(60), count(2))
