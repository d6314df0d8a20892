from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderOfficers(LtcQuoteCommon):
    """Below 15 % of margin the CFO and the general manager decide, both of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.rule = cls.env.ref('ltc_quote.authority_rule_atb_officers')
        groups = 'base.group_user,ltc_base.group_ltc_reviewer'
        cls.cfo, cls.general_manager = (
            new_test_user(cls.env, f'ltc_test_{name.lower()}', groups=groups, name=name, company_id=cls.company.id,
                          company_ids=[Command.set(cls.company.ids)], lang='en_US')
            for name in ('Cfo', 'Boss'))

    def _submit_thin(self):
        """Submit what costs 120,000 at 130,000: a margin of 7.7 %."""
        quotation = self._create_quotation(order_line=[Command.create({
            'product_id': self.line_product.id, 'product_uom_qty': 2, 'price_unit': 65000.0})])
        review = self._submit(quotation, 'atb')
        self._hear(review)
        return quotation, review

    def _go(self, review, user):
        review.with_user(user).sudo(False).action_decide('go')

    def test_both_decide_and_nobody_else(self):
        self.company.write({'ltc_cfo_id': self.cfo.id, 'ltc_general_manager_id': self.general_manager.id})
        quotation, review = self._submit_thin()
        self.assertEqual(review.level_name, "CFO and General Manager")
        self.assertEqual([seat.candidate_ids for seat in review.approval_ids], [self.cfo, self.general_manager])
        for user in (self.manager, self.director, self.finance, self.operations, self.sales):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._go(review, user)
        self._go(review, self.general_manager)
        self.assertEqual(review.state, 'in_review')
        with self.assertRaisesRegex(UserError, "was not decided"), self.env.cr.savepoint():
            quotation.action_confirm()
        with self.assertRaisesRegex(AccessError, "one person counts once"), self.env.cr.savepoint():
            self._go(review, self.general_manager)
        self._go(review, self.cfo)
        self.assertEqual(review.decision, 'go')
        quotation.action_confirm()

    def test_the_forecast_names_the_persons_where_they_are_known(self):
        quotation = self._create_quotation(order_line=[Command.create({
            'product_id': self.line_product.id, 'product_uom_qty': 2, 'price_unit': 65000.0})])
        deciders = quotation.ltc_approval_forecast['deciders']
        self.assertNotIn(self.cfo.name, deciders)
        self.company.write({'ltc_cfo_id': self.cfo.id})
        quotation.invalidate_recordset(['ltc_approval_forecast'])
        group = self.env.ref('ltc_base.group_ltc_decision')._ltc_get_label()
        self.assertEqual(quotation.ltc_approval_forecast['deciders'], f"{self.cfo.name} + {group}")

    def test_one_refusal_is_enough(self):
        self.company.write({'ltc_cfo_id': self.cfo.id, 'ltc_general_manager_id': self.general_manager.id})
        _quotation, review = self._submit_thin()
        review.with_user(self.cfo).sudo(False).action_decide('no_go', reason="Too thin")
        self.assertEqual(review.decision, 'no_go')

    def test_a_company_that_named_neither_is_decided_by_finance_and_the_decision_team(self):
        _quotation, review = self._submit_thin()
        first, second = review.approval_ids
        self.assertIn(self.finance, first.candidate_ids)
        self.assertIn(self.director, second.candidate_ids)
        self._go(review, self.finance)
        self.assertEqual(review.state, 'in_review')
        self._go(review, self.director)
        self.assertEqual(review.approval_ids.decided_by_id, self.finance | self.director)

    def test_one_person_in_both_offices_is_one_person(self):
        self.company.write({'ltc_cfo_id': self.cfo.id, 'ltc_general_manager_id': self.cfo.id})
        _quotation, review = self._submit_thin()
        first, second = review.approval_ids
        self.assertEqual(first.candidate_ids, self.cfo)
        self.assertNotIn(self.cfo, second.candidate_ids)
        self.assertTrue(second.candidate_ids)
        self._go(review, self.cfo)
        self.assertEqual(review.state, 'in_review')

    def test_the_cfo_does_not_decide_on_what_he_submits(self):
        self.company.write({'ltc_cfo_id': self.sales.id, 'ltc_general_manager_id': self.general_manager.id})
        _quotation, review = self._submit_thin()
        self.assertNotIn(self.sales, review.approval_ids.candidate_ids)
        self.assertIn(self.finance, review.approval_ids[0].candidate_ids)

    def test_who_left_is_replaced(self):
        self.company.write({'ltc_cfo_id': self.cfo.id, 'ltc_general_manager_id': self.general_manager.id})
        self.cfo.active = False
        _quotation, review = self._submit_thin()
        self.assertIn(self.finance, review.approval_ids[0].candidate_ids)

    def test_a_deputy_takes_one_of_the_two_seats(self):
        self.company.write({'ltc_cfo_id': self.cfo.id, 'ltc_general_manager_id': self.general_manager.id})
        _quotation, review = self._submit_thin()
        for absent in (self.cfo, self.general_manager):
            self.env['ltc.delegation'].with_user(absent).create({
                'user_id': absent.id, 'delegate_id': self.legal.id, 'date_from': '2020-01-01', 'date_to': '2099-01-01'})
        self._go(review, self.legal)
        self.assertEqual(review.state, 'in_review')
        with self.assertRaisesRegex(AccessError, "one person counts once"), self.env.cr.savepoint():
            self._go(review, self.legal)

    def test_from_15_percent_on_finance_decides_alone(self):
        self.line_product.list_price = 72000.0  # typed below the list price it would be a discount
        quotation = self._create_quotation(order_line=[Command.create({
            'product_id': self.line_product.id, 'product_uom_qty': 2, 'price_unit': 72000.0})])
        self.assertEqual(self._submit(quotation, 'atb').level, 30)

    def test_who_names_the_officers(self):
        for user in (self.sales, self.manager, self.finance, self.operations):
            with self.assertRaises(AccessError):
                self.company.with_user(user).ltc_cfo_id = user
