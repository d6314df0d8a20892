#!/usr/bin/env python3
"""Quotations at scale: 100,000 in the list, 200 lines in one; plain Odoo, the suite in light, and with every rule.

With every rule is the profile standard: gate ATB, price rules and option rules in force, every quotation decided before
it is confirmed. The same actions run as a normal user and are rolled back; how they are counted stands in
``bench_overhead.py``. A row beyond its mark ends the run with 1.
"""
import argparse
import json
import sys
from datetime import datetime, timezone
from pathlib import Path

from bench_overhead import Worker

SIDES = {'light': 'light', 'rules': 'standard'}  # column: profile
MARK = 1.1
GROWTH = 1.5  # queries that one order more may cost beside plain Odoo's own
SLACK_MS = 10  # below this, times on a busy machine say nothing
ROUNDS = 5


def main():
    options = parse_arguments()
    from quote.actions import ACTIONS  # noqa: PLC0415  needs Odoo, the help does not

    chosen = [
        (number, label, kind) for number, (label, kind, _prepare) in enumerate(ACTIONS)
        if not options.only or any(part in label for part in options.only)
    ]
    for side in SIDES.keys() - set(options.sides):
        del SIDES[side]
    sides = {side: measure(options, side, chosen) for side in SIDES}
    rows = [compare(label, kind, {side: sides[side][number] for side in SIDES}) for number, label, kind in chosen]
    print_head()
    for row in rows:
        print_row(row)
        if options.sql:
            print_differences(row)
    growth = compare_growth(rows)
    write_json(options, rows, growth)
    return 1 if any(row['above'] for row in rows + growth) else 0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--plain', required=True, metavar='DB', help="database with Odoo's own apps")
    parser.add_argument('--suite', required=True, metavar='DB', help="database with the suite on top")
    parser.add_argument('--config', metavar='FILE', help="Odoo's configuration file")
    parser.add_argument('--json', metavar='FILE', type=Path, help="write the figures here")
    parser.add_argument('--only', metavar='TEXT', nargs='+', help="only actions with one of these texts in their name")
    parser.add_argument('--quotations', type=int, default=100_000, help="in the list (default: 100000)")
    parser.add_argument('--rounds', type=int, default=ROUNDS, help=f"measurements (default: {ROUNDS})")
    parser.add_argument('--sides', nargs='+', choices=SIDES, default=list(SIDES), help="only these columns")
    parser.add_argument('--sql', action='store_true', help="show the statements that the suite adds, and their callers")
    return parser.parse_args()


def measure(options, side, chosen):
    """Return {number: (measured on plain Odoo, measured on that side)}, in turn, so that both find the same machine.

    One side after the other: two companies cannot be made in one database at once.
    """
    environment = {'LTC_BENCH_PROFILE': SIDES[side], 'LTC_BENCH_QUOTATIONS': str(options.quotations)}
    workers = [Worker(database, options.config, 'quote.worker', **environment, LTC_BENCH_SUITE=suite)
               for database, suite in ((options.plain, ''), (options.suite, '1'))]
    try:
        for worker in workers:
            worker.answer()
        figures = {}
        for number, label, _kind in chosen:
            figures[number] = tuple(worker.measure(
                number=number, rounds=max(options.rounds, 2), trace=options.sql) for worker in workers)
            queries, times = (' → '.join(f'{row[key]:,.0f}' for row in figures[number]) for key in ('queries', 'ms'))
            print(f"  {side}: {label}: {queries} queries, {times} ms", file=sys.stderr, flush=True)
        return figures
    finally:
        for worker in workers:
            worker.close()


def compare(label, kind, sides):
    row = {'action': label, 'kind': kind}
    for side, (plain, suite) in sides.items():
        row[side] = {**suite, 'plain_queries': plain['queries'], 'plain_ms': plain['ms'], 'plain_trace': plain['trace']}
    row['above'] = [side for side in SIDES if is_above(row, side)]
    return row


def is_above(row, side):
    """Lists cost no query more, forms three, typing in 200 lines a tenth more; see ``compare_growth`` for orders."""
    figures = row[side]
    queries, plain = figures['queries'], figures['plain_queries']
    if row['kind'] == 'list':
        return queries > plain
    if row['kind'] == 'form':
        return queries > plain + 3
    if row['kind'] == 'onchange':
        return queries > plain * MARK + 3 or figures['ms'] > figures['plain_ms'] * MARK + SLACK_MS
    return False


def compare_growth(rows):
    """Print what one order more costs, from the fewest to the most that are confirmed in one call."""
    confirmed = [row for row in rows if row['kind'] == 'confirm']
    if len(confirmed) < 2:
        return []
    few, many = confirmed[1], confirmed[-1]  # the first order of a call pays for all
    count = int(many['action'].split()[1]) - int(few['action'].split()[1])
    row = {'action': "one order more to confirm"}
    for side in SIDES:
        row[side] = {key: round((many[side][key] - few[side][key]) / count, 2) for key in ('queries', 'plain_queries')}
        print(f"one order more to confirm, queries: plain Odoo {row[side]['plain_queries']}, {side}"
              f" {row[side]['queries']}", flush=True)
    row['above'] = [side for side in SIDES if row[side]['queries'] > row[side]['plain_queries'] + GROWTH]
    return [row]


def print_head():
    print(f"{'action':<46}" + ''.join(
        f"{'plain q':>9}{side + ' q':>9}{'plain ms':>10}{side + ' ms':>10}{'ratio':>7}" for side in SIDES), flush=True)


def print_row(row):
    print(f"{row['action']:<46}" + ''.join(
        f"{figures['plain_queries']:>9}{figures['queries']:>9}{figures['plain_ms']:>10.1f}{figures['ms']:>10.1f}"
        f"{figures['ms'] / max(figures['plain_ms'], 0.1):>7.2f}" for figures in (row[side] for side in SIDES))
        + (f"  above: {', '.join(row['above'])}" if row['above'] else ''), flush=True)


def print_differences(row):
    from bench_overhead import print_difference  # noqa: PLC0415

    for side in SIDES:
        print(f"  {side}")
        print_difference({'plain': {'trace': row[side]['plain_trace']}, 'suite': row[side]})


def write_json(options, rows, growth):
    if not options.json:
        return
    for row in rows:
        for side in SIDES:
            for key in ('trace', 'plain_trace'):
                row[side].pop(key)
            for key in ('ms', 'plain_ms'):
                row[side][key] = round(row[side][key], 1)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({
        'measured_on': datetime.now(timezone.utc).isoformat(timespec='seconds'),
        'quotations': options.quotations,
        'rows': rows + growth,
    }, indent=1) + '\n')
    print(f"figures: {options.json}")


if __name__ == '__main__':
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    sys.exit(main())
