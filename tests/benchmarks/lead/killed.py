"""Passes killed with kill -9 in their middle, run by two at once, and run again: nothing lost, nothing twice."""
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from odoo.modules.registry import Registry
from odoo.tools import SQL, config

from .recycle import _prepare_pool

KILLS = 2
PASSES = {  # name: (model, method, SQL of how far it has come)
    'score': ('ltc.score.pass', '_cron_score', "SELECT COUNT(*) FROM ltc_lead_score"),
    'recycle': ('ltc.lead.recycle', '_cron_recycle', "SELECT COUNT(*) FROM ltc_owner_log WHERE way = 'recycle'"),
    'conflict': ('ltc.lead.conflict', '_cron_find_conflicts', "SELECT SUM(ltc_conflict_cursor) FROM res_company"),
}


def bench(env, count):
    """Return the rows of figures; what is lost or done twice ends the run."""
    rows = []
    for name, prepare, judge in (
        ('score', _prepare_scores, _judge_scores), ('recycle', _prepare_recycling, _judge_recycling),
        ('conflict', _prepare_conflicts, _judge_conflicts),
    ):
        before = prepare(env)
        env.cr.commit()
        start = time.perf_counter()
        kills = sum(_kill(env, name) for _turn in range(KILLS))
        _run(name, env.cr.dbname, 2)
        _run(name, env.cr.dbname, 1)  # what a transaction gave up for the other one's sake
        env.cr.rollback()
        env.invalidate_all()
        done = judge(env, before)
        rows.append({
            'what': f"{name}: {kills} kills, two at once: {done} once each", 'seconds': time.perf_counter() - start,
            'rows': count})
        env.cr.commit()
    return rows


def _start(name, database):
    # a process of its own, in which whatever says that a transaction was given up stays unsaid
    return subprocess.Popen(
        [sys.executable, '-B', '-m', 'lead.killed', '-c', config['config'] or os.devnull, '-d', database,
         '--log-level=critical', name],
        env={**os.environ, 'PYTHONPATH': str(Path(__file__).resolve().parents[1])}, stderr=subprocess.DEVNULL)


def _run(name, database, number):
    for process in [_start(name, database) for _turn in range(number)]:
        process.wait()


def _kill(env, name):
    """Kill the pass as soon as it has committed something, and a moment more; return whether it was in its middle."""
    reached = _read(env, PASSES[name][2])
    process = _start(name, env.cr.dbname)
    while process.poll() is None and _read(env, PASSES[name][2]) == reached:
        time.sleep(0.05)
    time.sleep(0.2)
    was_running = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return was_running


def _read(env, query):
    env.cr.rollback()
    env.cr.execute(SQL(query))
    return env.cr.fetchone()[0]


# === SCORES === #

def _prepare_scores(env):
    env.cr.execute("DELETE FROM ltc_score_pass; DELETE FROM ltc_lead_score")


def _judge_scores(env, _before):
    [(leads, rows)] = env.execute_query(SQL(
        """SELECT COUNT(*), COUNT(score.id) FROM crm_lead lead LEFT JOIN ltc_lead_score score ON score.lead_id = lead.id
            WHERE lead.active AND lead.won_status = 'pending'"""))
    assert leads == rows, f"{leads - rows} leads were not scored"
    [(last_id,)] = env.execute_query(SQL("SELECT MAX(id) FROM crm_lead"))
    differing = env['ltc.lead.score']._score(range(1, last_id + 1))
    assert not differing, f"{differing} leads have another score than they should"
    return rows


# === RECYCLING === #

def _prepare_recycling(env):
    pool = env['ltc.lead.pool'].search([('name', '=', "Volume")], limit=1) or _prepare_pool(env)
    pool.rule_ids.active = False
    common = {'pool_id': pool.id, 'kind': 'no_follow_up', 'days': 20, 'takes_won': True, 'takes_pursued': True}
    env['ltc.lead.pool.rule'].create([
        {**common, 'name': "Taken", 'warn_days': 0, 'domain': "[('priority', 'in', ('0', '1'))]"},
        {**common, 'name': "Warned", 'warn_days': 5,
         'domain': "[('priority', '=', '2'), ('expected_revenue', '<', 90000)]"},
    ])
    env.flush_all()
    env.cr.execute("UPDATE res_company SET ltc_recycle_day = NULL")
    env.cr.execute("DELETE FROM ltc_owner_log WHERE way = 'recycle'")
    return env['crm.lead'].search_count([('ltc_pool_id', '!=', False)])


