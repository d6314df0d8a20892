from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.ltc_collection.models import ltc_dunning

from .common import TODAY, LtcDunningCommon


@tagged('post_install', '-at_install')
class TestLtcDunning(LtcDunningCommon):

    def test_an_overdue_line_is_dunned_once_a_level(self):
        invoice = self._create_due_invoice(days_overdue=10)
        dunning = self._run_cron()
        self.assertRecordValues(dunning, [{
            'line_id': self._get_due_lines(invoice).id,
            'move_id': invoice.id,
            'move_name': invoice.name,
            'partner_id': self.customer.id,
            'ar_user_id': self.ar.id,
            'level_id': self.level_7.id,
            'date': TODAY,
            'days_overdue': 10,
            'amount_residual': 1000.0,
            'amount_residual_company': 1000.0,
            'currency_id': self.env.company.currency_id.id,
            'is_repeat': False,
        }])
        self.assertFalse(self._run_cron())

    def test_the_highest_level_reached_is_taken(self):
        self._create_due_invoice(days_overdue=40)
        self.assertEqual(self._run_cron().level_id, self.level_30)
        self.assertFalse(self._run_cron(), "the lower levels are not caught up")

    def test_the_next_level_follows_in_its_time(self):
        invoice = self._create_due_invoice(days_overdue=10)
        self._run_cron()
        invoice.invoice_date_due = TODAY - timedelta(days=14)
        self.assertFalse(self._run_cron())
        invoice.invoice_date_due = TODAY - timedelta(days=15)
        self.assertEqual(self._run_cron().level_id, self.level_15)

    def test_nothing_happens_before_the_first_level(self):
        self._create_due_invoice(days_overdue=6)
        self._create_due_invoice(days_overdue=-5)
        self.assertFalse(self._run_cron())

    def test_each_instalment_is_dunned_by_itself(self):
        terms = self.env['account.payment.term'].create({
            'name': "30/70",
            'line_ids': [
                Command.create({'value': 'percent', 'value_amount': 30, 'nb_days': 0}),
                Command.create({'value': 'percent', 'value_amount': 70, 'nb_days': 30}),
            ],
        })
        self._create_due_invoice(days_overdue=38, invoice_date_due=None, invoice_payment_term_id=terms)
        self.assertRecordValues(self._run_cron().sorted('days_overdue'), [
            {'amount_residual': 700.0, 'level_id': self.level_7.id, 'days_overdue': 8},
            {'amount_residual': 300.0, 'level_id': self.level_30.id, 'days_overdue': 38},
        ])

    def test_a_partly_paid_line_is_dunned_for_its_residual(self):
        invoice = self._create_due_invoice()
        self._register_payment(invoice, amount=400.0, payment_difference_handling='open')
        self.assertEqual(self._run_cron().amount_residual, 600.0)

    def test_a_paid_line_is_not_dunned(self):
        invoice = self._create_due_invoice()
        self._register_payment(invoice)
        self.assertFalse(self._run_cron())

    def test_a_line_opened_again_is_dunned(self):
        invoice = self._create_due_invoice()
        payment = self._register_payment(invoice)
        self.assertFalse(self._run_cron())
        payment.move_id.line_ids.remove_move_reconcile()
        self.assertEqual(self._run_cron().amount_residual, 1000.0)

    def test_refunds_credits_drafts_and_zeroes_are_not_dunned(self):
        self._create_due_invoice(move_type='out_refund')
        self._create_due_invoice(post=False)
        self._create_due_invoice(amount=0.0)
        self._create_due_invoice(move_type='in_invoice')
        self.assertFalse(self._run_cron())

    def test_a_negative_instalment_is_not_dunned(self):
        invoice = self._create_due_invoice(amount=1000.0)
        refund = self._create_due_invoice(amount=1500.0, move_type='out_refund')
        (self._get_due_lines(invoice) + self._get_due_lines(refund)).reconcile()
        self.assertEqual(refund.amount_residual, 500.0)
        self.assertFalse(self._run_cron())

    def test_a_cancelled_invoice_is_not_dunned(self):
        invoice = self._create_due_invoice()
        invoice.button_draft()
        self.assertFalse(self._run_cron())
        invoice.button_cancel()
        self.assertFalse(self._run_cron())

    def test_an_invoice_posted_again_is_not_dunned_again(self):
        invoice = self._create_due_invoice()
        self._run_cron()
        invoice.button_draft()
        invoice.action_post()
        self.assertFalse(self._run_cron())

    def test_a_line_without_follow_up_is_left_alone(self):
        self._create_due_invoice().no_followup = True
        self.assertFalse(self._run_cron())

    def test_a_blocked_invoice_is_left_alone(self):
        self._create_due_invoice().payment_state = 'blocked'
        self.assertFalse(self._run_cron())

    def test_a_foreign_currency_line_is_dunned_in_its_currency(self):
        currency = self.setup_other_currency('EUR', rates=[('2020-01-01', 2.0)])
        self._create_due_invoice(currency_id=currency)
        self.assertRecordValues(self._run_cron(), [{
            'currency_id': currency.id,
            'amount_residual': 1000.0,
            'amount_residual_company': 500.0,
            'company_currency_id': self.env.company.currency_id.id,
        }])

    def test_only_companies_with_dunning_switched_on(self):
        self._create_due_invoice()
        self.env.company.sudo().ltc_dunning = False
        self.assertFalse(self._run_cron())

    def test_every_company_has_its_own_levels_and_currency(self):
        other = self.setup_other_company(currency_id=self.setup_other_currency('EUR').id)['company']
        other.sudo().ltc_dunning = True
        level = self.env['ltc.dunning.level'].sudo().create({
            'name': "Ours", 'company_id': other.id, 'days': 3, 'template_id': False})
        self._create_due_invoice(days_overdue=4)
        env = self.env(context={**self.env.context, 'allowed_company_ids': other.ids})
        invoice = env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': self.customer.id, 'invoice_date': TODAY - timedelta(days=4),
            'invoice_date_due': TODAY - timedelta(days=4),
            'invoice_line_ids': [Command.create({'name': "Service", 'price_unit': 50.0, 'tax_ids': False})],
        })
        invoice.action_post()
        self.assertRecordValues(self._run_cron(), [{
            'company_id': other.id, 'level_id': level.id, 'move_id': invoice.id,
            'company_currency_id': other.currency_id.id}])

    def test_customers_stay_whole_in_batches(self):
        customers = self.customer + self.customer.copy() + self.customer.copy()
        for customer in customers:
            self._create_due_invoice(partner_id=customer)
            self._create_due_invoice(partner_id=customer)
        with patch.object(ltc_dunning, 'BATCH_LINES', 3):
            batches = self.Dunning._get_batches(self.env.company)
            dunnings = self._run_cron()
        self.assertEqual(batches, [[partner_id] for partner_id in sorted(customers.ids)])
        self.assertEqual(len(dunnings), 6)
        self.assertEqual(len(dunnings.notice_id), 3)
        self.assertEqual(self.progress, [3, -1, -1, -1], "every batch is committed by itself")

    def test_two_runs_cannot_claim_the_same_line(self):
        self._create_due_invoice()
        dunning = self._run_cron()
        with mute_logger('odoo.sql_db'), self.assertRaises(psycopg2.errors.UniqueViolation), self.cr.savepoint():
            dunning.copy()
        claim = self.Dunning._get_insert_sql(self.env.company, self.Dunning._get_overdue_sql(
            self.env.company, self.levels, SQL("level.days DESC"), SQL("level.days <= line.days_overdue")))
        self.assertTrue(self.env.execute_query(claim)[0], "believes that it repeats by hand, at most once a day")
        self.assertEqual(self.env.execute_query(claim), [], "a claim that comes second gets nothing")

    def test_a_run_leaves_a_company_alone_that_another_one_is_at(self):
        self._create_due_invoice()
        with self.registry.cursor() as other_cr:
            other_cr.execute(
                "SELECT pg_try_advisory_xact_lock(%s, %s)", (ltc_dunning.LOCK_SPACE, self.env.company.id))
            self.assertFalse(self._run_cron())
        self.assertTrue(self._run_cron())

    def test_a_batch_that_fails_does_not_stop_the_others(self):
        second = self.customer.copy()
        self._create_due_invoice()
        self._create_due_invoice(partner_id=second)
        notify = self.registry['ltc.dunning.notice']._notify

        def fail_for_the_first(notices):
            if self.customer in notices.partner_id:
                raise ValueError("no mail")
            return notify(notices)

        with (
            patch.object(ltc_dunning, 'BATCH_LINES', 1), mute_logger(ltc_dunning.__name__),
            patch.object(self.registry['ltc.dunning.notice'], '_notify', fail_for_the_first),
        ):
            self.assertEqual(self._run_cron().partner_id, second)
        self.assertEqual(self._run_cron().partner_id, self.customer, "what failed is made up for by the next run")

    def test_the_number_of_queries_does_not_grow_with_the_lines(self):
        self._create_due_invoice()
        self._run_cron()  # warms the caches
        counts = []
        for number in (1, 200):
            self._create_due_lines(number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(len(self._run_cron()), number)
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 10)

    def _create_due_lines(self, number):
        """Make an invoice of so many instalments in one go."""
        terms = self.env['account.payment.term'].create({
            'name': "Many",
            'line_ids': [Command.create({
                'value': 'percent', 'value_amount': 100 / number, 'nb_days': day,
            }) for day in range(number)],
        })
        return self._create_due_invoice(
            days_overdue=number + 90, amount=1000.0 * number, invoice_date_due=None, invoice_payment_term_id=terms)

    def test_nobody_writes_the_log(self):
        self._create_due_invoice()
        dunning = self._run_cron()
        manager = self._create_user(
            'ltc_manager', 'ltc_base.group_ltc_collector', 'ltc_base.group_ltc_operations',
            'account.group_account_manager')
        for user in (self.ar, self.collector, manager):
            own = dunning.with_user(user)
            self.assertEqual(own.amount_residual, 1000.0)
            with self.assertRaises(AccessError):
                own.write({'amount_residual': 1.0})
            with self.assertRaises(AccessError):
                own.unlink()
            with self.assertRaises(AccessError):
                own.copy()

    def test_an_ar_sees_only_the_own_reminders(self):
        self._create_due_invoice(invoice_user_id=self.env.uid)
        dunning = self._run_cron()
        self.assertFalse(self.env['ltc.dunning'].with_user(self.ar).search([]))
        self.assertFalse(self.env['ltc.dunning.notice'].with_user(self.ar).search([]))
        self.assertEqual(self.env['ltc.dunning'].with_user(self.collector).search([]), dunning)
