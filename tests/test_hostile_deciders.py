"""Who decides, decides himself and once: not the submitter, not by a forged delegation, not two at the same moment."""
import threading

from hostile_common import DENIED, HostileCommon

from odoo import api, fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, HttpCase, get_db_name, new_test_user

ROUNDS = 5


class TestHostileDeciders(HostileCommon, HttpCase):
    test_tags = {'standard', 'post_install', 'hostile'}
    test_module = 'ltc_collection'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids += cls.env.ref('ltc_base.group_ltc_commercial')
        cls.second = new_test_user(
            cls.env, 'ltc_test_second', company_id=cls.company.id, lang='en_US',
            groups='base.group_user,ltc_base.group_ltc_user,sales_team.group_sale_manager')
        cls.order = cls._create_quotation()
        cls.days = {'date_from': fields.Date.to_string(fields.Date.today()), 'date_to': '2099-12-31'}

    def _submit_as(self, user, order=None):
        order = order or self.order
        review_id = self.call(user, 'sale.order', 'ltc_submit', ids=order.ids, code='atb',
                              answers=self._get_answers('atb'))
        return self.env['ltc.gate.review'].browse(review_id)

    def _delegate(self, user, **values):
        return self._post(user, 'ltc.delegation', 'create', {'vals_list': [
            {**self.days, **values}]})

    # === THE SUBMITTER === #

    def test_a_manager_who_submits_neither_decides_nor_gives_an_opinion(self):
        review = self._submit_as(self.manager)
        self.assertNotIn(self.manager, review.approval_ids.candidate_ids | review.opinion_ids.candidate_ids)
        [delegation] = self._delegate(self.second, delegate_id=self.manager.id, user_id=self.second.id).json()
        self.assertTrue(delegation)
        with self.untouched(self.order):
            for opinion in review.opinion_ids:
                self.refuse(self.manager, "is given by", 'ltc.gate.opinion', 'action_give', ids=opinion.ids,
                            verdict='agree')
            self.refuse(self.manager, "submitted by you", 'ltc.gate.review', 'action_decide', ids=review.ids,
                        decision='go')
            [wizard_id] = self.call(self.manager, 'ltc.gate.decide', 'create', vals_list=[{
                'review_ids': [[6, 0, review.ids]], 'decision': 'go'}])
            self.refuse(self.manager, "submitted by you", 'ltc.gate.decide', 'action_decide', ids=[wizard_id])
            self.refuse(self.manager, "does not wait for you", 'ltc.gate.review', 'action_return', ids=review.ids,
                        reason="No")
            self.refuse(self.manager, "does not wait for you", 'ltc.gate.review', 'action_add_reviewer',
                        ids=review.ids, user_ids=self.manager.ids, kind='legal')

    def test_an_opinion_of_whoever_submits_now_is_asked_again(self):
        review = self._submit_as(self.sales)
        opinion = review.opinion_ids.filtered(lambda opinion: opinion.kind == 'commercial')
        self.call(self.manager, 'ltc.gate.opinion', 'action_give', ids=opinion.ids, verdict='agree')
        self.call(self.sales, 'ltc.gate.review', 'action_withdraw', ids=review.ids)
        again = self._submit_as(self.manager)
        commercial = again.opinion_ids.filtered(lambda opinion: opinion.kind == 'commercial')
        self.assertEqual(commercial.state, 'pending')
        self.assertNotIn(self.manager, commercial.candidate_ids)

    def test_the_submitter_is_no_reviewer_either(self):
        review = self._submit_as(self.sales)
        with self.untouched(self.order):
            for users in (self.sales.ids, self.clerk.ids, self.buyer.ids, [], [999999], 'abc', None):
                self.refuse(self.manager, "none of those|give the ids", 'ltc.gate.review',
                            'action_add_reviewer', ids=review.ids, user_ids=users, kind='legal')
            self.refuse(self.manager, "choose the dimension", 'ltc.gate.review', 'action_add_reviewer',
                        ids=review.ids, user_ids=self.legal.ids, kind='magic')

    def test_nobody_else_withdraws_returns_or_adds(self):
        review = self._submit_as(self.sales)
        with self.untouched(self.order):
            for user in (self.manager, self.legal, self.operations):
                self.refuse(user, "only that person withdraws", 'ltc.gate.review', 'action_withdraw', ids=review.ids)
            for user in (self.sales, self.legal, self.collector, self.auditor):
                for method, arguments in (
                    ('action_return', {'reason': "No"}),
                    ('action_add_reviewer', {'user_ids': self.legal.ids, 'kind': 'legal'}),
                ):
                    self.refuse(user, "does not wait for you|as an auditor", 'ltc.gate.review', method, ids=review.ids,
                                **arguments)
                self.refuse(user, "is decided by|submitted by you|as an auditor", 'ltc.gate.review', 'action_decide',
                            ids=review.ids, decision='go')

    # === DELEGATION === #

    def test_nobody_delegates_what_is_not_his(self):
        review = self._submit_as(self.sales)
        with self.untouched(self.order):
            for delegate in (self.collector, self.sales):
                response = self._delegate(self.collector, user_id=self.manager.id, delegate_id=delegate.id)
                self.assertEqual(response.status_code, 403, response.text)
            [delegation] = self._delegate(self.collector, delegate_id=self.legal.id).json()
            self.refuse(self.collector, "duties of one person", 'ltc.delegation', 'write', ids=[delegation],
                        vals={'user_id': self.manager.id, 'delegate_id': self.legal.id})
            self.refuse(self.sales, DENIED, 'ltc.delegation', 'write', ids=[delegation], vals={
                'delegate_id': self.sales.id})
            self.refuse(self.sales, DENIED, 'ltc.delegation', 'unlink', ids=[delegation])
            self.refuse(self.legal, "is decided by", 'ltc.gate.review', 'action_decide', ids=review.ids,
                        decision='go')

    def test_an_auditor_is_named_for_nothing(self):
        review = self._submit_as(self.sales)
        with self.untouched(self.order):
            self.refuse(self.manager, "as an auditor", 'ltc.delegation', 'create', vals_list=[
                {**self.days, 'delegate_id': self.auditor.id}])
            self.refuse(self.manager, "as an auditor", 'ltc.gate.review', 'action_add_reviewer', ids=review.ids,
                        user_ids=self.auditor.ids, kind='legal')
            self.refuse(self.operations, "as an auditor", 'ltc.authority.rule', 'write', ids=review.rule_id.ids,
                        vals={'user_ids': [[6, 0, self.auditor.ids]]})
            self.refuse(self.auditor, "as an auditor", 'ltc.gate.review', 'action_decide', ids=review.ids,
                        decision='go')

    def test_nobody_takes_two_seats(self):
        rule = self.env['ltc.gate']._get_by_code('atb').rule_ids.filtered(lambda rule: rule.level == 10)
        self.call(self.operations, 'ltc.authority.rule', 'write', ids=rule.ids, vals={'mode': 'all', 'seat_ids': [
            [0, 0, {'user_id': self.manager.id}], [0, 0, {'user_id': self.second.id}]]})
        review = self._submit_as(self.sales)
        self._hear(review)
        for user in (self.manager, self.second):
            self._delegate(user, user_id=user.id, delegate_id=self.legal.id)
        self.call(self.legal, 'ltc.gate.review', 'action_decide', ids=review.ids, decision='go')
        with self.untouched(self.order):
            self.refuse(self.legal, "one person counts once", 'ltc.gate.review', 'action_decide', ids=review.ids,
                        decision='go')
            [wizard_id] = self.call(self.legal, 'ltc.gate.decide', 'create', vals_list=[{
                'review_ids': [[6, 0, review.ids]], 'decision': 'go'}])
            self.refuse(self.legal, "one person counts once", 'ltc.gate.decide', 'action_decide', ids=[wizard_id])
            for user in (self.sales, self.legal, self.manager):
                self.refuse(user, DENIED, 'ltc.authority.seat', 'write', ids=rule.seat_ids.ids,
                            vals={'user_id': user.id})
                self.refuse(user, DENIED, 'ltc.gate.approval', 'write', ids=review.approval_ids.ids,
                            vals={'called_user_ids': [[6, 0, user.ids]]})
        self.call(self.second, 'ltc.gate.review', 'action_decide', ids=review.ids, decision='go')
        self.assertEqual(review.decision, 'go')

    def test_an_older_draft_does_not_slip_through(self):
        self.company.ltc_profile = 'light'
        order = self._create_quotation()
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET create_date = '2020-01-01' WHERE id = %s", [order.id])
        self.env.invalidate_all()
        self.company.ltc_profile = 'full'
        with self.untouched(order):
            self.call(self.sales, 'sale.order', 'write', ids=order.ids, vals={'ltc_gates_ahead': False})
            for method in ('action_quotation_sent', 'action_confirm'):
                self.refuse(self.sales, "was open when gate ATB", 'sale.order', method, ids=order.ids)
            for state in ('sent', 'sale'):
                self.refuse(self.sales, "was open when gate ATB", 'sale.order', 'write', ids=order.ids,
                            vals={'state': state})

    def test_nobody_delegates_to_himself_in_a_circle_or_backwards(self):
        cases = (
            ({'delegate_id': self.manager.id}, "himself"),
            ({'delegate_id': self.second.id, 'date_from': '2026-02-01', 'date_to': '2026-01-01'}, "on or after"),
            ({'delegate_id': self.clerk.id}, "cannot stand in"),
            ({'delegate_id': self.buyer.id}, "cannot stand in|access"),
        )
        for values, pattern in cases:
            self.refuse(self.manager, pattern, 'ltc.delegation', 'create', vals_list=[{**self.days, **values}])
        self._delegate(self.manager, delegate_id=self.second.id)
        self.refuse(self.second, "delegates to", 'ltc.delegation', 'create', vals_list=[
            {**self.days, 'delegate_id': self.manager.id}])

    def test_a_delegation_lives_in_its_days(self):
        review = self._submit_as(self.sales)
        self._hear(review)
        for days in ({'date_from': '2020-01-01', 'date_to': '2020-12-31'},
                     {'date_from': '2098-01-01', 'date_to': '2098-12-31'}):
            self._delegate(self.manager, delegate_id=self.legal.id, **days)
        with self.untouched(self.order):
            self.refuse(self.legal, "is decided by", 'ltc.gate.review', 'action_decide', ids=review.ids,
                        decision='go')

    def test_a_chain_ends_before_the_submitter(self):
        review = self._submit_as(self.sales)
        self._hear(review)
        self._delegate(self.manager, delegate_id=self.collector.id)
        self._delegate(self.collector, delegate_id=self.sales.id)
        with self.untouched(self.order):
            self.refuse(self.sales, "submitted by you", 'ltc.gate.review', 'action_decide', ids=review.ids,
                        decision='go')

    # === LEAVING, CHANGING === #

    def test_who_left_decides_nothing(self):
        review = self._submit_as(self.sales)
        self._hear(review)
        key = self._get_key(self.manager)
        self.manager.action_archive()
        self.env.flush_all()
        with self.untouched(self.order):
            response = self._post(self.manager, 'ltc.gate.review', 'action_decide', {
                'ids': review.ids, 'decision': 'go'})
            self.assertIn(response.status_code, (401, 403))
            self.assertTrue(key)
            with self.assertRaises(UserError):
                review.with_user(self.manager).action_decide('go')
        self.call(self.second, 'ltc.gate.review', 'action_decide', ids=review.ids, decision='go')
        self.assertEqual(review.decided_by_id, self.second)

    def test_changing_the_rules_changes_no_running_round(self):
        review = self._submit_as(self.sales)
        gate, rule = review.gate_id, review.rule_id
        with self.untouched(self.order):
            for model, ids, values in (
                ('ltc.authority.rule', rule.ids, {'user_ids': [[6, 0, self.collector.ids]], 'group_id': False,
                                                  'mode': 'all', 'hours': 1.0}),
                ('ltc.gate', gate.ids, {'tolerance': 1000.0, 'name': "Open House"}),
            ):
                self.call(self.operations, model, 'write', ids=ids, vals=values)
            self.call(self.operations, 'ltc.gate.dimension', 'unlink', ids=gate.dimension_ids.ids)
        for user in (self.collector, self.operations):
            self.refuse(user, "is decided by", 'ltc.gate.review', 'action_decide', ids=review.ids, decision='go')
        self.refuse(self.manager, "lacks the opinions", 'ltc.gate.review', 'action_decide', ids=review.ids,
                    decision='go')
        self.refuse(self.operations, '.', 'ltc.gate', 'unlink', ids=gate.ids)

    def test_nothing_under_review_changes(self):
        self._submit_as(self.sales)
        line = self.order.order_line[0]
        with self.untouched(self.order):
            for user in (self.sales, self.manager):
                for model, ids, values in (
                    ('sale.order', self.order.ids, {'payment_term_id': self.term_120.id}),
                    ('sale.order', self.order.ids, {'order_line': [[1, line.id, {'price_unit': 1.0}]]}),
                    ('sale.order', self.order.ids, {'order_line': [[2, line.id, 0]]}),
                    ('sale.order.line', line.ids, {'price_unit': 1.0}),
                    ('sale.order.line', line.ids, {'order_id': self._create_quotation().id}),
                ):
                    self.refuse(user, "is under review", model, 'write', ids=ids, vals=values)
                self.refuse(user, "is under review", 'sale.order.line', 'unlink', ids=line.ids)
                self.refuse(user, "is under review", 'sale.order.line', 'create', vals_list=[{
                    'order_id': self.order.id, 'product_id': self.training.id}])

    def test_nonsense_gets_a_sentence(self):
        review = self._submit_as(self.sales)
        self._hear(review)
        with self.untouched(self.order):
            for arguments in (
                {'decision': None}, {'decision': 'maybe'}, {'decision': 'hold'},
                {'decision': 'hold', 'reason': "x", 'hold_until': 'bogus'}, {'decision': 'conditional'},
                {'decision': 'hold', 'reason': "x", 'hold_until': '2020-01-01'},
                {'decision': 'conditional', 'conditions': 'abc'}, {'decision': 'no_go'},
                {'decision': 'conditional', 'conditions': [{'name': "x", 'user_id': 999999, 'date_due': '2030-01-01'}]},
                {'decision': 'conditional', 'conditions': [{'name': "x", 'user_id': self.buyer.id,
                                                            'date_due': '2030-01-01'}]},
                {'decision': 'conditional', 'conditions': [{'name': "x", 'user_id': 'me', 'date_due': 'bogus'}]},
            ):
                with self.subTest(**arguments):
                    self.refuse(self.manager, '.', 'ltc.gate.review', 'action_decide', ids=review.ids, **arguments)
        order = self._create_quotation()
        for answers in ({'abc': True}, [1], 'yes', {'1': True}):
            self.refuse(self.sales, order.name, 'sale.order', 'ltc_submit', ids=order.ids, code='atb', answers=answers)


