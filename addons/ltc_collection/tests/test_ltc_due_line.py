from odoo.tests import tagged

from .common import LtcDunningCommon


@tagged('post_install', '-at_install')
class TestLtcDueLine(LtcDunningCommon):

    def test_lines_stand_in_their_bucket(self):
        expected = {
            -3: 'not_due', 0: 'not_due', 1: '1_30', 30: '1_30', 31: '31_60', 60: '31_60', 61: '61_90', 90: '61_90',
            91: '91_180', 180: '91_180', 181: 'over_180',
        }
        for days, bucket in expected.items():
            line = self._get_due_lines(self._create_due_invoice(days_overdue=days))
            due_line = self.env['ltc.due.line'].browse(line.id)
            self.assertEqual(due_line.bucket, bucket, f"{days} days")
            self.assertEqual(due_line.days_overdue, max(days, 0))
        grouped = dict(self.env['ltc.due.line']._read_group(
            [('company_id', '=', self.env.company.id)], ['bucket'], ['__count']))
        self.assertEqual(grouped['1_30'], 2)

    def test_the_worklist_shows_what_is_open(self):
        invoice = self._create_due_invoice(days_overdue=20)
        self._register_payment(invoice, amount=400.0, payment_difference_handling='open')
        self._create_due_invoice(move_type='out_refund')
        self._create_due_invoice(post=False)
        self._register_payment(self._create_due_invoice())
        line = self._get_due_lines(invoice)
        self._run_cron()
        due_lines = self.env['ltc.due.line'].search([('company_id', '=', self.env.company.id)])
        self.assertRecordValues(due_lines, [{
            'line_id': line.id,
            'move_id': invoice.id,
            'move_name': invoice.name,
            'partner_id': self.customer.id,
            'ar_user_id': self.ar.id,
            'amount': 1000.0,
            'amount_residual': 600.0,
            'amount_residual_company': 600.0,
            'weight': 12000.0,
            'level_id': self.level_15.id,
            'is_on_hold': False,
        }])

    def test_the_weightiest_comes_first(self):
        small = self._create_due_invoice(days_overdue=50, amount=10.0)
        large = self._create_due_invoice(days_overdue=5, amount=10000.0)
        due_lines = self.env['ltc.due.line'].search([('move_id', 'in', (small + large).ids)])
        self.assertEqual(due_lines.move_id.ids, [large.id, small.id])

    def test_an_ar_sees_only_the_own_customers(self):
        own = self._create_due_invoice()
        foreign = self._create_due_invoice(invoice_user_id=self.env.uid)
        DueLine = self.env['ltc.due.line']
        domain = [('move_id', 'in', (own + foreign).ids)]
        self.assertEqual(DueLine.with_user(self.ar).search(domain).sudo().move_id, own)
        self.assertEqual(DueLine.with_user(self.collector).search(domain).move_id, own + foreign)

    def test_other_companies_stay_out(self):
        invoice = self._create_due_invoice()
        other = self.setup_other_company()['company']
        DueLine = self.env['ltc.due.line'].with_user(self.collector)
        self.assertTrue(DueLine.search([('move_id', '=', invoice.id)]))
        self.collector.sudo().write({'company_ids': [(4, other.id)]})
        self.assertFalse(DueLine.with_context(allowed_company_ids=other.ids).search([('move_id', '=', invoice.id)]))

    def test_the_worklist_acts_on_the_selected_lines(self):
        invoices = self._create_due_invoice() + self._create_due_invoice()
        due_lines = self.env['ltc.due.line'].with_user(self.collector).browse(self._get_due_lines(invoices).ids)
        due_lines.action_send_reminder()
        self.assertEqual(len(self.Dunning.search([('line_id', 'in', due_lines.ids)])), 2)
        payment_action = due_lines.with_env(self.env).action_register_payment()
        self.assertEqual(payment_action['context']['active_ids'], due_lines.ids)
        self.assertEqual(due_lines[:1].action_view_invoice()['res_id'], due_lines[:1].move_id.id)

    def test_a_page_costs_the_same_for_one_line_and_for_many(self):
        for _index in range(10):
            self._create_due_invoice()
        DueLine = self.env['ltc.due.line']
        specification = {
            name: {'fields': {'display_name': {}}} if field.type == 'many2one' else {}
            for name, field in DueLine._fields.items() if name not in ('line_id',)
        }
        DueLine.web_search_read([], specification, limit=1)  # warms the caches
        counts = []
        for limit in (1, 10):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            DueLine.web_search_read([('company_id', '=', self.env.company.id)], specification, limit=limit)
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)  # a page that is full also counts the rest
