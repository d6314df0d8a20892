from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderRoomLeft(LtcQuoteCommon):
    """The salesperson sees at every keystroke whether the Go still holds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.quotation = cls._create_released_quotation(ltc_concession_room=5.0)  # 205,000 down to 194,750
        cls.quotation.order_line.invalidate_recordset()

    def _type(self, number, **values):
        """Return what the form says while these values of a line are typed, and nothing is saved."""
        line = self.quotation.order_line[number]
        spec = {'order_line': {'fields': dict.fromkeys(values, {})}, 'ltc_approval_forecast': {}}
        answer = self.quotation.with_user(self.sales).onchange(
            {'order_line': [(1, line.id, values)]}, ['order_line'], spec)
        return answer['value']['ltc_approval_forecast']

    def test_within_the_room_it_says_what_is_left(self):
        forecast = self.quotation.with_user(self.sales).ltc_approval_forecast
        self.assertEqual((forecast['tone'], forecast['level']), ('success', False))
        self.assertRegex(forecast['notes'][0], "10,250.00.* of the concession room is left, down to .*194,750.00")
        self.assertRegex(self._type(0, price_unit=97000.0)['notes'][0], "4,250.00.* is left")
        self.quotation.with_user(self.sales).order_line[0].price_unit = 97000.0
        self.assertRegex(self.quotation.ltc_approval_forecast['notes'][0], "4,250.00.* is left")

    def test_a_line_below_its_floor_is_named_though_the_total_is_above(self):
        forecast = self._type(1, price_unit=4700.0)
        self.assertEqual(forecast['tone'], 'warning' if forecast['reasons'] else forecast['tone'])
        self.assertRegex(forecast['notes'][0], r"Line 2 \(Operator Training\) is below its floor of .*4,750.00")
        self.assertTrue(forecast['level'], "who would decide is said as well")

    def test_a_total_below_the_floor_is_said(self):
        notes = self._type(0, price_unit=90000.0)['notes']
        self.assertRegex(notes[0], "Line 1 .* floor of .*95,000.00")
        self.assertRegex(notes[1], "9,750.00.* below the floor price of .*194,750.00")

    def test_what_is_no_price_asks_who_decides(self):
        forecast = self._type(0, product_uom_qty=3.0)
        self.assertTrue(forecast['level'])
        self.assertFalse([note for note in forecast['notes'] if "floor" in note])

    def test_what_else_voids_the_go_is_seen_too(self):
        tax = self.env['account.tax'].create({
            'name': "Other", 'amount': 5, 'type_tax_use': 'sale', 'company_id': self.company.id})
        notes = self._type(0, tax_ids=[Command.set(tax.ids)])['notes']
        self.assertFalse([note for note in notes if "The Go holds" in note])

    def test_another_currency_is_another_offer(self):
        currency = self.env['res.currency'].create({'name': 'LTQ', 'symbol': 'Q', 'rate_ids': [
            Command.create({'rate': 0.5, 'company_id': self.company.id})]})
        pricelist = self.env['product.pricelist'].create({'name': "Abroad", 'currency_id': currency.id})
        self.quotation.pricelist_id = pricelist
        forecast = self.quotation.with_user(self.sales).ltc_approval_forecast
        self.assertTrue(forecast['level'])
        self.assertFalse([note for note in forecast['notes'] if "floor" in note], "the floor is of the old currency")
        self.assertFalse(self.quotation._ltc_get_locked_floor())

    def test_an_overdue_condition_is_not_called_a_go(self):
        quotation = self._create_quotation(ltc_concession_room=5.0)
        review = self._pass_gate(quotation, 'atb', decision='conditional', conditions=[{
            'name': "Confirm the pump price", 'user_id': self.presales.id,
            'date_due': fields.Date.add(fields.Date.today(), days=3)}])
        self.assertIn("The Go holds", quotation.with_user(self.sales).ltc_approval_forecast['notes'][0])
        review.sudo().condition_ids.date_due = fields.Date.subtract(fields.Date.today(), days=1)
        quotation.invalidate_recordset()
        notes = quotation.with_user(self.sales).ltc_approval_forecast['notes']
        self.assertFalse([note for note in notes if "The Go holds" in note])

    def test_what_the_set_up_asks_since_was_not_decided_on(self):
        gate = self.env.ref('ltc_quote.gate_atb')
        gate.figure_field_ids = self.env['ir.model.fields']._get('sale.order', 'client_order_ref')
        self.quotation.invalidate_recordset()
        self.assertFalse(self.quotation._ltc_get_gate_blockers('atb')[self.quotation.id])
        self.assertIn("The Go holds", self._type(0, price_unit=97000.0)['notes'][0])

    def test_a_withdrawn_round_takes_no_room_away(self):
        line = self.quotation.order_line[0]
        line.price_unit = 80000.0
        review = self._submit(self.quotation, 'atb')
        review.with_user(self.sales).sudo(False).action_withdraw()
        self.assertIn("is left", self._type(0, price_unit=97000.0)['notes'][0])
        line.price_unit = 97000.0
        self.quotation.invalidate_recordset()
        self.assertEqual(self.quotation._ltc_get_locked_floor(), 194750.0)

    def test_without_a_room_nothing_is_said(self):
        quotation = self._create_released_quotation()
        self.assertFalse(quotation.with_user(self.sales).ltc_approval_forecast)
        with Form(quotation.with_user(self.sales)) as form:
            form.ltc_concession_room = 3.0
        self.assertTrue(quotation.with_user(self.sales).ltc_approval_forecast['level'], "a room that nobody decided on")