class TestTwoDecidersAtOnce(BaseCase):
    """Two real transactions decide the same round: one decision, and a sentence for the other."""
    test_tags = {'standard', 'post_install', 'hostile'}
    test_module = 'ltc_collection'

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._run, self._clean_up)
        self._run(self._set_up)

    def _run(self, step, uid=api.SUPERUSER_ID):
        with self.registry.cursor() as cr:
            return step(api.Environment(cr, uid, {'no_reset_password': True}))

    def _set_up(self, env):
        company = env['res.company'].create({'name': "Two Deciders", 'ltc_profile': 'full'})
        self.company_id = company.id
        groups = 'base.group_user,ltc_base.group_ltc_presales,ltc_base.group_ltc_commercial,ltc_base.group_ltc_delivery'
        self.user_ids = [
            new_test_user(env, f'ltc_two_{number}', groups=f'{groups},ltc_base.group_ltc_finance,{group}',
                          company_id=company.id, company_ids=[Command.set(company.ids)]).id
            for number, group in enumerate(
                ('sales_team.group_sale_salesman_all_leads', *['sales_team.group_sale_manager'] * 2))]

    def _clean_up(self, env):
        """The audit log keeps what happened; the company and its people step back."""
        env['res.company'].browse(self.company_id).ltc_profile = 'light'
        env['res.users'].browse(self.user_ids).action_archive()

    def _open_round(self, env):
        lead = env['crm.lead'].create({
            'name': "Contested", 'type': 'opportunity', 'company_id': self.company_id, 'user_id': self.user_ids[0],
            'team_id': False, 'partner_name': "Yangtze", 'phone': '1', 'expected_revenue': 1.0, 'ltc_need': "x",
            'ltc_sr_user_id': self.user_ids[1], 'ltc_fr_user_id': self.user_ids[2]})
        gate = env['ltc.gate']._get_by_code('ati')
        review = lead._ltc_submit('ati', {check.id: True for check in gate.check_ids})
        for opinion in review.sudo().opinion_ids:
            opinion.with_user(opinion.candidate_ids[:1]).sudo(False).action_give('agree', comment="Seen.")
        return review.id

    def _decide(self, review_id, uid, decision, barrier, answers):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, uid, {})

            def decide():
                env['ltc.gate.review'].browse(review_id).action_decide(decision, reason="Mine")

            barrier.wait()
            try:
                retrying(decide, env)
                answers[uid] = decision
            except UserError as error:
                answers[uid] = str(error)

    def test_one_decision_each_time(self):
        for _round in range(ROUNDS):
            review_id = self._run(self._open_round, self.user_ids[0])
            barrier, answers = threading.Barrier(2), {}
            threads = [
                threading.Thread(target=self._decide, args=(review_id, uid, decision, barrier, answers))
                for uid, decision in zip(self.user_ids[1:], ('go', 'no_go'), strict=True)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self._check(review_id, answers)

    def _check(self, review_id, answers):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            review = env['ltc.gate.review'].browse(review_id)
            winner = [uid for uid, answer in answers.items() if answer in ('go', 'no_go')]
            self.assertEqual(len(winner), 1, answers)
            self.assertEqual((review.state, review.decided_by_id.id), ('decided', winner[0]))
            self.assertEqual(review.decision, answers.pop(winner[0]))
            [refusal] = answers.values()
            self.assertIn(review.name, refusal)
            self.assertEqual(len(review.approval_ids.filtered('decision')), 1)
            entries = env['ltc.audit.log'].search([
                ('res_model', '=', 'ltc.gate.review'), ('res_id', '=', review_id), ('kind', '=', 'decided')])
            self.assertEqual(len(entries), 1)
