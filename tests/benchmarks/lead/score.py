"""The daily scoring of all open leads: first, again with nothing to write, after everything has faded a little."""
import time

from odoo.tools import SQL

FACTOR = 6  # the first pass may take so many times the bare statement that writes one row a lead
FACTS = 3  # of each lead
RULES = 20


def bench(env, count):
    """Return the rows of figures of scoring the open leads of ``env``; everything is committed."""
    card = _prepare_card(env)
    _insert_facts(env)
    env.cr.execute("SELECT COUNT(*) FROM crm_lead WHERE active AND won_status = 'pending'")
    [leads] = env.cr.fetchone()
    bare = _measure(env, _insert_barely)
    first = _measure(env, _pass)
    again = _measure(env, _pass)
    env.cr.execute("UPDATE ltc_lead_engagement SET date = date - interval '3 days'")
    env.cr.commit()
    faded = _measure(env, _pass)
    lead = env['crm.lead'].search([('ltc_score', '>', 0)], limit=1)
    explained = _measure(env, lambda env: lead.with_env(env)._ltc_get_score_explanation())
    listed = _measure(env, lambda env: env['crm.lead'].search_fetch([], ['name', 'ltc_score'], limit=80))
    sorted_by = _measure(
        env, lambda env: env['crm.lead'].search_fetch([], ['name', 'ltc_score'], order='ltc_score desc', limit=80))
    return [
        {'what': f"bare insert of a row for {leads} leads", 'seconds': bare, 'rows': leads},
        {'what': f"first pass, {len(card.rule_ids)} rules", 'seconds': first, 'rows': leads, 'bare': bare,
         'limit': FACTOR},
        {'what': "second pass: nothing to write", 'seconds': again, 'rows': leads, 'bare': bare},
        {'what': "pass after three days of fading", 'seconds': faded, 'rows': leads, 'bare': bare},
        {'what': "one score explained", 'seconds': explained, 'rows': 1},
        {'what': "first 80 leads with their scores", 'seconds': listed, 'rows': 80},
        {'what': "the 80 best scores of all", 'seconds': sorted_by, 'rows': 80},
    ]


def _prepare_card(env):
    """The standard scorecard, with rules on size, place and customer besides."""
    card = env.ref('ltc_lead.scorecard_standard')
    env['ltc.score.rule'].create([
        {'card_id': card.id, 'name': f"Revenue {step}", 'points': 1,
         'domain': repr([('expected_revenue', '>=', step * 100_000), ('partner_id.city', '=', "Suzhou")])}
        for step in range(RULES - len(card.rule_ids))])
    return card


def _insert_facts(env):
    env.flush_all()
    kinds = env['ltc.engagement.kind'].search([('source', '=', 'fact')])
    env.cr.execute(SQL(
        """INSERT INTO ltc_lead_engagement (lead_id, kind_id, date, quantity)
           SELECT lead.id, (%(kinds)s)[1 + (lead.id + n) %% %(count)s], lead.create_date, 1 + n
             FROM crm_lead lead, GENERATE_SERIES(1, %(facts)s) AS n""",
        kinds=kinds.ids, count=len(kinds), facts=FACTS))
    env.cr.execute("ANALYZE ltc_lead_engagement")
    env.cr.commit()


def _pass(env):
    """Run today's pass from its beginning, as the cron does after the rules have changed."""
    env['ltc.score.pass'].search([]).unlink()
    env['ltc.score.pass']._get_current()._go_on()


def _insert_barely(env):
    """What writing one row a lead costs PostgreSQL alone; taken back."""
    env.cr.execute(
        """INSERT INTO ltc_lead_score (lead_id, score, fit, engagement, band, scored_on, is_stale)
           SELECT id, 1, 1, 0, 'low', now() at time zone 'utc', FALSE FROM crm_lead
            WHERE active AND won_status = 'pending'""")
    env.cr.rollback()


def _measure(env, action):
    env.cr.commit()
    env.invalidate_all()
    start = time.perf_counter()
    action(env)
    env.flush_all()
    env.cr.commit()
    return time.perf_counter() - start
