from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import TODAY, LtcDunningCommon


@tagged('post_install', '-at_install')
class TestLtcDunningHold(LtcDunningCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_due_invoice()
        cls.line = cls._get_due_lines(cls.invoice)

    def _hold(self, user=None, **values):
        action = self.env['ltc.due.line'].with_user(user or self.collector).browse(self.line.id).action_hold()
        form = Form(self.env[action['res_model']].with_user(user or self.collector).with_context(**action['context']))
        form.reason = "Acceptance is disputed"
        for name, value in values.items():
            form[name] = value
        form.save().action_hold()
        return self.env['ltc.dunning.hold'].search([('line_id', '=', self.line.id)], limit=1)

    def test_a_line_on_hold_is_not_dunned(self):
        hold = self._hold()
        self.assertRecordValues(hold, [{
            'reason': "Acceptance is disputed", 'held_by_id': self.collector.id, 'released_on': False}])
        self.assertTrue(self.line.ltc_dunning_hold)
        self.assertEqual(self.line.ltc_dunning_hold_reason, "Acceptance is disputed")
        self.assertIn(self.line, self.env['account.move.line'].search([('ltc_dunning_hold', '=', True)]))
        self.assertNotIn(self.line, self.env['account.move.line'].search([('ltc_dunning_hold', '=', False)]))
        self.assertFalse(self._run_cron())

    def test_a_released_line_is_dunned(self):
        hold = self._hold()
        self.env['ltc.due.line'].with_user(self.collector).browse(self.line.id).action_release()
        self.assertEqual(hold.released_by_id, self.collector)
        self.line.invalidate_recordset()
        self.assertFalse(self.line.ltc_dunning_hold)
        self.assertTrue(self._run_cron())

    def test_a_hold_ends_after_its_last_day(self):
        hold = self._hold(date_until=TODAY)
        self.assertFalse(self._run_cron())
        hold.sudo().date_until = TODAY - timedelta(days=1)
        self.assertFalse(self.line.ltc_dunning_hold)
        self.assertTrue(self._run_cron())

    def test_a_new_reason_replaces_the_old_hold(self):
        first = self._hold()
        second = self._hold()
        self.assertNotEqual(first, second)
        self.assertTrue(first.released_on)
        self.assertFalse(second.released_on)

    def test_only_collectors_hold_and_release(self):
        hold = self._hold()
        for user in (self.ar, self.user):
            with self.assertRaises(AccessError):
                hold.with_user(user).action_release()
            with self.assertRaises(AccessError):
                self._hold(user=user)
            with self.assertRaises(AccessError):
                hold.with_user(user).write({'released_on': TODAY})
            with self.assertRaises(AccessError):
                self.env['ltc.dunning.hold'].with_user(user).create({
                    'line_id': self.line.id, 'company_id': self.env.company.id, 'reason': "x",
                    'held_by_id': user.id, 'held_on': TODAY})

    def test_even_a_collector_cannot_rewrite_a_hold(self):
        hold = self._hold().with_user(self.collector)
        with self.assertRaises(AccessError):
            hold.reason = "Another"
        with self.assertRaises(AccessError):
            hold.unlink()
