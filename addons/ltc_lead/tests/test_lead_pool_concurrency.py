import threading
from contextlib import closing
from functools import partial
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger

CLAIMANTS = 3


@tagged('post_install', '-at_install')
class TestLeadPoolConcurrency(BaseCase):
    """Real transactions beside each other: what they write is committed, and taken away at the end."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with closing(self.registry.cursor()) as cursor:
            env = self._env(cursor)
            users = env['res.users'].union(*[
                new_test_user(env, f'ltc_race_{number}', groups='sales_team.group_sale_salesman')
                for number in range(CLAIMANTS)])
            pool = env['ltc.lead.pool'].create({'name': "Race", 'member_ids': users.ids, 'day_cap': 2})
            leads = env['crm.lead'].create([
                {'name': f"Race {number}", 'ltc_pool_id': pool.id} for number in range(4)])
            self.user_ids, self.pool_id, self.lead_ids = users.ids, pool.id, leads.ids
            cursor.commit()
        self.addCleanup(self._restore)

    def _env(self, cr, user_id=SUPERUSER_ID):
        return api.Environment(cr, user_id, {'no_reset_password': True})

    def _restore(self):
        with closing(self.registry.cursor()) as cursor:
            env = self._env(cursor)
            users = env['res.users'].browse(self.user_ids)
            env['crm.lead'].browse(self.lead_ids).unlink()
            env['ltc.lead.pool'].browse(self.pool_id).unlink()
            partners = users.partner_id
            users.unlink()
            partners.unlink()
            cursor.commit()

    def _claim_all(self, jobs):
        return self._run_all(jobs, 'ltc.pool.lead', 'action_claim')

    def _run_all(self, jobs, model, method):
        """Run each (user, lead) at the same time in a transaction of its own; return what came of them."""
        outcomes = []
        threads = [threading.Thread(target=self._run_one, args=(*job, model, method, outcomes)) for job in jobs]
        with patch.object(Registry, '_lock', DummyRLock()), \
                patch('odoo.service.model.random.uniform', lambda low, high: 0.001), \
                mute_logger('odoo.sql_db'):  # what is repeated
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=60)
        return outcomes

    def _run_one(self, user_id, lead_id, model, method, outcomes):
        try:
            with closing(self.registry.cursor()) as cursor:
                env = self._env(cursor, user_id)
                retrying(partial(getattr(env[model].browse(lead_id), method)), env)
            outcomes.append('claimed')
        except UserError as error:
            outcomes.append(str(error))
        except Exception as error:  # noqa: BLE001  threads tell nobody otherwise
            outcomes.append(repr(error))

    def test_of_several_claimants_one_gets_the_lead_and_the_others_are_told(self):
        lead_id = self.lead_ids[0]
        outcomes = self._claim_all([(user_id, lead_id) for user_id in self.user_ids])
        self.assertEqual(outcomes.count('claimed'), 1, outcomes)
        self.assertEqual(sum("A colleague was faster" in outcome for outcome in outcomes), CLAIMANTS - 1, outcomes)
        with closing(self.registry.cursor()) as cursor:
            env = self._env(cursor)
            self.assertIn(env['crm.lead'].browse(lead_id).user_id.id, self.user_ids)
            self.assertEqual(len(env['ltc.owner.log'].search(
                [('res_model', '=', 'crm.lead'), ('res_id', '=', lead_id), ('way', '=', 'claim')])), 1)
            usages = env['ltc.pool.usage'].search([('pool_id', '=', self.pool_id)])
            self.assertEqual(sum(usages.mapped('claim_count')), 1, "a refused claim does not count")

    def test_nobody_gets_past_his_cap_by_claiming_in_several_windows(self):
        outcomes = self._claim_all([(self.user_ids[0], lead_id) for lead_id in self.lead_ids])
        self.assertEqual(outcomes.count('claimed'), 2, outcomes)
        self.assertEqual(sum("You may claim 2 leads a day" in outcome for outcome in outcomes), 2, outcomes)

    def test_nobody_gets_past_his_cap_by_locking_in_several_windows(self):
        with closing(self.registry.cursor()) as cursor:
            env = self._env(cursor)
            pool = env['ltc.lead.pool'].browse(self.pool_id)
            pool.lock_cap = 1
            rule = env['ltc.lead.pool.rule'].create({'name': "Race", 'pool_id': pool.id})
            env['crm.lead'].browse(self.lead_ids).write({'user_id': self.user_ids[0], 'ltc_pool_id': False})
            env['ltc.lead.recycle'].create([
                {'lead_id': lead_id, 'rule_id': rule.id} for lead_id in self.lead_ids])
            cursor.commit()
        outcomes = self._run_all(
            [(self.user_ids[0], lead_id) for lead_id in self.lead_ids], 'crm.lead', 'action_ltc_lock')
        self.assertEqual(outcomes.count('claimed'), 1, outcomes)
        self.assertEqual(sum("You may lock 1 leads" in outcome for outcome in outcomes), 3, outcomes)

    def _meet(self, name, *args, **values):
        """Let two transactions that begin together go through ``_meet`` of a model, one after the other."""
        with closing(self.registry.cursor()) as first, closing(self.registry.cursor()) as second:
            for cursor in (first, second):
                cursor.execute("SELECT FROM res_company")  # from here on it sees nothing new
            model = self._env(first)[name]
            (model.new(values) if values else model)._meet(*args)
            first.commit()
            model = self._env(second)[name]
            with self.assertRaises(SerializationFailure), mute_logger('odoo.sql_db'):
                (model.new(values) if values else model)._meet(*args)
            second.rollback()

    def test_two_approvals_at_the_same_moment_follow_each_other(self):
        with closing(self.registry.cursor()) as cursor:
            company_id = self._env(cursor)['res.company'].search([], limit=1).id
        self._meet('ltc.lead.registration', company_id=company_id)

    def test_two_posts_of_a_visitor_at_the_same_moment_follow_each_other(self):
        self._meet('ltc.web.hit', {'visitor:race'})
        with closing(self.registry.cursor()) as cursor:
            cursor.execute("DELETE FROM ltc_web_hit WHERE bucket = 'visitor:race'")
            cursor.commit()
