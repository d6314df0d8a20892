import random

from odoo.tests import BaseCase, tagged

from odoo.addons.ltc_lead.tools.scorecard import (
    fit_levels,
    get_auc,
    get_bin,
    get_bound,
    get_calibration,
    get_common_levels,
    get_cuts,
    get_lift,
    is_held_out,
    round_amount,
)
from odoo.addons.ltc_lead.tools.scorecard_design import Column, Design


@tagged('post_install', '-at_install')
class TestScorecardTools(BaseCase):

    def _get_world(self, count=2000):
        """Return (channel, amount, outcome) of leads whose chances are known."""
        chance = random.Random(7)
        world = []
        for _number in range(count):
            channel, amount = chance.choice(['fair', 'web', '', 'rare'][:3]), chance.randrange(10)
            share = {'fair': 0.6, 'web': 0.3, '': 0.1}[channel] + (0.3 if amount >= 5 else 0.0)
            world.append((channel, float(amount), int(chance.random() < share)))
        return world

    def test_auc_counts_pairs(self):
        self.assertEqual(get_auc([1, 2, 3, 4], [0, 0, 1, 1]), 1.0)
        self.assertEqual(get_auc([1, 1, 1, 1], [0, 1, 0, 1]), 0.5)
        self.assertEqual(get_auc([3, 1, 2], [0, 1, 0]), 0.0)
        self.assertIsNone(get_auc([1, 2], [1, 1]))

    def test_coefficients_are_log_odds(self):
        rows = [[0]] * 400 + [[1]] * 400
        outcomes = [1] * 300 + [0] * 100 + [1] * 100 + [0] * 300
        intercept, weights, chances = fit_levels(rows, outcomes, [0.001, 0.001])
        self.assertAlmostEqual(intercept + weights[0], 1.0986, 2)  # ln 3
        self.assertAlmostEqual(intercept + weights[1], -1.0986, 2)
        self.assertAlmostEqual(chances[0], 0.75, 2)

    def test_a_penalty_pulls_rare_levels_to_nothing(self):
        rows, outcomes = [[]] * 500 + [[0]] * 5, [0, 1] * 250 + [1] * 5
        _intercept, [strict], _chances = fit_levels(rows, outcomes, [50.0])
        _intercept, [loose], _chances = fit_levels(rows, outcomes, [0.1])
        self.assertLess(strict, 0.2)
        self.assertGreater(loose, 2.0)

    def test_bins_hold_enough_and_have_short_bounds(self):
        cuts = get_cuts([float(number % 100) for number in range(2000)], 4, 100)
        self.assertEqual(len(cuts), 3)
        self.assertEqual([get_bin(cuts, value) for value in (0, 99)], [0, 3])
        self.assertEqual(get_cuts([0.0] * 500 + [5.0] * 10, 4, 40), [], "ten are no bin")
        self.assertEqual(get_bound(100, 900), 500)
        self.assertEqual(get_bound(1, 2), 1.5)

    def test_minutes_of_fading_do_not_tell_leads_apart(self):
        self.assertEqual(round_amount(0.999931), round_amount(0.999878))
        self.assertEqual(round_amount(None), 0.0)

    def test_only_common_values_are_levels(self):
        self.assertEqual(get_common_levels(['a'] * 50 + ['b'] * 60 + ['c'] * 3 + [''] * 100, 40), ['b', 'a'])

    def test_a_design_finds_what_matters(self):
        world = self._get_world()
        columns = [
            Column('channel', 'fit', [row[0] for row in world], False),
            Column('amount', 'engagement', [row[1] for row in world], True),
            Column('noise', 'fit', [str(number % 3) for number in range(len(world))], False)]
        outcomes = [row[2] for row in world]
        known = [number for number in range(len(world)) if not is_held_out(number)]
        aside = [number for number in range(len(world)) if is_held_out(number)]
        design = Design(columns, outcomes, known)
        points = design.get_points(10)
        scores = [design.get_score(number, points, 50) for number in aside]
        self.assertGreater(get_auc(scores, [outcomes[number] for number in aside]), 0.72)
        by_column = {
            column.key: [value for (term, _levels), value in points.items() if design.terms[term][0] == (column,)]
            for column in columns}
        self.assertGreater(max(by_column['channel']) - min(by_column['channel']), 15)
        self.assertLess(max(by_column['noise']) - min(by_column['noise']), 6)

    def test_pairs_find_what_only_both_tell(self):
        chance = random.Random(3)
        world = [(chance.choice('ab'), chance.choice('xy')) for _number in range(3000)]
        outcomes = [int(chance.random() < (0.8 if (one == 'a') == (other == 'x') else 0.2)) for one, other in world]
        aucs = {}
        for has_pairs in (False, True):
            columns = [Column(key, 'fit', [row[key] for row in world], False) for key in (0, 1)]
            design = Design(columns, outcomes, range(2000), has_pairs)
            points = design.get_points(10)
            aucs[has_pairs] = get_auc(
                [design.get_score(number, points, 50) for number in range(2000, 3000)], outcomes[2000:])
        self.assertLess(aucs[False], 0.6)
        self.assertGreater(aucs[True], 0.75)

    def test_three_in_ten_are_kept_aside_and_always_the_same(self):
        aside = [number for number in range(10_000) if is_held_out(number)]
        self.assertAlmostEqual(len(aside) / 10_000, 0.3, 1)
        self.assertEqual(aside, [number for number in range(10_000) if is_held_out(number)])

    def test_lift_and_calibration(self):
        lift = get_lift(list(range(100)), [0] * 50 + [1] * 50)
        self.assertEqual((lift[0]['won'], lift[0]['lift'], lift[-1]['won']), (10, 2.0, 0))
        calibration = get_calibration([0.1] * 10 + [0.9] * 10, [0] * 9 + [1] + [1] * 9 + [0])
        self.assertEqual([(part['foretold'], part['came']) for part in calibration], [
            (calibration[0]['foretold'], 0.1), (calibration[1]['foretold'], 0.9)])
