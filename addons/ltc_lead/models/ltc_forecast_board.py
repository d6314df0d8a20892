from collections import defaultdict

from babel.dates import format_skeleton
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL
from odoo.tools.misc import babel_locale_parse, get_lang

from .crm_stage_forecast import FORECAST_CATEGORIES, FORECAST_RANK

SPANS = {'month': 1, 'quarter': 3}
SHOWN = 6  # periods on the screen: the one before, the present one and those to come
FIGURES = (*FORECAST_RANK, 'computed', 'target', 'before')


class LtcForecast(models.AbstractModel):
    """The forecast screen: people by period, what they are to reach, what is sure and what they expect."""
    _inherit = 'ltc.forecast'

    @api.model
    def get_board(self, span='month', selected=False, offset=0):
        """Return the data of the forecast screen for the current company.

        :param str span: 'month' or 'quarter'
        :param selected: first day of the period whose people are shown; the present one by default
        :param int offset: by how many periods the strip is moved
        """
        self._check_reader()
        company = self.env.company
        months = SPANS.get(span, 1)
        present = self._get_period_start(company._ltc_get_today(), months)
        first = present + relativedelta(months=months * (int(offset) - 1))
        starts = [first + relativedelta(months=months * number) for number in range(SHOWN)]
        chosen = fields.Date.to_date(selected) or present
        chosen = chosen if chosen in starts else starts[min(max(1 - int(offset), 0), SHOWN - 1)]
        cells = self.sudo()._get_cells(company, starts[0], starts[-1] + relativedelta(months=months))
        visible = self._get_visible_users()
        if visible is not None:
            cells = {key: cell for key, cell in cells.items() if key[0] in visible.ids}
        return {
            'company': company.name,
            'currency_id': company.currency_id.id,
            'span': span if span in SPANS else 'month',
            'offset': int(offset),
            'rollup': company.ltc_forecast_rollup,
            'basis': dict(company._fields['ltc_forecast_basis']._description_selection(self.env))[
                company.ltc_forecast_basis],
            'categories': [
                {'key': key, 'label': dict(self._get_category_labels())[key]} for key in FORECAST_RANK],
            'snapshot_date': self._get_snapshot_date(company),
            'selected': fields.Date.to_string(chosen),
            'periods': [
                self._prepare_period(cells, start, months, present, visible is None) for start in starts],
            'rows': self._prepare_rows(cells, chosen, months),
            'undated': self._prepare_undated(company, present),
        }

    @api.model
    def _get_category_labels(self):
        return self.env['crm.lead']._fields['ltc_forecast_category']._description_selection(self.env)

    @api.model
    def _get_period_start(self, day, months):
        return day.replace(day=1) - relativedelta(months=(day.month - 1) % months)

    @api.model
    def _get_snapshot_date(self, company):
        snapshot = self.env['ltc.forecast.snapshot'].sudo()._get_latest(company)
        return fields.Date.to_string(fields.Datetime.context_timestamp(
            self.with_context(tz=str(self.env['ltc.kpi']._get_timezone(company))), snapshot.taken_on).date()
        ) if snapshot else False

    # === CELLS: A PERSON'S MONTH === #

    @api.model
    def _get_cells(self, company, start, end):
        """Return {(user id, month): figures} between two days, the last excluded, in four queries."""
        self.env.flush_all()
        cells = defaultdict(lambda: {**dict.fromkeys(FIGURES, 0.0), 'owner': None, 'manager': None, 'count': 0})
        for user_id, month, category, amount, basis, count in self._read_credits(company, start, end):
            cell = cells[user_id or 0, month]
            cell[category] += float(amount or 0)
            cell['computed'] += float(basis or 0)
            cell['count'] += count
        for name, user_id, month, amount in self._read_beside(company, start, end):
            cells[user_id or 0, month][name] = float(amount)
        for cell in cells.values():
            said = cell['owner'] if cell['manager'] is None else cell['manager']
            cell['forecast'] = cell['computed'] if said is None else max(said, cell['closed'])  # what is won is won
        return cells

    @api.model
    def _read_credits(self, company, start, end):
        return self.env.execute_query(SQL(
            """SELECT user_id, date_trunc('month', date_close)::date, category, SUM(forecast), SUM(%(basis)s), COUNT(*)
                 FROM (%(credits)s) credit
                WHERE kind = 'revenue' AND date_close >= %(start)s AND date_close < %(end)s
             GROUP BY 1, 2, 3""",
            basis=self._sql_basis(company), start=start, end=end,
            credits=self._sql_credits(company, self._sql_dated(company, start, end))))

    @api.model
    def _sql_dated(self, company, start, end):
        """Return the SQL, on ``lead``, of what closes between two days or was won there."""
        moments = self.env['ltc.kpi']._get_moments(company, start, end - relativedelta(days=1))
        return SQL(
            """(lead.won_status = 'pending' AND lead.date_deadline >= %s AND lead.date_deadline < %s
                OR lead.won_status = 'won' AND lead.date_closed >= %s AND lead.date_closed < %s)""",
            start, end, *moments)

    @api.model
    def _read_beside(self, company, start, end):
        """Return (figure, user id, month, amount) of what was said, of the targets and of the last snapshot."""
        snapshot = self.env['ltc.forecast.snapshot'].sudo()._get_latest(company)
        values = {'company': company.id, 'start': start, 'end': end, 'snapshot': snapshot.id or 0}
        said = self.env.execute_query(SQL(
            """SELECT level, user_id, month, amount FROM ltc_forecast_adjustment
                WHERE company_id = %(company)s AND lead_id IS NULL AND is_current AND NOT is_withdrawn
                  AND month >= %(start)s AND month < %(end)s""", **values))
        targets = self.env.execute_query(SQL(
            """SELECT 'target', user_id, month, amount FROM (%(targets)s) target
                WHERE company_id = %(company)s AND kind = 'sales' AND scope = 'user'
                  AND month >= %(start)s AND month < %(end)s""",
            targets=self.env['ltc.target']._sql_months(), **values))
        before = self.env.execute_query(SQL(
            """SELECT 'before', user_id, date_trunc('month', date_close)::date, SUM(basis)
                 FROM ltc_forecast_snapshot_line
                WHERE snapshot_id = %(snapshot)s AND kind = 'revenue'
                  AND date_close >= %(start)s AND date_close < %(end)s
             GROUP BY 2, 3""", **values))
        return said + targets + [row for row in before if row[3] is not None]

    # === WHAT THE SCREEN SHOWS === #

    @api.model
    def _add_up(self, cells):
        """Return the sum of some cells; what nobody said stays unsaid."""
        total = {name: sum(cell[name] for cell in cells) for name in (*FIGURES, 'forecast', 'count')}
        for level in ('owner', 'manager'):
            said = [cell[level] for cell in cells if cell[level] is not None]
            total[level] = sum(said) if said else None
        total['change'] = total['computed'] - total['before']
        total['gap'] = total['target'] - total['forecast']
        total['attainment'] = 100 * total['closed'] / total['target'] if total['target'] else None
        return total

    @api.model
    def _prepare_period(self, cells, start, months, present, is_whole):
        end = start + relativedelta(months=months)
        total = self._add_up([cell for (_user_id, month), cell in cells.items() if start <= month < end])
        if is_whole:  # the company's own target is what counts for the company
            own = self._get_company_target(start, end)
            total['target'] = own or total['target']
            total['gap'] = total['target'] - total['forecast']
        label = format_skeleton('yMMM', start, locale=babel_locale_parse(get_lang(self.env).code))
        if months == 3:
            label = self.env._("Q%(quarter)s %(year)s", quarter=(start.month + 2) // 3, year=start.year)
        return {
            **total, 'start': fields.Date.to_string(start), 'label': label,
            'is_present': start == present, 'is_past': start < present,
        }

    @api.model
    def _get_company_target(self, start, end):
        [(amount,)] = self.env.execute_query(SQL(
            """SELECT SUM(amount) FROM (%s) target
                WHERE company_id = %s AND kind = 'sales' AND scope = 'company' AND month >= %s AND month < %s""",
            self.env['ltc.target']._sql_months(), self.env.company.id, start, end))
        return float(amount or 0)

    @api.model
    def _prepare_rows(self, cells, start, months):
        end = start + relativedelta(months=months)
        by_user = defaultdict(list)
        for (user_id, month), cell in cells.items():
            if start <= month < end:
                by_user[user_id].append(cell)
        users = {user.id: user for user in self.env['res.users'].sudo().browse(filter(None, by_user))}
        can_say = months == 1 and end > self.env.company._ltc_get_today()
        rows = [{
            **self._add_up(found),
            'user_id': user_id,
            'name': users[user_id].name if user_id else self.env._("No salesperson"),
            'team': users[user_id].sale_team_id.name if user_id else False,
            'level': bool(can_say and user_id) and self._get_level(users[user_id].sudo(False)),
        } for user_id, found in by_user.items()]
        return sorted(rows, key=lambda row: (not row['user_id'], -row['forecast'], row['name']))

    # === DRILL-DOWN === #

    @api.model
    def action_open_cell(self, span, start, user_id=False, category=False):
        """Open the opportunities behind a figure of the screen, as far as the user may see them."""
        self._check_reader()
        start = fields.Date.to_date(start)
        end = start + relativedelta(months=SPANS.get(span, 1))
        self.env.flush_all()
        conditions = [SQL("kind = 'revenue' AND date_close >= %s AND date_close < %s", start, end)]
        visible = self._get_visible_users()
        if user_id is not False:
            if visible is not None and user_id not in visible.ids:
                raise AccessError(self.env._("The opportunities of others are not yours to see; ask a manager."))
            conditions.append(SQL("COALESCE(user_id, 0) = %s", int(user_id)))
        elif visible is not None:
            conditions.append(SQL("user_id = ANY(%s)", visible.ids))
        if category in dict(FORECAST_CATEGORIES):
            conditions.append(SQL("category = %s", category))
        rows = self.env.execute_query(SQL(
            "SELECT DISTINCT lead_id FROM (%s) credit WHERE %s",
            self._sql_credits(self.env.company, self._sql_dated(self.env.company, start, end)),
            SQL(" AND ").join(conditions)))
        return self._prepare_lead_action(self.env._("Opportunities"), [('id', 'in', [lead_id for lead_id, in rows])])

    @api.model
    def action_open_changes(self, span, start, user_id=False):
        """Open what changed since the last snapshot in the opportunities of a period."""
        self._check_reader()
        start = fields.Date.to_date(start)
        end = start + relativedelta(months=SPANS.get(span, 1))
        days = [fields.Date.to_string(day) for day in (start, end)]
        domain = ['|', '&', ('date_close', '>=', days[0]), ('date_close', '<', days[1]),
                  '&', ('previous_date_close', '>=', days[0]), ('previous_date_close', '<', days[1])]
        return {
            **self.env['ir.actions.act_window']._for_xml_id('ltc_lead.ltc_pipeline_change_action'),
            'domain': domain + ([('user_id', '=', int(user_id) or False)] if user_id is not False else []),
        }

    @api.model
    def action_open_undated(self, span='month'):
        """Open the open opportunities that no period can count: without a closing date, or with one that has passed."""
        self._check_reader()
        present = self._get_period_start(self.env.company._ltc_get_today(), SPANS.get(span, 1))
        return self._prepare_lead_action(self.env._("Without a Date to Count On"), self._get_undated_domain(present))

    @api.model
    def _prepare_lead_action(self, name, domain):
        return {
            'type': 'ir.actions.act_window', 'name': name, 'res_model': 'crm.lead', 'view_mode': 'list,form',
            'views': [(self.env.ref('crm.crm_case_tree_view_oppor').id, 'list'), (False, 'form')],
            'search_view_id': [self.env.ref('crm.view_crm_case_opportunities_filter').id, 'search'],
            'domain': domain, 'context': {'create': False, 'active_test': False},
        }

    @api.model
    def _get_undated_domain(self, present):
        return [
            ('type', '=', 'opportunity'), ('won_status', '=', 'pending'), ('active', '=', True),
            ('ltc_forecast_category', '!=', 'omitted'),
            '|', ('date_deadline', '=', False), ('date_deadline', '<', fields.Date.to_string(present)),
            *self.env['ltc.kpi']._get_lead_company_domain(self.env.company),
        ]

    @api.model
    def _prepare_undated(self, company, present):
        Lead = self.env['crm.lead']
        if not Lead.has_access('read'):
            return {'count': 0, 'amount': 0.0}
        [(count, amount)] = Lead._read_group(
            self._get_undated_domain(present), [], ['__count', 'expected_revenue:sum'])
        return {'count': count, 'amount': amount or 0.0}
