import time

from odoo import api, fields, models
from odoo.tools import SQL

WINDOW = 3600


class LtcWebHit(models.Model):
    """How often a key, an address or both knocked in an hour: one counter each, at constant cost."""
    _name = 'ltc.web.hit'
    _description = "Web-Lead Counter"
    _log_access = False

    bucket = fields.Char(required=True, readonly=True)
    hour = fields.Integer(string="Window", required=True, readonly=True)
    count = fields.Integer(required=True, readonly=True)

    _bucket_uniq = models.UniqueIndex('(bucket, hour)')

    @api.model
    def _count(self, limits):
        """Count one knock in each bucket of ``limits`` ({bucket: limit}); return the first that is full, or None.

        In a transaction of its own, so that refused requests count too and nobody waits for the lead to be made.
        """
        hour = int(time.time() // WINDOW)
        rows = SQL(', ').join(SQL('(%s, %s, 1)', bucket, hour) for bucket in sorted(limits))
        with self.env.registry.cursor() as cr:
            # a second worker that counts at once makes it wait for a moment, never fail: READ COMMITTED
            if cr._now is None and not getattr(cr, '_savepoint', None) and not self._is_testing():
                cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            cr.execute(SQL(
                """INSERT INTO ltc_web_hit AS hit (bucket, hour, count) VALUES %s
                       ON CONFLICT (bucket, hour) DO UPDATE SET count = hit.count + 1
                RETURNING bucket, count""", rows))
            counts = dict(cr.fetchall())
        return next((bucket for bucket, limit in limits.items() if counts[bucket] > limit), None)

    @api.model
    def _is_testing(self):
        return bool(self.env.registry.test_cr) if hasattr(self.env.registry, 'test_cr') else False

    @api.autovacuum
    def _gc_hits(self):
        self.env.cr.execute(SQL("DELETE FROM ltc_web_hit WHERE hour < %s", int(time.time() // WINDOW) - 2))
