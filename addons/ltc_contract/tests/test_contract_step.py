from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import LtcContractCommon


@tagged('post_install', '-at_install')
class TestContractStep(LtcContractCommon):
    """Where a contract is needed the quotation's form leads to it."""

    def _get_buttons(self, quotation, user):
        """Return {name: classes} of the buttons that send, confirm or draw up the contract, as the user sees them."""
        self.env.flush_all()
        quotation.invalidate_recordset()
        quotation = quotation.with_user(user)
        arch = etree.fromstring(quotation.get_view(self.env.ref('sale.view_order_form').id, 'form')['arch'])
        names = ('state', 'ltc_next_step', 'ltc_awaits_contract', 'ltc_contract_id')
        values = {name: quotation[name] for name in names}
        return {
            button.get('name'): button.get('class') or ''
            for name in ('action_quotation_send', 'action_confirm', 'action_ltc_create_contract')
            for button in arch.xpath(f"//header/button[@name='{name}'][not(contains(@id, 'proforma'))]")
            if not safe_eval(button.get('invisible'), values)
        }

    def test_the_contract_follows_the_offer(self):
        self._set_profile('full')
        quotation = self._create_quotation()
        self.assertFalse(self._get_buttons(quotation, self.sales))
        self._pass_gate(quotation, 'atb')
        buttons = self._get_buttons(quotation, self.sales)
        self.assertEqual(buttons.keys(), {'action_quotation_send', 'action_ltc_create_contract'})
        self.assertNotIn('btn-primary', buttons['action_ltc_create_contract'])
        quotation.action_quotation_sent()
        buttons = self._get_buttons(quotation, self.sales)
        self.assertEqual(buttons.keys(), {'action_quotation_send', 'action_ltc_create_contract'})
        self.assertIn('btn-primary', buttons['action_ltc_create_contract'])
        for user in (self.finance, self.presales):
            self.assertFalse(self._get_buttons(quotation, user), user.name)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                quotation.with_user(user).action_ltc_create_contract()
        contract = self._create_contract(quotation)
        self.assertNotIn('action_confirm', self._get_buttons(quotation, self.sales))
        self.assertTrue(quotation.with_user(self.sales).ltc_awaits_contract, contract.state)

    def test_where_no_gate_wants_it_the_contract_is_an_offer_among_others(self):
        self._set_profile('light')
        quotation = self._create_quotation()
        buttons = self._get_buttons(quotation, self.sales)
        self.assertEqual(buttons.keys(), {'action_quotation_send', 'action_confirm', 'action_ltc_create_contract'})
        self.assertIn('btn-primary', buttons['action_quotation_send'])
        self.assertNotIn('btn-primary', buttons['action_ltc_create_contract'])

    def test_the_form_pays_no_query_for_it(self):
        self._set_profile('full')
        quotation = self._create_contract().order_id

        def count(*names):
            for _run in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                quotation.with_user(self.sales).web_read({
                    'name': {}, 'state': {}, 'user_id': {}, 'ltc_gate_summary': {},
                    'ltc_contract_id': {'fields': {'display_name': {}}}, **dict.fromkeys(names, {})})
            return self.cr.sql_log_count - before

        self.assertEqual(count('ltc_next_step', 'ltc_awaits_contract'), count())
