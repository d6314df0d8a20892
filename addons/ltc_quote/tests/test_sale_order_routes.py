from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import SIGNATURE, LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderRoutes(LtcQuoteCommon):
    """Every way to a sent or confirmed quotation, tried by a salesperson without a Go."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.quotation = cls._create_quotation()

    def test_the_buttons(self):
        for action in ('action_quotation_send', 'action_quotation_sent', 'action_confirm'):
            with self.subTest(action=action), self.assertRaises(UserError):
                getattr(self.quotation, action)()
        with self.assertRaises(UserError):
            self.quotation.with_context(proforma=True).action_quotation_send()

    def test_several_at_once_name_every_one(self):
        quotations = self.quotation | self._create_quotation() | self._create_released_quotation()
        with self.assertRaises(UserError) as refusal:
            quotations.action_quotation_send()
        sentences = refusal.exception.args[0].splitlines()
        self.assertEqual(len(sentences), 2)
        self.assertIn(quotations[1].name, sentences[1])
        with self.assertRaises(UserError):
            quotations.action_confirm()
        self.assertEqual(set(quotations.mapped('state')), {'draft'})

    def test_writing_the_state(self):
        for state in ('sent', 'sale'):
            for order in (self.quotation, self.quotation.sudo()):
                with self.subTest(state=state, su=order.env.su), self.assertRaises(ValidationError):
                    order.write({'state': state})

    def test_confirming_in_superuser_mode(self):
        with self.assertRaises(UserError):
            self.quotation.sudo().action_confirm()
        with self.assertRaises(UserError):
            self.quotation.with_user(self.env.ref('base.user_root')).action_confirm()

    def test_no_context_key_opens_the_gate(self):
        keys = dict.fromkeys(('ltc_keep_unreleased', 'skip_check', 'install_mode', 'tracking_disable', 'no_gate'), True)
        with self.assertRaises(UserError):
            self.quotation.with_context(**keys).action_confirm()
        with self.assertRaises(ValidationError):
            self.quotation.with_context(**keys).write({'state': 'sent'})
        self.quotation.with_context(**keys).action_quotation_sent()
        self.assertEqual(self.quotation.state, 'draft', "the key of payments leaves the quotation as it is")

    def test_creating_it_sent_or_confirmed(self):
        for state in ('sent', 'sale'):
            with self.subTest(state=state), self.assertRaises(ValidationError):
                self._create_quotation(state=state)
            with self.subTest(state=state, default=True), self.assertRaises(ValidationError):
                self.env['sale.order'].with_user(self.sales).with_context(default_state=state).create(
                    self._prepare_quotation_values())

    def test_importing_it(self):
        result = self.env['sale.order'].with_user(self.sales).load(
            ['name', 'partner_id/.id', 'state', 'order_line/product_id/.id', 'order_line/product_uom_qty'],
            [['IMP-1', str(self.customer.id), 'sale', str(self.line_product.id), '1']])
        self.assertFalse(result['ids'])
        self.assertIn('IMP-1', result['messages'][0]['message'])

    def test_importing_over_it(self):
        external_id = self.quotation.sudo().export_data(['id'])['datas'][0][0]
        result = self.env['sale.order'].with_user(self.sales).load(['id', 'state'], [[external_id, 'sale']])
        self.assertFalse(result['ids'])
        self.assertEqual(self.quotation.state, 'draft')

    def test_a_copy_carries_no_go(self):
        copy = self._create_released_quotation().copy()
        self.assertFalse(copy.ltc_review_ids)
        self.assertEqual(copy.ltc_version, 0)
        with self.assertRaises(UserError):
            copy.action_confirm()

    def test_a_go_is_not_borrowed_from_another_quotation(self):
        review = self._create_released_quotation().sudo().ltc_review_ids
        with self.assertRaises(AccessError):
            self.quotation.write({'ltc_review_ids': [Command.link(review.id)]})
        with self.assertRaises(AccessError):
            review.with_user(self.sales).sudo(False).write({'res_id': self.quotation.id})
        with self.assertRaises(AccessError):
            self.quotation.write({'ltc_review_ids': [Command.create({
                'gate_id': review.gate_id.id, 'gate_code': 'atb', 'res_model': 'sale.order', 'decision': 'go'})]})

    def test_a_written_summary_or_version_opens_nothing(self):
        self.quotation.write({'ltc_gate_summary': [], 'ltc_version': 9})
        with self.assertRaises(UserError):
            self.quotation.action_confirm()

    def test_the_date_of_creation_is_not_forged(self):
        quotation = self._create_quotation(create_date='2001-01-01 00:00:00')
        quotation.write({'create_date': '2001-01-01 00:00:00'})
        with self.assertRaises(UserError):
            quotation.action_confirm()

    def test_cancelling_and_reopening_is_no_release(self):
        self.quotation.action_cancel()
        self.quotation.action_draft()
        with self.assertRaises(UserError):
            self.quotation.action_confirm()

    def test_a_cancelled_order_comes_back_only_on_the_decided_figures(self):
        quotation = self._create_released_quotation()
        quotation.action_confirm()
        quotation.action_cancel()
        quotation.action_draft()
        quotation.order_line[0].price_unit = 1
        with self.assertRaises(UserError):
            quotation.action_confirm()

    def test_a_quotation_template_brings_no_release(self):
        template = self.env['sale.order.template'].create({
            'name': "Standard Line", 'sale_order_template_line_ids': [
                Command.create({'product_id': self.line_product.id, 'product_uom_qty': 1})]})
        self.sales.group_ids += self.env.ref('sale_management.group_sale_order_template')
        form = Form(self.env['sale.order'].with_user(self.sales))
        form.partner_id = self.customer
        form.sale_order_template_id = template
        quotation = form.save()
        self.assertTrue(quotation.order_line)
        with self.assertRaises(UserError):
            quotation.action_confirm()

    def test_the_signature_cannot_be_typed_in(self):
        for values in ({'signed_by': "Mr Wang", 'signed_on': fields.Datetime.now()}, {'signature': SIGNATURE}):
            with self.subTest(fields=list(values)), self.assertRaises(ValidationError):
                self.quotation.write(values)

    def test_the_generic_confirm_of_the_portal_keeps_it_a_quotation(self):
        self.quotation.sudo()._validate_order()
        self.assertEqual(self.quotation.state, 'draft')
        self.assertEqual(self.quotation.activity_ids.user_id, self.sales)
        self.assertIn("submit it for review", self.quotation.message_ids[0].body)

    def test_an_order_under_way_is_left_alone(self):
        quotation = self._create_released_quotation()
        quotation.action_confirm()
        quotation.order_line[0].product_uom_qty = 5
        quotation.action_quotation_send()
        quotation.action_lock()
        quotation.action_unlock()
        self.assertEqual(quotation.state, 'sale')
