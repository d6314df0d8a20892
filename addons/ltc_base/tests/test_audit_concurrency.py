import threading
from contextlib import closing
from functools import partial
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

WRITERS = 4
ENTRIES = 5  # of each


@tagged('post_install', '-at_install')
class TestAuditConcurrency(BaseCase):
    """Real transactions beside each other: what they append is committed, and taken away at the end."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with closing(self.registry.cursor()) as cr:
            env = self._env(cr)
            company = env['res.company'].search([], order='id', limit=1)
            self.company_id = company.id
            self.start = env['ltc.audit.chain']._get_heads(company).get(company.id)
        self.addCleanup(self._restore)

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _append(self, env, name):
        company = env['res.company'].browse(self.company_id)
        return env['ltc.audit.log']._append([{'kind': 'configuration', 'company': company, 'name': name}])

    def _restore(self):
        number, head = self.start or (0, '')
        with closing(self.registry.cursor()) as cursor:
            for table in ('ltc_audit_log', 'ltc_audit_chain'):
                cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER USER')
            cursor.execute('DELETE FROM ltc_audit_log WHERE company_id = %s AND number > %s', (self.company_id, number))
            if self.start:
                cursor.execute('UPDATE ltc_audit_chain SET number = %s, hash = %s WHERE company_id = %s',
                           (number, head, self.company_id))
            else:
                cursor.execute('DELETE FROM ltc_audit_chain WHERE company_id = %s', (self.company_id,))
            for table in ('ltc_audit_log', 'ltc_audit_chain'):
                cursor.execute(f'ALTER TABLE {table} ENABLE TRIGGER USER')
            cursor.commit()

    def test_the_later_of_two_transactions_fails_instead_of_forking(self):
        with closing(self.registry.cursor()) as first, closing(self.registry.cursor()) as second:
            envs = [self._env(cr) for cr in (first, second)]
            for env in envs:
                env['ltc.audit.log'].search([], limit=1)  # each has its snapshot from here on
            self._append(envs[0], "first")
            first.commit()
            with self.assertRaises(SerializationFailure):
                self._append(envs[1], "second")

    def test_what_is_rolled_back_leaves_no_gap(self):
        with closing(self.registry.cursor()) as cr:
            self._append(self._env(cr), "given up")
            cr.rollback()
            number = self._append(self._env(cr), "kept").number
        self.assertEqual(number, (self.start or (0, ''))[0] + 1)

    def test_writers_at_the_same_time_make_one_chain(self):
        errors = []
        threads = [threading.Thread(target=self._write, args=(name, errors)) for name in range(WRITERS)]
        with patch.object(Registry, '_lock', DummyRLock()), \
                patch('odoo.service.model.MAX_TRIES_ON_CONCURRENCY_FAILURE', 100), \
                patch('odoo.service.model.random.uniform', lambda low, high: 0.001):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=60)
        self.assertFalse(errors)
        with closing(self.registry.cursor()) as cr:
            env = self._env(cr)
            company = env['res.company'].browse(self.company_id)
            head = env['ltc.audit.chain']._get_heads(company)[company.id]
            self.assertEqual(head[0], (self.start or (0, ''))[0] + WRITERS * ENTRIES)
            self.assertFalse(env['ltc.audit.check']._find_break(company, head)[2])

    def _write(self, name, errors):
        try:
            for number in range(ENTRIES):
                with closing(self.registry.cursor()) as cr:
                    env = self._env(cr)
                    retrying(partial(self._append, env, f'{name}/{number}'), env)
        except Exception as error:  # noqa: BLE001  threads tell nobody otherwise
            errors.append(error)
