from bisect import bisect_left, bisect_right
from datetime import timedelta

import pytz

from odoo.tools import SQL

DAYS_READ = 92  # how far beyond the asked span the calendar is read at once
DAYS_LIMIT = 1500  # nobody works for so long: from there on the clock counts


class WorkingTime:
    """The working hours of a company over a span, its calendar read once: plans and counts for any number of records.

    Counts as ``res.company`` does with ``_ltc_plan_hours`` and ``_ltc_count_hours``, but without a query for each.
    """

    def __init__(self, company, start, end):
        self.calendar = company.sudo().resource_calendar_id
        self.start = start
        self._read(end + timedelta(days=DAYS_READ))

    def _read(self, end):
        self.end = end
        self.starts, self.stops, self.before = [], [], []
        self.total = 0.0
        if not self.calendar:
            return
        moments = (pytz.utc.localize(moment) for moment in (self.start, end))
        for start, stop, _meta in self.calendar._work_intervals_batch(*moments)[False]:
            self.starts.append(start.astimezone(pytz.utc).replace(tzinfo=None))
            self.stops.append(stop.astimezone(pytz.utc).replace(tzinfo=None))
            self.before.append(self.total)
            self.total += (stop - start).total_seconds()

    @property
    def hours_per_day(self):
        """Return what a working day is: the average of the calendar."""
        return self.calendar.hours_per_day or 24.0 if self.calendar else 24.0

    def count(self, start, end):
        """Return the working hours between two moments of the span."""
        if not self.calendar:
            return max((end - start).total_seconds(), 0.0) / 3600
        return max(self._get_position(end) - self._get_position(start), 0.0) / 3600

    def plan(self, start, hours):
        """Return the moment ``hours`` working hours after ``start``."""
        target = self._get_position(start) + hours * 3600
        while self.calendar and target > self.total and (self.end - self.start).days < DAYS_LIMIT:
            self._read(self.end + (self.end - self.start))
        if target > self.total or not self.starts:
            return start + timedelta(hours=hours)
        if hours <= 0:
            return start
        index = bisect_left(self.before, target) - 1
        return self.starts[index] + timedelta(seconds=target - self.before[index])

    def plan_days(self, start, days):
        return self.plan(start, days * self.hours_per_day)

    # === IN SQL === #
    #
    # The same for any number of rows in one statement. It carries the working hours as the CTE ``times``, to be joined.

    def read_until(self, start, hours):
        """Read the calendar on until a plan of so many hours from the latest ``start`` ends within it."""
        self.plan(start, hours)

    def sql_times(self):
        """Return the SELECT of the one row of ``times``: when work begins and stops, and the seconds worked before."""
        return SQL("SELECT %s::timestamp[] AS starts, %s::timestamp[] AS stops, %s::float8[] AS befores",
                   self.starts, self.stops, self.before)

    def sql_position(self, moment):
        """Return the SQL of the seconds worked from the begin of the span to ``moment``."""
        if not self.starts:
            return SQL("0::float8")
        slot = SQL("WIDTH_BUCKET(%s, times.starts)", moment)
        return SQL(
            """COALESCE(times.befores[%(slot)s] + EXTRACT(
                   EPOCH FROM LEAST(%(moment)s, times.stops[%(slot)s]) - times.starts[%(slot)s])::float8, 0)""",
            slot=slot, moment=moment)

    def sql_plan(self, start, position, hours):
        """Return the SQL of the moment ``hours`` working hours after ``start``, which is at ``position``."""
        by_clock = SQL("%s + %s * INTERVAL '1 second'", start, hours * 3600)
        if not self.starts:
            return by_clock
        if hours <= 0:
            return start
        target = SQL("(%s + %s)", position, hours * 3600)
        slot = SQL("WIDTH_BUCKET(%s - 1e-6, times.befores)", target)  # what ends with a day ends on that day
        return SQL(
            """CASE WHEN %(target)s > %(total)s THEN %(by_clock)s
                    ELSE times.starts[%(slot)s] + (%(target)s - times.befores[%(slot)s]) * INTERVAL '1 second' END""",
            target=target, total=self.total, by_clock=by_clock, slot=slot)

    def sql_count(self, start, end):
        """Return the SQL of the working hours between two moments of the span."""
        if not self.calendar:
            return SQL("GREATEST(EXTRACT(EPOCH FROM %s - %s), 0)::float8 / 3600", end, start)
        return SQL("GREATEST(%s - %s, 0) / 3600", self.sql_position(end), self.sql_position(start))

    def _get_position(self, moment):
        """Return the seconds worked from the begin of the span to ``moment``."""
        index = bisect_right(self.starts, moment) - 1
        if index < 0:
            return 0.0
        return self.before[index] + (min(moment, self.stops[index]) - self.starts[index]).total_seconds()
