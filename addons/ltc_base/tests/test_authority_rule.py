from types import SimpleNamespace

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import LtcCommon


@tagged('post_install', '-at_install')
class TestAuthorityRule(LtcCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gate = cls.env['ltc.gate'].create({
            'name': "Test Gate", 'code': 'test', 'profile': 'full',
            'model_id': cls.env['ir.model']._get_id('res.partner'),
        })
        cls.document = SimpleNamespace(
            _ltc_get_company=lambda: cls.company, _ltc_get_team_leader=lambda: cls.director)
        Rule = cls.env['ltc.authority.rule']
        common = {'gate_id': cls.gate.id, 'user_ids': [(6, 0, cls.manager.ids)]}
        cls.ground = Rule.create({**common, 'name': "Ground", 'level': 10})
        cls.large = Rule.create({**common, 'name': "Large", 'level': 20, 'use_amount': True, 'amount_above': 1000})
        cls.thin = Rule.create({**common, 'name': "Thin", 'level': 30, 'use_margin': True, 'margin_below': 15,
                                'use_discount': True, 'discount_above': 20})

    def _get_rule(self, amount=0.0, **figures):
        return self.gate._get_rule(self.document, figures, amount)

    def test_the_highest_level_that_matches_decides(self):
        self.assertEqual(self._get_rule(500, margin_percent=30), self.ground)
        self.assertEqual(self._get_rule(1000, margin_percent=30), self.large)
        self.assertEqual(self._get_rule(1000, margin_percent=14.99), self.thin)
        self.assertEqual(self._get_rule(10, margin_percent=30, discount_percent=20.01), self.thin)

    def test_a_negative_amount_counts_by_its_size(self):
        self.assertEqual(self._get_rule(-5000, margin_percent=30), self.large)

    def test_a_rule_of_another_company_is_ignored(self):
        other = self.env['res.company'].create({'name': "Other"})
        self.large.company_id = other
        self.assertEqual(self._get_rule(5000, margin_percent=30), self.ground)

    def test_a_level_must_name_somebody(self):
        with self.assertRaisesRegex(ValidationError, "names nobody who decides"):
            self.env['ltc.authority.rule'].create({'gate_id': self.gate.id, 'name': "Empty"})

    def test_the_submitter_never_decides_and_an_empty_level_falls_back(self):
        seats = self.ground._get_seats(self.document, self.manager)
        self.assertEqual(len(seats), 1)
        self.assertNotIn(self.manager, seats[0])
        self.assertIn(self.operations, seats[0])

    def test_a_decider_who_left_is_replaced_by_the_fallback(self):
        self.manager.active = False
        seats = self.ground._get_seats(self.document, self.sales)
        self.assertNotIn(self.manager, seats[0])
        self.assertIn(self.operations, seats[0])

    def test_any_one_shares_a_seat_and_all_have_their_own(self):
        self.ground.user_ids |= self.director
        self.assertEqual(self.ground._get_seats(self.document, self.sales), [self.manager | self.director])
        self.ground.mode = 'all'
        self.assertEqual(len(self.ground._get_seats(self.document, self.sales)), 2)

    def test_superior_and_team_leader_decide_where_the_level_says_so(self):
        self.ground.write({'user_ids': [(5,)], 'by_superior': True, 'by_team_leader': True, 'mode': 'all'})
        self.sales.ltc_superior_id = self.manager
        self.assertEqual(self.ground._get_seats(self.document, self.sales), [self.manager, self.director])
        self.sales.ltc_superior_id = self.director
        self.assertEqual(
            self.ground._get_seats(self.document, self.sales), [self.director], "who sits twice decides once")

    def test_a_decision_team_sits_in_its_order_and_asks_its_questions(self):
        finance = self.env.ref('ltc_base.group_ltc_finance')
        team = self.env['ltc.decision.team'].create({'name': "Board", 'member_ids': [
            (0, 0, {'sequence': 1, 'kind': 'user', 'user_id': self.director.id}),
            (0, 0, {'sequence': 2, 'kind': 'superior'}),
            (0, 0, {'sequence': 3, 'role': 'questioner', 'dimension': 'finance', 'kind': 'group',
                    'group_id': finance.id}),
        ]})
        self.ground.write({'team_id': team.id, 'mode': 'sequential'})
        self.sales.ltc_superior_id = self.manager
        self.assertEqual(self.ground._get_seats(self.document, self.sales), [self.director, self.manager])
        self.assertEqual(
            self.ground._get_questioners(self.document, self.sales),
            {'finance': finance._ltc_get_members(self.company) - self.sales})
        with self.assertRaisesRegex(ValidationError, "nobody who decides"):
            team.member_ids.filtered(lambda member: member.role == 'decider').unlink()
            team._check_decider()

    def test_a_bad_customer_grade_raises_the_level(self):
        self.large.write({'use_amount': False, 'use_customer_grade': True, 'customer_grade_from': 'C'})
        self.assertEqual(self._get_rule(margin_percent=30, customer_grade='B'), self.ground)
        self.assertEqual(self._get_rule(margin_percent=30, customer_grade='D'), self.large)
        self.assertEqual(self._get_rule(margin_percent=30), self.ground, "no grade is no bad grade")

    def test_within_the_tolerance_a_go_stands(self):
        frozen = {'amount': 100.0, 'margin_percent': 20.0, 'partner': 1, 'lines': [[1, 10.0]]}
        drifted = {'amount': 98.0, 'margin_percent': 19.0, 'partner': 1, 'lines': [[1, 9.8]]}
        review = self.env['ltc.gate.review'].new({'figures': frozen, 'tolerance': 0})
        self.assertFalse(review._is_unchanged(drifted))
        review.tolerance = 2
        self.assertTrue(review._is_unchanged(drifted))
        self.assertFalse(review._is_unchanged({**drifted, 'partner': 2}))
        self.assertFalse(review._is_unchanged({**drifted, 'amount': 97.9}))
        self.assertFalse(review._is_unchanged({**drifted, 'margin_percent': 17.9}))
