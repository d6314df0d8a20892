import functools
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.ltc_lead.models.crm_lead_pool import CrmLead

from .pool_common import LtcPoolCommon


def call_super(name):
    """Let ``name`` of the leads do what it did before pools came."""
    plain = functools.wraps(getattr(CrmLead, name))(lambda self, *args: getattr(super(CrmLead, self), name)(*args))
    return patch.object(CrmLead, name, plain)


@tagged('post_install', '-at_install')
class TestLeadPoolAround(LtcPoolCommon):
    """What else a pool touches: archiving, assignment by rule, contacts, what Odoo itself costs."""

    def test_a_pool_may_hide_the_contact_records_too(self):
        lead = self._create_pooled(partner_id=self.customer.id)
        buyer = self.env['res.partner'].create({'name': "Buyer", 'parent_id': self.customer.id, 'phone': "5550"})
        self.assertEqual(self.customer.with_user(self.sales).name, "Yangtze Foods")
        self.pool.hides_customer = True
        for partner in (self.customer, buyer):
            seen = partner.with_user(self.sales)
            self.assertFalse(seen.search([('id', '=', partner.id)]))
            self.assertFalse([row for row in seen.name_search(partner.name) if row[0] == partner.id])
            with self.assertRaises(AccessError):
                seen.read(['phone'])
            for user in (self.keeper, self.manager, self.finance):
                self.assertTrue(partner.with_user(user).name)
        self._claim(lead, self.sales)
        self.assertTrue(buyer.with_user(self.sales).phone)
        lead.with_user(self.sales)._ltc_release(self.pool, "Not mine")
        self.assertFalse(buyer.with_user(self.colleague).search([('id', '=', buyer.id)]))
        own = self._create_lead()  # an open lead with an owner
        self.env['res.partner']._ltc_mark_pooled(self.customer.ids)
        self.assertTrue(buyer.with_user(self.colleague).search([('id', '=', buyer.id)]))
        own.action_set_lost()
        self.pool.hides_customer = False
        self.assertTrue(buyer.with_user(self.colleague).search([('id', '=', buyer.id)]))

    def test_a_pool_that_holds_leads_is_neither_archived_nor_deleted(self):
        lead = self._create_pooled()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.pool.active = False
        with self.assertRaises(UserError):
            self.pool.unlink()
        lead.user_id = self.sales
        self.pool.active = False

    def test_the_assignment_by_rule_leaves_pools_alone_unless_told(self):
        self.team.assignment_max = 60
        self.team.crm_team_member_ids.assignment_max = 60
        lead = self._create_pooled(probability=50)
        self.team._action_assign_leads(force_quota=True)
        self.assertEqual(lead.ltc_pool_id, self.pool)
        stray = self._create_pooled(team_id=False, probability=50, email_from="stray@stray.example.com")
        self.team._action_assign_leads(force_quota=True)
        self.assertFalse(stray.team_id)
        self.pool.is_distributed = True
        self.team._action_assign_leads(force_quota=True)
        self.assertTrue(lead.user_id)
        self.assertFalse(lead.ltc_pool_id)

    def test_a_phone_stays_hidden_for_ever_where_the_pool_wants_it(self):
        self.pool.keeps_phone_hidden = True
        lead = self._create_pooled()
        self._claim(lead, self.sales)
        self.assertEqual(lead.phone, '138****1234')
        self.assertFalse(lead.phone_sanitized)
        mine = lead.with_user(self.sales)
        with self.assertRaisesRegex(AccessError, "keeps its phones hidden"):
            mine.action_ltc_reveal_phone()
        self.assertIn("+86 138 5550 1234", str(lead.with_user(self.manager).action_ltc_reveal_phone()))
        self.assertTrue(any("revealed the phone" in (body or '') for body in lead.message_ids.mapped('body')))
        mine.write({'ltc_need': "A line", 'expected_revenue': 5})
        mine.convert_opportunity(False)
        mine._handle_partner_assignment(create_missing=True)
        self.assertFalse(mine.partner_id.phone)
        mine._ltc_release(self.pool, "Not mine")
        self._claim(lead, self.colleague)
        self.assertIn("+86 138 5550 1234", str(lead.with_user(self.manager).action_ltc_reveal_phone()))

    def test_a_phone_stays_hidden_by_whatever_way_a_lead_leaves_its_pool(self):
        self.pool.write({'keeps_phone_hidden': True, 'is_distributed': True})
        self.team.assignment_max = 60
        self.team.crm_team_member_ids.assignment_max = 60
        second, third = self.env['ltc.lead.pool'].create([
            {'name': "West", 'admin_ids': self.keeper.ids},
            {'name': "North", 'admin_ids': self.keeper.ids, 'keeps_phone_hidden': True}])
        distributed = self._create_pooled(probability=50)
        self.team._action_assign_leads(force_quota=True)
        self.assertTrue(distributed.user_id)
        assigned, written, freed, moved, kept = (self._create_pooled() for _number in range(5))
        self._see(assigned, self.keeper)._assign(self.sales)
        written.with_user(self.manager).write({'user_id': self.sales.id})
        freed.with_user(self.manager).write({'ltc_pool_id': False})
        moved.with_user(self.keeper)._ltc_release(second, "West of the river")
        kept.with_user(self.keeper)._ltc_release(third, "North of the river")
        for lead in (distributed, assigned, written, freed, moved):
            self.assertEqual(lead.phone, '138****1234')
            self.assertIn("+86 138 5550 1234", str(lead.with_user(self.manager).action_ltc_reveal_phone()))
        self.assertEqual(kept.phone, "+86 138 5550 1234", "its new pool hides it for ever itself")

    def test_a_change_of_the_contact_brings_a_hidden_phone_not_back(self):
        self.pool.keeps_phone_hidden = True
        lead, other = self._create_pooled(), self._create_lead()
        self._claim(lead, self.sales)
        lead.partner_id = self.customer
        self.customer.phone = "+86 21 5555 0102"
        self.env.flush_all()
        self.assertEqual(lead.phone, '138****1234')
        self.assertEqual(self.customer.phone, "+86 21 5555 0102")
        self.assertEqual(other.phone, "+86 21 5555 0102", "what no pool hides follows its contact")

    def test_whoever_cannot_work_on_leads_claims_none(self):
        self.pool.member_ids = self.presales
        lead = self._create_pooled()
        self.assertTrue(self._see(lead, self.presales).name)
        with self.assertRaises(AccessError):
            self._claim(lead, self.presales)

    def test_creating_and_handing_over_cost_nothing_more(self):
        def measure():
            leads = self.env['crm.lead'].with_user(self.manager).create([
                self._prepare_lead_values() for _number in range(100)])
            self.env.flush_all()
            leads.write({'user_id': self.colleague.id})
            self.env.flush_all()

        def count():
            costs = []
            for _run in range(2):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                measure()
                costs.append(self.env.cr.sql_log_count - before)
            return costs[-1]

        with call_super('create'), call_super('write'):
            plain = count()
        self.assertLessEqual(count(), plain)

    def test_forms_and_lists_of_leads_cost_nothing_more(self):
        leads = self.env['crm.lead'].union(*[self._create_lead() for _number in range(20)])
        names = ('ltc_pool_id', 'ltc_pool_since', 'ltc_recycle_on', 'ltc_is_locked', 'ltc_glance')
        costs = []
        for specification in ({'name': {}}, {'name': {}, **{name: {} for name in names}}):
            for _run in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                leads.with_user(self.sales).web_read(specification)
                cost = self.env.cr.sql_log_count - before
            costs.append(cost)
        self.assertEqual(costs[0], costs[1])
