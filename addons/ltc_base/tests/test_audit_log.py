from contextlib import contextmanager
from unittest.mock import patch

from psycopg2.errors import InsufficientPrivilege

from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LtcCommon

CHECK_LOGGER = 'odoo.addons.ltc_base.models.ltc_audit_check'


class AuditCommon(LtcCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.audited = cls.env['res.company'].create({'name': "Audited"})
        cls.users = cls.sales | cls.manager | cls.director | cls.operations | cls.auditor
        cls.users.company_ids = [(4, cls.audited.id)]
        cls.partners = cls.env['res.partner'].create([{'name': f"Buyer {number}"} for number in range(80)])
        cls.Log = cls.env['ltc.audit.log'].with_company(cls.audited)

    @classmethod
    def _events(cls, count=1, **event):
        return [
            {'kind': 'decided', 'document': partner, 'values': {'decision': 'go', 'amount': 1.5}, **event}
            for partner in cls.partners[:count]
        ]

    @classmethod
    def _append(cls, count=1, user=None, **event):
        return cls.Log.with_user(user or cls.sales)._append(cls._events(count, **event))

    @contextmanager
    def _by_sql(self):
        """Let somebody with the rights of the database's owner do what the trigger refuses."""
        self.env.flush_all()
        tables = ('ltc_audit_log', 'ltc_audit_chain')
        for table in tables:
            self.env.cr.execute(f'ALTER TABLE {table} DISABLE TRIGGER USER')
        yield self.env.cr
        for table in tables:
            self.env.cr.execute(f'ALTER TABLE {table} ENABLE TRIGGER USER')
        self.env.invalidate_all()

    def _verify(self, company=None):
        return self.env['ltc.audit.check']._check_companies(company or self.audited)

    def _assert_broken(self, sentence):
        with self.assertLogs(CHECK_LOGGER, 'ERROR'):
            check = self._verify()
        self.assertEqual(check.state, 'broken')
        self.assertRegex(check.message, sentence)
        return check


@tagged('post_install', '-at_install')
class TestAuditLog(AuditCommon):

    def test_an_entry_says_who_what_and_when(self):
        flow = self.env['ltc.flow']._open_flows([{'company_id': self.audited.id}])
        entry = self._append(on_behalf_of=self.manager, name="Go by a deputy")
        self.assertRecordValues(entry.sudo(), [{
            'company_id': self.audited.id, 'number': 1, 'kind': 'decided', 'name': "Go by a deputy",
            'res_model': 'res.partner', 'res_id': self.partners[0].id, 'document_name': "Buyer 0",
            'user_id': self.sales.id, 'on_behalf_of_id': self.manager.id,
            'payload': '{"amount":1.5,"decision":"go"}', 'previous_hash': '',
        }])
        self.assertEqual(self._append(document=flow).sudo().document_name, flow.name)
        self.assertFalse(self._append(document=None, values=None).sudo().res_id)
        self.assertEqual(self.env['ltc.audit.check']._check_companies(self.audited).state, 'unbroken')

    def test_each_entry_continues_the_one_before_it(self):
        first, second = self._append(2).sudo()
        third = self._append().sudo()
        self.assertEqual([second.previous_hash, third.previous_hash], [first.hash, second.hash])
        self.assertEqual((first | second | third).mapped('number'), [1, 2, 3])
        self.assertEqual(len({entry.hash for entry in first | second | third}), 3)

    def test_the_order_of_the_facts_makes_no_difference(self):
        one = self._append(values={'b': 1, 'a': {'d': "签约", 'c': None}}).sudo()
        two = self._append(values={'a': {'c': None, 'd': "签约"}, 'b': 1}).sudo()
        self.assertEqual(one.payload, '{"a":{"c":null,"d":"签约"},"b":1}')
        self.assertEqual(one.payload, two.payload)
        with self.assertRaises(TypeError):
            self._append(values={'a': object()})

    def test_a_batch_costs_what_one_costs(self):
        self._append()
        costs = []
        for count in (1, 80):
            events = self._events(count)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Log.with_user(self.sales)._append(events)
            self.env.flush_all()
            costs.append(self.env.cr.sql_log_count - before)
        self.assertEqual(costs[0], costs[1])
        self.assertLessEqual(costs[1], 5)  # documents, head, entries, head

    def test_two_companies_have_two_chains(self):
        other = self.env['res.company'].create({'name': "Other"})
        entries = self.Log._append([
            event for company in (self.audited, other, self.audited) for event in self._events(company=company)])
        self.assertEqual(entries.mapped('number'), [1, 1, 2])
        self.assertEqual(entries[2].previous_hash, entries[0].hash)
        self.assertEqual(self._verify(self.audited | other).mapped('state'), ['unbroken'] * 2)

    def test_nobody_changes_an_entry_through_the_orm(self):
        entry = self._append()
        chain = self.env['ltc.audit.chain'].search([('company_id', '=', self.audited.id)])
        for user in self.users | self.env.ref('base.user_admin') | self.env.ref('base.user_root'):
            for records in (entry.with_user(user), chain.with_user(user), entry.with_user(user).sudo(), chain.sudo()):
                with self.assertRaises(UserError):
                    records.write({'number': 7})
                with self.assertRaises(UserError):
                    records.unlink()
                with self.assertRaises(UserError):
                    records.create({'company_id': self.audited.id})
        with self.assertRaisesRegex(UserError, "nobody changes it"):
            entry.sudo().name = "Forged"
        with self.assertRaisesRegex(UserError, "nobody deletes it"):
            entry.sudo().unlink()
        with self.assertRaisesRegex(UserError, "by hand"):
            entry.sudo().copy()

    def test_no_user_appends_by_rpc(self):
        result = self.env['ltc.audit.log'].with_user(self.operations).load(['kind', 'payload'], [['decided', '{}']])
        self.assertFalse(result['ids'])
        for model, name in (('ltc.audit.log', '_append'), ('ltc.audit.chain', '_reserve'),
                            ('ltc.audit.chain', '_advance'), ('ltc.audit.check', '_check_companies')):
            with self.assertRaisesRegex(AccessError, "cannot be called remotely"):
                get_public_method(self.env[model], name)

    def test_the_trigger_refuses_what_comes_by_sql(self):
        self._append(2)
        for statement in (
            "UPDATE ltc_audit_log SET payload = '{}'",
            "DELETE FROM ltc_audit_log",
            "TRUNCATE ltc_audit_log",
            "DELETE FROM ltc_audit_chain",
            "TRUNCATE ltc_audit_chain",
            "UPDATE ltc_audit_chain SET number = number - 1",
        ):
            with self.assertRaises(InsufficientPrivilege, msg=statement), mute_logger('odoo.sql_db'), \
                    self.env.cr.savepoint():
                self.env.cr.execute(statement)

    def test_who_stands_in_the_log_is_archived_not_deleted(self):
        self._append(on_behalf_of=self.manager)
        for user in (self.sales, self.manager):
            with self.assertRaisesRegex(UserError, "archive the user"):
                user.unlink()
        with self.assertRaisesRegex(UserError, "archive the company"):
            self.audited.unlink()

    def test_who_reads_and_exports(self):
        entry = self._append()
        for user in (self.auditor, self.operations):
            row = entry.with_user(user).with_context(allowed_company_ids=self.audited.ids).export_data(
                ['number', 'kind', 'payload', 'hash'])['datas'][0]
            self.assertEqual(row[2], '{"amount":1.5,"decision":"go"}')
        for user in (self.sales, self.manager, self.director):
            with self.assertRaises(AccessError):
                entry.with_user(user).read(['payload'])
            with self.assertRaises(AccessError):
                self.env['ltc.audit.log'].with_user(user).action_verify()
        self.auditor.company_ids = self.company
        self.assertFalse(self.env['ltc.audit.log'].with_user(self.auditor).search([('id', '=', entry.id)]))

    def test_the_facts_are_readable_and_inert(self):
        entry = self._append(values={'reason': "<script>alert(1)</script>", 'lines': [[1, "A"]]}).sudo()
        self.assertIn('&lt;script&gt;', entry.payload_table)
        self.assertNotIn('<script>', entry.payload_table)
        self.assertEqual(entry.display_name, "#1 Decided Buyer 0")
        self.assertEqual(entry.action_open_document()['res_id'], self.partners[0].id)


@tagged('post_install', '-at_install')
class TestAuditCheck(AuditCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.entries = cls._append(5).sudo()

    def test_an_untouched_chain_is_unbroken(self):
        action = self.env['ltc.audit.log'].with_user(self.auditor).with_context(
            allowed_company_ids=self.audited.ids).action_verify()
        self.assertEqual(action['params']['type'], 'success')
        self.assertIn("Audited: 5 entries verified.", action['params']['message'])
        check = self.env['ltc.audit.check'].search([('company_id', '=', self.audited.id)])
        self.assertRecordValues(check, [{
            'state': 'unbroken', 'number': 5, 'hash': self.entries[4].hash, 'user_id': self.auditor.id,
            'message': False,
        }])

    def test_a_chain_is_walked_in_chunks(self):
        with patch('odoo.addons.ltc_base.models.ltc_audit_log.VERIFY_CHUNK', 2):
            self.assertEqual(self._verify().number, 5)

    def test_every_altered_column_is_found(self):
        for column, value in (
            ('payload', '{}'), ('kind', 'submitted'), ('name', "x"), ('document_name', "x"), ('res_id', 1),
            ('user_id', self.manager.id), ('on_behalf_of_id', self.manager.id), ('moment', '2020-01-01'),
            ('hash', 'x'), ('previous_hash', 'x'),
        ):
            with self.subTest(column), self.env.cr.savepoint() as savepoint:
                with self._by_sql() as cr:
                    cr.execute(f'UPDATE ltc_audit_log SET {column} = %s WHERE id = %s', (value, self.entries[2].id))
                self.assertEqual(self._assert_broken("Entry 3 was altered").number, 2)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_deleted_entry_is_found_wherever_it_stood(self):
        for index, sentence in (
            (0, "Entry 1 is missing"), (2, "Entry 3 is missing: entry 4 follows"),
            (4, "cut off: the chain has 5 entries and only 4"),
        ):
            with self.subTest(index), self.env.cr.savepoint() as savepoint:
                with self._by_sql() as cr:
                    cr.execute('DELETE FROM ltc_audit_log WHERE id = %s', (self.entries[index].id,))
                self._assert_broken(sentence)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_an_entry_replaced_with_its_hash_is_found(self):
        row = next(row for row in self.Log._iterate_rows(self.audited) if row['number'] == 3)
        forged = self.Log._digest({**row, 'payload': '{}'})
        with self._by_sql() as cr:
            cr.execute("UPDATE ltc_audit_log SET payload = '{}', hash = %s WHERE id = %s", (forged, row['id']))
        self._assert_broken("Entry 4 was replaced")

    def test_a_forged_last_entry_is_found(self):
        row = list(self.Log._iterate_rows(self.audited))[-1]
        forged = self.Log._digest({**row, 'payload': '{}'})
        with self._by_sql() as cr:
            cr.execute("UPDATE ltc_audit_log SET payload = '{}', hash = %s WHERE id = %s", (forged, row['id']))
        self._assert_broken("The end was forged: entry 5")

    def test_a_cut_with_its_head_is_found_by_the_last_verification(self):
        self._verify()
        with self._by_sql() as cr:
            cr.execute('DELETE FROM ltc_audit_log WHERE id = %s', (self.entries[4].id,))
            cr.execute('UPDATE ltc_audit_chain SET number = 4, hash = %s WHERE company_id = %s',
                       (self.entries[3].hash, self.audited.id))
        self._assert_broken("rewritten: entry 5 is not the one that was verified")

    def test_a_chain_rewritten_whole_is_found_by_the_last_verification(self):
        self._verify()
        previous_hash = ''
        with self._by_sql() as cr:
            for row in list(self.Log._iterate_rows(self.audited)):
                row = {**row, 'payload': '{}', 'previous_hash': previous_hash}
                previous_hash = self.Log._digest(row)
                cr.execute("UPDATE ltc_audit_log SET payload = '{}', hash = %s, previous_hash = %s WHERE id = %s",
                           (previous_hash, row['previous_hash'], row['id']))
            cr.execute('UPDATE ltc_audit_chain SET hash = %s WHERE company_id = %s', (previous_hash, self.audited.id))
        self._assert_broken("rewritten: entry 5")

    def test_everything_deleted_is_found(self):
        self._verify()
        with self._by_sql() as cr:
            cr.execute('DELETE FROM ltc_audit_log WHERE company_id = %s', (self.audited.id,))
            cr.execute('DELETE FROM ltc_audit_chain WHERE company_id = %s', (self.audited.id,))
        self.assertIn(self.audited, self.env['ltc.audit.check']._get_audited_companies())
        self._assert_broken("rewritten: entry 5")

    def test_a_break_reaches_people_once(self):
        with self._by_sql() as cr:
            cr.execute("UPDATE ltc_audit_log SET payload = '{}' WHERE id = %s", (self.entries[1].id,))
        check = self._assert_broken("Entry 2 was altered")
        self.assertEqual(check.activity_ids.user_id & self.users, self.operations | self.auditor)
        self.assertIn(self.operations.partner_id, check.message_ids.notified_partner_ids)
        self.assertFalse(self._assert_broken("Entry 2 was altered").activity_ids)
        activity = check.activity_ids.filtered(lambda activity: activity.user_id == self.auditor)
        activity.with_user(self.auditor).action_feedback(feedback="Told the board.")
        self.assertEqual(self._assert_broken("Entry 2 was altered").activity_ids.user_id, self.auditor)

    def test_the_cron_verifies_every_company(self):
        other = self.env['res.company'].create({'name': "Other"})
        self.Log._append(self._events(company=other))
        commits = []
        self.patch(self.registry['ir.cron'], '_commit_progress', lambda cron, *args, **kw: commits.append(args) or 60)
        self.env['ltc.audit.check']._cron_verify()
        checks = self.env['ltc.audit.check'].search([('company_id', 'in', (self.audited | other).ids)])
        self.assertEqual(checks.mapped('state'), ['unbroken'] * 2)
        self.assertGreaterEqual(len(commits), 3)

    def test_nobody_forges_a_verification(self):
        check = self._verify()
        for user in self.users:
            for operation in ('create', 'write', 'unlink'):
                self.assertFalse(check.with_user(user).has_access(operation))
