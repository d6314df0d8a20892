from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import LtcCommon


@tagged('post_install', '-at_install')
class TestDataCheck(LtcCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env['res.partner'].create([
            {'name': f"No VAT {number}", 'ref': 'ltc-dq'} for number in (1, 2)])
        cls.check = cls._create_check()

    @classmethod
    def _create_check(cls, **values):
        return cls.env['ltc.data.check'].with_user(cls.operations).create({
            'name': "Test partners without VAT", 'model_id': cls.env['ir.model']._get_id('res.partner'),
            'domain': "[('ref', '=', 'ltc-dq'), ('vat', '=', False)]", 'user_id': cls.operations.id, **values})

    def _get_activities(self, check=None):
        return self.env['mail.activity'].search(
            [('res_model', '=', 'ltc.data.check'), ('res_id', '=', (check or self.check).id)])

    def _run_cron(self):
        with patch.object(self.registry['ir.cron'], '_commit_progress', lambda cron, processed=0, **values: 60):
            self.env['ltc.data.check']._cron_check()

    def test_findings_are_counted_and_opened(self):
        self.assertEqual(self.check.finding_count, 2)
        action = self.check.action_view_findings()
        self.assertEqual(self.env[action['res_model']].search(action['domain']), self.partners)

    def test_every_rule_that_comes_with_the_suite_can_be_counted(self):
        for check in self.env['ltc.data.check'].search([]):
            self.assertGreaterEqual(check.finding_count, 0, check.name)
            self.assertTrue(check.has_model_access, check.name)

    def test_the_cron_leaves_one_activity_a_rule(self):
        self._run_cron()
        activity = self._get_activities()
        self.assertRecordValues(activity, [{
            'user_id': self.operations.id, 'summary': "2 × Test partners without VAT"}])
        self.partners[0].vat = 'X'
        self._run_cron()
        self.assertEqual(self._get_activities(), activity)
        self.assertEqual(activity.summary, "1 × Test partners without VAT")
        self.assertEqual(self.check.last_count, 1)
        self.partners.vat = 'X'
        self._run_cron()
        self.assertFalse(self._get_activities())
        self.assertEqual(self.check.last_count, 0)

    def test_findings_are_those_that_the_responsible_may_see(self):
        other = self.env['res.company'].create({'name': "Other"})
        check = self._create_check(
            model_id=self.env['ir.model']._get_id('ltc.flow'), domain="[('name', 'like', 'DQ/')]")
        self.env['ltc.flow'].create([{
            'name': f'DQ/{company.id}', 'company_id': company.id, 'currency_id': company.currency_id.id,
        } for company in (self.company, other)])
        self.assertEqual(check.with_user(self.operations).finding_count, 1)
        self._run_cron()
        self.assertEqual(check.last_count, 1)

    def test_records_that_one_may_not_read_are_not_counted(self):
        check = self._create_check(model_id=self.env['ir.model']._get_id('ir.config_parameter'), domain="[]")
        check = check.with_user(self.auditor)
        self.assertEqual((check.has_model_access, check.finding_count), (False, 0))
        with self.assertRaisesRegex(AccessError, "may not open"):
            check.action_view_findings()
        self._run_cron()
        self.assertFalse(self._get_activities(check))

    def test_a_domain_that_does_not_fit_is_refused(self):
        for domain in ("[('no_such_field', '=', 1)]", "[('name', '=']", "__import__('os')"):
            with self.assertRaisesRegex(ValidationError, "cannot search"):
                self.check.domain = domain

    def test_a_responsible_who_left_is_replaced_by_a_member_of_the_role(self):
        self.check.user_id = new_test_user(self.env, 'ltc_test_leaver', groups='ltc_base.group_ltc_operations')
        self.check.user_id.sudo().active = False
        self.assertIn(self.env.ref('ltc_base.group_ltc_operations'), self.check._get_responsible().all_group_ids)
        self.assertTrue(self.check._get_responsible().active)

    def test_only_operations_writes_rules(self):
        with self.assertRaises(AccessError):
            self.check.with_user(self.auditor).write({'domain': "[]"})
        with self.assertRaises(AccessError):
            self.check.with_user(self.sales).read(['name'])
