#!/usr/bin/env python3
"""Quotations at scale: 100,000 in the list, 200 lines in one; plain Odoo, the suite in light, and with every rule.

The third column is the profile standard with gate ATB, price rules and option rules in force, every quotation decided
before it is confirmed. The same actions run as a normal user and are rolled back; how they are counted stands in
``bench_overhead.py``. A row beyond its mark ends the run with 1.
"""
import argparse
import json
import sys
from datetime import datetime, timezone
from pathlib import Path

from bench_overhead import Worker

SIDES = {'plain': ('plain', 'light'), 'light': ('suite', 'light'), 'rules': ('suite', 'standard')}
TIME_MARK = 1.1
SLACK_MS = 10  # below this, times on a busy machine say nothing
ROUNDS = 5


def main():
    options = parse_arguments()
    from quote.actions import ACTIONS  # noqa: PLC0415  needs Odoo, the help does not

    chosen = [
        (number, label, kind) for number, (label, kind, _prepare) in enumerate(ACTIONS)
        if not options.only or any(part in label for part in options.only)
    ]
    workers = {
        side: Worker(getattr(options, database), options.config, 'quote.worker', LTC_BENCH_PROFILE=profile,
                     LTC_BENCH_QUOTATIONS=str(options.quotations))
        for side, (database, profile) in SIDES.items()}
    try:
        for worker in workers.values():
            worker.answer()
        print_head()
        rows = [compare(workers, options, *row) for row in chosen]
    finally:
        for worker in workers.values():
            worker.close()
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
    parser.add_argument('--sql', action='store_true', help="show the statements that the suite adds, and their callers")
    return parser.parse_args()


def compare(workers, options, number, label, kind):
    request = {'number': number, 'rounds': max(options.rounds, 2), 'trace': options.sql}
    row = {'action': label, 'kind': kind}
    row.update({side: worker.measure(**request) for side, worker in workers.items()})
    row['above'] = [side for side in ('light', 'rules') if is_above(row, side)]
    print_row(row)
    if options.sql:
        from bench_overhead import print_difference  # noqa: PLC0415
        for side in ('light', 'rules'):
            print(f"  {side}")
            print_difference({'plain': row['plain'], 'suite': row[side]})
    return row


def is_above(row, side):
    """Lists cost no query more, forms three; typing in 200 lines a tenth more time; see ``compare_growth`` for orders.
    """
    plain, suite = row['plain'], row[side]
    if row['kind'] == 'list':
        return suite['queries'] > plain['queries']
    if row['kind'] == 'form':
        return suite['queries'] > plain['queries'] + 3
    if row['kind'] == 'onchange':
        return side == 'light' and (
            suite['queries'] > plain['queries'] * TIME_MARK
            or suite['ms'] > plain['ms'] * TIME_MARK + SLACK_MS)
    return False


def compare_growth(rows):
    """Print what one order more costs, from the fewest to the most that are confirmed in one call."""
    confirmed = [row for row in rows if row['kind'] == 'confirm']
    if len(confirmed) < 2:
        return []
    few, many = confirmed[1], confirmed[-1]  # the first order of a call pays for all
    count = int(many['action'].split()[1]) - int(few['action'].split()[1])
    each = {side: round((many[side]['queries'] - few[side]['queries']) / count, 2) for side in SIDES}
    row = {'action': "one order more to confirm", **each, 'above': [
        side for side in ('light', 'rules') if each[side] > each['plain'] + 1]}
    print(f"\none order more to confirm, queries: plain {each['plain']}, light {each['light']}, rules {each['rules']}"
          f"{'  above: ' + ', '.join(row['above']) if row['above'] else ''}", flush=True)
    return [row]


def print_head():
    print(f"{'action':<48}" + ''.join(f'{side + " q":>9}' for side in SIDES)
          + ''.join(f'{side + " ms":>10}' for side in SIDES) + f"{'light':>8}{'rules':>7}", flush=True)


def print_row(row):
    plain = max(row['plain']['ms'], 0.1)
    print(f"{row['action']:<48}" + ''.join(f"{row[side]['queries']:>9}" for side in SIDES)
          + ''.join(f"{row[side]['ms']:>10.1f}" for side in SIDES)
          + f"{row['light']['ms'] / plain:>7.2f}x{row['rules']['ms'] / plain:>6.2f}x"
          + (f"  above: {', '.join(row['above'])}" if row['above'] else ''), flush=True)


def write_json(options, rows, growth):
    if not options.json:
        return
    for row in rows:
        for side in SIDES:
            row[side].pop('trace')
            row[side]['ms'] = round(row[side]['ms'], 1)
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
