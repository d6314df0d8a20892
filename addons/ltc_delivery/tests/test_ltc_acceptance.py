from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.ltc_delivery.tests.common import SCAN, LtcDeliveryCommon


@tagged('post_install', '-at_install')
class TestLtcAcceptance(LtcDeliveryCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.contract = cls._sell(opportunity_id=cls._create_opportunity().id)
        cls._deliver(cls.contract.order_id)
        cls.node = cls._get_node_on(cls.contract, 'acceptance')
        cls.acceptance = cls._create_acceptance(cls.contract)

    def test_items_come_from_the_contract(self):
        items = self.acceptance.item_ids
        self.assertEqual(len(items), 3)
        self.assertIn("Filling Line", items[0].name)
        self.assertIn("6,000 bottles", items[-1].criterion)
        self.assertEqual(self.acceptance.ltc_flow_id, self.contract.ltc_flow_id)
        self.assertRegex(self.acceptance.name, r"AC/\d{4}/\d{5}")

    def test_an_accepted_certificate_makes_the_node_billable(self):
        self.acceptance.action_submit()
        self._sign_on_paper(self.acceptance)
        self.assertEqual(self.node.state, 'planned')
        self.acceptance.action_accept()
        self.assertEqual(self.acceptance.state, 'accepted')
        self.assertEqual(self.acceptance.accepted_by_id, self.delivery)
        self.assertEqual(self.node.state, 'billable')
        self.assertIn(self.acceptance.name, self.node.trigger_note)

    def test_the_state_written_over_rpc_obeys_the_same_rules(self):
        with self._assert_refused(UserError, "cannot become"):
            self.acceptance.write({'state': 'accepted'})
        self.acceptance.write({'state': 'submitted'})
        with self._assert_refused(UserError, "not signed by the customer"):
            self.acceptance.write({'state': 'accepted'})
        with self._assert_refused(UserError, "not signed by the customer"):
            self.acceptance.write({'state': 'accepted', 'signatory_name': "Me", 'date_signed': '2026-01-01',
                                   'signed_document': SCAN})
        self._sign_on_paper(self.acceptance)
        self.acceptance.write({'state': 'accepted'})
        self.assertEqual(self.node.state, 'billable')
        self.assertEqual(self.acceptance.accepted_by_id, self.delivery)

    def test_a_certificate_is_never_born_accepted(self):
        acceptance = self.env['ltc.acceptance'].with_user(self.delivery).create({
            'contract_id': self.contract.id, 'plan_line_id': self.node.id, 'state': 'accepted', 'attempt': 7,
            'accepted_by_id': self.manager.id, 'accepted_on': '2026-01-01', 'signature': SCAN})
        self.assertRecordValues(acceptance, [{
            'state': 'draft', 'attempt': 1, 'accepted_by_id': False, 'accepted_on': False, 'signature': False}])

    def test_only_the_delivery_team_accepts(self):
        self.acceptance.action_submit()
        self._sign_on_paper(self.acceptance)
        for user in (self.sales, self.manager, self.finance):
            with self.assertRaises(AccessError):
                self.acceptance.with_user(user).action_accept()
            with self.assertRaises(AccessError):
                self.acceptance.with_user(user).write({'state': 'accepted'})

    def test_all_items_are_tested_before_the_customer_sees_them(self):
        self.acceptance.item_ids[0].result = 'pending'
        with self._assert_refused(UserError, "items without a result: .*Filling Line"):
            self.acceptance.action_submit()
        self.acceptance.item_ids.unlink()
        with self._assert_refused(UserError, "has no items"):
            self.acceptance.action_submit()

    def test_items_that_failed_keep_it_from_being_accepted(self):
        first, second, _criteria = self.acceptance.item_ids
        first.result = 'fail'
        second.write({'result': 'na', 'is_required': True})
        self.acceptance.action_submit()
        self._sign_on_paper(self.acceptance)
        with self._assert_refused(UserError, "did not pass: .*Filling Line.*Training"):
            self.acceptance.action_accept()

    def test_a_condition_and_an_optional_failure_need_a_note(self):
        first, second, third = self.acceptance.item_ids
        first.result = 'conditional'
        second.write({'result': 'fail', 'is_required': False})
        third.write({'result': 'na', 'is_required': False, 'note': "Not ordered."})
        self.assertEqual(self.acceptance._get_failed_items(), first | second)
        first.note = "Scratch to be painted by May."
        second.note = "Repeat in summer."
        self.assertFalse(self.acceptance._get_failed_items())
        self.assertEqual(self.acceptance.score, 50.0)

    def test_a_paper_signature_needs_name_date_and_scan(self):
        self.acceptance.action_submit()
        for missing in ('signatory_name', 'date_signed', 'signed_document'):
            self._sign_on_paper(self.acceptance, **{missing: False})
            with self._assert_refused(UserError, "not signed by the customer"):
                self.acceptance.action_accept()

    def test_what_the_customer_sees_stays(self):
        self.acceptance.action_submit()
        with self._assert_refused(UserError, "send it back to draft"):
            self.acceptance.item_ids[0].result = 'conditional'
        with self._assert_refused(UserError, "send it back to draft"):
            self.acceptance.item_ids = [Command.create({'name': "Another"})]
        with self._assert_refused(UserError, "send it back to draft"):
            self.acceptance.kind = 'fat'
        with self._assert_refused(UserError, "save the contents first"):
            self.acceptance.write({'state': 'draft', 'kind': 'fat'})

    def test_nothing_changes_after_the_acceptance(self):
        self.acceptance.action_submit()
        self._sign_on_paper(self.acceptance)
        self.acceptance.action_accept()
        for acceptance in (self.acceptance, self.acceptance.sudo()):
            for name, value in (('kind', 'fat'), ('signatory_name', "Me"), ('signed_document', False),
                                ('plan_line_id', False), ('conclusion', "Well.")):
                with self._assert_refused(UserError, "cannot be changed any more"):
                    acceptance[name] = value
            with self._assert_refused(UserError, "what was tested stays"):
                acceptance.item_ids[0].note = "Later."
            with self._assert_refused(UserError, "what was tested stays"):
                acceptance.item_ids[0].unlink()
            with self._assert_refused(UserError, "cannot become"):
                acceptance.state = 'draft'
            with self._assert_refused(UserError, "stays on record"):
                acceptance.unlink()

    def test_stamps_are_the_servers(self):
        self.acceptance.action_submit()
        self.acceptance.write({
            'accepted_by_id': self.manager.id, 'submitted_by_id': self.manager.id, 'attempt': 5, 'signature': SCAN,
            'signature_on': '2026-01-01'})
        self.assertRecordValues(self.acceptance, [{
            'accepted_by_id': False, 'submitted_by_id': self.delivery.id, 'attempt': 1, 'signature': False,
            'signature_on': False}])

    def test_a_failure_is_tested_again(self):
        self.acceptance.item_ids[0].result = 'fail'
        self.acceptance.action_submit()
        self._sign_on_paper(self.acceptance)
        self.acceptance.action_fail("Only 5,000 bottles per hour.")
        self.assertEqual(self.acceptance.state, 'failed')
        self.acceptance.action_draft()
        self.assertRecordValues(self.acceptance, [{
            'state': 'draft', 'attempt': 2, 'signatory_name': False, 'signed_document': False,
            'failure_reason': False}])
        self.assertEqual(self.acceptance.item_ids.mapped('result'), ['pending', 'pass', 'pass'])
        with self._assert_refused(UserError, "stays on record"):
            self.acceptance.unlink()

    def test_a_failure_needs_a_reason(self):
        self.acceptance.action_submit()
        with self._assert_refused(UserError, "needs the reason"):
            self.acceptance.action_fail()

    def test_a_correction_before_the_signature_is_no_retest(self):
        self.acceptance.action_submit()
        self.acceptance.action_draft()
        self.assertEqual(self.acceptance.attempt, 1)

    def test_a_node_with_two_certificates_waits_for_both(self):
        factory = self._create_acceptance(self.contract, kind='fat')
        self.acceptance.action_submit()
        self._sign_on_paper(self.acceptance)
        self.acceptance.action_accept()
        self.assertEqual(self.node.state, 'planned')
        factory.action_submit()
        self._sign_on_paper(factory)
        factory.action_accept()
        self.assertEqual(self.node.state, 'billable')

    def test_it_proves_only_nodes_of_its_own_contract_that_wait_for_it(self):
        other = self._sell()
        with self._assert_refused(ValidationError, "node to another contract"):
            self.acceptance.plan_line_id = self._get_node_on(other, 'acceptance')
        with self._assert_refused(ValidationError, "does not wait for an acceptance"):
            self.acceptance.plan_line_id = self._get_node_on(self.contract, 'retention')
        with self._assert_refused(ValidationError, "comes too late"):
            self.acceptance.plan_line_id = self._get_node_on(self.contract, 'delivery')

    def test_a_final_acceptance_waits_for_the_goods(self):
        contract = self._sell()
        site = self._create_acceptance(contract, kind='sat')
        site.action_submit()
        final = self._create_acceptance(contract, kind='final')
        with self._assert_refused(UserError, "not delivered in full"):
            final.action_submit()
        self._deliver(contract.order_id)
        final.action_submit()
        self.assertEqual(final.state, 'submitted')

    def test_it_waits_for_the_signed_contract(self):
        quotation = self._create_released_quotation()
        quotation.action_ltc_create_contract()
        contract = quotation.ltc_contract_id.sudo(False).with_env(self.env)
        acceptance = self._create_acceptance(contract)
        with self._assert_refused(UserError, "not in force"):
            acceptance.action_submit()

    def test_it_waits_for_the_handover_in_the_full_profile(self):
        self._set_profile('full')
        contract = self._sell()
        acceptance = self._create_acceptance(contract)
        with self._assert_refused(UserError, "handover of contract"):
            acceptance.action_submit()

    def test_the_certificate_prints(self):
        self.acceptance.action_submit()
        self._sign_on_paper(self.acceptance)
        self.acceptance.action_accept()
        html = self.env['ir.actions.report']._render_qweb_html(
            'ltc_delivery.action_report_acceptance', self.acceptance.ids)[0].decode()
        for text in (self.acceptance.name, self.contract.name, "Filling Line", "Ms Lin"):
            self.assertIn(text, html)
