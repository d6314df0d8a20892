from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .common import LtcQuoteCommon

OFFER = ('action_quotation_send', 'action_confirm')


@tagged('post_install', '-at_install')
class TestSaleOrderStep(LtcQuoteCommon):
    """The form offers what would be done, to whom may do it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.colleague = new_test_user(
            cls.env, 'ltc_test_all_leads', groups='sales_team.group_sale_salesman_all_leads', name="All Leads",
            company_id=cls.company.id, lang='en_US')

    def _get_buttons(self, quotation, user):
        """Return {name of a button of the header: its classes} of those that the user sees."""
        quotation = quotation.with_user(user)
        arch = etree.fromstring(quotation.get_view(self.env.ref('sale.view_order_form').id, 'form')['arch'])
        return {
            button.get('name'): button.get('class') or ''
            for button in arch.xpath("//header/button") if button.get('name', '').startswith('action_')
            and not self._is_true(quotation, button.get('invisible'))
        }

    def _is_true(self, quotation, expression):
        expression = expression or 'False'
        names = compile(expression, '', 'eval').co_names
        return safe_eval(expression, {name: quotation[name] for name in names})

    def test_what_a_salesperson_is_offered(self):
        quotation = self._create_quotation()
        self.assertEqual(quotation.with_user(self.sales).ltc_next_step, 'submit')
        self.assertFalse(self._get_buttons(quotation, self.sales).keys() & set(OFFER))
        review = self._submit(quotation, 'atb')
        quotation.invalidate_recordset()  # as the next request does
        self.assertEqual(quotation.with_user(self.sales).ltc_next_step, 'review')
        self.assertFalse(
            self._get_buttons(quotation, self.sales).keys() & {*OFFER, 'action_ltc_revise'})
        self._hear(review)
        review.with_user(self.manager).sudo(False).action_decide('go')
        quotation.invalidate_recordset()
        self.assertEqual(quotation.with_user(self.sales).ltc_next_step, 'send')
        buttons = self._get_buttons(quotation, self.sales)
        self.assertIn('btn-primary', buttons['action_quotation_send'])
        self.assertIn('action_ltc_revise', buttons)
        quotation.action_quotation_sent()
        quotation.invalidate_recordset()
        self.assertEqual(quotation.with_user(self.sales).ltc_next_step, 'confirm')
        quotation.order_line[0].price_unit = 99000
        quotation.invalidate_recordset()
        self.assertEqual(quotation.with_user(self.sales).ltc_next_step, 'submit')

    def test_a_round_that_came_to_nothing_takes_no_go_away(self):
        """The price goes down, the review is taken back or comes back, and the price goes up again."""
        for end in ('withdraw', 'return'):
            with self.subTest(end=end):
                quotation = self._create_released_quotation()
                line = quotation.order_line[0]
                decided = line.price_unit
                line.price_unit = decided - 1000
                review = self._submit(quotation, 'atb')
                if end == 'withdraw':
                    review.with_user(self.sales).sudo(False).action_withdraw()
                else:
                    review.with_user(self.manager).sudo(False).action_return("Too cheap")
                quotation.invalidate_recordset()
                quotation = quotation.with_user(self.sales)
                self.assertEqual(quotation.ltc_next_step, 'submit', "the lower price was not decided on")
                line.price_unit = decided
                quotation.invalidate_recordset()
                self.assertEqual(quotation.ltc_next_step, 'send')
                self.assertEqual(quotation.ltc_gate_summary[0]['state'], 'go')
                self.assertIn('action_quotation_send', self._get_buttons(quotation, self.sales))
                quotation.action_quotation_sent()

    def test_who_only_reads_is_offered_nothing_to_write(self):
        quotation = self._create_released_quotation()
        for user in (self.finance, self.presales, self.operations):
            self.assertEqual(quotation.with_user(user).ltc_next_step, 'read', user.name)
            self.assertFalse(self._get_buttons(quotation, user).keys() & {
                *OFFER, 'action_cancel', 'action_ltc_revise', 'action_ltc_concede', 'action_ltc_open_guide'}, user.name)
            for method in ('action_ltc_revise', 'action_ltc_open_guide'):
                with self.assertRaises(AccessError):
                    getattr(quotation.with_user(user), method)()
        self.assertEqual(quotation.with_user(self.colleague).ltc_next_step, 'send')
        accountant = new_test_user(
            self.env, 'ltc_test_step_accountant', groups='account.group_account_invoice', company_id=self.company.id)
        self.assertTrue(quotation.with_user(accountant).has_access('write'))
        self.assertEqual(quotation.with_user(accountant).ltc_next_step, 'read', "he bills, and offers nothing")
        new = self._create_quotation()
        for user, offered in ((self.sales, True), (accountant, False)):
            self.assertEqual(new.with_user(user).ltc_gate_summary[0]['can_submit'], offered, user.name)

    def test_a_new_quotation_is_submitted_first(self):
        with Form(self.env['sale.order'].with_user(self.sales)) as form:
            self.assertEqual(form.ltc_next_step, 'submit')
            form.partner_id = self.customer

    def test_in_light_the_form_is_odoos(self):
        self._set_profile('light')
        quotation = self._create_quotation()
        self.assertFalse(quotation.with_user(self.sales).ltc_next_step)
        self.assertLessEqual(set(OFFER), self._get_buttons(quotation, self.sales).keys())
        self.assertEqual(quotation.with_user(self.finance).ltc_next_step, 'read')

    def test_a_review_locks_what_it_is_about_and_says_so(self):
        quotation = self._create_quotation()
        self._submit(quotation, 'atb')
        with Form(quotation.with_user(self.sales)) as form:
            for name in ('partner_id', 'payment_term_id', 'order_line', 'note', 'ltc_concession_room',
                         'ltc_acceptance_method', 'commitment_date', 'fiscal_position_id'):
                self.assertTrue(form._get_modifier(name, 'readonly'), name)
            form.client_order_ref = "PO 4711"  # what nobody decides on
        [card] = quotation.with_user(self.sales).ltc_gate_summary
        self.assertIn("withdraw the review to change them", card['detail'])
        with self.assertRaisesRegex(UserError, "withdraw the review first"):
            quotation.with_user(self.sales).payment_term_id = self.term_120

    def test_a_customer_learns_no_step(self):
        portal = new_test_user(self.env, 'ltc_test_step_portal', groups='base.group_portal')
        quotation = self._create_released_quotation()
        quotation.message_subscribe(portal.partner_id.ids)
        quotation.partner_id = portal.partner_id
        self.assertFalse(quotation.with_user(portal).ltc_next_step)

    def test_the_step_costs_no_query_beside_the_banner(self):
        quotation = self._create_released_quotation()

        def count(*names):
            for _run in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                quotation.with_user(self.sales).read(['name', 'state', 'user_id', 'ltc_gate_summary', *names])
            return self.cr.sql_log_count - before

        self.assertEqual(count('ltc_next_step'), count())
