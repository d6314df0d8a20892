from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged, users

from odoo.addons.ltc_lead.models import ltc_lead_conflict_match
from odoo.addons.ltc_lead.name_key import get_name_key, get_vat_key

from .common import LtcLeadCommon
from .lead_conflict_common import LeadConflictCommon


@tagged('post_install', '-at_install')
class TestNameKey(LtcLeadCommon):

    def test_legal_forms_case_width_and_marks_do_not_count(self):
        for one, other in (
            ("Suzhou Huachen Co., Ltd.", "SUZHOU  Huachen"), ("Müller GmbH & Co. KG", "muller"),
            ("苏州市华辰（集团）有限公司", "苏州华辰"), ("华辰股份有限公司", "华辰集团"),
            ("Ｈｕａｃｈｅｎ", "Huachen Inc"), ("Smith & Sons Ltd", "Smith and Sons"), ("Foo S.A.", "foo sa"),
        ):
            self.assertEqual(get_name_key(one), get_name_key(other), one)

    def test_different_customers_stay_different(self):
        for one, other in (("苏州华辰", "无锡华辰"), ("华辰上海分公司", "华辰"), ("Taihu Paper", "Taihu Pumps")):
            self.assertNotEqual(get_name_key(one), get_name_key(other), one)

    def test_too_little_is_no_key(self):
        for name in (None, "", "AB", "Co. Ltd", "–"):
            self.assertFalse(get_name_key(name), name)
        self.assertFalse(get_vat_key("/"))
        self.assertEqual(get_vat_key(" be 0477-472.701 "), "BE0477472701")


