from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderLost(LtcQuoteCommon):
    """A quotation is lost with its reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.opportunity = cls._create_opportunity()
        cls.reason = cls.env['crm.lost.reason'].create({'name': "Test: too dear"})

    def _open(self, quotation, **values):
        action = quotation.with_user(self.sales).action_ltc_lose()
        form = Form(self.env[action['res_model']].with_user(self.sales).with_context(**action['context']))
        for name, value in values.items():
            form[name] = value
        return form.save()

    def test_the_only_offer_is_lost_with_its_opportunity(self):
        quotation = self._create_quotation(opportunity_id=self.opportunity.id)
        dialog = self._open(quotation, lost_reason_id=self.reason)
        self.assertEqual(dialog._name, 'crm.lead.lost')
        dialog.action_lost_reason_apply()
        self.assertEqual(quotation.state, 'cancel')
        self.assertEqual(self.opportunity.won_status, 'lost')
        self.assertEqual(quotation.with_user(self.sales).ltc_lost_reason_id, self.reason)

    def test_one_of_two_offers_is_lost_alone(self):
        quotation = self._create_quotation(opportunity_id=self.opportunity.id)
        other = self._create_quotation(opportunity_id=self.opportunity.id)
        dialog = self._open(quotation, lost_reason_id=self.reason, note="They want the other one.")
        self.assertEqual(dialog._name, 'ltc.quote.lose')
        dialog.action_lose()
        self.assertEqual((quotation.state, other.state), ('cancel', 'draft'))
        self.assertEqual(self.opportunity.won_status, 'pending')
        self.assertIn("Test: too dear: They want the other one.", quotation.message_ids.mapped('preview')[0] or ''.join(
            quotation.message_ids.mapped('body')))

    def test_without_an_opportunity_the_reason_is_asked_all_the_same(self):
        quotation = self._create_quotation()
        self._open(quotation, lost_reason_id=self.reason).action_lose()
        self.assertEqual(quotation.state, 'cancel')
        self.assertIn("Lost: Test: too dear", ''.join(quotation.message_ids.mapped('body')))

    def test_what_is_refused(self):
        quotation = self._create_quotation()
        with self.assertRaisesRegex(UserError, "say why it is lost"), self.env.cr.savepoint():
            quotation.ltc_lose(" ")
        for user in (self.finance, self.presales):
            with self.assertRaises(AccessError):
                quotation.with_user(user).action_ltc_lose()
        quotation.action_confirm()
        with self.assertRaisesRegex(UserError, "cannot be lost"):
            quotation.with_user(self.sales).ltc_lose("Too late")

    def test_the_dialog_of_an_opportunity_cancels_no_foreign_quotation(self):
        quotation = self._create_quotation(opportunity_id=self._create_opportunity().id)
        dialog = self.env['crm.lead.lost'].with_user(self.sales).create({
            'lead_ids': self.opportunity.ids, 'lost_reason_id': self.reason.id, 'ltc_quotation_id': quotation.id})
        dialog.action_lost_reason_apply()
        self.assertEqual(quotation.state, 'draft')
