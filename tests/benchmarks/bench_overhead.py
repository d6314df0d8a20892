#!/usr/bin/env python3
"""What the suite costs in the light profile: queries and time of Odoo's standard actions, with and without it.

Two databases side by side, one with Odoo's own apps, one with the suite on top. The same actions run in both, in turn,
as normal users, and are rolled back. Queries are counted in the steady state: the server's caches warm, no record in
memory, everything flushed. Times are the best of several rounds, for orientation. Nothing here is a test.
"""
import argparse
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
MARKS = {  # kind: may this many queries of the suite stand against those of plain Odoo?
    'action': lambda plain, suite: suite <= plain * 1.05,
    'form': lambda plain, suite: suite <= plain + 3,
    'list': lambda plain, suite: suite <= plain,
}


class Worker:
    """A process inside one database; see ``overhead/worker.py``."""

    def __init__(self, database, config, module='overhead.worker', **environment):
        command = [sys.executable, '-B', '-m', module, '-d', database]
        if config:
            command += ['-c', config]
        self.database = database
        self.process = subprocess.Popen(
            command, env={**os.environ, 'PYTHONPATH': str(HERE), **environment},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"The worker in database {self.database} stopped; its message stands above.")
        return json.loads(line)

    def measure(self, **request):
        print(json.dumps(request), file=self.process.stdin, flush=True)
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def main():
    options = parse_arguments()
    from overhead.actions import ACTIONS  # noqa: PLC0415  needs Odoo, the help does not

    chosen = [
        (number, label, kind) for number, (label, kind, _prepare) in enumerate(ACTIONS)
        if not options.only or any(part in label for part in options.only)
    ]
    workers = {name: Worker(getattr(options, name), options.config) for name in ('plain', 'suite')}
    try:
        for worker in workers.values():
            worker.answer()
        print_head()
        rows = []
        for number, label, kind in chosen:
            rows.append(compare(workers, options, number, label, kind))
            print_row(rows[-1])
            if options.sql:
                print_difference(rows[-1])
    finally:
        for worker in workers.values():
            worker.close()
    return close(rows, options)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--plain', required=True, metavar='DB', help="database with Odoo's own apps")
    parser.add_argument('--suite', required=True, metavar='DB', help="database with the suite on top")
    parser.add_argument('--config', metavar='FILE', help="Odoo's configuration file")
    parser.add_argument('--json', metavar='FILE', type=Path, help="write the figures here")
    parser.add_argument('--only', metavar='TEXT', nargs='+', help="only actions with one of these texts in their name")
    parser.add_argument('--rounds', type=int, default=3, help="measurements, the first to warm up (default: 3)")
    parser.add_argument('--sql', action='store_true', help="show the statements that the suite adds, and their callers")
    parser.add_argument('--strict', action='store_true', help="exit with 1 when a row is above its mark")
    return parser.parse_args()


def compare(workers, options, number, label, kind):
    request = {'number': number, 'rounds': max(options.rounds, 2), 'trace': options.sql}
    plain, suite = (worker.measure(**request) for worker in workers.values())
    return {
        'action': label,
        'kind': kind,
        'plain': plain,
        'suite': suite,
        'ratio': round(suite['queries'] / plain['queries'], 3),
        'above': not MARKS[kind](plain['queries'], suite['queries']),
    }


def print_head():
    print(f"{'action':<56}{'plain q':>9}{'suite q':>9}{'ratio':>8}{'plain ms':>11}{'suite ms':>10}", flush=True)


def print_row(row):
    plain, suite = row['plain'], row['suite']
    extra = suite['queries'] - plain['queries']
    mark = f"  above: {extra:+}" if row['above'] else ''
    varies = any(side['queries'] != side['queries_max'] for side in (plain, suite))
    print(
        f"{row['action']:<56}{plain['queries']:>9}{suite['queries']:>9}{row['ratio']:>8.3f}"
        f"{plain['ms']:>11.1f}{suite['ms']:>10.1f}{mark}{'  (varies)' if varies else ''}", flush=True)


def print_difference(row):
    """Print, by statement, how often the suite sends it more or less often than plain Odoo, with the callers."""
    counts = {side: Counter(key for (key, _text), _calls in row[side]['trace']) for side in ('plain', 'suite')}
    examples = defaultdict(list)
    for (key, text), calls in row['suite']['trace']:
        examples[key].append((any('ltc_' in call for call in calls[:6]), text, calls))
    for key in sorted(counts['suite'] | counts['plain']):
        difference = counts['suite'][key] - counts['plain'][key]
        if not difference:
            continue
        print(f"    {difference:+4}  {key}")
        for _ours, text, calls in sorted(examples[key], key=lambda example: not example[0])[:max(difference, 0)][:3]:
            print(f"            {text[:160]}")
            print(f"              {' < '.join(calls[:7])}")


def close(rows, options):
    above = [row for row in rows if row['above']]
    print(f"\n{len(rows)} actions; {len(above)} above the mark"
          " (actions: 1.05 times plain Odoo, forms: +3 queries, lists: +0)")
    if options.json:
        for row in rows:
            for side in ('plain', 'suite'):
                row[side].pop('trace')
                row[side]['ms'] = round(row[side]['ms'], 1)
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({
            'measured_on': datetime.now(timezone.utc).isoformat(timespec='seconds'),
            'profile': 'light',
            'rows': rows,
        }, indent=1) + '\n')
        print(f"figures: {options.json}")
    return 1 if options.strict and above else 0


if __name__ == '__main__':
    sys.path.insert(0, str(HERE))
    sys.exit(main())
