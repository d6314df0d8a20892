from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .solution_common import LtcSolutionCommon

KNOWN = {
    'object': "Fill bottles of 0.5 l.", 'budget_min': 100, 'budget_max': 200,
    'decision_chain': "Plant manager, then CFO.",
    'date_delivery_to': '2030-05-01', 'acceptance_criteria': "6,000 bottles an hour for 8 hours.",
    'is_acceptance_clear': True, 'feasibility': 'conditional',
}


@tagged('post_install', '-at_install')
class TestLtcRequirement(LtcSolutionCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sheet = cls.env['ltc.requirement'].with_user(cls.sales).create({'opportunity_id': cls.opportunity.id})

    def test_readiness_says_what_is_missing(self):
        self.assertEqual(self.sheet.readiness, 0)
        self.assertEqual(len(self.sheet.missing.splitlines()), 6)
        self.sheet.write({**KNOWN, 'feasibility': 'infeasible'})
        self.assertEqual(self.sheet.readiness, 83)
        self.assertIn("feasibility", self.sheet.missing)
        self.sheet.feasibility = 'feasible'
        self.assertEqual(self.sheet.readiness, 100)
        self.assertFalse(self.sheet.missing)
        self.assertEqual(self.opportunity.ltc_decision_chain, KNOWN['decision_chain'])

    def test_the_decision_chain_of_the_opportunity_counts(self):
        self.sheet.write({name: value for name, value in KNOWN.items() if name != 'decision_chain'})
        self.assertEqual(self.sheet.readiness, 83)
        self.opportunity.ltc_decision_chain = "The owner decides alone."
        self.assertEqual(self.sheet.readiness, 100)

    def test_the_opportunity_shows_it_at_a_glance(self):
        opportunity = self.opportunity.with_user(self.sales)
        self.sheet.write({'object': "Fill bottles.", 'budget_max': 5})
        self.env.flush_all()
        [chip] = [chip for chip in opportunity.ltc_glance if chip['key'] == 'requirement']
        self.assertEqual((chip['label'], chip['tone']), ("33 %", 'warning'))

    def test_changes_are_tracked(self):
        self.cr.precommit.run()
        self.sheet.performance = "6,000 an hour"
        self.env.flush_all()
        self.cr.precommit.run()
        tracked = self.sheet.sudo().message_ids.tracking_value_ids.field_id.mapped('name')
        self.assertIn('performance', tracked)

    @mute_logger('odoo.sql_db')
    def test_an_opportunity_has_one_sheet(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.sheet.create({'opportunity_id': self.opportunity.id})

    def test_windows_are_in_order(self):
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.sheet.write({'budget_min': 300, 'budget_max': 200})
            self.env.flush_all()

    def test_strangers_do_not_see_it(self):
        stranger = self.sales.copy({'login': 'ltc_test_stranger'})
        self.assertFalse(self.sheet.with_user(stranger).has_access('read'))
        self.assertTrue(self.sheet.with_user(self.presales).has_access('write'))
        self.assertFalse(self.sheet.with_user(self.legal).has_access('write'))
