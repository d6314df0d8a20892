#!/usr/bin/env python3
"""How well the learned score tells won from lost leads: a file of real leads, imported, learned from, and scored.

    ./run bench score FILE [--train FILE]

FILE has the form of the published "X Education" leads: one row a lead, with its outcome in the column Converted. With
--train the points are learned from that file and judged on FILE; else from seven in ten rows of FILE, judged on the
others. Everything goes the way that a user goes: Odoo's own import into fields of one's own and into facts of
engagement, leads won and lost by their buttons, points proposed, approved and put in force, the rest scored by the job.

AUC: how often a won lead scores above a lost one; 0.5 is chance. Nothing here is a test.
"""
import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get('LTC_DATA') or HERE.parents[2] / 'shared' / 'data')
TO_BEAT = {  # as published or measured on the same rows
    "fit alone": "0.69 Odoo's method on the form, 0.78 logistic regression on the form",
    "fit + engagement": "0.90 logistic regression with visits and last activity",
}


def main():
    options = parse_arguments()
    for path in (options.file, options.train):
        if path and not path.is_file():
            print(f"There is no file {path}; name one that has the form of the published leads.")
            return 1
    command = [sys.executable, '-B', '-m', 'score.worker', '-d', options.suite]
    if options.config:
        command += ['-c', options.config]
    command += [str(options.file.resolve()), str(options.train.resolve()) if options.train else '']
    answer = subprocess.run(
        command, env={**os.environ, 'PYTHONPATH': str(HERE)}, stdout=subprocess.PIPE, text=True, check=True)
    figures = json.loads(answer.stdout.splitlines()[-1])
    print_figures(figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))
    return 0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('file', metavar='FILE', type=Path, nargs='?', default=DATA / 'x_education' / 'leads_known.csv')
    parser.add_argument('--train', metavar='FILE', type=Path, help="learn from this file, judge on FILE")
    parser.add_argument('--suite', required=True, metavar='DB', help="database with the suite")
    parser.add_argument('--plain', metavar='DB', help="not used: Odoo's own prediction is part of the suite's database")
    parser.add_argument('--config', metavar='FILE', help="Odoo's configuration file")
    parser.add_argument('--json', metavar='FILE', type=Path, help="write the figures here")
    return parser.parse_args()


def print_figures(figures):
    print(f"\nlearned from {figures['known']} leads ({figures['known_won']} won), judged on {figures['judged']}"
          f" others ({figures['judged_won']} won)\n")
    print(f"{'score':<44}{'AUC':>7}   to beat")
    for label, auc in figures['auc'].items():
        print(f"{label:<44}{auc:>7.4f}   {TO_BEAT.get(label, '')}")
    print(f"\n{figures['rules']} rules; the back-test on the proposal foretold {figures['foretold']:.4f}")
    print("\nthe judged leads by score:   leads   won   won (%)   × average")
    for part in figures['lift']:
        print(f"{part['from']:>18} - {part['to']:<6}{part['count']:>7}{part['won']:>6}{100 * part['share']:>10.1f}"
              f"{part['lift']:>11.2f}")
    for what, seconds in figures['seconds'].items():
        print(f"{what}: {seconds:.1f} s")


if __name__ == '__main__':
    sys.exit(main())
