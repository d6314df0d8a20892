from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.ltc_delivery.tests.common import SCAN, LtcDeliveryCommon


@tagged('post_install', '-at_install')
class TestIrAttachment(LtcDeliveryCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.contract = cls._sell()
        cls._deliver(cls.contract.order_id)

    def test_the_signed_certificate_stays(self):
        acceptance = self._accept(self.contract)
        scan = self.env['ir.attachment'].search([
            ('res_model', '=', 'ltc.acceptance'), ('res_id', '=', acceptance.id),
            ('res_field', '=', 'signed_document')])
        self.assertTrue(scan)
        for attachment in (scan.with_user(self.delivery), scan):
            with self._assert_refused(UserError, "prove the customer's acceptance"):
                attachment.unlink()
            with self._assert_refused(UserError, "prove the customer's acceptance"):
                attachment.raw = b'other'
            with self._assert_refused(UserError, "prove the customer's acceptance"):
                attachment.res_id = 0

    def test_files_of_an_open_certificate_may_go(self):
        acceptance = self._create_acceptance(self.contract)
        photo = self.env['ir.attachment'].create(
            {'name': 'photo.png', 'datas': SCAN, 'res_model': acceptance._name, 'res_id': acceptance.id})
        photo.with_user(self.delivery).unlink()
        self.assertFalse(photo.exists())

    def test_files_on_a_node_that_they_made_billable_stay(self):
        contract = self._sell({self.training: 3})
        node = self._get_node_on(contract, 'delivery')
        file = self._attach(node)
        node.with_user(self.delivery).action_set_billable()
        with self._assert_refused(UserError, "made it billable"):
            file.unlink()
        with self._assert_refused(UserError, "made it billable"):
            file.res_id = self.contract.id

    def test_evidence_that_was_used_stays(self):
        node = self._get_node_on(self.contract, 'acceptance')
        evidence = self.env['ltc.deliverable'].create({'plan_line_id': node.id, 'name': "Test protocol"})
        file = self.env['ir.attachment'].create({'name': 'protocol.pdf', 'datas': SCAN})
        evidence.attachment_ids = [Command.link(file.id)]
        file.raw = b'second edition'
        self._accept(self.contract)
        self.assertEqual(node.state, 'billable')
        with self._assert_refused(UserError, "made node"):
            file.raw = b'third edition'
        with self._assert_refused(UserError, "made node"):
            file.unlink()
        with self._assert_refused(UserError, "made node"):
            evidence.attachment_ids = [Command.clear()]
        with self._assert_refused(UserError, "made node"):
            evidence.unlink()
        evidence.attachment_ids = [Command.create({'name': 'more.pdf', 'datas': SCAN})]
        self.assertEqual(len(evidence.attachment_ids), 2)
