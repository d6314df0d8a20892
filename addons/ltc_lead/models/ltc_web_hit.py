import time

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

WINDOW = 3600
ATTEMPTS = 8


class LtcWebHit(models.Model):
    """How often a key or an address knocked in an hour: one counter each, for all workers together."""
    _name = 'ltc.web.hit'
    _description = "Web-Lead Counter"
    _log_access = False

    bucket = fields.Char(required=True, readonly=True)
    hour = fields.Integer(string="Window", required=True, readonly=True)
    count = fields.Integer(required=True, readonly=True)

    _bucket_uniq = models.UniqueIndex('(bucket, hour)')

    @api.model
    def _knock(self, limits):
        """Count one knock in each bucket of ``limits`` ({bucket: limit}); return the first that is full, or None.

        In transactions of its own, so that refused requests count too and nobody waits until a lead is made.
        """
        for _attempt in range(ATTEMPTS):  # another worker counted at the very same moment
            try:
                with self.env.registry.cursor() as cr:
                    counts = self._increment(cr, sorted(limits))
            except SerializationFailure:
                continue
            return next((bucket for bucket, limit in limits.items() if counts[bucket] > limit), None)
        return next(iter(limits))  # so many at once are too many

    @api.model
    def _meet(self, buckets):
        """Let requests that name the same bucket at the same moment meet: the later one is repeated after the first.

        In this transaction, unlike a knock: it counts for nothing else.
        """
        if buckets:
            self._increment(self.env.cr, sorted(buckets))

    @api.model
    def _increment(self, cr, buckets):
        hour = int(time.time() // WINDOW)
        cr.execute(SQL(
            """INSERT INTO ltc_web_hit AS hit (bucket, hour, count) VALUES %s
                   ON CONFLICT (bucket, hour) DO UPDATE SET count = hit.count + 1
            RETURNING bucket, count""", SQL(', ').join(SQL('(%s, %s, 1)', bucket, hour) for bucket in buckets)),
            log_exceptions=False)
        return dict(cr.fetchall())

    @api.autovacuum
    def _gc_hits(self):
        self.env.cr.execute(SQL("DELETE FROM ltc_web_hit WHERE hour < %s", int(time.time() // WINDOW) - 2))
