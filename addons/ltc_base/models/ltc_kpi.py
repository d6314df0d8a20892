from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

KPI_CATEGORIES = [
    ('decision', "Decisions"),
    ('flow', "Cases"),
    ('lead', "Leads"),
    ('sales', "Sales"),
    ('quote', "Quotations"),
    ('contract', "Contracts"),
    ('delivery', "Delivery"),
    ('cash', "Cash"),
]
KPI_UNITS = [
    ('percent', "%"),
    ('amount', "Amount"),
    ('days', "Days"),
    ('hours', "Working Hours"),
    ('count', "Number"),
    ('ratio', "Ratio"),
]
KPI_DIRECTIONS = [
    ('higher', "Higher is better"),
    ('lower', "Lower is better"),
    ('none', "Neither"),
]
KPI_BASES = [
    ('period', "Over the period"),
    ('end', "On the last day of the period"),
    ('today', "As it stands today; earlier days from the snapshots"),
]
NO_RESULT = {'value': None, 'numerator': 0.0, 'denominator': 0.0, 'count': 0, 'model': False, 'domain': []}


class LtcKpi(models.Model):
    """A key figure: its formula and population in words, and the name of the method that computes it.

    Each floor adds its own by a record and a method ``_kpi_<hook>(company, date_from, date_to)`` side by side.
    """
    _name = 'ltc.kpi'
    _description = "Key Performance Indicator"
    _order = 'category_rank, sequence, id'

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Technical name, such as 'win_rate'.")
    hook = fields.Char(
        compute='_compute_hook', store=True, readonly=False, required=True, precompute=True,
        help="Name of the method that computes the figure, without the leading _kpi_.")
    argument = fields.Char(help="What the method is asked for, such as a stage or a gate.")
    module = fields.Char(string="Addon", required=True, readonly=True, help="The addon that answers for the figure.")
    category = fields.Selection(KPI_CATEGORIES, required=True)
    category_rank = fields.Integer(compute='_compute_category_rank', store=True, precompute=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    formula = fields.Text(required=True, translate=True)
    population = fields.Text(required=True, translate=True, help="Which records are counted, and by which date.")
    unit = fields.Selection(KPI_UNITS, required=True)
    direction = fields.Selection(KPI_DIRECTIONS, required=True, default='none')
    basis = fields.Selection(KPI_BASES, string="Measured", required=True, default='period')
    snapshot_days = fields.Integer(
        string="Snapshot Window (Days)", required=True, default=30,
        help="The daily snapshot looks back over so many days.")
    target_ids = fields.One2many('ltc.kpi.target', 'kpi_id', string="Targets")

    _code_uniq = models.UniqueIndex('(code)', "A KPI of that technical name exists already.")
    _snapshot_days_positive = models.Constraint('CHECK(snapshot_days > 0)', "A snapshot looks back at least one day.")

    @api.depends('code')
    def _compute_hook(self):
        for kpi in self:
            kpi.hook = kpi.hook or kpi.code

    @api.depends('category')
    def _compute_category_rank(self):
        ranks = {category: rank for rank, (category, _label) in enumerate(KPI_CATEGORIES)}
        for kpi in self:
            kpi.category_rank = ranks.get(kpi.category, len(ranks))

    @api.constrains('hook')
    def _check_hook(self):
        for kpi in self:
            if not callable(getattr(self, f'_kpi_{kpi.hook}', None)):
                raise ValidationError(self.env._(
                    "KPI %(kpi)s has no computation named %(hook)s; choose an existing one.",
                    kpi=kpi.name, hook=kpi.hook))

    @api.constrains('hook', 'argument')
    def _check_argument(self):
        problems = [problem for kpi in self if (problem := kpi._get_argument_problem())]
        if problems:
            raise ValidationError('\n'.join(problems))

    def _get_argument_problem(self):
        """Return, as a sentence, why the computation cannot work with the argument, or False.

        A hook that reads its argument says so by a method ``_argument_problem_<hook>()`` beside it.
        """
        self.ensure_one()
        judge = getattr(self, f'_argument_problem_{self.hook}', None)
        return judge() if judge else False

    # === ACTION METHODS === #

    def action_view_records(self, date_from, date_to):
        """Open the records that the figure of the current company is made of, as far as the user may see them."""
        self.ensure_one()
        self.check_access('read')
        measure = self._measure(
            self.env.company, fields.Date.to_date(date_from), fields.Date.to_date(date_to))
        model = measure['model']
        if not model:
            raise UserError(self.env._("%s has no records to show in this period; choose another one.", self.name))
        if not self.env[model].has_access('read'):
            raise AccessError(self.env._(
                "%(kpi)s counts records that you may not open (%(model)s); ask for the access.",
                kpi=self.name, model=self.env['ir.model']._get(model).sudo().name))
        return {
            'type': 'ir.actions.act_window',
            'name': self.name,
            'res_model': model,
            'view_mode': 'list,form',
            'domain': self._get_client_domain(model, measure['domain']),
            'context': {'active_test': False, 'create': False},
        }

    def _get_client_domain(self, model, domain):
        """Return ``domain`` as a client can send it: populations in SQL become the ids that the user may see."""
        if not any(isinstance(value, SQL) for *_head, value in filter(lambda leaf: len(leaf) == 3, domain)):
            return domain
        records = self.env[model].with_context(active_test=False).search(domain)
        return [('id', 'in', records.ids)]

    def action_view_snapshots(self):
        """Open the history of these figures in the current company."""
        action = self.env['ir.actions.act_window']._for_xml_id('ltc_base.ltc_kpi_snapshot_action')
        return {
            **action,
            'domain': [('kpi_id', 'in', self.ids), ('has_value', '=', True)],
            'context': {'fill_temporal': False},  # a day without a value is a gap, not zero
            'view_mode': 'graph,pivot,list',
            'views': [(False, 'graph'), (False, 'pivot'), (False, 'list')],
        }

    # === MEASURE === #

    def _measure(self, company, date_from, date_to):
        """Return the figure of ``company`` between two days, both included.

        :return: dict of ``value`` (``None``: nothing to measure, which is not zero), ``numerator``, ``denominator``,
            ``count`` (size of the population), ``model`` and ``domain`` (the records behind it)
        """
        self.ensure_one()
        hook = getattr(self._for_hooks(company), f'_kpi_{self.hook}', None)
        if not hook or self._get_argument_problem():  # its addon may be gone, its argument older than the check
            return dict(NO_RESULT)
        return {**NO_RESULT, **hook(company, date_from, date_to)}

    def _measure_many(self, company, date_from, date_to):
        """Return {KPI id: figure}; where several share a hook, ``_kpis_<hook>`` may measure them at once.

        Such a method returns {KPI id: result}; ``domain`` may be left out, for the records are asked of one KPI.
        """
        results = {}
        for hook, kpis in self.grouped('hook').items():
            at_once = getattr(kpis._for_hooks(company), f'_kpis_{hook}', None)
            if at_once and len(kpis) > 1:
                measures = at_once(company, date_from, date_to)
                results.update({kpi.id: {**NO_RESULT, **measures[kpi.id]} for kpi in kpis})
            else:
                results.update({kpi.id: kpi._measure(company, date_from, date_to) for kpi in kpis})
        return results

    def _for_hooks(self, company):
        """Return these KPIs as the hooks need them: a figure counts the whole company, archived records included."""
        self.env.flush_all()  # the hooks read by SQL
        return self.sudo().with_company(company).with_context(active_test=False)

    # === FOR THE HOOKS: TIME === #

    @api.model
    def _get_timezone(self, company):
        return pytz.timezone(company._ltc_get_zone())  # everybody who sees a figure counts its days alike

    @api.model
    def _get_today(self, company):
        return company._ltc_get_today()

    @api.model
    def _get_moments(self, company, date_from, date_to):
        """Return the first moment of ``date_from`` and the first after ``date_to``, in UTC, where the company is."""
        timezone = self._get_timezone(company)
        return tuple(
            timezone.localize(datetime.combine(day, time.min)).astimezone(pytz.utc).replace(tzinfo=None)
            for day in (date_from, date_to + timedelta(days=1)))

    @api.model
    def _get_period_domain(self, field_name, company, date_from, date_to):
        """Return the domain of what happened in the period by that datetime field."""
        start, end = self._get_moments(company, date_from, date_to)
        return [(field_name, '>=', fields.Datetime.to_string(start)), (field_name, '<', fields.Datetime.to_string(end))]

    # === FOR THE HOOKS: FIGURES === #

    @api.model
    def _get_ratio(self, numerator, denominator, scale=100.0):
        """Return the ratio, or ``None`` where there is nothing to divide by."""
        return numerator / denominator * scale if denominator else None

    @api.model
    def _get_share(self, model, population, hits):
        """Return the result of a share: how many of ``population`` also fulfil the domain ``hits``, in percent."""
        Model = self.env[model]
        total = Model.search_count(population)
        count = Model.search_count(population + hits) if total else 0
        return {
            'value': self._get_ratio(count, total), 'numerator': count, 'denominator': total, 'count': total,
            'model': model, 'domain': population,
        }

    @api.model
    def _get_median(self, model, domain, expression):
        """Return the result of a median over ``domain``; ``expression`` is SQL on the model's table."""
        query = self.env[model]._search(domain)
        [(median, count)] = self.env.execute_query(query.select(
            SQL("percentile_cont(0.5) WITHIN GROUP (ORDER BY %s)", expression), SQL("COUNT(%s)", expression)))
        return {'value': median, 'numerator': median or 0.0, 'count': count, 'model': model, 'domain': domain}

    @api.model
    def _get_sums(self, model, domain, *expressions):
        """Return (number of records, sum of each SQL expression) over ``domain``, in one query."""
        query = self.env[model]._search(domain)
        [row] = self.env.execute_query(query.select(
            SQL("COUNT(*)"), *(SQL("COALESCE(SUM(%s), 0)", expression) for expression in expressions)))
        return tuple(float(value) if value is not None else 0.0 for value in row)

    @api.model
    def _sql_days(self, start, end):
        """Return the SQL of the days between two moments."""
        return SQL("EXTRACT(EPOCH FROM %s - %s) / 86400.0", end, start)

    @api.model
    def _sql_company_amount(self, amount, currency_id, company, date):
        """Return the SQL of ``amount`` in the company's currency, at Odoo's rate of ``date`` (the document's)."""
        return SQL(
            "CASE WHEN %(currency)s = %(own)s THEN %(amount)s ELSE %(amount)s / %(rate)s * %(own_rate)s END",
            currency=currency_id, own=company.currency_id.id, amount=amount,
            rate=self._sql_rate(currency_id, company, date),
            own_rate=self._sql_rate(SQL("%s", company.currency_id.id), company, date))

    @api.model
    def _sql_rate(self, currency_id, company, date):
        return SQL(
            """COALESCE(
                (SELECT rate.rate FROM res_currency_rate rate
                  WHERE rate.currency_id = %(currency)s AND rate.name <= %(date)s::date
                    AND (rate.company_id IS NULL OR rate.company_id = %(root)s)
               ORDER BY rate.company_id, rate.name DESC LIMIT 1),
                (SELECT rate.rate FROM res_currency_rate rate
                  WHERE rate.currency_id = %(currency)s
                    AND (rate.company_id IS NULL OR rate.company_id = %(root)s)
               ORDER BY rate.company_id, rate.name LIMIT 1), 1.0)""",
            currency=currency_id, date=date, root=company.root_id.id)


class LtcKpiTarget(models.Model):
    """What a company wants of a figure, and from where on it is warned."""
    _name = 'ltc.kpi.target'
    _description = "KPI Target"
    _order = 'company_id, id'
    _rec_name = 'kpi_id'

    kpi_id = fields.Many2one('ltc.kpi', string="KPI", required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(
        'res.company', required=True, index=True, ondelete='cascade', default=lambda self: self.env.company)
    target = fields.Float(required=True)
    warning = fields.Float(help="Between target and this value the figure is amber, beyond it red. 0: no amber.")

    _kpi_company_uniq = models.UniqueIndex('(kpi_id, company_id)', "The company has a target for this KPI already.")

    def _get_colour(self, value):
        """Return how ``value`` stands against this target: success, warning, danger, or nothing to say."""
        if not self or value is None or self.kpi_id.direction == 'none':
            return False
        sign = 1 if self.kpi_id.direction == 'higher' else -1
        if sign * value >= sign * self.target:
            return 'success'
        return 'warning' if self.warning and sign * value >= sign * self.warning else 'danger'