@tagged('post_install', '-at_install')
class TestLeadConflict(LeadConflictCommon):

    # === RECOGNISING === #

    def test_off_records_nothing_and_costs_nothing(self):
        self.company.ltc_conflict_policy = 'off'
        lead = self._create_raw(self.rival, partner_name="HUACHEN machinery")
        self.assertFalse(self._get_conflicts(lead))
        self.assertFalse(lead.ltc_in_conflict)

    def test_the_same_customer_is_recognised_by_each_key(self):
        self.held.write({'phone': '+86 512 5555 0123', 'ltc_vat': '91320500MA1X'})
        for match, values in (
            ('name', {'partner_name': "HUACHEN MACHINERY"}), ('domain', {'email_from': 'wang@huachen.cn'}),
            ('phone', {'phone': '+8651255550123'}), ('vat', {'ltc_vat': '9132 0500 ma1x'}),
        ):
            lead = self._create_raw(self.rival, **values)
            self.assertRecordValues(self._get_conflicts(lead), [{
                'match': match, 'holder_lead_id': self.held.id, 'holder_id': self.sales.id, 'user_id': self.rival.id,
                'holder_team_name': "LTC Team", 'team_name': "Rival Team", 'state': 'open', 'origin': 'entered'}])
            self.assertTrue(lead.ltc_in_conflict)
        self.assertTrue(self.held.ltc_in_conflict)

    def test_each_key_may_be_left_out(self):
        self.company.ltc_match_domain = False
        self.assertFalse(self._get_conflicts(self._create_raw(self.rival, email_from='wang@huachen.cn')))

    def test_a_customer_of_a_colleague_is_a_conflict_too(self):
        self.env['res.partner'].create({
            'name': "Taihu Paper", 'is_company': True, 'user_id': self.sales.id, 'vat': 'CN913205'})
        lead = self._create_raw(self.rival, partner_name="TAIHU PAPER LTD")
        self.assertEqual(self._get_conflicts(lead).holder_partner_id.name, "Taihu Paper")

    def test_two_leads_on_one_customer_record(self):
        self._create_lead()
        lead = self._create_raw(self.rival, partner_id=self.customer.id)
        self.assertEqual(self._get_conflicts(lead).match, 'customer')

    def test_one_owner_lost_leads_and_other_companies_are_no_conflict(self):
        self.assertFalse(self._get_conflicts(self._create_raw(partner_name="Huachen Machinery")))
        self.env['crm.lead'].search([('ltc_name_key', '=', self.held.ltc_name_key)]).action_set_lost()
        self.assertFalse(self._get_conflicts(self._create_raw(self.rival, partner_name="Huachen Machinery")))
        other = self.env['res.company'].create({'name': "Other", 'ltc_conflict_policy': 'warn'})
        self.held.action_restore()
        self.rival.company_ids += other
        lead = self.env['crm.lead'].create({
            'name': "Abroad", 'partner_name': "Huachen Machinery", 'company_id': other.id, 'user_id': self.rival.id,
            'team_id': False})
        self.assertFalse(self._get_conflicts(lead))

    def test_a_change_that_makes_it_the_same_customer_is_noticed(self):
        lead = self._create_raw(self.rival, partner_name="Free Co")
        self.assertFalse(self._get_conflicts(lead))
        lead.partner_name = "Huachen Machinery"
        self.assertEqual(len(self._get_conflicts(lead)), 1)
        lead.partner_name = "Huachen Machinery Ltd"
        self.assertEqual(len(self._get_conflicts(lead)), 1, "a pair is recorded once")

    # === BLOCKING === #

    def test_blocked_a_salesperson_waits_for_the_decision(self):
        self.company.ltc_conflict_policy = 'block'
        with self.assertRaisesRegex(UserError, r"worked on already by team LTC Team \(Same Company Name\)"), \
                self.env.cr.savepoint():
            self._create_raw(self.rival, partner_name="Huachen Machinery")
        free = self._create_raw(self.rival, partner_name="Free Co")
        with self.assertRaisesRegex(UserError, "ask for a decision"), self.env.cr.savepoint():
            free.partner_name = "Huachen Machinery"
        result = self.env['crm.lead'].with_user(self.rival).load(
            ['name', 'partner_name', 'user_id/.id'], [["Imported", "Huachen Machinery", str(self.rival.id)]])
        self.assertIn("Imported: Huachen Machinery is worked on already", result['messages'][0]['message'])

    def test_to_enter_it_for_a_colleague_and_take_it_then_is_no_way_round(self):
        self.company.ltc_conflict_policy = 'block'
        lead = self._create_raw(partner_name="Huachen Machinery")
        salesman = self.rival
        salesman.group_ids += self.env.ref('sales_team.group_sale_salesman_all_leads')
        with self.assertRaisesRegex(UserError, "worked on already"), self.env.cr.savepoint():
            lead.with_user(salesman).user_id = salesman

    def test_blocked_a_manager_and_the_server_are_let_through_and_it_is_recorded(self):
        self.company.ltc_conflict_policy = 'block'
        lead = self._create_raw(self.manager, partner_name="Huachen Machinery")
        self.assertEqual(self._get_conflicts(lead).state, 'open')
        server = self.env['crm.lead'].create({
            'name': "From the website", 'partner_name': "Huachen Machinery", 'user_id': False,
            'company_id': self.company.id, 'team_id': self.team.id})
        self.assertEqual(len(self._get_conflicts(server)), 1)

    def test_a_lead_of_nobody_stands_in_nobodys_way(self):
        self.company.ltc_conflict_policy = 'block'
        self.held.user_id = False
        self.assertTrue(self._create_raw(self.rival, partner_name="Huachen Machinery"))
        self.assertFalse(self._get_conflicts())

    def test_what_waits_in_a_pool_is_claimed_instead_of_entered_again(self):
        pool = self.env['ltc.lead.pool'].create({'name': "East China", 'company_id': self.company.id})
        self.held.sudo().ltc_pool_id = pool
        self.company.ltc_conflict_policy = 'block'
        with self.assertRaisesRegex(UserError, "waits in the public pool East China already; claim it"), \
                self.env.cr.savepoint():
            self._create_raw(self.rival, partner_name="Huachen Machinery")
        self.company.ltc_conflict_policy = 'warn'
        lead = self._create_raw(self.rival, partner_name="Huachen Machinery")
        self.assertFalse(self._get_conflicts(lead) or lead.ltc_in_conflict, "nobody has anything to decide")
        lead.user_id = False
        self.assertRecordValues(
            self._ask("huachen", self.sales).sorted('team_name'),
            [{'team_name': "Public pool East China"}, {'team_name': "Rival Team"}])
        with self.assertRaisesRegex(UserError, "claim it there"):
            self._ask("huachen", self.sales).sorted('team_name')[0].action_ask()

    def test_of_a_pooled_and_a_colleagues_lead_the_colleagues_is_in_the_way(self):
        self.held.sudo().ltc_pool_id = self.env['ltc.lead.pool'].create({'name': "East", 'company_id': self.company.id})
        mine = self._create_raw(partner_name="Huachen Machinery")
        lead = self._create_raw(self.rival, partner_name="Huachen Machinery")
        self.assertEqual(self._get_conflicts(lead).holder_lead_id, mine)

    def test_after_a_shared_decision_the_newcomer_goes_on(self):
        self.company.ltc_conflict_policy = 'block'
        self._ask("Huachen Machinery").action_ask()
        self._get_conflicts().with_user(self.manager).action_decide('share', "Two plants.")
        self.assertTrue(self._create_raw(self.rival, partner_name="Huachen Machinery"))

    def test_merging_is_no_conflict_and_leads_may_be_deleted(self):
        self.company.ltc_conflict_policy = 'block'
        lead = self._create_raw(self.manager, partner_name="Huachen Machinery")
        merged = (self.held | lead).with_user(self.manager).merge_opportunity()
        self.assertTrue(merged.exists())
        first, second = (self._create_raw(self.manager, partner_name=merged.partner_name) for _number in range(2))
        (first | second).unlink()
        self.assertEqual(set(self._get_conflicts().mapped('state')), {'lapsed'})

    # === WHO SEES WHAT === #

    def test_both_sides_see_the_name_and_the_teams_only(self):
        conflict = self._get_conflicts(self._create_raw(self.rival, partner_name="Huachen Machinery"))
        for user in (self.rival, self.sales):
            seen = conflict.with_user(user)
            self.assertEqual((seen.holder_team_name, seen.team_name), ("LTC Team", "Rival Team"))
            for name in ('lead_id', 'user_id', 'holder_lead_id', 'holder_partner_id', 'holder_id'):
                with self.assertRaises(AccessError):
                    seen.read([name])
        stranger = new_test_user(self.env, 'ltc_test_stranger', groups='sales_team.group_sale_salesman')
        self.assertFalse(self.env['ltc.lead.conflict'].with_user(stranger).search([('id', '=', conflict.id)]))

    def test_each_is_told_in_his_language(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.sales.lang = 'zh_CN'
        conflict = self._get_conflicts(self._create_raw(self.rival, partner_name="HUACHEN machinery"))
        messages = self.env['mail.message'].search([
            ('model', '=', conflict._name), ('res_id', '=', conflict.id),
            ('message_type', '=', 'user_notification')])
        told = {message.notified_partner_ids: message.body for message in messages}
        self.assertIn("is worked on by two", told[self.rival.partner_id])
        self.assertNotIn("is worked on by two", told[self.sales.partner_id])
        self.assertIn("HUACHEN", told[self.sales.partner_id])

    def test_without_a_company_neither_subject_nor_contact_is_told(self):
        self.held.write({'partner_name': False, 'contact_name': "Li Na", 'name': "Secret project"})
        line = self._ask(False, email='anyone@huachen.cn')
        self.assertEqual(line.name, 'anyone@huachen.cn')
        lead = self._create_raw(self.rival, partner_name=False, contact_name="Wang", email_from='wang@huachen.cn')
        self.assertEqual(self._get_conflicts(lead).name, '@huachen.cn')
        self.held.partner_id = self.env['res.partner'].create(
            {'name': "Li Na", 'parent_id': self.env['res.partner'].create({'name': "Huachen", 'is_company': True}).id})
        self.assertIn("Huachen", self._ask(False, email='anyone@huachen.cn').mapped('name'))

    def test_both_are_told_and_neither_learns_more(self):
        conflict = self._get_conflicts(self._create_raw(self.rival, partner_name="Huachen Machinery"))
        conflict.with_user(self.manager).action_decide('share', "Two plants.")
        messages = self.env['mail.message'].search([('model', '=', conflict._name), ('res_id', '=', conflict.id)])
        self.assertEqual(messages.notified_partner_ids, (self.rival | self.sales).partner_id)
        self.assertIn("Two plants.", messages[0].body)
        self.assertNotIn('li@huachen.cn', ''.join(messages.mapped('body')))

    @users('ltc_test_rival')
    def test_nobody_makes_changes_or_deletes_a_conflict(self):
        conflict = self._get_conflicts(self._create_raw(self.rival, partner_name="Huachen Machinery"))
        conflict = self.env['ltc.lead.conflict'].browse(conflict.id)
        for action in (
            lambda: conflict.write({'state': 'decided'}), lambda: conflict.unlink(), lambda: conflict.copy(),
            lambda: conflict.action_decide('share', "I want to."),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                action()
        lead = self.env['crm.lead'].browse(conflict.sudo().lead_id.id)
        lead.write({'ltc_in_conflict': False, 'name': "Mine"})
        self.assertTrue(lead.ltc_in_conflict, "no client takes the mark off")

    # === DECIDING === #

    def _open_conflict(self, user=None):
        return self._get_conflicts(self._create_raw(user or self.rival, partner_name="Huachen Machinery"))

    def test_a_party_does_not_decide_and_a_decision_stands(self):
        conflict = self._open_conflict(self.manager)
        with self.assertRaisesRegex(AccessError, "is your own"):
            conflict.with_user(self.manager).action_decide('hand_over', "Mine.")
        conflict.with_user(self.operations).action_decide('share', "Two plants.")
        with self.assertRaisesRegex(UserError, "a decision stands"):
            conflict.with_user(self.operations).action_decide('keep', "No.")

    def test_a_decision_needs_a_reason(self):
        conflict = self._open_conflict().with_user(self.manager)
        for decision, reason in (('share', " "), ('win', "Because.")):
            with self.assertRaisesRegex(UserError, "give both"):
                conflict.action_decide(decision, reason)

    def test_the_owner_keeps(self):
        conflict = self._open_conflict()
        wizard = self.env['ltc.lead.conflict.decide'].with_user(self.manager).create({
            'conflict_id': conflict.id, 'decision': 'keep', 'reason': "He came first."})
        self.assertEqual(wizard.holder_name, "LTC Sales · LTC Team")
        wizard.action_decide()
        self.assertRecordValues(conflict, [{
            'state': 'decided', 'decision': 'keep', 'reason': "He came first.", 'decided_by_id': self.manager.id}])
        self.assertRecordValues(conflict.lead_id, [{
            'user_id': self.sales.id, 'team_id': self.team.id, 'active': True, 'ltc_in_conflict': False}])
        self.assertEqual(self.env['ltc.audit.log'].search([('res_id', '=', conflict.id)], limit=1).kind, 'conflict')

    def test_the_newcomer_takes_over(self):
        self._open_conflict().with_user(self.manager).action_decide('hand_over', "He has the contact.")
        self.assertRecordValues(self.held, [{'user_id': self.rival.id, 'team_id': self.rival_team.id}])

    def test_the_two_are_merged_and_the_owner_goes_on(self):
        conflict = self._open_conflict()
        lead = conflict.lead_id
        conflict.with_user(self.manager).action_decide('merge', "One project.")
        merged = (self.held | lead).filtered('active')
        self.assertRecordValues(merged, [{'user_id': self.sales.id, 'ltc_in_conflict': False}])

    # === CUSTOMER CHECK === #

    def _ask(self, customer, user=None, **values):
        search = self.env['ltc.customer.search'].with_user(user or self.rival).create({
            'customer': customer, **values})
        search.action_search()
        return search.line_ids

    def test_the_check_tells_name_and_team_across_the_record_rules(self):
        self.assertFalse(self.held.with_user(self.rival).has_access('read'))
        line = self._ask("huachen")
        self.assertRecordValues(line, [{
            'name': "Huachen Machinery Co., Ltd.", 'team_name': "LTC Team", 'is_own': False}])
        for name in ('holder_lead_id', 'holder_id'):
            with self.assertRaises(AccessError):
                line.read([name])
        self.assertTrue(self._ask(False, email='anyone@huachen.cn'))
        self.assertFalse(self._ask("Nobody Knows Them"))

    def test_a_check_is_logged_and_limited(self):
        self.company.ltc_search_limit = 2
        self._ask("huachen")
        self._ask("huachen")
        with self.assertRaisesRegex(UserError, "customer checks in the last hour"):
            self._ask("huachen")
        logs = self.env['ltc.customer.search.log'].search([('user_id', '=', self.rival.id)])
        self.assertEqual(logs.mapped('found_count'), [1, 1])
        logs.searched_on = fields.Datetime.now() - timedelta(hours=2)
        self._ask("huachen")
        with self.assertRaises(AccessError):
            logs.with_user(self.rival).read(['terms'])

    def test_a_check_needs_something_to_look_for_and_belongs_to_who_made_it(self):
        with self.assertRaisesRegex(UserError, "needs more to look for"):
            self._ask("%")
        line = self._ask("huachen")
        with self.assertRaises(AccessError):
            line.with_user(self.sales).action_ask()

    def test_asking_opens_one_conflict_and_a_handover_makes_it_the_askers(self):
        line = self._ask("Huachen Machinery")
        line.action_ask()
        line.action_ask()
        conflict = self._get_conflicts()
        self.assertRecordValues(conflict, [{
            'origin': 'asked', 'user_id': self.rival.id, 'holder_lead_id': self.held.id, 'match': 'name'}])
        conflict.with_user(self.manager).action_decide('hand_over', "He has the contact.")
        self.assertEqual(self.held.user_id, self.rival)
        with self.assertRaisesRegex(UserError, "your own customer"):
            self._ask("Huachen Machinery").action_ask()

    # === THE NIGHTLY PASS AND THE COST === #

    def test_the_pass_finds_each_pair_once_and_may_be_killed(self):
        self.company.ltc_conflict_policy = 'off'
        leads = self.env['crm.lead'].concat(*[
            self._create_raw(self.rival, partner_name="Huachen Machinery", name=f"Lead {number}")
            for number in range(3)])
        self.company.ltc_conflict_policy = 'warn'
        Conflict = self.env['ltc.lead.conflict'].with_user(self.env.ref('base.user_root'))
        Conflict._move_cursor(self.company.ids, leads[0].id)  # killed after the first lead
        self._run_pass()
        self.assertEqual(self._get_conflicts().lead_id & leads, leads[1:])
        for _day in range(2):
            Conflict._move_cursor(self.company.ids, 0)
            self._run_pass()
        conflicts = self._get_conflicts().filtered(lambda conflict: conflict.lead_id in leads)
        self.assertEqual(conflicts.lead_id, leads, "another day begins anew and records nothing twice")
        self.assertEqual(conflicts.mapped('origin'), ['pass'] * 3)
        self.assertEqual(conflicts.holder_lead_id, self.held)
        self.assertEqual(self.company.ltc_conflict_cursor, 0)

    def test_a_company_that_is_done_waits_for_the_next_day(self):
        other = self.env['res.company'].create({'name': "Elsewhere"})
        (self.company | other).ltc_conflict_policy = 'warn'
        Conflict = self.env['ltc.lead.conflict'].with_user(self.env.ref('base.user_root'))
        looked = []
        original = self.registry['ltc.lead.conflict']._get_chunk

        def get_chunk(conflict, company_id):
            looked.append(company_id)
            return original(conflict, company_id)

        self.patch(self.registry['ltc.lead.conflict'], '_get_chunk', get_chunk)
        with patch.object(ltc_lead_conflict_match, 'CHUNK', 1):
            with self._cron_progress(enough=1) as progress:
                Conflict._cron_find_conflicts()
            self.assertEqual(progress.remaining, 1)
            with self._cron_progress() as progress:
                Conflict._cron_find_conflicts()
            self.assertEqual(progress.remaining, 0)
            self.assertEqual((self.company | other).mapped('ltc_conflict_day'), [
                company._ltc_get_today() for company in self.company | other])
            looked.clear()
            Conflict._move_cursor(other.ids, 0)
            with self._cron_progress() as progress:
                Conflict._cron_find_conflicts()
        self.assertEqual(set(looked), {other.id}, "the first company is not looked at again")
        self.assertEqual(progress.remaining, 0)
        self.company.ltc_match_name = False
        self.assertFalse(self.company.ltc_conflict_day, "another rule looks at all of them")

    def test_a_batch_costs_one_query_when_nobody_is_in_the_way(self):
        counts = {}
        for policy in ('off', 'warn'):
            self.company.ltc_conflict_policy = policy
            for number in (1, 2):
                vals_list = [self._prepare_lead_values(
                    partner_id=False, name=f"{policy} {number} {index}") for index in range(50)]
                self.env['res.company']._ltc_get_conflict_policies()
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                self.env['crm.lead'].with_user(self.sales).create(vals_list)
                self.env.flush_all()
                counts[policy] = self.cr.sql_log_count - before
        self.assertLessEqual(counts['warn'] - counts['off'], 2)
