#!/usr/bin/env python3
"""Leads at scale: every module of lead/ that has a bench(env, count) runs on 200,000 leads of 50,000 customers.

In a database that is thrown away; everything is committed, as in production. Each row names what was done, how long it
took, how many rows a second that is and, where a bare SQL does the same, how many times as long. A row beyond its limit
ends the run with 1.
"""
import argparse
import importlib
import json
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main():
    options = parse_arguments()
    from odoo import SUPERUSER_ID, api  # noqa: PLC0415  needs Odoo, the help does not
    from odoo.modules.registry import Registry  # noqa: PLC0415
    from odoo.tools import config  # noqa: PLC0415

    config.parse_config(['-c', options.config, '-d', options.suite] if options.config else ['-d', options.suite])
    with Registry(options.suite).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {'tracking_disable': False})
        rows = run(env, options)
    write_json(options, rows)
    return 1 if any(is_over(row) for row in rows) else 0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--suite', required=True, metavar='DB', help="database with the suite")
    parser.add_argument('--plain', metavar='DB', help="not used")
    parser.add_argument('--config', metavar='FILE', help="Odoo's configuration file")
    parser.add_argument('--json', metavar='FILE', type=Path, help="write the figures here")
    parser.add_argument('--only', metavar='NAME', nargs='+', help="only these modules of lead/")
    parser.add_argument('--leads', type=int, default=200_000, help="how many leads (default: 200000)")
    parser.add_argument('--customers', type=int, default=50_000, help="how many customers (default: 50000)")
    return parser.parse_args()


def run(env, options):
    from lead.volume import generate  # noqa: PLC0415

    start = time.perf_counter()
    generate(env, leads=options.leads, customers=options.customers)
    rows = [{'module': 'volume', 'what': "generate", 'seconds': time.perf_counter() - start, 'rows': options.leads}]
    print_row(rows[0])
    for name in list_modules(options):
        bench = getattr(importlib.import_module(f'lead.{name}'), 'bench', None)
        for row in bench(env, options.leads) if bench else ():
            rows.append({'module': name, **row})
            print_row(rows[-1])
    return rows


def list_modules(options):
    names = [file.stem for file in (HERE / 'lead').glob('*.py') if file.stem not in ('__init__', 'volume')]
    names.sort(key=lambda name: (name == 'killed', name))  # it leaves few leads with their owners
    return [name for name in names if not options.only or name in options.only]


def get_ratio(row):
    return row['seconds'] / row['bare'] if row.get('bare') else None


def is_over(row):
    return bool(row.get('limit') and get_ratio(row) and get_ratio(row) > row['limit'])


def print_row(row):
    ratio = get_ratio(row)
    print(f"{row['module']:<12}{row['what']:<48}{row['seconds']:>9.2f} s{row['rows'] / row['seconds']:>12,.0f} rows/s"
          f"{f'{ratio:>8.1f} x bare' if ratio else ''}{'   over its limit' if is_over(row) else ''}", flush=True)


def write_json(options, rows):
    if not options.json:
        return
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({
        'measured_on': datetime.now(timezone.utc).isoformat(timespec='seconds'), 'rows': rows}, indent=1) + '\n')


if __name__ == '__main__':
    sys.path.insert(0, str(HERE))
    sys.exit(main())
