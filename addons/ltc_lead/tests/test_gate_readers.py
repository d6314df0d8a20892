from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import LtcLeadCommon


@tagged('post_install', '-at_install')
class TestGateReaders(LtcLeadCommon):
    """Figures of a document are read by whoever may open it, and by those who take part in its round."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('full')
        cls.gate = cls.env['ltc.gate']._get_by_code('ati')
        cls.rule = cls.gate.rule_ids.filtered(lambda rule: rule.level == 10)
        cls.rule.write({'group_id': False, 'user_ids': [(6, 0, cls.manager.ids)]})
        cls.colleague = cls._create_user(cls.role_groups['sales'])
        cls.review = cls._submit(cls._create_opportunity(), 'ati')
        cls._hear(cls.review)

    @classmethod
    def _create_user(cls, groups):
        return cls.env['res.users'].create({
            'name': "Colleague", 'login': 'ltc_colleague', 'email': 'colleague@example.com',
            'company_id': cls.company.id, 'company_ids': [(6, 0, cls.company.ids)],
            'group_ids': [(6, 0, [cls.env.ref(name).id for name in (
                'base.group_user', 'ltc_base.group_ltc_user', *groups.split(','))])]})

    def _read_as(self, user):
        self.env.invalidate_all()
        return self.env['ltc.gate.review'].with_user(user).search([('id', '=', self.review.id)])

    def test_a_colleague_with_own_documents_only_reads_no_round_of_mine(self):
        self.assertFalse(self._read_as(self.colleague))
        review = self.review.with_user(self.colleague)
        for read in (
            lambda: review.read(['figures', 'amount', 'margin_percent', 'reason']),
            lambda: review.opinion_ids.with_user(self.colleague).read(['comment']),
            lambda: review.message_post(body="Tell me"),
        ):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                read()
        for model in ('ltc.gate.opinion', 'ltc.gate.approval', 'ltc.gate.answer', 'ltc.gate.condition'):
            self.assertFalse(self.env[model].with_user(self.colleague).search([('review_id', '=', self.review.id)]))
        self.assertFalse(self.env['ltc.gate.review'].with_user(self.colleague).formatted_read_group(
            [('id', '=', self.review.id)], ['gate_id'], ['amount:sum']))

    def test_owner_submitter_and_reviewers_read_it(self):
        for user in (self.sales, self.presales, self.legal, self.manager):
            with self.subTest(user=user.name):
                self.assertTrue(self._read_as(user).read(['figures', 'amount']))
                self.assertTrue(self.review.opinion_ids.with_user(user).read(['kind']))

    def test_whoever_is_given_the_document_reads_its_rounds(self):
        self._decide(self.review, 'go')
        self.env['crm.lead'].browse(self.review.res_id).user_id = self.colleague
        self.assertTrue(self._read_as(self.colleague))
        self.assertTrue(self._read_as(self.sales), "he submitted it")

    def test_whoever_stands_in_or_owes_a_condition_reads_it(self):
        today = fields.Date.today()
        delegation = self.env['ltc.delegation'].create({
            'user_id': self.manager.id, 'delegate_id': self.colleague.id, 'date_from': today, 'date_to': today})
        self.assertTrue(self._read_as(self.colleague))
        delegation.unlink()
        self.assertFalse(self._read_as(self.colleague))
        self._decide(self.review, 'conditional', conditions=[
            {'name': "Site visit", 'user_id': self.colleague.id, 'date_due': str(today + timedelta(days=9))}])
        self.assertTrue(self._read_as(self.colleague))

    def test_reading_as_a_plain_user_costs_no_query_more(self):
        self.assertFalse(self.sales.has_group('ltc_base.group_ltc_reviewer'))
        self.env['ltc.gate.review'].with_user(self.sales).search([])  # rules and delegations are read once
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(3):  # delegations, their chain's end, the rounds
            self.env['ltc.gate.review'].with_user(self.sales).search([])

    def test_a_condition_is_for_somebody_of_the_company_and_not_overdue_at_birth(self):
        stranger = self.colleague
        other = self.env['res.company'].create({'name': "Elsewhere"})
        yesterday = self.company._ltc_get_today() - timedelta(days=1)
        for values, sentence in (
            ({'date_due': str(yesterday)}, "is due on a day that is past"),
            ({'user_id': stranger.id}, "an owner who works in the company"),
        ):
            if 'user_id' in values:
                stranger.write({'company_ids': [(6, 0, other.ids)], 'company_id': other.id})
            line = {'name': "Visit", 'user_id': self.sales.id, 'date_due': str(yesterday + timedelta(days=9)), **values}
            with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
                self._decide(self.review, 'conditional', conditions=[line])

    def test_conditions_of_a_round_that_was_refused_are_no_tasks(self):
        self.rule.write({'user_ids': [(6, 0, (self.manager | self.director).ids)], 'mode': 'all'})
        review = self._submit(self._create_opportunity(), 'ati')
        self._hear(review)
        due = fields.Date.today() + timedelta(days=9)
        review.with_user(self.manager).action_decide('conditional', conditions=[
            {'name': "Visit", 'user_id': self.sales.id, 'date_due': str(due)}])
        review.with_user(self.director).action_decide('no_go', reason="Too far")
        condition = review.sudo().condition_ids
        self.assertTrue(condition)
        self.assertFalse(condition.activity_ids)

    def test_the_audit_log_holds_the_conditions(self):
        due = fields.Date.today() + timedelta(days=9)
        self._decide(self.review, 'conditional', conditions=[
            {'name': "Site visit", 'user_id': self.sales.id, 'date_due': str(due)}])
        entry = self.env['ltc.audit.log'].sudo().search([('kind', '=', 'decided'), ('res_id', '=', self.review.id)])
        self.assertIn('Site visit', entry.payload)
        self.assertIn(str(due), entry.payload)
