from odoo.tests import tagged

from odoo.addons.payment.tests.common import PaymentCommon

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderPayment(LtcQuoteCommon, PaymentCommon):
    """Money that arrives is never refused, and never opens the gate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.quotation = cls._create_released_quotation(require_payment=True, prepayment_percent=1.0)
        cls.currency = cls.quotation.currency_id
        cls.partner = cls.customer
        cls.amount = cls.quotation.amount_total

    def _pay(self, state='done'):
        transaction = self._create_transaction('redirect', state=state, sale_order_ids=self.quotation.ids)
        transaction._post_process()
        return transaction

    def test_a_payment_confirms_what_was_released(self):
        self.assertTrue(self.quotation._has_to_be_paid())
        self._pay()
        self.assertEqual(self.quotation.state, 'sale')

    def test_a_payment_leaves_what_was_changed_since_unconfirmed_and_tells_the_salesperson(self):
        self.quotation.order_line[0].price_unit = 10
        self.assertFalse(self.quotation._has_to_be_paid())
        self._pay()
        self.assertEqual(self.quotation.state, 'draft')
        self.assertEqual(self.quotation.activity_ids.user_id, self.sales)
        self.assertIn("submit it again", self.quotation.activity_ids[0].note)

    def test_an_authorized_payment_confirms_nothing_that_is_not_released(self):
        self.provider.write({'support_manual_capture': 'full_only', 'capture_manually': True})
        self.quotation.order_line[0].price_unit = 10
        self._pay('authorized')
        self.assertEqual(self.quotation.state, 'draft')

    def test_a_pending_payment_marks_nothing_as_sent_that_is_not_released(self):
        self.quotation.order_line[0].price_unit = 10
        self._pay('pending')
        self.assertEqual(self.quotation.state, 'draft')

    def test_what_is_held_back_is_not_frozen_as_sent(self):
        self.quotation.with_user(self.sales).ltc_revise("A better price for the line")
        self.quotation.order_line[0].price_unit = 10
        versions = self.quotation.ltc_version
        self._pay('pending')
        self.assertEqual(self.quotation.state, 'draft')
        self.assertEqual(self.quotation.ltc_revision_reason, "A better price for the line")
        self.assertEqual(self.quotation.ltc_version, versions)

    def test_a_pending_payment_marks_the_released_as_sent(self):
        self._pay('pending')
        self.assertEqual(self.quotation.state, 'sent')

    def test_the_mail_on_a_payment_carries_no_unreleased_quotation(self):
        self.quotation.order_line[0].price_unit = 10
        before = self.quotation.message_ids
        self.quotation.sudo()._send_payment_succeeded_for_order_mail()
        self.assertFalse(self.quotation.message_ids - before)
