from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TODAY, LtcDunningCommon


@tagged('post_install', '-at_install')
class TestAccountMove(LtcDunningCommon):

    def test_a_collector_reminds_at_once(self):
        invoice = self._create_due_invoice(days_overdue=3)
        action = invoice.with_user(self.collector).action_ltc_send_reminder()
        self.assertEqual(action['tag'], 'display_notification')
        dunning = self.Dunning.search([('move_id', '=', invoice.id)])
        self.assertRecordValues(dunning, [{
            'level_id': self.level_7.id, 'is_repeat': False, 'days_overdue': 3, 'create_uid': self.collector.id}])
        self.assertEqual(dunning.notice_id.result, 'queued')
        invoice.invoice_date_due = TODAY - timedelta(days=10)
        self.assertFalse(self._run_cron(), "the first level has been sent by hand already")
        self.assertEqual(invoice.ltc_dunning_count, 1)
        self.assertEqual(self.Dunning.search(invoice.action_view_ltc_dunnings()['domain']), dunning)

    def test_a_level_is_repeated_by_hand_once_a_day(self):
        invoice = self._create_due_invoice(days_overdue=20)
        self._run_cron()
        with self.assertRaisesRegex(UserError, "has been reminded of today"):
            invoice.with_user(self.collector).action_ltc_send_reminder()
        with freeze_time(TODAY + timedelta(days=1)):
            invoice.with_user(self.collector).action_ltc_send_reminder()
            with self.assertRaisesRegex(UserError, "has been reminded of today"):
                invoice.with_user(self.collector).action_ltc_send_reminder()
        self.assertRecordValues(self.Dunning.search([('move_id', '=', invoice.id)], order='id'), [
            {'level_id': self.level_15.id, 'is_repeat': False},
            {'level_id': self.level_15.id, 'is_repeat': True},
        ])
        with freeze_time(TODAY + timedelta(days=10)):
            self.assertEqual(self._run_cron().level_id, self.level_30, "repeats do not slow the levels down")

    def test_one_reminder_for_several_selected_lines(self):
        invoices = self._create_due_invoice() + self._create_due_invoice(days_overdue=20) + self._create_due_invoice(-5)
        invoices.with_user(self.collector).action_ltc_send_reminder()
        dunnings = self.Dunning.search([('move_id', 'in', invoices.ids)])
        self.assertEqual(len(dunnings), 2, "what is not due yet is left out")
        self.assertEqual(len(dunnings.notice_id), 1)

    def test_the_reason_is_told_when_nobody_can_be_reminded(self):
        collector_lines = lambda invoice: self._get_due_lines(invoice).with_user(self.collector)  # noqa: E731
        with self.assertRaisesRegex(UserError, "is due on 2026-04-05 only; remind after that day"):
            collector_lines(self._create_due_invoice(-5)).action_ltc_send_reminder()
        paid = self._create_due_invoice()
        self._register_payment(paid)
        with self.assertRaisesRegex(UserError, "has nothing left to pay"):
            collector_lines(paid).action_ltc_send_reminder()
        held = collector_lines(self._create_due_invoice())
        self.env['ltc.dunning.hold'].with_user(self.collector)._place(held, "Disputed")
        with self.assertRaisesRegex(UserError, "is on hold: Disputed"):
            held.action_ltc_send_reminder()
        silent = self._create_due_invoice()
        silent.no_followup = True
        with self.assertRaisesRegex(UserError, "without follow-up"):
            collector_lines(silent).action_ltc_send_reminder()

    def test_only_collection_and_finance_remind(self):
        invoice = self._create_due_invoice()
        with self.assertRaises(AccessError):
            invoice.with_user(self.ar).action_ltc_send_reminder()
        reader = self._create_user('ltc_reader', 'account.group_account_readonly', 'ltc_base.group_ltc_user')
        with self.assertRaisesRegex(AccessError, "sent by collectors and finance only"):
            invoice.with_user(reader).action_ltc_send_reminder()
        accountant = self._create_user('ltc_accountant', 'account.group_account_invoice')
        self.assertTrue(invoice.with_user(accountant).action_ltc_send_reminder())

    def test_a_list_of_invoices_costs_no_query_more(self):
        invoices = self._create_due_invoice()
        for _index in range(4):
            invoices += self._create_due_invoice()
        invoices.mapped('ltc_dunning_count')  # warms the caches
        counts = []
        for records in (invoices[:1], invoices):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.mapped('ltc_dunning_count')
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
