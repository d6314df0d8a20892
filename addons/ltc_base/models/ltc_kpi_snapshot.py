import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class LtcKpiSnapshot(models.Model):
    """What a figure of a company was on a day, looking back over the window of the KPI."""
    _name = 'ltc.kpi.snapshot'
    _description = "KPI Snapshot"
    _order = 'date desc, id desc'
    _rec_name = 'kpi_id'

    kpi_id = fields.Many2one('ltc.kpi', string="KPI", required=True, readonly=True, index=True, ondelete='cascade')
    category = fields.Selection(related='kpi_id.category', store=True)
    unit = fields.Selection(related='kpi_id.unit', store=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='cascade')
    date_from = fields.Date(string="Looks Back To", readonly=True)
    date = fields.Date(required=True, readonly=True)
    value = fields.Float(readonly=True, aggregator='avg')
    has_value = fields.Boolean(string="Measured", readonly=True, help="Off: there was nothing to measure that day.")
    numerator = fields.Float(readonly=True, aggregator=None)
    denominator = fields.Float(readonly=True, aggregator=None)
    count = fields.Integer(string="Population", readonly=True, aggregator='max')

    _day_uniq = models.UniqueIndex('(company_id, date, kpi_id)', "The figure of that day is kept already.")

    @api.model
    def _cron_snapshot(self):
        """Keep today's figure of every KPI in every company, once a day.

        One figure a step and a commit after each: kill it at any moment and run it again, what is kept stays and
        only what is missing is measured.
        """
        todo = self._get_missing()
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=len(todo))
        for kpi, company, day in todo:
            self._keep(kpi, company, day)
            if not cron._commit_progress(1):
                break

    @api.model
    def _get_missing(self):
        """Return the (KPI, company, day) of today, by the companies' own calendars, that are not kept yet."""
        Kpi = self.env['ltc.kpi']
        kpis = Kpi.search([])
        companies = self.env['res.company'].search([])
        days = {company: Kpi._get_today(company) for company in companies}
        kept = set(self._read_group(
            [('date', 'in', list(set(days.values())))], ['kpi_id', 'company_id', 'date:day']))
        return [
            (kpi, company, days[company]) for company in companies for kpi in kpis
            if (kpi, company, days[company]) not in kept
        ]

    @api.model
    def _keep(self, kpi, company, day):
        """Measure and keep one figure; one that fails leaves the others alone and is measured by the next run."""
        date_from = day - timedelta(days=kpi.snapshot_days - 1)
        try:
            with self.env.cr.savepoint():
                measure = kpi._measure(company, date_from, day)
                self.create(self._prepare_values(kpi, company, date_from, day, measure))
        except Exception:
            _logger.exception("The snapshot of KPI %s in company %s failed", kpi.code, company.id)

    @api.model
    def _prepare_values(self, kpi, company, date_from, day, measure):
        return {
            'kpi_id': kpi.id,
            'company_id': company.id,
            'date_from': date_from,
            'date': day,
            'value': measure['value'] or 0.0,
            'has_value': measure['value'] is not None,
            **{name: measure[name] or 0 for name in ('numerator', 'denominator', 'count')},
        }

    def _read_group_select(self, aggregate_spec, query):
        """Figures of several kinds have no average: where a total would mix them, it stays empty."""
        expression = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec.partition(':')[0] != 'value':
            return expression
        kpi = self._field_to_sql(self._table, 'kpi_id', query)
        return SQL("CASE WHEN MIN(%s) = MAX(%s) THEN %s END", kpi, kpi, expression)

    def _get_measure(self):
        """Return this snapshot as a figure; the records behind it are not what they were."""
        self.ensure_one()
        return {name: self[name] for name in ('value', 'numerator', 'denominator', 'count', 'date')}
