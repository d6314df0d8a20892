"""A field policy is switched on: the completeness of all leads is computed anew, in chunks."""
import time


def bench(env, count):
    """Return the rows of figures of a change of policy over the ``count`` leads of ``env``; everything is committed."""
    field = env['ir.model.fields']._get
    policy = env['ltc.field.policy'].create({'name': "Volume", 'line_ids': [
        (0, 0, {'field_id': field('crm.lead', name).id, 'weight': weight})
        for name, weight in (('partner_name', 3), ('phone', 2), ('ltc_need', 3), ('ltc_competitors', 1))]})
    changed = _measure(env)
    policy.line_ids[0].weight = 3
    again = _measure(env)
    policy.active = False
    _measure(env)
    return [
        {'what': "completeness after a change of policy", 'seconds': changed, 'rows': count},
        {'what': "completeness again: nothing to write", 'seconds': again, 'rows': count},
    ]


def _measure(env):
    env.cr.commit()
    start = time.perf_counter()
    env['ltc.field.policy']._cron_refresh()
    env.cr.commit()
    return time.perf_counter() - start
