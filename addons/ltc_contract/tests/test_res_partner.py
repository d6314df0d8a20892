from datetime import date

from odoo.tests import tagged

from .common import LtcContractCommon


@tagged('post_install', '-at_install')
class TestResPartner(LtcContractCommon):
    """When a customer's contracts end, as the public pools ask."""

    def _get_end(self, contract):
        customer = contract.partner_id.commercial_partner_id
        self.env.flush_all()
        return customer._ltc_get_contract_end(contract.company_id).get(customer.id)

    def test_a_signed_contract_ends_on_its_last_day(self):
        contract = self._create_signed_contract()
        contract.sudo().date_end = date(2030, 5, 31)
        self.assertEqual(self._get_end(contract), date(2030, 5, 31))

    def test_a_contract_that_runs_without_an_end_has_not_ended(self):
        contract = self._create_signed_contract()
        contract.sudo().date_end = False
        self.assertIsNone(self._get_end(contract))

    def test_a_draft_ends_nothing(self):
        contract = self._create_contract()
        contract.sudo().date_end = date(2030, 5, 31)
        self.assertNotEqual(self._get_end(contract), date(2030, 5, 31))