def _judge_recycling(env, before):
    """Each lead in the pool fell into it once, and each owner who is warned about a lead has one activity for it."""
    [(pooled, logs, logged)] = env.execute_query(SQL(
        """SELECT (SELECT COUNT(*) FROM crm_lead WHERE ltc_pool_id IS NOT NULL) - %s, COUNT(*), COUNT(DISTINCT res_id)
             FROM ltc_owner_log WHERE res_model = 'crm.lead' AND way = 'recycle'""", before))
    assert pooled == logs == logged, f"{pooled} leads in the pool, {logs} times taken, of {logged} leads"
    [(due,)] = env.execute_query(SQL(
        "SELECT COUNT(*) FROM ltc_lead_recycle WHERE recycle_on <= CURRENT_DATE"))
    assert not due, f"{due} leads are due and still with their owners"
    [(warned, activities, told)] = env.execute_query(SQL(
        """SELECT (SELECT COUNT(*) FROM ltc_lead_recycle WHERE warned_on IS NOT NULL), COUNT(*), COUNT(DISTINCT res_id)
             FROM mail_activity WHERE res_model = 'crm.lead' AND active AND activity_type_id = %s""",
        env.ref('ltc_lead.mail_activity_type_recycle').id))
    assert warned == activities == told, f"{warned} leads are warned about, by {activities} activities on {told} leads"
    return pooled


# === CONFLICTS === #

def _prepare_conflicts(env):
    env.company.ltc_conflict_policy = 'warn'
    env.flush_all()
    env.cr.execute("DELETE FROM ltc_lead_conflict")
    env.cr.execute(SQL(
        """UPDATE crm_lead SET user_id = (SELECT MAX(id) FROM res_users WHERE login LIKE 'volume_seller_%%')
            WHERE id %% 201 = 0 AND won_status = 'pending' AND user_id IS NOT NULL"""))


def _judge_conflicts(env, _before):
    """Each lead that is in conflict has one recorded at least (a later pass finds the next one), each pair once."""
    [(twice,)] = env.execute_query(SQL(
        """SELECT COUNT(*) FROM (SELECT FROM ltc_lead_conflict GROUP BY lead_id, holder_lead_id, holder_partner_id
            HAVING COUNT(*) > 1) AS pair"""))
    assert not twice, f"{twice} pairs are recorded twice"
    Conflict = env['ltc.lead.conflict']
    recorded = {lead_id for lead_id, in env.execute_query(SQL("SELECT lead_id FROM ltc_lead_conflict"))}
    [(_policy, kinds)] = env['res.company']._ltc_get_conflict_policies().values()
    env.cr.execute("DELETE FROM ltc_lead_conflict")
    found, cursor = set(), 0
    while True:
        env.cr.execute(
            "SELECT id FROM crm_lead WHERE active AND won_status = 'pending' AND id > %s ORDER BY id LIMIT 5000",
            [cursor])
        lead_ids = [lead_id for lead_id, in env.cr.fetchall()]
        if not lead_ids:
            break
        cursor = lead_ids[-1]
        found |= {row['lead_id'] for row in Conflict._match_leads(lead_ids, env.company.id, kinds, older_only=True)}
    env.cr.rollback()
    env.invalidate_all()
    lost, wrong = len(found - recorded), len(recorded - found)
    assert not lost and not wrong, f"{lost} leads in conflict were not found, {wrong} are in none"
    env.company.ltc_conflict_policy = 'off'
    return len(recorded)


def main(arguments):
    *settings, name = arguments
    config.parse_config(settings)
    model, method, _query = PASSES[name]
    from odoo import SUPERUSER_ID, api  # noqa: PLC0415

    with Registry(config['db_name'][0]).cursor() as cr:
        getattr(api.Environment(cr, SUPERUSER_ID, {})[model], method)()


if __name__ == '__main__':
    main(sys.argv[1:])
