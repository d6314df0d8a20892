"""The daily pass over all leads: planned, planned again, recycled; then the list of a pool, and a claim."""
import time

from odoo.tools import SQL

FACTOR = 20  # the pass may take so many times the bare update that moves the same leads


def bench(env, count):
    """Return the rows of figures of recycling the ``count`` leads of ``env``; everything is committed."""
    pool = _prepare_pool(env)
    bare = _measure(env, _update_barely)
    planned = _pass(env)
    again = _pass(env)
    env.cr.execute("UPDATE ltc_lead_recycle SET warned_on = warned_on - 10, recycle_on = recycle_on - 10"
                   " WHERE warned_on IS NOT NULL")
    env.cr.commit()
    recycled = _pass(env)
    env.cr.execute("SELECT COUNT(*) FROM crm_lead WHERE ltc_pool_id = %s", [pool.id])
    [moved] = env.cr.fetchone()
    seller = env['res.users'].search([('login', '=', 'volume_seller_1')])
    shown = _measure(env, lambda env: env['ltc.pool.lead'].with_user(seller).search_fetch(
        [], ['partner_name', 'name', 'city', 'since', 'owner_count', 'last_follow_up'], limit=80))
    claimed = _measure(env, lambda env: env['ltc.pool.lead'].with_user(seller).search(
        [], limit=1).action_claim())
    return [
        {'what': f"bare update of {count} leads", 'seconds': bare, 'rows': count},
        {'what': "first pass: plan all, warn those due", 'seconds': planned, 'rows': count, 'bare': bare},
        {'what': "second pass: nothing to write", 'seconds': again, 'rows': count, 'bare': bare},
        {'what': f"pass that recycles {moved} leads", 'seconds': recycled, 'rows': count, 'bare': bare,
         'limit': FACTOR},
        {'what': f"first 80 of a pool of {moved}", 'seconds': shown, 'rows': 80},
        {'what': "one claim", 'seconds': claimed, 'rows': 1},
    ]


def _prepare_pool(env):
    return env['ltc.lead.pool'].create({
        'name': "Volume", 'team_ids': env['crm.team'].search([('name', 'like', 'Volume Team')]).ids,
        'rule_ids': [
            (0, 0, {'name': "No follow-up", 'kind': 'no_follow_up', 'days': 90, 'warn_days': 0, 'takes_won': True,
                    'takes_pursued': True}),
            (0, 0, {'name': "No opportunity", 'kind': 'no_opportunity', 'days': 300, 'warn_days': 0}),
            (0, 0, {'name': "Not won", 'kind': 'not_won', 'days': 380, 'warn_days': 7})]})


def _pass(env):
    """Run today's pass again, as the cron does."""
    env.cr.execute("UPDATE res_company SET ltc_recycle_day = NULL")
    return _measure(env, lambda env: env['ltc.lead.recycle']._cron_recycle())


def _update_barely(env):
    """What moving every lead costs PostgreSQL alone: the same columns, written to themselves, then taken back."""
    env.cr.execute(SQL(
        "UPDATE crm_lead SET user_id = user_id, date_open = date_open, ltc_pool_id = ltc_pool_id"
    ))
    env.cr.rollback()


def _measure(env, action):
    env.cr.commit()
    env.invalidate_all()
    start = time.perf_counter()
    action(env)
    env.flush_all()
    env.cr.commit()
    return time.perf_counter() - start
