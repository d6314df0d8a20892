from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderVersion(LtcQuoteCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')

    def _get_versions(self, order):
        return self.env['ltc.quote.version'].with_user(self.sales).search([('order_id', '=', order.id)])

    def test_a_submission_freezes_what_was_submitted(self):
        quotation = self._create_quotation()
        self._submit(quotation, 'atb')
        version = self._get_versions(quotation)
        self.assertEqual((version.number, version.origin, version.amount_untaxed), (1, 'submitted', 205000))
        self.assertEqual(version.user_id, self.sales)
        self.assertEqual([line['price'] for line in version.snapshot['lines']], [100000.0, 5000.0])
        self.assertNotIn('margin', str(version.snapshot))
        self.assertEqual(version.costs['margin'], 83000)
        self.assertEqual(quotation.ltc_version, 1)

    def test_the_same_offer_in_another_round_is_the_same_version(self):
        quotation = self._create_quotation()
        first = self._submit(quotation, 'atb')
        first.with_user(self.sales).action_withdraw()
        second = self._pass_gate(quotation, 'atb')
        version = self._get_versions(quotation)
        self.assertEqual(len(version), 1)
        self.assertEqual(version.review_id.id, second.id)
        self.assertEqual(version.decision, 'go')

    def test_a_new_version_needs_a_reason_and_no_cancellation(self):
        quotation = self._create_released_quotation()
        quotation.action_quotation_sent()
        for reason in ('', '   ', None, 3):
            with self.assertRaises(UserError):
                quotation.ltc_revise(reason)
        dialog = Form(self.env['ltc.quote.revise'].with_user(self.sales).with_context(default_order_id=quotation.id))
        dialog.reason = "The customer wants three lines"
        dialog.save().action_revise()
        self.assertEqual(quotation.state, 'draft')
        self.assertEqual(quotation._ltc_get_version_label(), 'V2')
        quotation.order_line[0].product_uom_qty = 3
        self._pass_gate(quotation, 'atb')
        newest, oldest = self._get_versions(quotation)
        self.assertEqual((newest.number, newest.reason), (2, "The customer wants three lines"))
        self.assertEqual(oldest.snapshot['lines'][0]['quantity'], 2)
        self.assertEqual(quotation._ltc_get_version_label(), 'V2')
        self.assertFalse(quotation.ltc_revision_reason)

    def test_no_new_version_under_review_or_of_an_order(self):
        quotation = self._create_quotation()
        self._submit(quotation, 'atb')
        with self.assertRaises(UserError):
            quotation.ltc_revise("Now")
        order = self._create_released_quotation()
        order.action_confirm()
        with self.assertRaises(UserError):
            order.ltc_revise("Now")

    def test_whoever_may_not_change_the_quotation_starts_no_version(self):
        quotation = self._create_quotation()
        with self.assertRaises(AccessError):
            quotation.with_user(self.auditor).ltc_revise("Mine")

    def test_nobody_writes_or_deletes_a_version(self):
        quotation = self._create_quotation()
        self._submit(quotation, 'atb')
        version = self._get_versions(quotation)
        for user in (self.sales, self.manager, self.operations):
            for act in (
                lambda own: own.write({'reason': "Nicer"}), lambda own: own.unlink(),
                lambda own: own.create({'order_id': quotation.id, 'number': 9}),
            ):
                with self.assertRaises(AccessError):
                    act(version.with_user(user))
        with self.assertRaises(UserError):
            version.sudo().unlink()

    def test_a_client_cannot_set_the_number(self):
        quotation = self._create_quotation(ltc_version=7)
        quotation.write({'ltc_version': 9})
        self.assertEqual(quotation.ltc_version, 0)

    def test_a_version_is_seen_by_those_who_see_the_quotation(self):
        quotation = self._create_quotation()
        self._submit(quotation, 'atb')
        version = self._get_versions(quotation)
        other = self.env['res.users'].create({
            'name': "Other", 'login': 'ltc_other_sales',
            'group_ids': [Command.link(self.env.ref('sales_team.group_sale_salesman').id)]})
        self.assertFalse(version.with_user(other).search([('id', '=', version.id)]))
        for user in (self.sales, self.manager, self.finance, self.auditor):
            self.assertTrue(version.with_user(user).search([('id', '=', version.id)]), user.name)
        company = self.env['res.company'].create({'name': "Other"})
        self.sales.write({'company_ids': [Command.link(company.id)]})
        self.assertFalse(version.with_user(self.sales).with_context(
            allowed_company_ids=company.ids).search([('id', '=', version.id)]))

    def test_versions_stand_side_by_side_with_differences_marked(self):
        quotation = self._create_released_quotation()
        quotation.ltc_revise("Longer payment, one line less")
        quotation.payment_term_id = self.term_120
        quotation.order_line[0].price_unit = 95000
        quotation.order_line[1].unlink()
        quotation.order_line = [Command.create({'product_id': self.training.id, 'price_unit': 0, 'name': "Free"})]
        versions = self._get_versions(quotation)
        comparison = quotation._ltc_compare_versions(versions)
        self.assertEqual([column['title'] for column in comparison['columns']], ['V1', 'Today'])
        rows = {row['label']: row['cells'] for row in comparison['rows']}
        self.assertTrue(rows['Payment Terms'][1]['changed'])
        self.assertEqual(rows['Payment Terms'][1]['text'], "120 Days")
        self.assertTrue(rows['Margin'][1]['changed'])
        self.assertFalse(rows['Customer'][1]['changed'])
        states = [[cell['state'] for cell in line['cells']] for line in comparison['lines']]
        self.assertEqual(states, [['same', 'changed'], ['same', 'removed'], ['none', 'added']])
        changed = {part['key'] for part in comparison['lines'][0]['cells'][1]['parts'] if part['changed']}
        self.assertEqual(changed, {'price', 'subtotal', 'margin_percent'})

    def test_a_line_written_anew_is_found_again(self):
        quotation = self._create_released_quotation()
        line = quotation.order_line[1]
        values = {'product_id': line.product_id.id, 'name': line.name, 'price_unit': line.price_unit}
        line.unlink()
        quotation.order_line = [Command.create(values)]
        comparison = quotation._ltc_compare_versions(self._get_versions(quotation))
        self.assertEqual(
            [[cell['state'] for cell in line['cells']] for line in comparison['lines']],
            [['same', 'same'], ['same', 'same']])

    def test_costs_are_shown_to_those_who_see_them_only(self):
        quotation = self._create_released_quotation()
        field = self.env['sale.order.line']._fields['purchase_price']
        self.patch(field, 'groups', 'sales_team.group_sale_manager')
        version = self._get_versions(quotation)
        seen = quotation.with_user(self.manager)._ltc_compare_versions(version.with_user(self.manager))
        hidden = quotation.with_user(self.sales)._ltc_compare_versions(version)
        self.assertIn('Margin', [row['label'] for row in seen['rows']])
        self.assertNotIn('Margin', [row['label'] for row in hidden['rows']])
        self.assertNotIn('cost', str(hidden['lines']))
        with self.assertRaises(AccessError):
            version.read(['costs'])

    def test_the_comparison_takes_versions_of_its_own_quotation_only(self):
        quotation, other = self._create_released_quotation(), self._create_released_quotation()
        mixed = self._get_versions(quotation) + self._get_versions(other)
        with self.assertRaises(UserError):
            mixed.action_compare()
        action = self._get_versions(quotation).action_compare()
        compare = self.env['ltc.quote.compare'].with_user(self.sales).browse(action['res_id'])
        compare.version_ids = mixed
        self.assertEqual(len(compare.comparison['columns']), 2)

    def test_the_comparison_is_printed_as_its_reader_sees_it(self):
        quotation = self._create_released_quotation()
        quotation.ltc_revise("Cheaper, for the second line")
        quotation.order_line[0].price_unit = 90000
        self.patch(self.env['sale.order.line']._fields['purchase_price'], 'groups', 'sales_team.group_sale_manager')
        papers = {}
        for user in (self.sales, self.manager):
            action = quotation.with_user(user).action_compare_ltc_versions()
            papers[user] = self.env['ir.actions.report'].with_user(user)._render_qweb_html(
                'ltc_quote.report_versions', [action['res_id']])[0].decode()
            for text in (f"Versions of {quotation.name}", "Cheaper, for the second line", "V1", "185,000.00"):
                self.assertIn(text, papers[user])
        self.assertIn("Margin", papers[self.manager])
        self.assertNotIn("Margin", papers[self.sales])

    def test_in_light_versions_are_made_by_hand_and_when_sent(self):
        self._set_profile('light')
        quotation = self._create_quotation()
        quotation.action_quotation_sent()
        self.assertFalse(self._get_versions(quotation))
        quotation.ltc_revise("Cheaper")
        quotation.order_line[0].price_unit = 90000
        self.assertEqual(quotation._ltc_get_version_label(), 'V2')
        quotation.action_quotation_sent()
        self.assertEqual(self._get_versions(quotation).mapped('amount_untaxed'), [185000, 205000])
        self.assertEqual(quotation._ltc_get_version_label(), 'V2')

    def test_a_revision_that_changes_nothing_is_no_version(self):
        quotation = self._create_released_quotation()
        quotation.ltc_revise("The customer asks for another look")
        quotation.action_quotation_sent()
        self.assertEqual(quotation._ltc_get_version_label(), 'V1')
        self.assertEqual(len(self._get_versions(quotation)), 1)

    def test_a_version_in_work_is_frozen_when_it_is_agreed(self):
        self._set_profile('light')
        quotation = self._create_quotation()
        quotation.ltc_revise("Cheaper")
        quotation.order_line[0].price_unit = 90000
        quotation.action_confirm()
        self.assertEqual(self._get_versions(quotation).mapped('amount_untaxed'), [185000, 205000])

    def test_a_copy_has_no_versions(self):
        quotation = self._create_released_quotation()
        quotation.ltc_revise("Again")
        copy = quotation.copy()
        self.assertFalse(copy.ltc_version)
        self.assertFalse(copy.ltc_revision_reason)

    def test_a_quotation_with_versions_or_a_log_is_not_deleted(self):
        submitted, negotiated, plain = (self._create_quotation() for _number in range(3))
        self._submit(submitted, 'atb').with_user(self.sales).action_withdraw()
        negotiated.with_user(self.sales).ltc_log_concession('scope', 'us', "Spare parts")
        for quotation in (submitted, negotiated, submitted | plain):
            with self.assertRaisesRegex(UserError, "cancel it instead"), self.env.cr.savepoint():
                quotation.with_user(self.manager).unlink()
        for quotation in (submitted, negotiated):  # past the ORM as well
            with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.env.cr.savepoint():
                self.env.cr.execute("DELETE FROM sale_order WHERE id = %s", [quotation.id])
        plain.with_user(self.manager).unlink()
        self.assertFalse(plain.exists())

    def test_the_refusal_names_the_line_that_differs(self):
        quotation = self._create_released_quotation()
        quotation.order_line[0].write({'price_unit': 1234567.5, 'product_uom_qty': 3})
        quotation.order_line[1].unlink()
        with self.assertRaises(UserError) as refusal:
            quotation.action_confirm()
        message = refusal.exception.args[0]
        self.assertIn("Quantity 2 → 3", message)
        self.assertIn("Unit Price 100,000 → 1,234,567.5", message)
        self.assertIn("Operator Training is gone", message)
