from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .lead_conflict_common import LeadConflictCommon


@tagged('post_install', '-at_install')
class TestLeadConflictRivals(LeadConflictCommon):
    """A lead with several rivals makes one conflict, not one more every night."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.ltc_conflict_policy = 'off'
        cls.third, cls.fourth, cls.fifth = (
            new_test_user(cls.env, f'ltc_rival_{name}', groups='sales_team.group_sale_salesman', name=f"Rival {name}")
            for name in ('third', 'fourth', 'fifth'))
        cls.rivals = cls.held
        for user in (cls.third, cls.fourth):
            cls.env['crm.team.member'].create({'crm_team_id': cls.rival_team.id, 'user_id': user.id})
            cls.rivals += cls._create_raw(user, partner_name="Huachen Machinery", phone="+86 512 5555 0188")
        cls.lead = cls._create_raw(cls.rival, partner_name="Huachen Machinery", phone="+86 512 5555 0188")
        cls.company.ltc_conflict_policy = 'warn'

    def _run_nights(self, nights=3):
        """Return how many conflicts each night made."""
        counts = []
        for _night in range(nights):
            before = self._get_conflicts()
            self.env['ltc.lead.conflict']._move_cursor(self.company.ids, 0)
            self._run_pass()
            counts.append(len(self._get_conflicts() - before))
        return counts

    def test_three_nights_make_one_conflict_of_a_lead_with_three_rivals(self):
        counts = self._run_nights()
        self.assertEqual(counts[1:], [0, 0])
        conflict = self._get_conflicts(self.lead)
        self.assertEqual(len(conflict), 1)
        self.assertEqual(conflict.people_ids, self.rival | self.sales | self.third | self.fourth)

    def test_killed_at_any_lead_it_makes_the_same_conflicts(self):
        Conflict = self.env['ltc.lead.conflict']
        for lead in (self.rivals + self.lead).sorted('id'):
            Conflict._move_cursor(self.company.ids, lead.id - 1)
            self._run_pass()
        once = self._get_conflicts()
        self.assertEqual(self._run_nights(), [0, 0, 0])
        self.assertEqual(len(once.filtered(lambda conflict: conflict.lead_id == self.lead)), 1)

    def test_a_decision_opens_no_other_case_of_the_same_people(self):
        for decision in ('share', 'keep', 'hand_over'):
            with self.subTest(decision), self.env.cr.savepoint() as savepoint:
                self._run_nights(1)
                before = self._get_conflicts()
                self._get_conflicts(self.lead).with_user(self.operations).action_decide(decision, "Two plants.")
                self.env.flush_all()
                self.assertEqual(self._get_conflicts(), before)
                self.assertEqual(self._run_nights(), [0, 0, 0])
                self.assertEqual(self._get_conflicts(self.lead).state, 'decided')
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_editing_the_lead_makes_no_other_conflict(self):
        self._run_nights(1)
        for values in ({'phone': "+86 512 5555 0199"}, {'phone': "+86 512 5555 0188"}, {'email_from': 'li@huachen.cn'}):
            self.lead.with_user(self.rival).write(values)
        self.assertEqual(len(self._get_conflicts(self.lead)), 1)

    def test_the_same_people_on_another_customer_are_a_new_conflict(self):
        self._run_nights(1)
        self._get_conflicts(self.lead).with_user(self.operations).action_decide('share', "Two plants.")
        self._create_raw(self.sales, partner_name="Taicang Foundry")
        before = self._get_conflicts()
        self.lead.with_user(self.rival).write({'partner_name': "Huachen Machinery Co., Ltd."})
        self.assertEqual(self._get_conflicts(), before, "the same customer, spelled another way")
        self.lead.with_user(self.rival).write({'partner_name': "Taicang Foundry", 'phone': False})
        new = self._get_conflicts() - before
        self.assertEqual((new.lead_id, new.people_ids & self.sales), (self.lead, self.sales))

    def test_the_customer_record_of_the_same_customer_changes_nothing(self):
        self._run_nights(1)
        before = self._get_conflicts()
        self.lead.with_user(self.rival).convert_opportunity(
            self.env['res.partner'].create({'name': "Huachen Machinery", 'is_company': True}))
        self.assertFalse(self._get_conflicts(self.lead).is_former)
        self.assertEqual(self._run_nights(), [0, 0, 0])
        self.assertEqual(self._get_conflicts(), before)

    def test_a_name_taken_away_and_another_given_later_is_another_customer(self):
        self._run_nights(1)
        self._create_raw(self.sales, partner_name="Taicang Foundry")
        before = self._get_conflicts()
        self.lead.with_user(self.rival).write({'partner_name': False, 'phone': False})
        self.lead.with_user(self.rival).write({'partner_name': "Taicang Foundry"})
        self.assertTrue((self._get_conflicts() - before).people_ids & self.sales)

    def test_somebody_new_makes_a_conflict(self):
        self._run_nights()
        before = self._get_conflicts()
        self.rivals[1].sudo().user_id = self.fifth
        self.env.flush_all()
        self.env['ltc.lead.conflict']._move_cursor(self.company.ids, 0)
        self._run_pass()
        self.assertIn(self.fifth, (self._get_conflicts() - before).people_ids)
        self.assertEqual(self._run_nights(), [0, 0, 0])

    def test_the_deleted_rival_makes_room_for_the_next(self):
        self._run_nights()
        holder = self._get_conflicts(self.lead).holder_lead_id
        holder.sudo().unlink()
        self.assertEqual(self._get_conflicts(self.lead).state, 'lapsed')
        counts = self._run_nights()
        self.assertEqual(counts[1:], [0, 0])
        self.assertEqual(sorted(self._get_conflicts(self.lead).mapped('state')), ['lapsed', 'open'])

    def test_a_customer_of_yet_another_colleague_is_among_them(self):
        self.env['res.partner'].create({
            'name': "Huachen Machinery Ltd", 'is_company': True, 'user_id': self.fifth.id})
        self._run_nights(1)
        self.assertIn(self.fifth, self._get_conflicts(self.lead).people_ids)
        self.assertEqual(self._run_nights(), [0, 0, 0])

    def test_a_lead_of_nobody_makes_one_conflict_too(self):
        lead = self.env['crm.lead'].sudo().create(self._prepare_lead_values(
            partner_id=False, partner_name="Huachen Machinery", user_id=False))
        self.assertEqual(len(self._get_conflicts(lead)), 1)
        lead.user_id = self.rival
        self.env.flush_all()
        self.assertEqual(self._run_nights()[1:], [0, 0])
        self.assertLessEqual(len(self._get_conflicts(lead)), 2, "the rival's own lead is somebody new")

    def test_whoever_decides_sees_them_all_and_nobody_else_does(self):
        self._run_nights(1)
        conflict = self._get_conflicts(self.lead)
        wizard = self.env['ltc.lead.conflict.decide'].with_user(self.operations).create({
            'conflict_id': conflict.id, 'decision': 'share', 'reason': "Two plants."})
        others = self.sales | self.third | self.fourth
        self.assertEqual(
            set(wizard.other_names.split(', ')), set((others - conflict.holder_id).mapped('name')))
        for user in (self.rival, self.sales):
            with self.assertRaises(AccessError):
                conflict.with_user(user).read(['people_ids'])

    def test_many_leads_of_one_customer_cost_a_constant_number_of_queries(self):
        counts = []
        for size in (2, 20):
            values = [self._prepare_lead_values(
                partner_id=False, partner_name=f"Taihu Pumps {size}", name=f"{index}", user_id=user.id)
                for index in range(size) for user in (self.third, self.fourth)]
            self.company.ltc_conflict_policy = 'off'
            leads = self.env['crm.lead'].create(values)
            self.company.ltc_conflict_policy = 'warn'
            kinds = self.env['res.company']._ltc_get_conflict_policies()[self.company.id][1]
            self.env.flush_all()
            before = self.cr.sql_log_count
            Conflict = self.env['ltc.lead.conflict']
            Conflict._open(Conflict._match_leads(leads.ids, self.company.id, kinds, older_only=True), 'pass')
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
