#!/usr/bin/env python3
"""How well the learned score tells won from lost leads: a file of real leads, imported, learned from, and scored.

    ./run bench score FILE [--train FILE] [--scores FILE]

FILE has the form of the published "X Education" leads: one row a lead, with its outcome in the column Converted. With
--train the points are learned from that file and judged on FILE; else from seven in ten rows of FILE, judged on the
others. Everything goes the way that a user goes: Odoo's own import into fields of one's own and into facts of
engagement, leads won and lost by their buttons, points proposed, approved and put in force, the rest scored by the job.

Columns that are filled after the contact, and columns that the published form does not have, are never looked at. The
best combination is the scorecard whose back-test, among the leads that were learned from, came out best. A FILE without
outcomes is scored all the same: --scores writes what each of its leads got.

AUC: how often a won lead scores above a lost one; 0.5 is chance. Nothing here is a test.
"""
import argparse
import csv
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
        command, env={**os.environ, 'PYTHONPATH': str(HERE)}, stdout=subprocess.PIPE, text=True, check=False)
    if answer.returncode:
        return answer.returncode  # it said why
    figures = json.loads(answer.stdout.splitlines()[-1])
    rows = figures.pop('rows')
    print_figures(figures)
    if options.scores:
        write_scores(options.scores, rows)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))
    return 0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('file', metavar='FILE', type=Path, nargs='?', default=DATA / 'x_education' / 'leads_known.csv')
    parser.add_argument('--train', metavar='FILE', type=Path, help="learn from this file, judge on FILE")
    parser.add_argument('--scores', metavar='FILE', type=Path, help="write the score of each judged lead here, as CSV")
    parser.add_argument('--suite', required=True, metavar='DB', help="database with the suite")
    parser.add_argument('--plain', metavar='DB', help="not used: Odoo's own prediction is part of the suite's database")
    parser.add_argument('--config', metavar='FILE', help="Odoo's configuration file")
    parser.add_argument('--json', metavar='FILE', type=Path, help="write the figures here")
    return parser.parse_args()


def write_scores(path, rows):
    with path.open('w', encoding='utf-8', newline='') as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def print_figures(figures):
    print(f"\nlearned from {figures['known']} leads ({figures['known_won']} won), judged on {figures['judged']}"
          f" others ({figures['judged_won']} won)")
    if figures['judged_told'] < figures['judged']:
        print(f"{figures['judged'] - figures['judged_told']} of them have no outcome: they are scored, not counted")
    print(f"not looked at: {', '.join(figures['left_out']) or 'nothing'}\n")
    print(f"{'score':<44}{'back-test':>10}{'AUC':>9}   to beat")
    for label, auc in figures['auc'].items():
        foretold = figures['foretold'].get(label)
        tried = format_auc(foretold) if foretold else ''
        print(f"{label:<44}{tried:>10}{format_auc(auc):>9}   {TO_BEAT.get(label, '')}")
    print(f"\nbest by its back-test: {figures['best']}")
    if figures['lift']:
        print("\nthe judged leads by score:   leads   won   won (%)   × average")
    for part in figures['lift']:
        print(f"{part['from']:>18} - {part['to']:<6}{part['count']:>7}{part['won']:>6}{100 * part['share']:>10.1f}"
              f"{part['lift']:>11.2f}")
    for what, seconds in figures['seconds'].items():
        print(f"{what}: {seconds:.1f} s")


def format_auc(auc):
    return 'unknown' if auc is None else f'{auc:.4f}'


if __name__ == '__main__':
    sys.exit(main())
