from ast import literal_eval
from datetime import timedelta

from lxml import etree
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import SIGNATURE, LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderExpiry(LtcQuoteCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = 'UTC'
        cls.today = cls.company._ltc_get_today()
        cls.cron = cls.env.ref('ltc_quote.ir_cron_expire_quotations')

    def _create_sent(self, age=1, **values):
        quotation = self._create_quotation(validity_date=self.today - timedelta(days=age), **values)
        quotation.action_quotation_sent()
        return quotation

    def _run(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def _get_tasks(self, quotation):
        return quotation.sudo().activity_ids

    def test_by_default_nothing_happens(self):
        quotation = self._create_sent(400)
        self._run()
        self.assertEqual(quotation.state, 'sent')
        self.assertFalse(self._get_tasks(quotation))
        quotation.action_confirm()
        self.assertEqual(quotation.state, 'sale')

    def test_the_salesperson_is_told_once(self):
        self.company.ltc_expiry_notice = True
        expired, today, old = self._create_sent(1), self._create_sent(0), self._create_sent(100)
        draft = self._create_quotation(validity_date=self.today - timedelta(days=1))
        for _run in range(2):
            self._run()
        self.assertEqual(self._get_tasks(expired).user_id, self.sales)
        self.assertEqual(len(self._get_tasks(expired)), 1)
        self.assertFalse(self._get_tasks(today + old + draft))

    def test_a_new_expiry_date_is_told_again(self):
        self.company.ltc_expiry_notice = True
        quotation = self._create_sent(3)
        self._run()
        first = self._get_tasks(quotation)
        quotation.validity_date = self.today - timedelta(days=1)
        self.assertFalse(first.exists(), "what was told of the old date is over")
        self._run()
        self.assertEqual(len(self._get_tasks(quotation)), 1)

    def test_the_salesperson_is_reminded_before(self):
        self.company.write({'ltc_expiry_reminder_days': 3, 'ltc_expiry_notice': True})
        near, last, far = (self._create_sent(-days) for days in (3, 0, 4))
        draft = self._create_quotation(validity_date=self.today)
        for _run in range(2):
            self._run()
        self.assertEqual(len(self._get_tasks(near)), 1)
        self.assertRecordValues(self._get_tasks(near + last), [
            {'user_id': self.sales.id, 'date_deadline': quotation.validity_date} for quotation in (near, last)])
        self.assertFalse(self._get_tasks(far + draft))
        near.with_user(self.sales).validity_date = self.today + timedelta(days=30)
        self.assertFalse(self._get_tasks(near), "prolonged")
        self.env.cr.execute("UPDATE sale_order SET validity_date = %s WHERE id = %s", [
            self.today - timedelta(days=1), last.id])  # a day goes by
        self.env.invalidate_all()
        self._run()
        self.assertRegex(self._get_tasks(last).summary, "expired")
        last.with_user(self.sales).action_confirm()
        self.assertFalse(self._get_tasks(last), "nothing is left to do when it was won")

    def test_other_tasks_stay(self):
        self.company.ltc_expiry_notice = True
        quotation = self._create_sent(1)
        quotation.activity_schedule('mail.mail_activity_data_todo', user_id=self.sales.id, summary="Call")
        self._run()
        quotation.action_cancel()
        self.assertEqual(self._get_tasks(quotation).mapped('summary'), ["Call"])
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.env.cr.savepoint():
            self.company.ltc_expiry_reminder_days = -1
            self.env.flush_all()

    def test_what_nobody_renewed_is_cancelled(self):
        self.company.ltc_expiry_cancel_days = 10
        cancelled, waiting, signed = self._create_sent(11), self._create_sent(10), self._create_sent(50)
        signed.write({'signed_on': fields.Datetime.now(), 'signed_by': "Buyer", 'signature': SIGNATURE})
        for _run in range(2):
            self._run()
        self.assertEqual((cancelled + waiting + signed).mapped('state'), ['cancel', 'sent', 'sent'])
        self.assertIn("not renewed", str(cancelled.message_ids.mapped('body')))

    def test_what_is_under_review_is_not_cancelled(self):
        self._set_profile('standard')
        self.company.ltc_expiry_cancel_days = 10
        quotation = self._create_released_quotation()
        quotation.action_quotation_sent()
        quotation.validity_date = self.today - timedelta(days=20)
        quotation.order_line[0].product_uom_qty = 3
        self._submit(quotation, 'atb')
        self._run()
        self.assertEqual(quotation.state, 'sent')

    def test_each_company_as_it_wants(self):
        other = self.env['res.company'].create({'name': "Other", 'ltc_expiry_cancel_days': 1})
        mine = self._create_sent(100)
        self.sales.company_ids += other
        theirs = self._create_quotation(
            company_id=other.id, team_id=False, payment_term_id=False, order_line=[],
            validity_date=self.today - timedelta(days=100))
        theirs.sudo().state = 'sent'
        self._run()
        self.assertEqual((mine + theirs.sudo()).mapped('state'), ['sent', 'cancel'])

    def test_an_expired_quotation_needs_a_new_version_where_the_company_says_so(self):
        self.company.ltc_expired_blocked = True
        quotation = self._create_sent(1)
        with self.assertRaises(UserError) as refusal:
            quotation.action_confirm()
        self.assertIn("start a new version", refusal.exception.args[0])
        with self.assertRaises(UserError):
            quotation.sudo().state = 'sale'
        with self.assertRaises(UserError):
            quotation.validity_date = self.today + timedelta(days=30)
        with self.assertRaises(UserError):
            quotation.with_context(ltc_revising=True).validity_date = False
        quotation.ltc_revise("The offer had expired")
        self.assertEqual(quotation.validity_date, self.today + timedelta(days=self.company.quotation_validity_days))
        self.assertEqual(quotation.state, 'draft')
        quotation.action_confirm()
        self.assertEqual(quotation.state, 'sale')

    def test_cancelling_is_no_way_to_prolong(self):
        self.company.ltc_expired_blocked = True
        quotation = self._create_sent(1).with_user(self.sales)
        quotation.action_cancel()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            quotation.validity_date = self.today + timedelta(days=30)
        quotation.action_draft()
        with self.assertRaises(UserError):
            quotation.action_confirm()

    def _create_template(self, days=30):
        self.sales.group_ids += self.env.ref('sale_management.group_sale_order_template')
        return self.env['sale.order.template'].create({'name': f"{days} Days", 'number_of_days': days})

    def test_a_template_is_no_way_to_prolong(self):
        self._set_profile('standard')
        self.company.ltc_expired_blocked = True
        template = self._create_template()
        quotation = self._create_released_quotation()
        quotation.action_quotation_sent()
        self.env.flush_all()
        last_day = self.today - timedelta(days=1)
        self.env.cr.execute("UPDATE sale_order SET validity_date = %s WHERE id = %s", [last_day, quotation.id])
        self.env.invalidate_all()
        quotation = quotation.with_user(self.sales)
        versions = quotation.ltc_version
        quotation.write({'sale_order_template_id': template.id})
        self.assertEqual(quotation.validity_date, last_day)
        with Form(quotation) as form:
            form.sale_order_template_id = self._create_template(60)
            self.assertEqual(fields.Date.to_date(form.validity_date), last_day)
        self.assertEqual((quotation.validity_date, quotation.ltc_version), (last_day, versions))
        with self.assertRaisesRegex(UserError, "start a new version"), self.env.cr.savepoint():
            quotation.action_confirm()
        quotation.ltc_revise("Renewed")
        self.assertEqual(quotation.validity_date, self.today + timedelta(days=self.company.quotation_validity_days))
        quotation.sale_order_template_id = template
        self.assertEqual(quotation.validity_date, self.today + timedelta(days=30), "the revision is running")

    def test_a_template_prolongs_where_nobody_minds(self):
        self.company.ltc_expiry_notice = True
        quotation = self._create_sent(1).with_user(self.sales)
        self._run()
        self.assertTrue(self._get_tasks(quotation))
        quotation.sale_order_template_id = self._create_template()
        self.assertEqual(quotation.validity_date, self.today + timedelta(days=30))
        self.assertFalse(self._get_tasks(quotation), "prolonged")

    def test_another_company_is_no_way_to_prolong(self):
        other = self.env['res.company'].create({'name': "Other"})
        self.sales.company_ids += other
        self.company.ltc_expired_blocked = True
        quotation = self._create_quotation(order_line=[], payment_term_id=False, team_id=False)
        quotation.validity_date = self.today - timedelta(days=1)
        with self.assertRaisesRegex(UserError, "start a new version"), self.env.cr.savepoint():
            quotation.with_user(self.sales).company_id = other
        quotation.with_user(self.sales).company_id = self.company
        self.assertEqual(quotation.validity_date, self.today - timedelta(days=1))

    def test_an_order_is_no_way_to_prolong(self):
        self.company.ltc_expired_blocked = True
        quotation = self._create_sent(0).with_user(self.sales)
        quotation.action_confirm()
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET validity_date = %s WHERE id = %s", [
            self.today - timedelta(days=1), quotation.id])
        self.env.invalidate_all()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            quotation.validity_date = self.today + timedelta(days=30)
        quotation.action_cancel()
        quotation.action_draft()
        with self.assertRaises(UserError):
            quotation.action_confirm()

    def test_a_copy_begins_anew(self):
        self.company.ltc_expired_blocked = True
        template = self._create_template()
        copy = self._create_sent(1, sale_order_template_id=template.id).with_user(self.sales).copy()
        self.assertEqual(copy.validity_date, self.today + timedelta(days=30))

    def test_what_still_holds_may_be_prolonged(self):
        self.company.ltc_expired_blocked = True
        quotation = self._create_sent(0)
        quotation.validity_date = self.today + timedelta(days=30)
        quotation.action_confirm()

    def test_an_expired_quotation_is_not_accepted_in_the_portal(self):
        quotation = self._create_sent(1, require_signature=True)
        self.assertFalse(quotation._has_to_be_signed())
        quotation.ltc_revise("Renewed")
        quotation.action_quotation_sent()
        self.env.invalidate_all()  # Odoo's flag rests on the day
        self.assertTrue(quotation._has_to_be_signed())

    def test_filters_find_what_expires_and_what_expired(self):
        view = self.env.ref('sale.sale_order_view_search_inherit_quotation')
        arch = etree.fromstring(self.env['sale.order'].get_view(view.id, 'search')['arch'])
        quotations = old, today, soon, later = self.env['sale.order'].union(*(
            self._create_quotation(validity_date=self.today + timedelta(days=days)) for days in (-1, 0, 7, 8)))
        for name, expected in (('ltc_expired', old), ('ltc_expiring', today + soon)):
            domain = literal_eval(arch.find(f".//filter[@name='{name}']").get('domain'))
            found = self.env['sale.order'].with_user(self.sales).search(domain)
            self.assertEqual(found & quotations, expected)
        self.assertNotIn(later, found)
