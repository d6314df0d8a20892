from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderOwners(LtcQuoteCommon):

    def _get_history(self, document):
        self.env.cr.flush()  # as a commit does
        return self.env['ltc.owner.log'].search(
            [('res_model', '=', document._name), ('res_id', '=', document.id)], order='since, id')

    def test_who_owned_a_quotation_from_when_until_when(self):
        quotation = self._create_quotation()
        self.assertFalse(self._get_history(quotation), "making one costs nothing")
        quotation.with_user(self.manager).user_id = self.manager
        history = self._get_history(quotation)
        self.assertRecordValues(history, [
            {'user_id': self.sales.id, 'way': 'created', 'changed_by_id': self.sales.id},
            {'user_id': self.manager.id, 'way': 'manual', 'changed_by_id': self.manager.id}])
        self.assertEqual(history[0].until, history[1].since)
        action = quotation.with_user(self.manager).action_ltc_view_owners()
        self.assertEqual(self.env['ltc.owner.log'].with_user(self.manager).search(action['domain']), history)
        for user in (self.sales, self.manager, self.operations):
            with self.assertRaises(AccessError):
                history.with_user(user).unlink()

    def test_who_may_not_open_the_quotation_does_not_open_its_history(self):
        quotation = self._create_quotation()
        quotation.user_id = self.manager
        colleague = new_test_user(
            self.env, 'ltc_test_colleague', groups='ltc_base.group_ltc_user,sales_team.group_sale_salesman',
            company_id=self.company.id)
        with self.assertRaises(AccessError):
            quotation.with_user(colleague).action_ltc_view_owners()

    def test_an_import_says_so(self):
        quotation = self._create_quotation()
        result = self.env['sale.order'].with_user(self.manager).load(
            ['.id', 'user_id'], [[str(quotation.id), self.manager.name]])
        self.assertTrue(result['ids'], result)
        self.assertEqual(self._get_history(quotation).mapped('way'), ['created', 'import'])
        leads = self.env['crm.lead'].with_user(self.manager).load(
            ['name', 'type', 'user_id'], [["Imported", 'lead', self.sales.name], ["Another", 'lead', self.sales.name]])
        self.assertEqual(len(leads['ids']), 2, leads)
        lead = self.env['crm.lead'].browse(leads['ids'][0])
        self.assertRecordValues(self._get_history(lead), [{'user_id': self.sales.id, 'way': 'import'}])
        lead.user_id = self.manager
        self.assertEqual(self._get_history(lead).mapped('way'), ['import', 'manual'])

    def test_a_batch_costs_what_one_costs(self):
        quotations = self.env['sale.order'].create([
            self._prepare_quotation_values(order_line=[Command.clear()]) for _number in range(10)])
        self.env.cr.flush()
        self.assertEqual(self._get_owner_costs(quotations), [1, 1])
