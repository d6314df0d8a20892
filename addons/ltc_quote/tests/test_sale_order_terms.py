from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged, users

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderTerms(LtcQuoteCommon, HttpCase):
    """Acceptance and billing: terms like the price, asked by the matrix, frozen, compared and shown."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.terms = {'ltc_acceptance_method': 'trial', 'ltc_billing_frequency': 'milestone'}
        cls.gate = cls.env['ltc.gate']._get_by_code('atb')

    def _ask(self, **values):
        """Let a high level of its own ask for ``values`` only."""
        self.gate.rule_ids.filtered(lambda rule: rule.level == 60).unlink()
        return self.env['ltc.authority.rule'].create({
            'gate_id': self.gate.id, 'name': "Terms", 'level': 60,
            'group_id': self.env.ref('ltc_base.group_ltc_decision').id, **values})

    def _get_levels(self, quotation):
        """Return the level that the forecast names and the one that the submission finds."""
        forecast = quotation.with_user(self.sales).ltc_approval_forecast
        review = self._submit(quotation, 'atb').sudo()
        self.assertEqual(forecast['level'], review.level_name)
        return review.level, forecast['reasons']

    # === THE MATRIX === #

    def test_a_level_asks_for_an_acceptance(self):
        self._ask(use_acceptance=True, acceptance_method='site')
        self.assertEqual(self._get_levels(self._create_quotation(**self.terms))[0], 10)
        self.assertEqual(self._get_levels(self._create_quotation())[0], 10)
        quotation = self._create_quotation(ltc_acceptance_method='site')
        self.assertEqual(self._get_levels(quotation), (60, ["acceptance: On Site"]))

    def test_a_level_asks_for_anything_but_a_billing(self):
        self._ask(use_billing=True, billing_operator='is_not', billing_frequency='milestone')
        self.assertEqual(self._get_levels(self._create_quotation(**self.terms))[0], 10)
        quotation = self._create_quotation(ltc_billing_frequency='yearly')
        self.assertEqual(self._get_levels(quotation), (60, ["billing: Yearly"]))
        self.assertEqual(self._get_levels(self._create_quotation()), (60, ["no billing agreed"]))

    def test_the_default_matrix_sends_the_customers_own_standard_one_level_up(self):
        quotation = self._create_quotation(ltc_acceptance_method='customer')
        self.assertEqual(self._get_levels(quotation)[0], 20)

    def test_the_forecast_follows_the_terms_while_typing(self):
        self._ask(use_acceptance=True, acceptance_method='customer')
        with Form(self._create_quotation().with_user(self.sales)) as form:
            self.assertNotEqual(form.ltc_approval_forecast['level'], "Terms")
            form.ltc_acceptance_method = 'customer'
            self.assertEqual(form.ltc_approval_forecast['level'], "Terms")

    def test_the_limits_read_well_and_are_complete(self):
        rule = self._ask(
            use_acceptance=True, acceptance_method='site', use_billing=True, billing_operator='is_not',
            billing_frequency='once')
        self.assertEqual(rule.triggers, "acceptance is “On Site” or billing is not “Once”")
        with self.assertRaisesRegex(ValidationError, "judges the terms by nothing"):
            rule.acceptance_method = False

    # === FROZEN === #

    @users('ltc_test_sales')
    def test_other_terms_need_another_decision(self):
        for change in (
            {'ltc_acceptance_method': 'customer'}, {'ltc_billing_frequency': 'yearly'},
            {'ltc_acceptance_method': False},
        ):
            with self.subTest(change=change):
                quotation = self._create_released_quotation(**self.terms).with_env(self.env)
                self.assertFalse(quotation._ltc_get_gate_blockers('atb')[quotation.id])
                quotation.write(change)
                sentence = '\n'.join(quotation._ltc_get_gate_blockers('atb')[quotation.id])
                self.assertRegex(sentence, "Acceptance|Billing")
                with self.assertRaisesRegex(UserError, "Acceptance|Billing"):
                    quotation.action_quotation_send()

    def test_room_for_the_price_is_none_for_the_terms(self):
        quotation = self._create_released_quotation(**self.terms, ltc_concession_room=5)
        quotation.order_line[0].price_unit = 98000
        self.assertFalse(quotation._ltc_get_gate_blockers('atb')[quotation.id])
        quotation.ltc_acceptance_method = 'customer'
        self.assertTrue(quotation._ltc_get_gate_blockers('atb')[quotation.id])

    def test_only_who_judges_terms_is_asked_again(self):
        """Billing is the commercial's and finance's business; the technical opinion of the last round is kept."""
        quotation = self._create_released_quotation(**self.terms)
        quotation.ltc_billing_frequency = 'yearly'
        review = self._submit(quotation, 'atb').sudo()
        self.assertEqual(
            {opinion.kind: opinion.state for opinion in review.opinion_ids},
            {'technical': 'given', 'commercial': 'pending', 'finance': 'pending'})

    @users('ltc_test_sales', 'ltc_test_manager')
    def test_a_confirmed_order_keeps_its_terms(self):
        quotation = self._create_released_quotation(**self.terms)
        quotation.action_confirm()
        order = quotation.with_env(self.env)
        for change in (
            {'ltc_acceptance_method': 'customer'}, {'ltc_billing_frequency': False},
            {'payment_term_id': self.term_120.id},
        ):
            with self.assertRaisesRegex(ValidationError, "keeps its payment days, acceptance and billing"), \
                    self.env.cr.savepoint():
                order.write(change)
            self.env.invalidate_all()
        order.payment_term_id = self.env.ref('account.account_payment_term_immediate')  # sooner is welcome
        order._action_cancel()
        order.action_draft()
        order.ltc_acceptance_method = 'customer'

    @users('ltc_test_sales')
    def test_no_template_moves_a_confirmed_order(self):
        self.sales.group_ids += self.env.ref('sale_management.group_sale_order_template')
        template = self.env['sale.order.template'].sudo().create({
            'name': "Maintenance", 'ltc_acceptance_method': 'customer', 'ltc_billing_frequency': 'yearly'})
        quotation = self._create_released_quotation(**self.terms)
        quotation.action_confirm()
        order = quotation.with_env(self.env)
        order.write({'sale_order_template_id': template.id})
        self.env.flush_all()
        self.assertRecordValues(order, [self.terms])

    def test_in_light_terms_are_free(self):
        self._set_profile('light')
        quotation = self._create_quotation(**self.terms)
        quotation.action_confirm()
        quotation.with_user(self.sales).write({'ltc_acceptance_method': 'site', 'payment_term_id': self.term_120.id})

    # === VERSIONS, TEMPLATES, PAPER === #

    def test_versions_show_what_became_of_the_terms(self):
        quotation = self._create_released_quotation(**self.terms)
        quotation.ltc_revise("Another acceptance")
        quotation.ltc_acceptance_method = 'customer'
        versions = self.env['ltc.quote.version'].search([('order_id', '=', quotation.id)])
        rows = {row['label']: row['cells'] for row in quotation._ltc_compare_versions(versions[:1])['rows']}
        self.assertEqual(rows["Acceptance"], [
            {'text': "After a Trial Run", 'changed': False},
            {'text': "By the Customer's Own Standard", 'changed': True}])
        self.assertEqual([cell['text'] for cell in rows["Billing"]], ["By Milestone"] * 2)

    @users('ltc_test_sales')
    def test_a_template_offers_its_terms(self):
        self.sales.group_ids += self.env.ref('sale_management.group_sale_order_template')
        template = self.env['sale.order.template'].sudo().create({
            'name': "Maintenance", 'ltc_billing_frequency': 'yearly'})
        with Form(self._create_quotation(**self.terms).with_env(self.env)) as form:
            form.sale_order_template_id = template
            self.assertEqual((form.ltc_acceptance_method, form.ltc_billing_frequency), ('trial', 'yearly'))
        copy = form.record.copy()
        self.assertEqual((copy.ltc_acceptance_method, copy.ltc_billing_frequency), ('trial', 'yearly'))

    def test_the_customer_reads_the_terms(self):
        quotation = self._create_released_quotation(**self.terms)
        quotation.action_quotation_sent()
        paper = self.env['ir.actions.report'].with_user(self.sales)._render_qweb_html(
            'sale.report_saleorder', quotation.ids)[0].decode()
        self.env.ref('base.public_user').lang = 'en_US'
        page = self.url_open(quotation.sudo().get_portal_url()).text
        for text in (paper, page):
            self.assertIn("After a Trial Run", text)
            self.assertIn("By Milestone", text)
            self.assertIn("30 Days", text)

    def test_a_customer_without_terms_reads_none(self):
        quotation = self._create_released_quotation()
        paper = self.env['ir.actions.report']._render_qweb_html('sale.report_saleorder', quotation.ids)[0].decode()
        self.assertNotIn("Acceptance:", paper)
        self.assertNotIn("Billing:", paper)
