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
        self.assertIn("Line 1 (Filling Line) is 8.75 % below its floor price", why['notes'][0])

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
