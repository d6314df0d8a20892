from collections import defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from .ltc_kpi import NO_RESULT

PERIODS = {
    'month': relativedelta(months=1),
    'last_month': relativedelta(months=1),
    'quarter': relativedelta(months=3),
    'year': relativedelta(years=1),
}
TREND_DAYS = 60


class LtcKpi(models.Model):
    """The board: every figure of the current company over a period, beside the period before."""
    _inherit = 'ltc.kpi'

    @api.model
    def get_board(self, period='month', date_from=False, date_to=False):
        """Return the data of the KPI screen for the current company.

        :param str period: a key of ``PERIODS``, or 'custom' with ``date_from`` and ``date_to``
        """
        self.browse().check_access('read')
        company = self.env.company
        start, end, before = self._get_period(company, period, date_from, date_to)
        kpis = self.search([])
        return {
            'company': company.name,
            'currency_id': company.currency_id.id,
            'date_from': fields.Date.to_string(start),
            'date_to': fields.Date.to_string(end),
            'categories': [
                {'key': key, 'label': label}
                for key, label in self._fields['category']._description_selection(self.env)],
            'cards': kpis._prepare_cards(company, (start, end), before),
        }

    @api.model
    def _get_period(self, company, period, date_from=False, date_to=False):
        """Return the first and last day asked for, and those of the period to compare with."""
        today = self._get_today(company)
        if period not in PERIODS:
            start = fields.Date.to_date(date_from) or today
            end = max(fields.Date.to_date(date_to) or today, start)
            length = end - start + timedelta(days=1)
            return start, end, (start - length, end - length)
        start, end = self._get_named_period(today, period)
        step = PERIODS[period]
        whole = end == start + step - timedelta(days=1)
        before_end = start - timedelta(days=1) if whole else min(end - step, start - timedelta(days=1))
        return start, end, (start - step, before_end)

    @api.model
    def _get_named_period(self, today, period):
        """Return the days of a named period, up to today."""
        month = today.replace(day=1)
        if period == 'last_month':
            return month - relativedelta(months=1), month - timedelta(days=1)
        if period == 'quarter':
            return month - relativedelta(months=(today.month - 1) % 3), today
        return (month.replace(month=1) if period == 'year' else month), today

    def _prepare_cards(self, company, days, before):
        targets = {
            target.kpi_id.id: target
            for target in self.env['ltc.kpi.target'].sudo().search([('company_id', '=', company.id)])
        }
        history = self._get_history(company, min(days[1], self._get_today(company)))
        measures, previous = (self._measure_on(company, *period) for period in (days, before))
        return [
            kpi._prepare_card(
                measures[kpi.id], previous[kpi.id], targets.get(kpi.id, self.env['ltc.kpi.target']), history[kpi.id])
            for kpi in self
        ]

    def _prepare_card(self, measure, previous, target, trend):
        """Return one card: the figure, how it compares, and how it is counted."""
        self.ensure_one()
        labels = {name: dict(self._fields[name]._description_selection(self.env)) for name in ('unit', 'basis')}
        return {
            **{name: measure[name] for name in ('value', 'numerator', 'denominator', 'count')},
            **{name: self[name] for name in (
                'id', 'code', 'name', 'category', 'unit', 'direction', 'formula', 'population', 'module')},
            'unit_label': labels['unit'][self.unit],
            'basis': labels['basis'][self.basis],
            'previous': previous['value'],
            'target': target.target if target else None,
            'colour': target._get_colour(measure['value']),
            'trend': trend,
            'snapshot_date': fields.Date.to_string(measure.get('date')) or False,
            'can_open': bool(measure['model']) and self.env[measure['model']].has_access('read'),
        }

    def _measure_on(self, company, date_from, date_to):
        """Return {KPI id: figure}; what can only be measured today comes from its snapshot for earlier days."""
        kept = self.browse()
        if date_to < self._get_today(company):
            kept = self.filtered(lambda kpi: kpi.basis == 'today')
        return {
            **(self - kept)._measure_many(company, date_from, date_to),
            **kept._read_snapshots(company, date_to),
        }

    def _read_snapshots(self, company, day):
        """Return {KPI id: figure} as kept on ``day`` or in the week before it, in one query."""
        snapshots = self.env['ltc.kpi.snapshot'].sudo().search([
            ('kpi_id', 'in', self.ids), ('company_id', '=', company.id), ('has_value', '=', True),
            ('date', '<=', day), ('date', '>', day - timedelta(days=7)),
        ], order='date')
        latest = {snapshot.kpi_id.id: snapshot for snapshot in snapshots}
        return {kpi.id: {**NO_RESULT, **(latest[kpi.id]._get_measure() if kpi.id in latest else {})} for kpi in self}

    def _get_history(self, company, last_day):
        """Return {kpi id: the values of its last snapshots, oldest first}, in one query."""
        snapshots = self.env['ltc.kpi.snapshot'].sudo().search_fetch([
            ('company_id', '=', company.id), ('has_value', '=', True),
            ('date', '<=', last_day), ('date', '>', last_day - timedelta(days=TREND_DAYS)),
        ], ['kpi_id', 'value'], order='date')
        history = defaultdict(list)
        for snapshot in snapshots:
            history[snapshot.kpi_id.id].append(snapshot.value)
        return history
