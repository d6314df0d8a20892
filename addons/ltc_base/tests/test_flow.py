from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import LtcCommon


@tagged('post_install', '-at_install')
class TestFlow(LtcCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env['res.partner'].create({'name': "Buyer"})

    def _open(self, count=1):
        return self.env['ltc.flow']._open_flows([
            {'partner_id': self.partner.id, 'company_id': self.company.id, 'ar_user_id': self.sales.id, 'amount': 100.0}
        ] * count)

    def test_references_are_consecutive_and_of_the_year(self):
        flows = self._open(3)
        numbers = [int(flow.name.rsplit('/', 1)[1]) for flow in flows]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 3)))
        self.assertRegex(flows[0].name, r'^LTC/20\d\d/\d{5}$')

    def test_a_batch_costs_what_one_costs(self):
        self._open()
        self.env.flush_all()
        with self.assertQueryCount(3):  # numbers, cases, history
            self._open(50)
            self.env.flush_all()

    def test_a_case_moves_forward_only_and_logs_each_stage_once(self):
        flow = self._open()
        flow._advance('quote', amount=250.0)
        flow._advance('opportunity')
        flow._advance('quote')
        flow._advance('cash')
        self.assertEqual(flow.stage, 'cash')
        self.assertEqual(flow.amount, 250.0)
        self.assertEqual(flow.log_ids.mapped('stage'), ['opportunity', 'quote', 'cash'])

    def test_the_next_step_belongs_to_the_triangle(self):
        flow = self._open()
        self.assertEqual(flow.owner_id, self.sales)
        flow._advance('delivery', fr_user_id=self.delivery.id)
        self.assertEqual(flow.owner_id, self.delivery)
        flow._advance('invoice')
        self.assertEqual(flow.owner_id, self.sales)
        flow._close()
        self.assertFalse(flow.owner_id)
        self.assertEqual((flow.stage, flow.state), ('closed', 'closed'))

    def test_users_read_a_case_and_change_nothing(self):
        flow = self._open().with_user(self.sales)
        self.assertTrue(flow.name)
        with self.assertRaises(AccessError):
            flow.write({'stage': 'cash'})
        with self.assertRaises(AccessError):
            self.env['ltc.flow'].with_user(self.sales).create({'name': "X", 'company_id': self.company.id})
        with self.assertRaises(AccessError):
            flow.log_ids.write({'stage': 'cash'})
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            flow.sudo().unlink()

    def test_another_company_does_not_see_the_case(self):
        other = self.env['res.company'].create({'name': "Other"})
        flow = self.env['ltc.flow']._open_flows([{'company_id': other.id}])
        self.assertFalse(self.env['ltc.flow'].with_user(self.sales).search([('id', '=', flow.id)]))
