from odoo import api, models
from odoo.tools import SQL

from .ltc_flow import STAGE_RANK
from .ltc_gate_approval import PASSING


class LtcKpi(models.Model):
    """What the decision gates and the cases tell."""
    _name = 'ltc.kpi'
    _inherit = ['ltc.kpi']

    # === DECISIONS === #

    def _kpi_gate_cycle_time(self, company, date_from, date_to):
        """Median working hours from submission to decision; ``argument`` may name one gate (B16)."""
        domain = self._get_decided_domain(company, date_from, date_to)
        return self._get_median('ltc.gate.review', domain, SQL("ltc_gate_review.cycle_hours"))

    def _kpi_gate_on_time(self, company, date_from, date_to):
        """Rounds decided before their deadline ÷ rounds decided that had one (B16)."""
        domain = self._get_decided_domain(company, date_from, date_to) + [('deadline', '!=', False)]
        on_time = self.env['ltc.gate.review']._search(domain)
        on_time.add_where(SQL(
            "%(table)s.decided_on <= %(table)s.deadline", table=SQL.identifier(on_time.table)))
        return self._get_share('ltc.gate.review', domain, [('id', 'in', on_time)])

    def _kpi_gate_go_rate(self, company, date_from, date_to):
        """Rounds that ended in a Go or a Conditional Go ÷ rounds decided."""
        domain = self._get_decided_domain(company, date_from, date_to)
        return self._get_share('ltc.gate.review', domain, [('decision', 'in', PASSING)])

    def _get_decided_domain(self, company, date_from, date_to):
        return [
            ('company_id', '=', company.id), ('state', '=', 'decided'),
            *([('gate_code', '=', self.argument)] if self.argument else []),
            *self._get_period_domain('decided_on', company, date_from, date_to),
        ]

    # === CASES === #

    def _kpi_ltc_cycle(self, company, date_from, date_to):
        """Median days from the first step of a case to its closing (B4, the whole line)."""
        start, end = self._get_moments(company, date_from, date_to)
        closed = SQL(
            """SELECT closed.flow_id, closed.entered_on - (
                      SELECT MIN(first.entered_on) FROM ltc_flow_log first WHERE first.flow_id = closed.flow_id) AS time
                 FROM ltc_flow_log closed JOIN ltc_flow flow ON flow.id = closed.flow_id
                WHERE closed.stage = 'closed' AND flow.company_id = %s
                  AND closed.entered_on >= %s AND closed.entered_on < %s""", company.id, start, end)
        return self._get_flow_median(closed)

    def _kpi_stage_days(self, company, date_from, date_to):
        """Median days that cases spent in the stage named by ``argument``, of those that left it in the period."""
        return self._get_flow_median(SQL(
            "SELECT flow_id, time FROM (%s) left_stage WHERE stage = %s",
            self._sql_stays(company, date_from, date_to), self.argument))

    def _argument_problem_stage_days(self):
        if self.argument in STAGE_RANK:
            return False
        return self.env._(
            "KPI %(kpi)s: %(argument)s is no stage of a case; write one of %(stages)s.",
            kpi=self.name, argument=self.argument or '""', stages=', '.join(STAGE_RANK))

    def _kpis_stage_days(self, company, date_from, date_to):
        """Measure the stages of all these KPIs by one pass over the history."""
        rows = self.env.execute_query(SQL(
            """SELECT stage, percentile_cont(0.5) WITHIN GROUP (ORDER BY EXTRACT(EPOCH FROM time) / 86400.0), COUNT(*)
                 FROM (%s) left_stage GROUP BY stage""", self._sql_stays(company, date_from, date_to)))
        found = {stage: (float(median), count) for stage, median, count in rows}
        results = {}
        for kpi in self:
            median, count = found.get(kpi.argument, (None, 0))
            results[kpi.id] = {
                'value': median, 'numerator': median or 0.0, 'count': count, 'model': 'ltc.flow'}
        return results

    @api.model
    def _sql_stays(self, company, date_from, date_to):
        """Return the SQL of (flow_id, stage, time) of the stays in a stage that ended in the period."""
        start, end = self._get_moments(company, date_from, date_to)
        return SQL(
            """SELECT flow_id, stage, left_on - entered_on AS time
                 FROM (SELECT log.flow_id, log.stage, log.entered_on, LEAD(log.entered_on) OVER (
                                  PARTITION BY log.flow_id ORDER BY log.entered_on, log.id) AS left_on
                         FROM ltc_flow_log log
                         JOIN ltc_flow flow ON flow.id = log.flow_id AND flow.company_id = %(company)s
                        WHERE log.flow_id IN (SELECT moved.flow_id FROM ltc_flow_log moved
                                               WHERE moved.entered_on >= %(start)s AND moved.entered_on < %(end)s)
                      ) stay
                WHERE left_on >= %(start)s AND left_on < %(end)s""", company=company.id, start=start, end=end)

    @api.model
    def _get_flow_median(self, stays):
        """Return the result of a median over ``stays``: SQL of (flow_id, time)."""
        [(median, count)] = self.env.execute_query(SQL(
            """SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY EXTRACT(EPOCH FROM stay.time) / 86400.0), COUNT(*)
                 FROM (%s) stay""", stays))
        return {
            'value': median, 'numerator': median or 0.0, 'count': count, 'model': 'ltc.flow',
            'domain': [('id', 'in', SQL("(SELECT stay.flow_id FROM (%s) stay)", stays))],
        }

    def _kpi_open_cases(self, company, date_from, date_to):
        """Cases that run today."""
        domain = [('company_id', '=', company.id), ('state', '=', 'open')]
        count = self.env['ltc.flow'].search_count(domain)
        return {'value': float(count), 'numerator': count, 'count': count, 'model': 'ltc.flow', 'domain': domain}
