"""Learn a scorecard: points for the levels of columns, from rows with a known outcome. Plain Python, no records.

A row is a list of level numbers (one for each column that says something); the model is a logistic regression on these
levels with an L2 penalty, solved level by level. Points are its coefficients, rounded: what a row scores is a sum that
anybody can check with a pencil.
"""
import math
from bisect import bisect_right
from collections import Counter, defaultdict


def fit_levels(rows, outcomes, penalties, sweeps=40, tolerance=0.003):
    """Return (intercept, [coefficient of each level], [chance of each row]) of the penalised logistic regression.

    :param rows: for each outcome the numbers of its levels
    :param outcomes: 1 (won) or 0 (lost)
    :param penalties: of each level: the greater, the nearer to no points
    """
    level_count = len(penalties)
    members = [[] for _level in range(level_count)]
    for number, row in enumerate(rows):
        for level in row:
            members[level].append(number)
    everybody = range(len(rows))
    share = min(max(sum(outcomes) / len(rows), 1e-6), 1 - 1e-6)
    intercept = math.log(share / (1 - share))
    margins = [intercept] * len(rows)
    chances = [share] * len(rows)
    weights = [0.0] * level_count
    for _sweep in range(sweeps):
        change = _newton_step(everybody, outcomes, margins, chances, 0.0, 0.0)
        intercept += change
        largest = abs(change)
        for level, numbers in enumerate(members):
            if numbers:
                change = _newton_step(numbers, outcomes, margins, chances, weights[level], penalties[level])
                weights[level] += change
                largest = max(largest, abs(change))
        if largest < tolerance:
            break
    return intercept, weights, chances


def _newton_step(numbers, outcomes, margins, chances, weight, penalty):
    """Move one coefficient to where it fits best while the others stand still; return by how much."""
    slope, bend = penalty * weight, penalty + 1e-9
    for number in numbers:
        chance = chances[number]
        slope += chance - outcomes[number]
        bend += chance * (1 - chance)
    change = max(-1.0, min(1.0, -slope / bend))
    if abs(change) > 1e-6:
        exp = math.exp
        for number in numbers:
            margin = margins[number] = margins[number] + change
            chances[number] = 1 / (1 + exp(-margin)) if margin > -700 else 0.0
    return change


def get_auc(scores, outcomes):
    """Return how often a won row scores above a lost one (ties count half); ``None`` where there is nothing to tell."""
    won_by_score, lost_by_score = Counter(), Counter()
    for score, outcome in zip(scores, outcomes, strict=True):
        (won_by_score if outcome else lost_by_score)[score] += 1
    won, lost = won_by_score.total(), lost_by_score.total()
    if not won or not lost:
        return None
    below = area = 0
    for score in sorted(won_by_score.keys() | lost_by_score.keys()):
        area += won_by_score[score] * (below + lost_by_score[score] / 2)
        below += lost_by_score[score]
    return area / won / lost


def get_cuts(values, parts=8, minimum=40):
    """Return the bounds between bins of about equal size of these numbers; a value that many share is a bin alone."""
    counts = sorted(Counter(values).items())
    size = max(len(values) / parts, minimum)
    cuts, filled, rest = [], 0, len(values)
    for (value, count), following in zip(counts, counts[1:], strict=False):
        filled += count
        rest -= count
        heavy = following[1] >= size
        if (filled >= size or (heavy and filled >= minimum)) and rest >= minimum:
            cuts.append(get_bound(value, following[0]))
            filled = 0
    return cuts


def get_bound(low, high):
    """Return a short number well between ``low`` and ``high``: bounds are read by people, and amounts fade a little."""
    quarter = (high - low) / 4
    for digits in range(-3, 7):
        bound = round((low + high) / 2, digits)
        if low + quarter <= bound <= high - quarter:
            return bound
    return (low + high) / 2


def round_amount(amount):
    """Return an amount to three digits: by how many minutes it has faded must not tell one lead from another."""
    return float(f'{amount or 0:.3g}')


def get_bin(cuts, value):
    return bisect_right(cuts, value)


def get_common_levels(values, minimum=40):
    """Return the values that enough rows share, the most frequent first; the others say too little to be points."""
    counts = Counter(value for value in values if value not in (None, False, ''))
    return [value for value, count in counts.most_common(40) if count >= minimum]


def get_pair_gain(first, second, surprises, spreads, minimum=40):
    """Return how much more two columns together may tell than the sum of each: a score test on what is unexplained.

    :param first, second: for each row its level in the column, or ``None``
    :param surprises: outcome - chance of each row, :param spreads: chance × (1 - chance)
    """
    sums = defaultdict(lambda: [0, 0.0, 0.0])
    for one, other, surprise, spread in zip(first, second, surprises, spreads, strict=True):
        if one is not None and other is not None:
            cell = sums[one, other]
            cell[0] += 1
            cell[1] += surprise
            cell[2] += spread
    cells = [cell for cell in sums.values() if cell[0] >= minimum]
    return sum(cell[1] ** 2 / (cell[2] + 3.0) - 1.0 for cell in cells) if len(cells) > 1 else 0.0


def get_lift(scores, outcomes, parts=10):
    """Return for each tenth of the rows, the best first: size, won, share of won, times the average."""
    order = sorted(zip(scores, outcomes, strict=True), key=lambda pair: -pair[0])
    average = sum(outcomes) / len(outcomes)
    table = []
    for part in range(parts):
        block = order[len(order) * part // parts:len(order) * (part + 1) // parts]
        if block:
            won = sum(outcome for _score, outcome in block)
            table.append({
                'from': block[-1][0], 'to': block[0][0], 'count': len(block), 'won': won,
                'share': won / len(block), 'lift': won / len(block) / average if average else 0.0,
            })
    return table


def get_calibration(chances, outcomes, parts=5):
    """Return for each fifth of the chances: what was foretold, what came."""
    blocks = defaultdict(list)
    for chance, outcome in zip(chances, outcomes, strict=True):
        blocks[min(int(chance * parts), parts - 1)].append((chance, outcome))
    return [{
        'count': len(block),
        'foretold': sum(chance for chance, _outcome in block) / len(block),
        'came': sum(outcome for _chance, outcome in block) / len(block),
    } for _number, block in sorted(blocks.items())]


def is_held_out(number):
    """Return whether a record is kept back for the back-test: three in ten, always the same ones."""
    return number * 2654435761 % 2**32 % 10 < 3
