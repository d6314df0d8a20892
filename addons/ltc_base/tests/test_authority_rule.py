from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import LtcCommon


@tagged('post_install', '-at_install')
class TestAuthorityRule(LtcCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gate = cls.env['ltc.gate'].create({
            'name': "Test Gate", 'code': 'test', 'model_id': cls.env['ir.model']._get_id('res.partner'),
        })
        Rule = cls.env['ltc.authority.rule']
        common = {'gate_id': cls.gate.id, 'user_ids': [(6, 0, cls.manager.ids)]}
        cls.ground = Rule.create({**common, 'name': "Ground", 'level': 10})
        cls.large = Rule.create({**common, 'name': "Large", 'level': 20, 'use_amount': True, 'amount_above': 1000})
        cls.thin = Rule.create({**common, 'name': "Thin", 'level': 30, 'use_margin': True, 'margin_below': 15,
                                'use_discount': True, 'discount_above': 20})

    def _get_rule(self, amount=0.0, **figures):
        return self.gate._get_rule(figures, amount, self.company)

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
        deciders = self.ground._get_deciders(self.company, self.manager)
        self.assertNotIn(self.manager, deciders)
        self.assertIn(self.operations, deciders)

    def test_a_decider_who_left_is_replaced_by_the_fallback(self):
        self.manager.active = False
        deciders = self.ground._get_deciders(self.company, self.sales)
        self.assertNotIn(self.manager, deciders)
        self.assertIn(self.operations, deciders)

    def test_within_the_tolerance_a_go_stands(self):
        frozen = {'amount': 100.0, 'margin_percent': 20.0, 'partner': 1, 'lines': [[1, 10]]}
        drifted = {'amount': 98.0, 'margin_percent': 19.0, 'partner': 1, 'lines': [[1, 9.8]]}
        review = self.env['ltc.gate.review'].new({'figures': frozen, 'tolerance': 0})
        self.assertFalse(review._is_unchanged(drifted))
        review.tolerance = 2
        self.assertTrue(review._is_unchanged(drifted))
        self.assertFalse(review._is_unchanged({**drifted, 'partner': 2}))
        self.assertFalse(review._is_unchanged({**drifted, 'amount': 97.9}))
        self.assertFalse(review._is_unchanged({**drifted, 'margin_percent': 17.9}))
