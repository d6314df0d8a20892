from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.ltc_delivery.tests.common import LtcDeliveryCommon


@tagged('post_install', '-at_install')
class TestLtcContractHandover(LtcDeliveryCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('full')
        cls.contract = cls._sell()
        cls.handover = cls.contract.handover_ids

    def test_signing_makes_a_handover_with_what_the_contract_says(self):
        self.assertEqual(len(self.handover), 1)
        self.assertEqual(self.handover.state, 'draft')
        points = {line.topic: line.content for line in self.handover.line_ids}
        self.assertEqual(set(points), {'scope', 'promises', 'acceptance', 'penalties', 'payment', 'risks', 'contacts'})
        self.assertIn("Filling Line", points['scope'])
        self.assertIn("6,000 bottles", points['acceptance'])

    def test_light_makes_no_handover_but_the_button_does(self):
        self._set_profile('light')
        contract = self._sell()
        self.assertFalse(contract.handover_ids)
        contract.with_user(self.delivery).action_open_handover()
        self.assertEqual(contract.handover_ids.state, 'draft')

    def test_both_sides_confirm(self):
        self.handover.line_ids.is_explained = True
        self.handover.with_user(self.delivery).action_confirm_delivery()
        self.assertEqual(self.handover.state, 'draft')
        self.handover.with_user(self.finance).action_confirm_finance()
        self.assertRecordValues(self.handover, [{
            'state': 'confirmed',
            'delivery_confirmed_by_id': self.delivery.id,
            'finance_confirmed_by_id': self.finance.id,
            'fr_user_id': self.delivery.id,
        }])

    def test_open_points_keep_it_from_being_confirmed(self):
        with self._assert_refused(UserError, "points to explain: .*Penalties"):
            self.handover.with_user(self.delivery).action_confirm_delivery()

    def test_one_person_does_not_confirm_for_both_sides(self):
        self.handover.line_ids.is_explained = True
        self.delivery.group_ids += self.env.ref('ltc_base.group_ltc_finance')
        handover = self.handover.with_user(self.delivery)
        handover.action_confirm_delivery()
        with self._assert_refused(UserError, "needs two people"):
            handover.action_confirm_finance()

    def test_each_side_confirms_for_itself(self):
        self.handover.line_ids.is_explained = True
        with self.assertRaises(AccessError):
            self.handover.with_user(self.sales).action_confirm_delivery()
        with self.assertRaises(AccessError):
            self.handover.with_user(self.delivery).action_confirm_finance()

    def test_no_client_writes_the_state_or_the_stamps(self):
        self.handover.line_ids.is_explained = True
        handover = self.handover.with_user(self.delivery)
        handover.write({'delivery_confirmed_on': '2026-01-01', 'finance_confirmed_on': '2026-01-01'})
        self.assertFalse(handover.finance_confirmed_on)
        with self._assert_refused(UserError, "not confirmed by finance"):
            handover.state = 'confirmed'

    def test_points_are_frozen_once_a_side_has_confirmed(self):
        self.handover.line_ids.is_explained = True
        self.handover.with_user(self.delivery).action_confirm_delivery()
        with self._assert_refused(UserError, "withdraw the confirmation"):
            self.handover.line_ids[0].content = "Half of it."
        with self._assert_refused(UserError, "withdraw the confirmation"):
            self.handover.line_ids[0].unlink()
        self.handover.with_user(self.delivery).action_withdraw()
        self.handover.line_ids[0].content = "Half of it."
        self.assertFalse(self.handover.delivery_confirmed_by_id)

    def test_a_confirmed_handover_stays(self):
        handover = self._confirm_handover(self.contract)
        with self._assert_refused(UserError, "stays as it is"):
            handover.with_user(self.delivery).action_withdraw()
        with self._assert_refused(UserError, "stays as it is"):
            handover.fr_user_id = self.sales
        with self._assert_refused(UserError, "stays as it is"):
            handover.unlink()
        with self._assert_refused(UserError, "cannot become"):
            handover.state = 'draft'

    def test_only_finance_releases_the_advance_with_a_reason(self):
        with self.assertRaises(AccessError):
            self.handover.with_user(self.delivery).action_release_advance("Trust me.")
        with self._assert_refused(UserError, "needs a reason"):
            self.handover.with_user(self.finance).action_release_advance()
        self.handover.with_user(self.finance).action_release_advance("Guarantee of the bank.")
        self.assertEqual(self.handover.advance_released_by_id, self.finance)
        with self._assert_refused(UserError, "the reason given for it stays"):
            self.handover.advance_release_reason = "Another one."
