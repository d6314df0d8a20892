#!/usr/bin/env python3
"""What the decision gates cost: queries and time in the profile full, every gate passed, against the profile light.

The suite on both sides. The same actions run as normal users, first in light, then in full, and are rolled back; how
they are counted stands in ``bench_overhead.py``. Then two people decide at the same moment, again and again, and a long
audit chain is verified. Nothing here is a test, but what must never happen (two decisions on one round, one lost, an
unexpected error) ends the run with 1.
"""
import argparse
import json
import os
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCALE = {  # queries without → with the best-known approval addon, as measured on 19.0
    "form: order": "25 → 28-33",
    "write one field: 80 order(s)": "2 → 163",
    "confirm 40 order(s)": "17 → 139",
}


def main():
    options = parse_arguments()
    from gates.actions import ACTIONS  # noqa: PLC0415  needs Odoo, the help does not

    chosen = [
        (number, label, kind) for number, (label, kind, _prepare) in enumerate(ACTIONS)
        if not options.only or any(part in label for part in options.only)
    ]
    rows = [] if options.skip_queries else compare(options, chosen)
    if rows:
        print_table(rows)
    if options.sql:
        print_differences(rows)
    contention = None if options.skip_contention else contend(options)
    if contention:
        print_contention(contention)
    write_json(options, rows, contention)
    return 0 if contention is None or is_sound(contention, options) else 1


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--suite', required=True, metavar='DB', help="database with the suite")
    parser.add_argument('--plain', metavar='DB', help="not used: both sides are the suite")
    parser.add_argument('--config', metavar='FILE', help="Odoo's configuration file")
    parser.add_argument('--json', metavar='FILE', type=Path, help="write the figures here")
    parser.add_argument('--only', metavar='TEXT', nargs='+', help="only actions with one of these texts in their name")
    parser.add_argument('--rounds', type=int, default=2, help="measurements, the first to warm up (default: 2)")
    parser.add_argument('--races', type=int, default=200, help="how often two decide one round (default: 200)")
    parser.add_argument('--pairs', type=int, default=50, help="how often two decide two rounds (default: 50)")
    parser.add_argument('--entries', type=int, default=100_000, help="length of the audit chain (default: 100000)")
    parser.add_argument('--sql', action='store_true', help="show the statements that full adds, and their callers")
    parser.add_argument('--skip-queries', action='store_true', help="only the two deciders and the audit chain")
    parser.add_argument('--skip-contention', action='store_true', help="queries and times only")
    return parser.parse_args()


def compare(options, chosen):
    light = measure(options, 'light', [row for row in chosen if row[2] != 'gate'])
    full = measure(options, 'full', chosen)
    return [
        {'action': label, 'kind': kind, 'light': light.get(number), 'full': full[number]}
        for number, label, kind in chosen
    ]


def measure(options, profile, chosen):
    """Return {number: measurements} of the chosen actions in one profile."""
    from bench_overhead import Worker  # noqa: PLC0415

    worker = Worker(options.suite, options.config, 'gates.worker', LTC_BENCH_PROFILE=profile)
    try:
        worker.answer()
        return {
            number: worker.measure(number=number, rounds=max(options.rounds, 2), trace=options.sql)
            for number, _label, _kind in chosen}
    finally:
        worker.close()


def contend(options):
    command = [sys.executable, '-B', '-m', 'gates.contention', '-d', options.suite]
    if options.config:
        command += ['-c', options.config]
    command += [str(options.races), str(options.pairs), str(options.entries)]
    answer = subprocess.run(
        command, env={**os.environ, 'PYTHONPATH': str(HERE)}, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(answer.stdout)


def print_table(rows):
    print(f"{'action':<36}{'light q':>9}{'full q':>9}{'more':>7}{'light ms':>11}{'full ms':>10}"
          f"   for scale: an approval addon", flush=True)
    for row in rows:
        light, full = row['light'], row['full']
        left = (f"{'':>9}", f"{'':>7}", f"{'':>11}")
        if light:
            more = full['queries'] - light['queries']
            left = (f"{light['queries']:>9}", f"{more:>+7}", f"{light['ms']:>11.1f}")
        varies = '  (varies)' if full['queries'] != full['queries_max'] else ''
        print(f"{row['action']:<36}{left[0]}{full['queries']:>9}{left[1]}{left[2]}{full['ms']:>10.1f}"
              f"   {SCALE.get(row['action'], '')}{varies}", flush=True)


def print_differences(rows):
    from bench_overhead import print_difference  # noqa: PLC0415

    for row in rows:
        if row['light']:
            print(f"\n{row['action']}")
            print_difference({'plain': row['light'], 'suite': row['full']})


def print_contention(figures):
    for name, label in (('same_review', "two decide one round at once"),
                        ('different_reviews', "two decide two rounds of one company at once")):
        race = figures[name]
        print(f"\n{label}, {race['races']} times: {race['outcomes']}")
        print(f"  decisions a round: {race['decisions_a_round']}; still open: {race['still_open']}; unexpected errors:"
              f" {race['unexpected']}")
        print(f"  repeated requests: {race['repeated']} (at most {race['most_attempts']} attempts); median"
              f" {race['median_ms']} ms, slowest {race['max_ms']} ms")
    audit = figures['audit']
    print(f"\naudit chain of {audit['entries']} entries: {audit['state']}; appended in {audit['append_s']} s,"
          f" verified in {audit['verify_s']} s with {audit['verify_queries']} queries")


def is_sound(figures, options):
    """Return whether each round has exactly one decision, none is lost, nothing failed, the chain holds."""
    races = [figures['same_review'], figures['different_reviews']]
    return figures['audit']['state'] == 'unbroken' and all(
        not race['unexpected'] and not race['still_open'] and set(race['decisions_a_round']) <= {'1'}
        for race in races
    ) and figures['same_review']['outcomes'].get('decided') == options.races


def write_json(options, rows, contention):
    if not options.json:
        return
    for row in rows:
        for side in filter(None, (row['light'], row['full'])):
            side.pop('trace', None)
            side['ms'] = round(side['ms'], 1)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({
        'measured_on': datetime.now(timezone.utc).isoformat(timespec='seconds'),
        'rows': rows,
        'contention': contention,
    }, indent=1) + '\n')
    print(f"\nfigures: {options.json}")


if __name__ == '__main__':
    sys.path.insert(0, str(HERE))
    sys.exit(main())
