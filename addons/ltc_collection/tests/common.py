from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.ltc_contract.tests.common import LtcContractCommon

TODAY = date(2026, 3, 31)


class LtcDunningCommon(AccountTestInvoicingCommon):
    """A company with four dunning levels of its own, on a fixed day, and the people of collection."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(TODAY))
        cls.env.company.sudo().write({'ltc_dunning': True, 'email': 'ar@company.example.com'})
        cls.levels = cls._create_levels(cls.env.company)
        cls.level_7, cls.level_15, cls.level_30, cls.level_60 = cls.levels
        cls.customer = cls.env['res.partner'].create({
            'name': "Huadong Packaging", 'email': 'pay@huadong.example.com', 'property_payment_term_id': False})
        cls.ar = cls._create_user('ltc_ar', 'ltc_base.group_ltc_user')
        cls.collector = cls._create_user('ltc_collector', 'ltc_base.group_ltc_collector')
        cls.env.company.sudo().ltc_collector_user_id = cls.collector
        cls.Dunning = cls.env['ltc.dunning'].sudo().with_context(mail_notrack=True)

    @classmethod
    def _create_user(cls, login, *groups):
        return new_test_user(
            cls.env(su=True), login=login, groups=','.join(groups), company_id=cls.env.company.id,
            company_ids=[Command.set(cls.env.company.ids)], email=f'{login}@company.example.com')

    @classmethod
    def _create_levels(cls, company):
        return cls.env['ltc.dunning.level'].sudo().create([{
            'name': f"After {days} days",
            'company_id': company.id,
            'days': days,
            'message': f"Your payment is late by {days} days or more.",
            'is_ar_informed': days in (15, 30),
            'is_collector_informed': days in (30, 60),
        } for days in (7, 15, 30, 60)])

    @classmethod
    def _create_due_invoice(cls, days_overdue=10, amount=1000.0, post=True, **values):
        """Return an invoice of one instalment that fell due so many days ago."""
        due_on = TODAY - timedelta(days=days_overdue)
        return cls._create_invoice_one_line(
            price_unit=amount, tax_ids=[], product_id=cls.product_a, post=post,
            **{'partner_id': cls.customer, 'invoice_date': due_on, 'invoice_date_due': due_on,
               'invoice_payment_term_id': None, 'invoice_user_id': cls.ar.id, **values})

    @classmethod
    def _get_due_lines(cls, invoices):
        return invoices.line_ids.filtered(lambda line: line.account_type == 'asset_receivable')

    def _run_cron(self):
        """Run the scheduled action within the test's transaction; return the reminders that it made."""
        before = self.Dunning.search([])
        with self._without_commit():
            self.Dunning._cron_dun()
        return self.Dunning.search([]) - before

    @contextmanager
    def _without_commit(self):
        def commit_progress(cron, processed=0, *, remaining=None, deactivate=False):
            cron.env.flush_all()
            self.progress.append(remaining if remaining is not None else -processed)
            return float('inf')

        self.progress = []
        with patch.object(self.registry['ir.cron'], '_commit_progress', commit_progress):
            yield


class LtcCollectionCommon(LtcContractCommon):
    """Signed contracts whose nodes are invoiced by themselves, dunned and paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({
            'ltc_auto_invoice': True, 'ltc_billing_user_id': cls.finance.id, 'ltc_collector_user_id': cls.collector.id})
        cls.contract = cls._create_signed_contract(
            cls._create_quotation(opportunity_id=cls._create_opportunity().id))
        cls.node = cls._get_node(cls.contract, 'advance')

    @classmethod
    def _post_draft(cls, node, days_overdue=0):
        """Post the draft invoice of ``node`` as finance, due so many days ago."""
        drafts = node.sudo().invoice_ids.filtered(lambda move: move.state == 'draft')
        invoice = drafts.with_user(cls.finance).sudo(False)
        due_on = fields.Date.today() - timedelta(days=days_overdue)
        invoice.write({'invoice_date': due_on, 'invoice_payment_term_id': False, 'invoice_date_due': due_on})
        invoice.action_post()
        return invoice
