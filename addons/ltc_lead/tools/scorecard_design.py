"""From columns to levels: bins of numbers, common values of the others, and the pairs that tell more together."""
from collections import Counter
from itertools import combinations

from .scorecard import fit_levels, get_bin, get_common_levels, get_cuts, get_pair_gain

PENALTY, PAIR_PENALTY = 3.0, 6.0
PAIR_COUNT, PAIR_COLUMNS = 16, 60
PAIR_BINS = 4  # of a number in a pair


class Column:
    """A column of values as the design sees it: numbers, or names.

    :param key: what the caller knows it by, :param part: fit or engagement
    """

    def __init__(self, key, part, values, is_number):
        self.key, self.part, self.values, self.is_number = key, part, values, is_number
        self.cuts, self.levels, self.coarse_cuts = [], {}, []

    def learn_levels(self, numbers, minimum):
        """Find the levels in the rows that are learned from."""
        values = [self.values[number] for number in numbers]
        if self.is_number:
            self.cuts = get_cuts(values, 20 if len(values) >= 2000 else 8, minimum)
            self.coarse_cuts = get_cuts(values, PAIR_BINS, minimum * 2)
            return
        common = [*get_common_levels(values, minimum)]
        if sum(value in (None, False, '') for value in values) >= minimum:
            common.append(None)
        self.levels = {value: level for level, value in enumerate(common)}

    def get_level(self, number, is_coarse=False):
        """Return the level of that row; ``None``: too rare to tell."""
        value = self.values[number]
        if self.is_number:
            return get_bin(self.coarse_cuts if is_coarse else self.cuts, value)
        return self.levels.get(value if value not in (False, '') else None)

    def get_bounds(self, level, is_coarse=False):
        """Return (from, below) of a bin of numbers; ``None``: no bound."""
        cuts = self.coarse_cuts if is_coarse else self.cuts
        return (cuts[level - 1] if level else None, cuts[level] if level < len(cuts) else None)

    def get_value(self, level):
        return next(value for value, number in self.levels.items() if number == level)

    @property
    def is_telling(self):
        return bool(self.cuts) if self.is_number else len(self.levels) > 1 or bool(set(self.levels) - {None})


class Design:
    """Levels, and the coefficient of each, learned from some rows of the columns."""

    def __init__(self, columns, outcomes, numbers, has_pairs=False, minimum=30):
        self.columns, self.outcomes, self.numbers, self.minimum = columns, outcomes, numbers, minimum
        self.terms = []  # ((column, …), is coarse)
        self.level_ids = {}  # (term, (level, …)): number
        for column in columns:
            column.learn_levels(numbers, minimum)
        self.terms = [((column,), False) for column in columns if column.is_telling]
        self._fit()
        if has_pairs:
            self.terms += [(pair, True) for pair in self._get_best_pairs()]
            self._fit()

    def _fit(self):
        counts = Counter(
            key for number in self.numbers for key in self._get_keys(number))
        self.level_ids = {
            key: level for level, key in enumerate(
                key for key, count in sorted(counts.items()) if count >= self.minimum)}
        penalties = [PAIR_PENALTY if self.terms[term][1] else PENALTY for term, _levels in self.level_ids]
        outcomes = [self.outcomes[number] for number in self.numbers]
        rows = [self.get_row(number) for number in self.numbers]
        self.intercept, self.weights, self.chances = fit_levels(rows, outcomes, penalties)

    def _get_keys(self, number):
        """Return the keys of the levels of that row, one for each term whose levels are not too rare."""
        keys = []
        for term, (columns, is_coarse) in enumerate(self.terms):
            levels = tuple(column.get_level(number, is_coarse) for column in columns)
            if None not in levels:
                keys.append((term, levels))
        return keys

    def get_row(self, number):
        return [self.level_ids[key] for key in self._get_keys(number) if key in self.level_ids]

    def _get_best_pairs(self):
        """Return the pairs of columns that explain most of what single columns leave unexplained.

        Two kinds of engagement make no pair: a rule names one of them.
        """
        surprises = [
            self.outcomes[number] - chance for number, chance in zip(self.numbers, self.chances, strict=True)]
        spreads = [chance * (1 - chance) for chance in self.chances]
        telling = [columns[0] for columns, _is_coarse in self.terms][:PAIR_COLUMNS]
        levels = {column: [column.get_level(number, True) for number in self.numbers] for column in telling}
        gains = []
        for order, pair in enumerate(combinations(telling, 2)):
            if any(column.part == 'fit' for column in pair):
                gain = get_pair_gain(levels[pair[0]], levels[pair[1]], surprises, spreads, self.minimum)
                gains.append((-gain, order, pair))
        return [pair for gain, _order, pair in sorted(gains)[:PAIR_COUNT] if gain < -4.0]

    def get_points(self, factor):
        """Return {(term, levels): points}."""
        return {key: round(self.weights[level] * factor) for key, level in self.level_ids.items()}

    def get_score(self, number, points, base):
        return max(0, min(100, base + sum(points.get(key, 0) for key in self._get_keys(number))))
