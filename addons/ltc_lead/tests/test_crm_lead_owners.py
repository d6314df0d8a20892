from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.ltc_base.models.ltc_owner_log import OwnerWay

from .common import LtcLeadCommon


@tagged('post_install', '-at_install')
class TestCrmLeadOwners(LtcLeadCommon):

    def _get_history(self, lead):
        self.env.cr.flush()  # as a commit does
        return self.env['ltc.owner.log'].search(
            [('res_model', '=', 'crm.lead'), ('res_id', '=', lead.id)], order='since, id')

    def test_who_owned_it_from_when_until_when_and_how(self):
        lead = self._create_lead()
        self.assertFalse(self._get_history(lead))
        lead.with_user(self.manager).user_id = False
        self._get_history(lead)
        lead.with_user(self.manager).user_id = self.manager
        history = self._get_history(lead)
        self.assertRecordValues(history, [
            {'user_id': self.sales.id, 'way': 'created', 'changed_by_id': self.env.uid, 'since': lead.create_date},
            {'user_id': False, 'way': 'manual', 'changed_by_id': self.manager.id, 'since': history[1].since},
            {'user_id': self.manager.id, 'way': 'claim', 'changed_by_id': self.manager.id, 'since': history[2].since},
        ])
        self.assertEqual(history.mapped('until'), [history[1].since, history[2].since, False])

    def test_the_server_says_how_and_a_client_does_not(self):
        lead, other = self._create_lead(), self._create_lead()
        lead.with_context(ltc_owner_way=OwnerWay.RECYCLE).user_id = False
        other.with_context(ltc_owner_way='recycle').user_id = False
        self.assertEqual(self._get_history(lead)[-1].way, 'recycle')
        self.assertEqual(self._get_history(other)[-1].way, 'manual')

    def test_the_assignment_by_rule_is_told(self):
        self.team.assignment_max = 10
        self.team.crm_team_member_ids.assignment_max = 60
        lead = self._create_lead(user_id=False, probability=50)
        self.team._action_assign_leads(force_quota=True)
        self.assertEqual(lead.user_id, self.sales)
        self.assertEqual(self._get_history(lead)[-1].way, 'assign')

    def test_only_what_stands_is_told(self):
        lead = self._create_lead()
        lead.user_id = self.sales  # no change
        with self.env.cr.savepoint() as savepoint:
            lead.user_id = self.manager
            lead.flush_recordset()
            savepoint.rollback()
        lead.invalidate_recordset()
        self.assertFalse(self._get_history(lead))
        lead.user_id = False
        lead.user_id = self.manager  # on its way in one transaction
        self.assertEqual(self._get_history(lead).mapped('user_id'), self.sales | self.manager)

    def test_creating_costs_nothing_and_a_batch_what_one_costs(self):
        leads = self.env['crm.lead'].create([self._prepare_lead_values() for _number in range(20)])
        self.env.cr.flush()
        self.assertEqual(self._get_owner_costs(leads), [1, 1])

    def test_nobody_writes_history_and_a_lead_takes_its_own_along(self):
        lead = self._create_lead()
        lead.user_id = self.manager
        history = self._get_history(lead)
        for user in (self.sales, self.manager, self.operations):
            with self.assertRaises(AccessError):
                history.with_user(user).write({'user_id': user.id})
        action = lead.with_user(self.manager).action_ltc_view_owners()
        self.assertEqual(self.env['ltc.owner.log'].with_user(self.manager).search(action['domain']), history)
        lead.unlink()
        self.assertFalse(history.exists())
