"""The pass over the response times of all leads: every clock started, looked at again, climbed, and stopped."""
import time

from odoo.tools import SQL

LATE = 5000  # leads that reach the next rung at the same time, each with an activity for its salesperson
FACTOR = 12  # a pass may take so many times the bare insert of the same rows


def bench(env, count):
    """Return the rows of figures of the response times of the ``count`` leads of ``env``; everything is committed."""
    env['ltc.lead.sla'].with_context(active_test=False).search([]).active = False
    sla = env['ltc.lead.sla'].create({'name': "Volume", 'lead_type': False, 'company_id': env.company.id})
    env.cr.commit()  # the bare insert is rolled back
    bare = _measure(env, _insert_barely)
    started = _pass(env)
    [clocks] = env.execute_query(SQL("SELECT COUNT(*) FROM ltc_lead_clock"))[0]
    again = _pass(env)
    env.cr.execute(SQL(
        """UPDATE ltc_lead_clock SET next_on = NOW() AT TIME ZONE 'UTC' - INTERVAL '1 minute'
            WHERE lead_id IN (SELECT lead_id FROM ltc_lead_clock WHERE state = 'running' LIMIT %s)""", LATE))
    env.cr.commit()
    climbed = _pass(env)
    seller = env['res.users'].search([('login', '=', 'volume_seller_1')])
    listed = _measure(env, lambda env: env['crm.lead'].with_user(seller or env.user).search_fetch(
        [('ltc_sla_deadline', '!=', False)], ['name', 'ltc_sla_deadline', 'ltc_sla_level'], limit=80,
        order='ltc_sla_deadline'))
    sla.active = False
    stopped = _pass(env)
    return [
        {'what': f"bare insert of {clocks} clocks", 'seconds': bare, 'rows': clocks},
        {'what': "first pass: every clock is started", 'seconds': started, 'rows': clocks, 'bare': bare,
         'limit': FACTOR},
        {'what': "second pass: nothing to write", 'seconds': again, 'rows': clocks, 'bare': bare},
        {'what': f"pass with {LATE} late: rungs and activities", 'seconds': climbed, 'rows': LATE},
        {'what': "80 leads by deadline", 'seconds': listed, 'rows': 80},
        {'what': "the rule is switched off: every clock stops", 'seconds': stopped, 'rows': clocks, 'bare': bare},
    ]


def _pass(env):
    return _measure(env, lambda env: env['ltc.lead.clock']._cron_run())


def _insert_barely(env):
    """What a row a lead costs PostgreSQL alone, without working hours; taken back."""
    env.cr.execute(SQL(
        """INSERT INTO ltc_lead_clock (lead_id, company_id, state, level, received_on, started_on, deadline, owner_on,
                                       manager_on, risk_on, next_on, first_deadline)
           SELECT id, %s, 'running', 'on_time', create_date, create_date, create_date, create_date, create_date,
                  create_date, create_date, create_date
             FROM crm_lead WHERE active AND won_status = 'pending'""", env.company.id))
    env.cr.rollback()


def _measure(env, action):
    start = time.perf_counter()
    action(env)
    env.cr.commit()
    env.invalidate_all()
    return time.perf_counter() - start
