from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderGate(LtcQuoteCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.gate = cls.env.ref('ltc_quote.gate_atb')

    def _assert_not_released(self, quotation):
        with self.assertRaises(UserError):
            quotation.action_confirm()
        with self.assertRaises(UserError):
            quotation.action_quotation_send()

    def test_light_blocks_nothing(self):
        self._set_profile('light')
        quotation = self._create_quotation()
        quotation.action_quotation_send()
        quotation.action_quotation_sent()
        quotation.action_confirm()
        self.assertEqual(quotation.state, 'sale')
        self.assertFalse(quotation.ltc_gate_summary)

    def _make_older(self, *quotations):
        """Switch the gate off and on again around ``quotations``, as if they had been there before it."""
        self.env.flush_all()
        for quotation in quotations:
            self.env.cr.execute(
                "UPDATE sale_order SET create_date = '2020-01-01' WHERE id = %s", [quotation.id])
            quotation.invalidate_recordset(['create_date'])
        self._set_profile('standard')

    def test_an_order_that_was_confirmed_before_the_gate_is_free(self):
        self._set_profile('light')
        order = self._create_quotation()
        order.action_confirm()
        self._make_older(order)
        order.order_line[0].price_unit = 1.0
        self.assertFalse(order.ltc_gate_summary)
        order._action_cancel()
        order.action_draft()
        with self.assertRaisesRegex(UserError, "was open when gate ATB|was not decided"):
            order.action_confirm()  # a draft again, whatever it was before

    def test_an_older_draft_that_moves_into_a_company_with_the_gate_is_bound(self):
        self._set_profile('light')
        other = self.env['res.company'].create({'name': "Other"})
        self.sales.company_ids += other
        draft = self._create_quotation(
            user=self.env.ref('base.user_root'), company_id=other.id, team_id=False, order_line=[])
        self._make_older(draft)
        self.assertFalse(draft._ltc_is_gate_active('atb'))
        draft.sudo().company_id = self.company
        self.assertTrue(draft._ltc_is_gate_active('atb'))

    def test_older_drafts_and_offers_need_the_gate_at_their_next_move(self):
        self._set_profile('light')
        draft, sent, cancelled = (self._create_quotation() for _number in range(3))
        sent.action_quotation_sent()
        cancelled._action_cancel()
        self._make_older(draft, sent, cancelled)
        self.assertEqual((draft.ltc_gates_ahead, sent.ltc_gates_ahead), (' atb ', ' atb '))
        self.assertFalse(cancelled.ltc_gates_ahead)
        for quotation in (draft, sent):
            quotation.note = "Still editable."
            with self.assertRaisesRegex(UserError, "was open when gate ATB"), self.env.cr.savepoint():
                quotation.action_confirm()
            self.assertRegex(quotation.ltc_gate_summary[0]['detail'], "while this document was open")
        with self.assertRaisesRegex(UserError, "was open when gate ATB"), self.env.cr.savepoint():
            draft.action_quotation_sent()
        with self.assertRaisesRegex(ValidationError, "was open when gate ATB"), self.env.cr.savepoint():
            draft.sudo().write({'state': 'sale'})  # the constraint asks as well
        self.assertFalse(sent._has_to_be_signed())
        gate = self.gate.with_user(self.operations).sudo(False)
        listed = self.env['sale.order'].search(gate.action_view_ahead()['domain'])
        self.assertEqual(listed & (draft | sent | cancelled), draft | sent)
        self._pass_gate(sent, 'atb')
        sent.action_confirm()
        self.assertEqual(sent.state, 'sale')
        with self.assertRaisesRegex(UserError, "keeps its product"), self.env.cr.savepoint():
            sent.order_line[0].price_unit = 1.0  # bound by its Go from now on

    def test_what_was_made_before_a_gate_begins_is_outside_where_it_was_past_it(self):
        self.gate.activation_ids.active_since = fields.Datetime.add(fields.Datetime.now(), days=1)
        quotation = self._create_quotation()
        quotation.action_confirm()
        self.assertEqual(quotation.state, 'sale')

    def test_an_undecided_quotation_says_what_to_do(self):
        quotation = self._create_quotation()
        with self.assertRaises(UserError) as refusal:
            quotation.action_confirm()
        self.assertIn(quotation.name, refusal.exception.args[0])
        self.assertIn("submit it for review", refusal.exception.args[0])

    def test_a_go_releases_the_quotation(self):
        quotation = self._create_released_quotation()
        self.assertEqual(quotation.ltc_gate_summary[0]['state'], 'go')
        quotation.action_quotation_send()
        quotation.action_quotation_sent()
        quotation.action_confirm()
        self.assertEqual(quotation.state, 'sale')

    def test_a_conditional_go_releases_until_a_condition_is_overdue(self):
        quotation = self._create_quotation()
        review = self._pass_gate(quotation, 'atb', decision='conditional', conditions=[{
            'name': "Confirm the pump price", 'user_id': self.presales.id,
            'date_due': fields.Date.add(fields.Date.today(), days=3)}])
        quotation.action_quotation_sent()
        review.sudo().condition_ids.date_due = fields.Date.subtract(fields.Date.today(), days=1)
        with self.assertRaises(UserError):
            quotation.action_confirm()
        review.sudo().condition_ids.with_user(self.presales).sudo(False).action_done("Pump at 4,000.")
        quotation.action_confirm()
        self.assertEqual(quotation.state, 'sale')

    def test_hold_and_no_go_release_nothing(self):
        held, refused = self._create_quotation(), self._create_quotation()
        self._pass_gate(held, 'atb', decision='hold', reason="Price of steel",
                        hold_until=fields.Date.add(fields.Date.today(), days=7))
        self._pass_gate(refused, 'atb', decision='no_go', reason="Not our market")
        self._assert_not_released(held)
        self._assert_not_released(refused)

    def test_the_salesperson_cannot_decide(self):
        quotation = self._create_quotation()
        review = self._submit(quotation, 'atb')
        self._hear(review)
        with self.assertRaises(AccessError):
            review.with_user(self.sales).action_decide('go')

    def test_the_checklist_must_be_ticked(self):
        quotation = self._create_quotation()
        self.assertEqual(len(self.gate.check_ids), 4)
        with self.assertRaises(UserError):
            quotation.ltc_submit('atb', {self.gate.check_ids[0].id: True})

    def test_technical_commercial_and_finance_are_heard(self):
        review = self._submit(self._create_quotation(), 'atb').sudo()
        self.assertEqual(review.opinion_ids.mapped('kind'), ['technical', 'commercial', 'finance'])
        with self.assertRaises(UserError):
            review.with_user(review.approval_ids[0].candidate_ids[:1]).sudo(False).action_decide('go')

    def test_an_empty_quotation_is_not_submitted(self):
        quotation = self._create_quotation(order_line=[
            Command.create({'display_type': 'line_section', 'name': "Nothing yet"})])
        with self.assertRaises(UserError):
            self._submit(quotation, 'atb')

    def test_only_quotations_are_submitted(self):
        quotation = self._create_quotation()
        quotation.action_cancel()
        with self.assertRaises(UserError):
            self._submit(quotation, 'atb')

    def test_each_go_makes_a_version(self):
        quotation = self._create_quotation()
        self.assertEqual(quotation.ltc_version, 0)
        self._pass_gate(quotation, 'atb')
        self.assertEqual(quotation.ltc_version, 1)
        quotation.order_line[0].product_uom_qty = 3
        self._assert_not_released(quotation)
        self._pass_gate(quotation, 'atb')
        self.assertEqual(quotation.ltc_version, 2)
        quotation.action_confirm()

    def _get_level(self, **values):
        return self._submit(self._create_quotation(**values), 'atb').sudo().level

    def _prepare_line(self, **values):
        return [Command.create({'product_id': self.line_product.id, 'product_uom_qty': 1, **values})]

    def test_the_margin_decides_who_decides(self):
        for price, level in ((100000, 10), (78000, 20), (74000, 30), (70000, 50)):
            with self.subTest(price=price):
                self.line_product.list_price = price  # no discount: a price typed under the list price would be one
                self.assertEqual(self._get_level(order_line=self._prepare_line(price_unit=price)), level)

    def test_amount_discount_and_payment_days_go_to_the_decision_team(self):
        self.line_product.standard_price = 1000  # margin out of the way
        self.assertEqual(self._get_level(order_line=self._prepare_line(product_uom_qty=9)), 10)
        self.assertEqual(self._get_level(order_line=self._prepare_line(product_uom_qty=10)), 40)
        self.assertEqual(self._get_level(order_line=self._prepare_line(discount=20)), 10)
        self.assertEqual(self._get_level(order_line=self._prepare_line(discount=21)), 40)
        self.assertEqual(self._get_level(payment_term_id=self.term_120.id), 40)

    def test_the_decision_team_decides_its_level(self):
        review = self._submit(self._create_quotation(payment_term_id=self.term_120.id), 'atb').sudo()
        self.assertIn(self.director, review.approval_ids.candidate_ids)
        self.assertNotIn(self.manager, review.approval_ids.candidate_ids)

    def test_a_reviewer_reads_the_quotation_and_changes_nothing(self):
        quotation = self._create_quotation()
        for user in (self.finance, self.presales, self.auditor):
            seen = quotation.with_user(user)
            self.assertEqual(seen.order_line.mapped('product_uom_qty'), [2, 1])
            with self.assertRaises(AccessError):
                seen.note = "Mine"
            with self.assertRaises(AccessError):
                seen.order_line[0].price_unit = 1

    def test_a_reviewer_opens_the_form(self):
        quotation = self._create_quotation()
        for user in (self.finance, self.presales, self.auditor):
            Order = self.env['sale.order'].with_user(user)
            names = Order.get_views([(False, 'form')])['models']['sale.order']['fields']
            values = quotation.with_user(user).read([name for name in names if name in Order._fields])
            self.assertEqual(values[0]['name'], quotation.name)

    def test_a_release_in_another_company_does_not_count(self):
        other = self.env['res.company'].create({'name': "Other"})
        self._set_profile('standard', other)
        quotation = self._create_released_quotation()
        self.sales.company_ids += other
        with self.assertRaises(UserError):
            quotation.sudo().write({'company_id': other.id, 'team_id': False, 'user_id': False})
            quotation.sudo().with_company(other).action_confirm()

    def test_an_order_confirmed_where_nothing_is_gated_is_not_moved_where_something_is(self):
        other = self.env['res.company'].create({'name': "Other"})
        order = self.env['sale.order'].with_company(other).create({
            'partner_id': self.customer.id, 'company_id': other.id,
            'order_line': [Command.create({'product_id': self.line_product.id, 'tax_ids': [Command.clear()]})]})
        order.action_confirm()
        with self.assertRaises(ValidationError):
            order.company_id = self.company

    def test_the_guarantee_is_a_constraint(self):
        quotation = self._create_quotation()
        with self.assertRaises(ValidationError):
            quotation.sudo().state = 'sale'
