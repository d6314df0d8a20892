from odoo.tests import new_test_user, tagged

from .common import LtcDeliveryCommon


@tagged('post_install', '-at_install')
class TestSaleOrder(LtcDeliveryCommon):

    def test_who_reads_an_order_without_being_sales_sees_its_projects(self):
        order = self._sell({self.installation: 1}).order_id
        self.assertTrue(order.sudo().project_ids)
        reviewer = new_test_user(
            self.env, 'ltc_test_project_reviewer', 'ltc_base.group_ltc_reviewer,project.group_project_user',
            company_id=self.company.id)
        self.env.invalidate_all()
        values = order.with_user(reviewer).read(['project_ids', 'project_count'])[0]
        self.assertEqual(values['project_ids'], order.sudo().project_ids.ids)
        self.assertEqual(values['project_count'], 1)
