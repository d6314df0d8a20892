from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import LtcContractOnlyCommon


@tagged('post_install', '-at_install')
class TestContractOrder(LtcContractOnlyCommon):
    """Under ATC an order exists only through its signed contract, and equals it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')

    def test_an_order_needs_a_contract(self):
        order = self._create_released_quotation()
        with self._assert_refused(UserError, "needs a signed contract"):
            order.action_confirm()
        with self._assert_refused(ValidationError, "needs a signed contract"):
            order.state = 'sale'
        with self.assertRaises(ValidationError):
            self._create_quotation(state='sale')

    def test_a_bad_customer_needs_a_higher_level(self):
        strictest = self.env['ltc.gate']._get_by_code('atc').rule_ids.sorted('level')[-1]
        strictest.write({'use_customer_grade': True, 'customer_grade_from': 'C'})
        contract = self._create_contract()
        contract.partner_id.commercial_partner_id.sudo().write({  # D
            f'ltc_rating_{name}': '0' for name in ('need', 'power', 'cycle', 'potential', 'history')})
        review = self._submit(contract, 'atc').sudo()
        self.assertEqual(review.level, strictest.level)

    def test_an_order_waits_for_the_signature(self):
        contract = self._send_to_sign(self._create_contract())
        with self._assert_refused(UserError, "waits for the signature"):
            contract.order_id.action_confirm()
        with self.assertRaises(ValidationError):
            contract.order_id.with_user(self.manager).write({'state': 'sale'})

    def test_a_customer_who_accepts_without_contract_is_put_on_the_desk(self):
        order = self._create_released_quotation()
        order.action_quotation_sent()
        order.sudo()._validate_order()
        self.assertEqual(order.state, 'sent')
        self.assertIn("needs a signed contract", order.activity_ids.note)
        self.assertIn("Customer accepted", order.activity_ids.summary)

    def test_a_changed_quotation_cannot_be_signed(self):
        contract = self._create_contract()
        contract.order_id.order_line[0].price_unit = 90000.0
        with self._assert_refused(UserError, "unit price"):
            self._submit(contract, 'atc')
        self._pass_gate(contract.order_id, 'atb')
        contract.action_update_from_order()
        self.assertEqual(contract.amount_current, contract.order_id.amount_total)
        self._send_to_sign(contract)

    def test_lines_are_bound_from_the_signature_desk_on(self):
        contract = self._send_to_sign(self._create_contract())
        line = contract.order_id.order_line[0]
        with self._assert_refused(ValidationError, "unit price"):
            line.price_unit = 1.0
        self._sign(contract)
        for values in (
            {'price_unit': 1.0}, {'product_uom_qty': 1.0}, {'discount': 50.0},
            {'tax_ids': [Command.clear()]}, {'product_uom_id': self.env.ref('uom.product_uom_dozen').id},
        ):
            for user in (self.sales, self.manager, self.env.user):
                with self.assertRaises(ValidationError):
                    line.with_user(user).write(values)
        with self.assertRaises(ValidationError):
            contract.order_id.with_user(self.sales).write({'order_line': [
                Command.create({'product_id': self.training.id, 'product_uom_qty': 3})]})
        with self.assertRaises(UserError):
            line.unlink()

    def test_sections_and_names_stay_free(self):
        order = self._create_signed_contract().order_id
        order.write({'order_line': [Command.create({'display_type': 'line_note', 'name': "Deliver to gate 3"})]})
        order.order_line[0].name = "Filling line, painted blue"
        order.write({'order_line': [Command.create({'product_id': self.training.id, 'product_uom_qty': 0})]})

    def test_an_order_under_contract_is_not_cancelled(self):
        order = self._create_signed_contract().order_id
        with self._assert_refused(ValidationError, "bound by the signed contract"):
            order.with_user(self.manager)._action_cancel()
        for state in ('cancel', 'draft', 'sent'):
            with self.assertRaises(ValidationError):
                order.with_user(self.manager).state = state

    def test_nobody_takes_the_contract_off_the_order(self):
        contract = self._create_signed_contract()
        with self._assert_refused(ValidationError, "cannot change its contract by hand"):
            contract.order_id.with_user(self.sales).ltc_contract_id = False
        other = self._create_quotation()
        with self._assert_refused(ValidationError, "cannot change its contract by hand"):
            other.ltc_contract_id = contract
        with self.assertRaises(ValidationError):
            self._create_quotation(ltc_contract_id=contract.id)

    def test_customer_and_currency_stay(self):
        order = self._create_signed_contract().order_id
        with self.assertRaises(ValidationError):
            order.with_user(self.sales).partner_id = self.env.user.partner_id

    def test_light_leaves_the_order_free(self):
        self._set_profile('light')
        order = self._create_quotation()
        order.action_confirm()
        contract = self._create_contract(order)
        contract.action_send_to_sign()
        self._sign(contract)
        order.order_line[0].product_uom_qty = 3
        order._action_cancel()
        self.assertEqual(order.state, 'cancel')

    def test_an_order_older_than_the_gate_is_free(self):
        self.env.ref('ltc_contract.gate_atc').activation_ids.active_since = '2999-01-01'
        order = self._create_released_quotation()
        order.action_confirm()
        self.assertEqual(order.state, 'sale')

    def test_flags_do_not_take_a_line_out_of_the_contract(self):
        order = self._create_signed_contract().order_id
        line = order.order_line[0]
        for values in (
            {'is_expense': True, 'price_unit': 1.0},
            {'is_downpayment': True, 'price_unit': 1.0},
            {'is_downpayment': True, 'product_uom_qty': 0.0},
        ):
            with self._assert_refused(ValidationError, "unit price|must stay a line of the contract"):
                line.with_user(self.sales).write(values)
        other = self._create_quotation()
        with self._assert_refused(UserError, "must keep"):
            line.with_user(self.sales).order_id = other
