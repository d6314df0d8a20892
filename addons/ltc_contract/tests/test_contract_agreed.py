from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import LtcContractOnlyCommon


@tagged('post_install', '-at_install')
class TestContractAgreed(LtcContractOnlyCommon):
    """Where the Go of ATB binds the prices of an order, an amendment lowers them all the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        for code in ('atc', 'atac'):
            cls.env.ref(f'ltc_contract.gate_{code}').activation_ids.active_since = '2999-01-01'
        order = cls._create_released_quotation()
        order.action_confirm()
        cls.contract = cls._create_signed_contract(order)
        cls.line = order.order_line[0].with_user(cls.sales)

    def test_the_go_binds_without_the_gate_of_the_contract(self):
        with self._assert_refused(UserError, "keeps its product"):
            self.line.price_unit = 1.0

    def test_an_amendment_takes_the_place_of_the_go(self):
        amendment = self.env['ltc.contract.amendment'].with_user(self.sales).create({
            'contract_id': self.contract.id, 'kind': 'amount', 'reason': "Two lines, one price",
            'line_ids': [Command.create({
                'contract_line_id': self.contract.line_ids[0].id, 'quantity_after': 2, 'price_after': 90000.0})],
            'void_plan_line_ids': [Command.set(self.contract.plan_line_ids.ids)],
            'plan_line_ids': [Command.create({
                'name': "All", 'kind': 'other', 'trigger': 'date', 'amount': self.contract.amount_current - 22600.0})]})
        amendment.with_user(self.manager).action_approve()
        amendment.with_user(self.manager).action_apply()
        self.assertEqual(self.line.price_unit, 90000.0)
        with self._assert_refused(UserError, "keeps its product"):
            self.line.price_unit = 89000.0
        self.assertFalse(self.line.order_id.sudo()._ltc_get_billing_breaches())
