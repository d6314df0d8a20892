"""Commits real decisions, two people at the same moment, and verifies a long audit chain.

Run in a database that is thrown away: ``python -m gates.contention -d DB RACES PAIRS ENTRIES``; prints JSON.
"""
import json
import os
import sys
import threading
import time
from collections import Counter
from functools import partial

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tools import config

from .fixtures import GatedCompany

CHUNK = 20  # rounds prepared in one transaction
BATCH = 1000  # audit entries appended in one call


class Arena:
    def __init__(self, registry):
        self.registry = registry

    def prepare(self, count):
        """Commit ``count`` rounds that wait for the decision of two managers."""
        with self.registry.cursor() as cr:
            company = GatedCompany(api.Environment(cr, SUPERUSER_ID, {}), 'full')
            company.opportunities = company.new_opportunities(CHUNK)
            company.pass_gate(company.opportunities, 'ati')
            self.deciders = [company.manager.id, company.deputy.id]
            self.company_id = company.env.company.id
            review_ids = []
            for start in range(0, count, CHUNK):
                review_ids += company.new_heard_reviews(min(CHUNK, count - start)).ids
                cr.commit()
                company.env.invalidate_all()
            return review_ids

    def race(self, jobs):
        """Let one thread a job start at the same moment; return what became of each, with its time and attempts."""
        barrier = threading.Barrier(len(jobs))
        results = [None] * len(jobs)

        def run(index, uid, review_id):
            barrier.wait()
            start = time.perf_counter()
            attempts = []
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, uid, {})
                    retrying(partial(self.decide, env, review_id, attempts), env)
                outcome = 'decided'
            except UserError as error:
                outcome = f'refused: {type(error).__name__}'
            except Exception as error:  # noqa: BLE001  whatever it is, it is what we look for
                outcome = f'unexpected: {error!r}'
            results[index] = outcome, time.perf_counter() - start, len(attempts)

        threads = [threading.Thread(target=run, args=(index, *job)) for index, job in enumerate(jobs)]
        for thread in threads:
            thread.dbname = self.registry.db_name
            thread.start()
        for thread in threads:
            thread.join()
        return results

    def decide(self, env, review_id, attempts):
        attempts.append(review_id)
        env['ltc.gate.review'].browse(review_id).action_decide('go', minutes=env.user.login)

    def count_decisions(self, review_ids):
        """Return {number of decisions in the audit log: how many rounds have so many}, and the open rounds."""
        with self.registry.cursor() as cr:
            cr.execute("""
                SELECT review.id, review.state, COUNT(log.id)
                  FROM ltc_gate_review review
             LEFT JOIN ltc_audit_log log ON log.res_model = 'ltc.gate.review' AND log.res_id = review.id
                                        AND log.kind = 'decided'
                 WHERE review.id = ANY(%s) GROUP BY review.id""", (review_ids,))
            rows = cr.fetchall()
            return Counter(count for _id, _state, count in rows), sum(state != 'decided' for _id, state, _n in rows)


def same_review(arena, review_ids):
    results = [arena.race([(uid, review_id) for uid in arena.deciders]) for review_id in review_ids]
    return summarise(arena, results, review_ids)


def different_reviews(arena, review_ids):
    """Two managers decide two different rounds of one company at once: both must get through, one chain."""
    pairs = list(zip(review_ids[::2], review_ids[1::2], strict=True))
    results = [arena.race(list(zip(arena.deciders, pair, strict=True))) for pair in pairs]
    return summarise(arena, results, review_ids)


def summarise(arena, results, review_ids):
    decisions, still_open = arena.count_decisions(review_ids)
    outcomes = Counter(outcome for race in results for outcome, _seconds, _attempts in race)
    seconds = sorted(seconds for race in results for _outcome, seconds, _attempts in race)
    return {
        'races': len(results),
        'outcomes': outcomes,
        'unexpected': sum(count for outcome, count in outcomes.items() if outcome.startswith('unexpected')),
        'decisions_a_round': decisions,
        'still_open': still_open,
        'repeated': sum(attempts > 1 for race in results for _outcome, _seconds, attempts in race),
        'most_attempts': max(attempts for race in results for _outcome, _seconds, attempts in race),
        'median_ms': round(seconds[len(seconds) // 2] * 1000, 1),
        'max_ms': round(seconds[-1] * 1000, 1),
    }


def verify(arena, count):
    """Append ``count`` entries to the chain of a company and verify it; rolled back."""
    with arena.registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        company = env['res.company'].browse(arena.company_id)
        events = [{
            'kind': 'decided', 'document': env.user.partner_id, 'company': company, 'name': "ATB S00042 #1",
            'values': {'gate': 'atb', 'round': 1, 'decision': 'go', 'reason': "Margin as agreed", 'number': number},
        } for number in range(BATCH)]
        start = time.perf_counter()
        for _batch in range(count // BATCH):
            env['ltc.audit.log']._append(events)
        appended = time.perf_counter()
        queries = cr.sql_log_count
        check = env['ltc.audit.check']._check_companies(company)
        verified = time.perf_counter()
        result = {
            'entries': check.number,
            'state': check.state,
            'append_s': round(appended - start, 2),
            'verify_s': round(verified - appended, 2),
            'verify_queries': cr.sql_log_count - queries,
        }
        cr.rollback()
    return result


def main(arguments):
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)
    *options, races, pairs, entries = arguments
    config.parse_config([*options, '--no-http', '--max-cron-threads=0', '--log-level=warn'], setup_logging=True)
    database = config['db_name'][0]
    threading.current_thread().dbname = database
    arena = Arena(Registry(database))
    races, pairs, entries = int(races), int(pairs), int(entries)
    review_ids = arena.prepare(races + 2 * pairs)
    figures = {
        'same_review': same_review(arena, review_ids[:races]),
        'different_reviews': different_reviews(arena, review_ids[races:]),
        'audit': verify(arena, entries),
    }
    print(json.dumps(figures), file=answers, flush=True)


if __name__ == '__main__':
    main(sys.argv[1:])
