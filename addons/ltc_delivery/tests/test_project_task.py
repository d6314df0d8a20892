from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.ltc_delivery.tests.common import LtcDeliveryCommon


@tagged('post_install', '-at_install')
class TestProjectTask(LtcDeliveryCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('full')
        cls.installation.service_tracking = 'task_in_project'
        cls.contract = cls._sell({cls.line_product: 1, cls.installation: 1})
        cls.task = cls.contract.order_id.tasks_ids
        cls.stages = cls.task.project_id.type_ids
        cls.task.user_ids = [Command.link(cls.delivery.id)]

    def test_confirming_makes_the_task_and_planning_it_is_free(self):
        self.assertEqual(len(self.task), 1)
        self.task.with_user(self.delivery).write({'date_deadline': '2026-05-01', 'stage_id': self.task.stage_id.id})
        self.task.with_user(self.delivery).state = '1_canceled'

    def test_work_does_not_start_before_the_handover(self):
        task = self.task.with_user(self.delivery)
        with self._assert_refused(UserError, "handover of contract"):
            task.stage_id = self.stages[1]
        with self._assert_refused(UserError, "handover of contract"):
            task.state = '1_done'
        with self._assert_refused(UserError, "handover of contract"):
            self.env['project.task'].create({
                'name': "Done already", 'project_id': self.task.project_id.id, 'state': '1_done'})
        with self._assert_refused(UserError, "handover of contract"):
            self.task.project_id.stage_id = self.env['project.project.stage'].create({'name': "Running"})

    def test_work_starts_after_it(self):
        self._confirm_handover(self.contract)
        task = self.task.with_user(self.delivery)
        task.stage_id = self.stages[1]
        task.state = '1_done'

    def test_light_is_free(self):
        self._set_profile('light')
        self.task.with_user(self.delivery).write({'stage_id': self.stages[1].id, 'state': '1_done'})
