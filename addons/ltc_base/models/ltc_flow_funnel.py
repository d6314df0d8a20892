from odoo import api, fields, models
from odoo.tools import SQL

from .ltc_flow import FLOW_STAGES, STAGE_RANK


class LtcFlow(models.Model):
    """The funnel: of the cases that began in a period, how many came how far, and how long each step took.

    A case entered a step when its history lies on both sides of it: one that jumped over a step entered it too, one
    that was born later did not. Conversion compares within that same cohort.
    """
    _inherit = 'ltc.flow'

    @api.model
    def get_funnel(self, period='year', date_from=False, date_to=False, filters=None):
        """Return the data of the funnel screen: the steps, the filters and what they offer.

        :param str period: a named period or 'custom', as on the KPI screen
        :param dict filters: ``company_id``, ``ar_user_id`` and whatever the floors above offer
        """
        self.browse().check_access('read')
        filters = filters or {}
        company = self._get_funnel_company(filters)
        days = self.env['ltc.kpi']._get_period(company, period, date_from, date_to)[:2]
        steps = self._get_funnel_steps(company, days, filters)
        return {
            'company': company.name,
            'currency_id': company.currency_id.id,
            'date_from': fields.Date.to_string(days[0]),
            'date_to': fields.Date.to_string(days[1]),
            'filters': self._get_funnel_filters(company),
            'steps': self._complete_funnel_steps(steps),
        }

    @api.model
    def action_open_funnel_step(self, stage, date_from, date_to, filters=None):
        """Open what the funnel counts in one step."""
        filters = filters or {}
        company = self._get_funnel_company(filters)
        days = fields.Date.to_date(date_from), fields.Date.to_date(date_to)
        return {
            'type': 'ir.actions.act_window',
            'name': dict(self._fields['stage']._description_selection(self.env))[stage],
            'view_mode': 'list,form',
            'context': {'create': False},
            **self._prepare_funnel_records(stage, company, days, filters),
        }

    @api.model
    def _get_funnel_company(self, filters):
        """Return the company asked for, if it is one of those that the user works in now."""
        return self.env.companies.filtered(lambda company: company.id == filters.get('company_id')) or self.env.company

    @api.model
    def _get_funnel_domain(self, company, filters):
        """Return the domain of the cases that the filters leave; extended by the floors that offer more of them."""
        domain = [('company_id', '=', company.id)]
        if filters.get('ar_user_id'):
            domain.append(('ar_user_id', '=', filters['ar_user_id']))
        return domain

    @api.model
    def _get_funnel_filters(self, company):
        """Return the filters that the screen offers: key, label and options; extended by the floors above."""
        groups = self._read_group([('company_id', '=', company.id), ('ar_user_id', '!=', False)], ['ar_user_id'])
        users = self.env['res.users'].union(*(user for (user,) in groups)).sudo()  # the names of colleagues
        offers = [{
            'key': 'ar_user_id',
            'label': self.env._("Salesperson"),
            'options': [{'id': user.id, 'name': user.name} for user in users.sorted('name')],
        }]
        if len(self.env.companies) > 1:
            offers.insert(0, {
                'key': 'company_id', 'label': self.env._("Company"),
                'options': [{'id': company.id, 'name': company.name} for company in self.env.companies],
            })
        return offers

    # === STEPS === #

    @api.model
    def _get_funnel_steps(self, company, days, filters):
        """Return one dict a step, in order: entered, amount, moved on (and its amount), lost and still there, days.

        One query; extended by the floor that knows what comes before the cases.
        """
        self.env.flush_all()
        start, end = self.env['ltc.kpi']._get_moments(company, *days)
        names = ('key', 'count', 'amount', 'moved', 'moved_amount', 'lost', 'here', 'days')
        rows = self.env.execute_query(self._sql_funnel(company, start, end, days[1], filters))
        return [dict(zip(names, row, strict=True)) for row in rows]

    @api.model
    def _sql_funnel(self, company, start, end, rate_day, filters):
        cases = self._search(self._get_funnel_domain(company, filters))
        ranks = SQL(", ").join(SQL("(%s, %s)", stage, rank) for stage, rank in STAGE_RANK.items())
        return SQL(
            """
            WITH step (stage, rank) AS (VALUES %(ranks)s),
            cohort AS (
                SELECT flow.id, flow.state, %(amount)s AS amount, MIN(step.rank) AS first, MAX(step.rank) AS last
                  FROM ltc_flow_log log
                  JOIN step ON step.stage = log.stage
                  JOIN ltc_flow flow ON flow.id = log.flow_id
                 WHERE flow.id IN %(cases)s
                   AND log.flow_id IN (SELECT began.flow_id FROM ltc_flow_log began
                                        WHERE began.entered_on >= %(start)s AND began.entered_on < %(end)s)
              GROUP BY flow.id
                HAVING MIN(log.entered_on) >= %(start)s AND MIN(log.entered_on) < %(end)s),
            stay AS (
                SELECT log.stage, EXTRACT(EPOCH FROM LEAD(log.entered_on) OVER (
                           PARTITION BY log.flow_id ORDER BY log.entered_on, log.id) - log.entered_on) / 86400 AS days
                  FROM ltc_flow_log log
                  JOIN cohort ON cohort.id = log.flow_id),
            usual AS (
                SELECT stage, percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS days FROM stay GROUP BY stage)
            SELECT step.stage, COUNT(cohort.id), COALESCE(SUM(cohort.amount), 0)::float,
                   COUNT(cohort.id) FILTER (WHERE cohort.last > step.rank),
                   COALESCE(SUM(cohort.amount) FILTER (WHERE cohort.last > step.rank), 0)::float,
                   COUNT(cohort.id) FILTER (WHERE cohort.last = step.rank AND cohort.state = 'lost'),
                   COUNT(cohort.id) FILTER (WHERE cohort.last = step.rank AND cohort.state = 'open'),
                   MAX(usual.days)::float
              FROM step
         LEFT JOIN cohort ON step.rank BETWEEN cohort.first AND cohort.last
         LEFT JOIN usual ON usual.stage = step.stage
          GROUP BY step.stage, step.rank
          ORDER BY step.rank
            """,
            ranks=ranks, cases=cases.subselect(), start=start, end=end,
            amount=self.env['ltc.kpi']._sql_company_amount(
                SQL("flow.amount"), SQL("flow.currency_id"), company, rate_day))

    @api.model
    def _complete_funnel_steps(self, steps):
        """Add labels and conversion to the steps, and mark the one that loses most."""
        labels = dict(self._fields['stage']._description_selection(self.env))
        ratio = self.env['ltc.kpi']._get_ratio
        for step in steps:
            is_last = step is steps[-1]
            step['label'] = labels[step['key']]
            step['conversion'] = None if is_last else ratio(step['moved'], step['count'])
            step['conversion_amount'] = None if is_last else ratio(step['moved_amount'], step['amount'])
        measured = [step for step in steps if step['conversion'] is not None]
        worst = min(measured, key=lambda step: step['conversion'], default=None)
        for step in steps:
            step['is_bottleneck'] = step is worst and step['conversion'] < 100
        return steps

    @api.model
    def _prepare_funnel_records(self, stage, company, days, filters):
        """Return model and domain of what the funnel counts in that step."""
        start, end = (fields.Datetime.to_string(moment) for moment in self.env['ltc.kpi']._get_moments(company, *days))
        stages = [key for key, _label in FLOW_STAGES]
        rank = STAGE_RANK[stage]
        return {'res_model': 'ltc.flow', 'domain': [
            *self._get_funnel_domain(company, filters),
            ('log_ids', 'any', [('entered_on', '>=', start), ('entered_on', '<', end)]),
            ('log_ids', 'not any', [('entered_on', '<', start)]),
            ('log_ids', 'any', [('stage', 'in', stages[:rank + 1])]),
            ('log_ids', 'any', [('stage', 'in', stages[rank:])]),
        ]}
