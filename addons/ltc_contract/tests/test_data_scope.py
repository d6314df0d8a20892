from odoo.tests import new_test_user, tagged

from .common import LtcContractOnlyCommon


@tagged('post_install', '-at_install')
class TestDataScope(LtcContractOnlyCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = new_test_user(
            cls.env, 'ltc_scope_colleague', groups='sales_team.group_sale_salesman_all_leads')
        cls.contract = cls._create_contract()
        cls.documents = cls.contract, cls.contract.order_id

    def _get_seen(self, user):
        return [bool(document.with_user(user).search([('id', '=', document.id)])) for document in self.documents]

    def test_orders_and_contracts_follow_their_scope(self):
        self.assertEqual(self._get_seen(self.colleague), [True, True])
        for model in ('ltc.contract', 'sale.order'):
            self.env['ltc.data.scope'].create({'object': model, 'user_id': self.colleague.id, 'scope': 'own'})
        self.assertEqual(self._get_seen(self.colleague), [False, False])
        self.assertEqual(self._get_seen(self.sales), [True, True])
        self.env['ltc.business.unit'].create({
            'name': "Beverage", 'member_ids': (self.colleague | self.sales).ids})
        self.env['ltc.data.scope'].search([('user_id', '=', self.colleague.id)]).scope = 'team'
        self.assertEqual(self._get_seen(self.colleague), [True, True])

    def test_finance_reads_the_invoices_of_every_seller(self):
        for model in ('ltc.contract', 'sale.order'):
            self.env['ltc.data.scope'].create({
                'object': model, 'group_id': self.env.ref('sales_team.group_sale_salesman').id, 'scope': 'own'})
        order = self._create_quotation()
        order.action_confirm()
        invoice = order._create_invoices()
        self.assertEqual(self.env['account.move'].with_user(self.finance).search([('id', '=', invoice.id)]), invoice)
        self.assertEqual(self._get_seen(self.finance), [True, True])
