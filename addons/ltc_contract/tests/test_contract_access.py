from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import LtcContractOnlyCommon


@tagged('post_install', '-at_install')
class TestContractAccess(LtcContractOnlyCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_signed_contract()
        cls.colleague = new_test_user(
            cls.env, 'ltc_test_colleague', groups='sales_team.group_sale_salesman', company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)])
        cls.other_company = cls.env['res.company'].create({'name': "Other Company"})
        cls.stranger = new_test_user(
            cls.env, 'ltc_test_stranger', groups='sales_team.group_sale_manager,ltc_base.group_ltc_finance',
            company_id=cls.other_company.id, company_ids=[Command.set(cls.other_company.ids)])

    def _get_documents(self):
        return [
            self.contract, self.contract.line_ids, self.contract.plan_line_ids,
        ]

    def test_another_company_sees_nothing(self):
        for document in self._get_documents():
            with self.assertRaises(AccessError):
                document.with_user(self.stranger).read(['display_name'])
            self.assertFalse(self.env[document._name].with_user(self.stranger).search([]))

    def test_a_contract_never_mixes_companies(self):
        order = self._create_quotation()
        contract = self._create_contract(order, company_id=self.other_company.id)
        self.assertEqual(contract.company_id, order.company_id)
        contract.with_user(self.sales).company_id = self.other_company
        self.assertEqual(contract.company_id, self.company)
        with self.assertRaises(UserError):
            order.company_id = self.other_company

    def test_salespeople_see_their_own(self):
        for document in self._get_documents():
            with self.assertRaises(AccessError):
                document.with_user(self.colleague).read(['display_name'])
            document.with_user(self.sales).read(['display_name'])
            document.with_user(self.manager).read(['display_name'])

    def test_reviewers_and_finance_read_and_do_not_write(self):
        for user in (self.legal, self.finance, self.auditor, self.delivery):
            for document in self._get_documents():
                document.with_user(user).read(['display_name'])
            with self.assertRaises(AccessError):
                self.contract.with_user(user).title = "Mine"
        with self.assertRaises(AccessError):
            self.contract.plan_line_ids[0].with_user(self.auditor).date_planned = '2030-01-01'
        self.contract.plan_line_ids[0].with_user(self.finance).date_planned = '2030-01-01'

    def test_nobody_writes_the_lines(self):
        for user in (self.sales, self.manager, self.finance):
            with self.assertRaises(AccessError):
                self.contract.line_ids[0].with_user(user).price_unit = 1.0
            with self.assertRaises(AccessError):
                self.env['ltc.contract.line'].with_user(user).create({
                    'contract_id': self.contract.id, 'name': "Mine", 'quantity': 1, 'price_unit': 1})

    def test_customers_read_what_was_sent_to_them(self):
        customer = new_test_user(self.env, 'ltc_test_customer', groups='base.group_portal')
        customer.partner_id.parent_id = self.customer
        other = new_test_user(self.env, 'ltc_test_other_customer', groups='base.group_portal')
        draft = self._create_contract()
        self.assertEqual(self.env['ltc.contract'].with_user(customer).search([]), self.contract)
        self.assertFalse(self.env['ltc.contract'].with_user(other).search([]))
        with self.assertRaises(AccessError):
            draft.with_user(customer).read(['name'])
        with self.assertRaises(AccessError):
            self.contract.with_user(customer).write({'title': "Mine"})

    def test_a_template_of_another_company_is_refused(self):
        template = self.env['ltc.payment.plan.template'].create({
            'name': "Theirs", 'company_id': self.other_company.id,
            'line_ids': [Command.create({'name': "All", 'percent': 100})]})
        with self.assertRaises(UserError):
            self._create_contract(plan_template_id=template.id)
