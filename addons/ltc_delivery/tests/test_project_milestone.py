from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.ltc_delivery.tests.common import LtcDeliveryCommon


@tagged('post_install', '-at_install')
class TestProjectMilestone(LtcDeliveryCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.contract = cls._sell({cls.line_product: 1, cls.installation: 1})
        cls.node = cls._get_node_on(cls.contract, 'acceptance')
        cls.project = cls.contract.order_id.project_id
        cls.milestones = cls.project.milestone_ids
        cls.service_milestone = cls.milestones.filtered('sale_line_id')
        cls.node_milestone = cls.milestones - cls.service_milestone

    def test_signing_binds_milestones_to_the_acceptance_node(self):
        self.assertEqual(len(self.milestones), 2)
        self.assertEqual(self.milestones.ltc_plan_line_id, self.node)
        self.assertEqual(self.node_milestone.name, self.node.name)
        self.contract._sync_milestones()
        self.assertEqual(self.project.milestone_ids, self.milestones)

    def test_no_route_reaches_a_bound_milestone(self):
        for milestone in self.milestones.with_user(self.delivery):
            with self._assert_refused(UserError, "customer's acceptance only"):
                milestone.toggle_is_reached(True)
            with self._assert_refused(UserError, "customer's acceptance only"):
                milestone.write({'is_reached': True})
            with self._assert_refused(UserError, "customer's acceptance only"):
                milestone.sudo().is_reached = True

    def test_a_milestone_created_reached_is_refused(self):
        with self._assert_refused(UserError, "customer's acceptance only"):
            self.env['project.milestone'].with_user(self.delivery).create({
                'name': "Done by me", 'project_id': self.project.id, 'is_reached': True,
                'sale_line_id': self.service_milestone.sale_line_id.id})

    def test_a_milestone_cannot_leave_its_node(self):
        milestone = self.node_milestone.with_user(self.delivery)
        with self._assert_refused(UserError, "another node of the same contract"):
            milestone.ltc_plan_line_id = False
        with self.assertRaises(AccessError):
            self.delivery.group_ids -= self.env.ref('ltc_base.group_ltc_delivery')
            milestone.ltc_plan_line_id = False

    def test_a_bound_milestone_is_not_deleted(self):
        with self._assert_refused(UserError, "cannot be deleted"):
            self.node_milestone.with_user(self.delivery).unlink()

    def test_a_client_does_not_bind_a_new_milestone(self):
        milestone = self.env['project.milestone'].with_user(self.delivery).create({
            'name': "Mine", 'project_id': self.project.id, 'ltc_plan_line_id': self.node.id})
        self.assertFalse(milestone.sudo().ltc_plan_line_id)

    def test_the_certificate_reaches_them_all_and_they_stay_reached(self):
        self._deliver(self.contract.order_id)
        acceptance = self._accept(self.contract, kind='final')
        self.assertEqual(acceptance.milestone_id, self.node_milestone)
        self.assertEqual(self.milestones.mapped('is_reached'), [True, True])
        self.assertEqual(self.service_milestone.sale_line_id.qty_delivered, 1)
        with self._assert_refused(UserError, "stays reached"):
            self.node_milestone.with_user(self.delivery).toggle_is_reached(False)

    def test_light_and_other_milestones_are_free(self):
        other = self.env['project.milestone'].create({'name': "Kick-off", 'project_id': self.project.id})
        other.with_user(self.delivery).toggle_is_reached(True)
        self.assertTrue(other.is_reached)
        self._set_profile('light')
        self.service_milestone.with_user(self.delivery).toggle_is_reached(True)
        self.assertTrue(self.service_milestone.is_reached)
        self.assertEqual(self.node.state, 'planned')
