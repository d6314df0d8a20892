from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import LtcCommon

MONDAY = '2025-03-10 08:00:00'


@tagged('post_install', '-at_install')
class TestFlowStage(LtcCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = 'UTC'  # Monday to Friday, 8-12 and 13-17
        cls.env['ltc.flow.stage'].search([]).unlink()

    def _set_up(self, stage='quote', **values):
        return self.env['ltc.flow.stage'].with_user(self.operations).create({'stage': stage, **values})

    def _open(self, count=1, **values):
        return self.env['ltc.flow']._open_flows([{
            'company_id': self.company.id, 'ar_user_id': self.sales.id, 'sr_user_id': self.presales.id,
            'fr_user_id': self.delivery.id, **values}] * count)

    def _get_tasks(self, flows):
        return self.env['mail.activity'].search(
            [('res_model', '=', 'ltc.flow'), ('res_id', 'in', flows.ids)], order='id')

    def _count_queries(self, call):
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        call()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    # === OWNER === #

    def test_the_stage_belongs_to_the_role_named(self):
        flow = self._open()
        self.assertEqual(flow.owner_id, self.sales)
        stage = self._set_up('opportunity', role='sr')
        flow.invalidate_recordset()
        self.assertEqual(flow.owner_id, self.presales)
        stage.write({'role': 'user', 'user_id': self.finance.id})
        flow.invalidate_recordset()
        self.assertEqual(flow.owner_id, self.finance)
        stage.write({'role': 'fr'})
        flow.sudo().fr_user_id = False
        self.assertEqual(flow.owner_id, self.sales, "a role that nobody holds falls back to the usual owner")

    def test_a_company_overrides_the_shared_set_up(self):
        other = self.env['res.company'].create({'name': "Other"})
        self._set_up('opportunity', role='sr')
        self.env['ltc.flow.stage'].create({'stage': 'opportunity', 'role': 'fr', 'company_id': other.id})
        self.assertEqual(self._open().owner_id, self.presales)
        self.assertEqual(self._open(company_id=other.id).owner_id, self.delivery)

    def test_a_named_person_must_be_named(self):
        with self.assertRaisesRegex(ValidationError, "names nobody"):
            self._set_up('opportunity', role='user')

    # === TIME LIMIT === #

    def test_the_limit_counts_working_time_from_the_entry(self):
        self._set_up('opportunity', sla=6.0, sla_unit='hours')
        self._set_up('quote', sla=3.0, sla_unit='days')
        with freeze_time('2025-03-13 13:00:00'):  # a Thursday
            flow = self._open()
            self.assertEqual(str(flow.deadline), '2025-03-14 10:00:00')
        with freeze_time('2025-03-14 08:00:00'):  # a Friday: three working days end on Tuesday
            flow._advance('quote')
            self.assertEqual(str(flow.deadline), '2025-03-18 17:00:00')
        flow._advance('contract')
        self.assertFalse(flow.deadline)

    def test_late_cases_are_found_and_marked(self):
        self._set_up('opportunity', sla=8.0, sla_unit='hours')
        with freeze_time(MONDAY):
            late, lost = self._open(2)
        self._set_up('lead')
        fresh = self._open()
        lost._lose()
        flows = late + lost + fresh
        Flow = self.env['ltc.flow'].with_user(self.sales)
        self.assertEqual(Flow.search([('id', 'in', flows.ids), ('is_late', '=', True)]), late)
        self.assertEqual(Flow.search([('id', 'in', flows.ids), ('is_late', '=', False)]), fresh + lost)
        self.assertEqual(flows.mapped('is_late'), [True, False, False])
        self.assertTrue(late._get_bar()['is_late'])

    def test_a_new_limit_holds_for_running_cases_on_request(self):
        with freeze_time(MONDAY):
            flow, lost = self._open(2)
        lost._lose()
        stage = self._set_up('opportunity', sla=4.0, sla_unit='hours')
        self.assertFalse(flow.deadline)
        stage.action_apply()
        self.assertEqual(str(flow.deadline), '2025-03-10 12:00:00')
        self.assertFalse(lost.deadline)

    # === TASKS === #

    def test_entering_a_stage_brings_its_tasks_to_the_responsible(self):
        self._set_up('quote', role='sr', task_ids=[
            Command.create({'name': "Draw the solution", 'days': 2, 'note': "With <pictures>"}),
            Command.create({'name': "Call the customer", 'role': 'ar'}),
        ])
        with freeze_time(MONDAY):
            flow = self._open()
            self.assertFalse(self._get_tasks(flow))
            flow.with_user(self.sales)._advance('quote')
            flow._advance('quote')  # a repeated hand-off brings nothing
        tasks = self._get_tasks(flow)
        self.assertEqual(tasks.mapped('summary'), ["Draw the solution", "Call the customer"])
        self.assertEqual(tasks.user_id, self.presales + self.sales)
        self.assertEqual([str(day) for day in tasks.mapped('date_deadline')], ['2025-03-12', '2025-03-10'])
        self.assertIn('&lt;pictures&gt;', tasks[0].note)
        tasks[0].with_user(self.presales).action_feedback(feedback="Drawn.")
        self.assertIn("Drawn.", ' '.join(flow.message_ids.mapped('body')))

    def test_nobody_who_left_gets_a_task(self):
        self._set_up('quote', role='sr', task_ids=[Command.create({'name': "Draw the solution"})])
        self.presales.active = False
        flow = self._open()
        flow._advance('quote')
        self.assertFalse(self._get_tasks(flow))

    def test_tasks_of_a_batch_are_made_at_once(self):
        self._set_up('quote', sla=1.0, task_ids=[Command.create({'name': "Call"}), Command.create({'name': "Write"})])
        few, many = self._open(2), self._open(40)
        self._open()._advance('quote')
        few_queries = self._count_queries(lambda: few._advance('quote'))
        self.assertLessEqual(self._count_queries(lambda: many._advance('quote')), few_queries + 2)
        self.assertEqual(len(self._get_tasks(many)), 80)

    def test_without_a_set_up_a_hand_off_costs_nothing_more(self):
        first, second = self._open(), self._open(20)
        first._advance('quote')
        self.assertLessEqual(self._count_queries(lambda: second._advance('quote')), 2)  # the cases, their history
        with self.assertQueryCount(0):
            self.env['ltc.flow.stage']._get_guidance(self.company.id)

    # === GUIDANCE === #

    def test_the_bar_shows_the_guidance_in_the_language_of_the_user(self):
        self.env['res.lang']._activate_lang('zh_CN')
        stage = self._set_up('opportunity', description="Find the need", input="A lead", output="A need")
        stage.with_context(lang='zh_CN').description = "找到需求"
        flow = self._open()
        self.assertEqual(flow.with_context(lang='en_US')._get_bar()['guidance'], {
            'description': "Find the need", 'input': "A lead", 'output': "A need"})
        self.assertEqual(flow.with_context(lang='zh_CN')._get_bar()['guidance']['description'], "找到需求")
        flow._advance('quote')
        self.assertEqual(flow._get_bar()['guidance'], {'description': '', 'input': '', 'output': ''})

    def test_only_operations_sets_stages_up(self):
        stage = self._set_up()
        with self.assertRaises(AccessError):
            stage.with_user(self.manager).write({'sla': 1.0})
        with self.assertRaises(AccessError):
            self.env['ltc.flow'].with_user(self.sales).create({'name': "X", 'company_id': self.company.id})
