"""Counts, inside one database, the queries of the actions that the driver asks for; nothing is ever committed.

Talks with ``bench_overhead.py`` in lines of JSON: ``{"number", "rounds", "trace"}`` in, the measurements out.
"""
import gc
import json
import os
import re
import sys
import threading
import time
import traceback
from collections import Counter

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from .actions import ACTIONS
from .fixtures import Company

INFRASTRUCTURE = re.compile(r'/odoo/(orm|tools|api|models|fields|sql_db|http)|/benchmarks/|/psycopg2/')


class Session:
    """One company in one transaction, and the actions that are performed in it; other benchmarks bring their own."""

    actions = ACTIONS

    def __init__(self, cr):
        self.cr = cr
        self.company = self.new_company(api.Environment(cr, SUPERUSER_ID, {}))
        self.company.fill_lists()
        self.settle()

    def new_company(self, env):
        return Company(env)

    def settle(self):
        """Leave the transaction as a request finds it: nothing pending, no record in memory, warm server caches."""
        self.cr.flush()
        self.company.env.invalidate_all()
        self.cr.cache.clear()

    def measure(self, number, rounds, trace=False):
        """Prepare and perform the action several times; the first time only warms the caches."""
        samples = []
        prepare = self.actions[number][2]
        for _round in range(rounds):
            steps = prepare(self.company)
            perform = next(steps)
            self.settle()
            gc.collect()
            queries, start = self.cr.sql_log_count, time.perf_counter()
            perform()
            self.cr.flush()  # what a commit would write too: pending values, messages of tracked fields
            samples.append((self.cr.sql_log_count - queries, (time.perf_counter() - start) * 1000))
            next(steps, None)  # the action checks that it took place
        steady = samples[1:] or samples
        return {
            'queries': min(queries for queries, _ms in steady),
            'queries_max': max(queries for queries, _ms in steady),
            'ms': min(ms for _queries, ms in steady),
            'trace': self.trace(prepare) if trace else [],
        }

    def trace(self, prepare):
        """Perform once more, and return each statement with the code that caused it."""
        statements = []
        perform = next(prepare(self.company))
        self.settle()

        def remember(_cr, query, _params, _start, _delay):
            statements.append((summary(query), *origin()))

        thread = threading.current_thread()
        thread.query_hooks = [remember]
        try:
            perform()
            self.cr.flush()
        finally:
            thread.query_hooks = []
        return statements


def summary(query):
    """Return a statement without its columns, which differ between databases: its verb and its tables."""
    text = ' '.join(str(query).split())
    verb = text.split(' ', 1)[0].upper()
    tables = re.findall(r'(?:FROM|INTO|UPDATE|JOIN) (?:ONLY )?"?(\w+)"?', text)
    return ' '.join([verb, *Counter(tables)]), text


def origin():
    """Return the calls that led here, innermost first: of the addons alone."""
    frames = [
        frame for frame in reversed(traceback.extract_stack()[:-2])
        if not INFRASTRUCTURE.search(frame.filename)
    ]
    calls = [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in frames]
    return (calls,)


def serve(answers, session_class):
    registry = Registry(config['db_name'][0])
    with registry.cursor() as cr:
        try:
            session = session_class(cr)
            print(json.dumps({'ready': True}), file=answers, flush=True)
            for line in sys.stdin:
                print(json.dumps(session.measure(**json.loads(line))), file=answers, flush=True)
        finally:
            cr.rollback()


def main(arguments, session_class=Session):
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)  # whatever else prints must not end up among the answers
    config.parse_config([*arguments, '--no-http', '--max-cron-threads=0', '--log-level=warn'], setup_logging=True)
    threading.current_thread().dbname = config['db_name'][0]
    serve(answers, session_class)


if __name__ == '__main__':
    main(sys.argv[1:])
