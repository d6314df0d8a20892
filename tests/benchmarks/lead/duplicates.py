"""The nightly pass that looks for two people on one customer: nothing to find, every twenty-first lead, found again."""
import time

from odoo.tools import SQL


def bench(env, count):
    """Return the rows of figures of the pass over the ``count`` leads of ``env``; everything is committed."""
    env.company.ltc_conflict_policy = 'warn'
    bare = _measure(env, _update_barely)
    nothing = _measure(env, _pass)
    env.cr.execute(SQL(  # another seller on a customer whom a colleague has
        """UPDATE crm_lead SET user_id = (SELECT MAX(id) FROM res_users WHERE login LIKE 'volume_seller_%%')
            WHERE id %% 21 = 0 AND won_status = 'pending'"""))
    found = _measure(env, _pass)
    conflicts = env['ltc.lead.conflict'].search_count([])
    again = _measure(env, _pass)
    entered = _measure(env, lambda env: env['crm.lead'].create([
        {'name': f"Entered {number}", 'partner_name': f"Customer {number}"} for number in range(100)]))
    search = env['ltc.customer.search'].create({'customer': "Customer 4711"})
    checked = _measure(env, lambda env: search.action_search())
    env.company.ltc_conflict_policy = 'off'
    return [
        {'what': f"bare update of {count} leads", 'seconds': bare, 'rows': count},
        {'what': "pass: nothing to find", 'seconds': nothing, 'rows': count, 'bare': bare},
        {'what': f"pass: {conflicts} conflicts", 'seconds': found, 'rows': count, 'bare': bare},
        {'what': "pass: known already", 'seconds': again, 'rows': count, 'bare': bare},
        {'what': "100 leads entered, each in conflict", 'seconds': entered, 'rows': 100},
        {'what': "one customer check", 'seconds': checked, 'rows': 1},
    ]


def _pass(env):
    env['ltc.lead.conflict']._cron_find_conflicts()


def _update_barely(env):
    env.cr.execute("UPDATE crm_lead SET ltc_in_conflict = ltc_in_conflict")
    env.cr.rollback()


def _measure(env, action):
    env.cr.commit()
    env.invalidate_all()
    start = time.perf_counter()
    action(env)
    env.flush_all()
    env.cr.commit()
    return time.perf_counter() - start
