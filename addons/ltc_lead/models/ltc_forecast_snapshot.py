import json
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .crm_stage_forecast import FORECAST_CATEGORIES
from .ltc_forecast import OVERSEERS
from .ltc_lead_split import SPLIT_KINDS

SNAPSHOT_KINDS = [
    ('locked', "Locked at the Start of the Period"),
    ('weekly', "Weekly"),
]
GRACE_DAYS = 5  # a locked snapshot that is taken later would know too much of its month
HORIZON = 6  # months whose forecast a snapshot keeps
WEEKLY_KEPT_DAYS = 400


class LtcForecastSnapshot(models.Model):
    """What the forecast of a company was at a moment. Only the server takes one, and nobody changes it afterwards.

    The digest of its rows goes into the audit log of the company, so that even a change by SQL is found.
    """
    _name = 'ltc.forecast.snapshot'
    _description = "Forecast Snapshot"
    _inherit = ['ltc.fact.mixin']
    _order = 'taken_on desc, id desc'

    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='restrict')
    currency_id = fields.Many2one(related='company_id.currency_id')
    kind = fields.Selection(SNAPSHOT_KINDS, required=True, readonly=True)
    date = fields.Date(
        string="Period From", required=True, readonly=True, help="First day of the month, or Monday of the week.")
    taken_on = fields.Datetime(required=True, readonly=True)
    line_count = fields.Integer(string="Rows", readonly=True)
    amount = fields.Monetary(string="Open and Closed", readonly=True, groups=','.join(OVERSEERS))
    forecast = fields.Monetary(
        readonly=True, groups=','.join(OVERSEERS), help="What the persons' months added up to.")
    digest = fields.Char(readonly=True, help="SHA-256 of the rows; the same stands in the audit log.")

    _period_uniq = models.UniqueIndex('(company_id, kind, date)', "The snapshot of that period is taken already.")

    @api.depends('kind', 'date')
    @api.depends_context('lang')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for snapshot in self:
            snapshot.display_name = f"{kinds.get(snapshot.kind, '')} {snapshot.date or ''}"

    # === CRUD METHODS === #

    def write(self, vals):
        self._refuse(self.env._("Snapshot %s stands as it was taken; nobody changes it.", self[:1].display_name))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        for snapshot in self:
            if snapshot.kind == 'locked' or not self.env.su:
                self._refuse(self.env._("Snapshot %s stays; nobody deletes it.", snapshot.display_name))

    def _refuse(self, sentence):
        raise UserError(sentence)

    # === ACTION METHODS === #

    def action_view_lines(self):
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('ltc_lead.ltc_forecast_snapshot_line_action'),
            'domain': [('snapshot_id', '=', self.id)], 'name': self.display_name,
        }

    def action_verify(self):
        """Tell whether the rows are still those that were taken, by the digest in the audit log."""
        self.check_access('read')
        altered = self.sudo().filtered(lambda snapshot: snapshot._get_sealed_digest() != snapshot._digest())
        return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'type': 'danger' if altered else 'success',
            'message': self.env._(
                "Not as they were taken: %(snapshots)s", snapshots=', '.join(altered.mapped('display_name')))
            if altered else self.env._("Every row is as it was taken."),
            'sticky': bool(altered),
        }}

    # === CRON === #

    @api.model
    def _cron_take(self):
        """Keep the forecast of every company at the start of each month, and once a week.

        One snapshot a step and a commit after each: kill it at any moment and run it again, what is kept stays.
        """
        todo = self._get_missing()
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=len(todo))
        for company, kind, date in todo:
            self._take(company, kind, date)
            if not cron._commit_progress(1):
                break

    @api.model
    def _get_missing(self):
        """Return the (company, kind, first day) that are due today and not kept yet."""
        todo = []
        for company in self._get_forecasting_companies():
            today = company._ltc_get_today()
            if today.day <= GRACE_DAYS:
                todo.append((company, 'locked', today.replace(day=1)))
            todo.append((company, 'weekly', today - timedelta(days=today.weekday())))
        kept = set(self._read_group(
            [('date', 'in', list({date for _company, _kind, date in todo}))], ['company_id', 'kind', 'date:day']))
        return [period for period in todo if period not in kept]

    @api.model
    def _get_forecasting_companies(self):
        """Return the companies that have opportunities of their own."""
        rows = self.env.execute_query(SQL(
            """SELECT company.id FROM res_company company
                WHERE company.active AND EXISTS (
                      SELECT FROM crm_lead lead
                   LEFT JOIN crm_team team ON team.id = lead.team_id
                   LEFT JOIN res_users salesperson ON salesperson.id = lead.user_id
                       WHERE lead.type = 'opportunity' AND lead.active
                         AND COALESCE(lead.company_id, team.company_id, salesperson.company_id) = company.id)
             ORDER BY company.id"""))
        return self.env['res.company'].browse(company_id for company_id, in rows)

    @api.autovacuum
    def _gc_weekly(self):
        """Weekly snapshots serve the changes since; after a year the locked ones tell the rest."""
        self.sudo().search([
            ('kind', '=', 'weekly'), ('taken_on', '<', fields.Datetime.now() - timedelta(days=WEEKLY_KEPT_DAYS)),
        ]).unlink()

    # === TAKING === #

    @api.model
    def _take(self, company, kind, date):
        """Take one snapshot: a header, its rows and the persons' months in one statement each."""
        self.env.flush_all()
        snapshot = self.sudo().create({
            'company_id': company.id, 'kind': kind, 'date': date, 'taken_on': fields.Datetime.now()})
        snapshot._insert_lines()
        snapshot._insert_persons()
        snapshot._seal()
        return snapshot

    def _insert_lines(self):
        forecast = self.env['ltc.forecast']
        start, _end = self.env['ltc.kpi']._get_moments(self.company_id, self._get_first_month(), self.date)
        open_or_new = SQL("(lead.won_status = 'pending' OR lead.won_status = 'won' AND lead.date_closed >= %s)", start)
        self.env.cr.execute(SQL(
            """INSERT INTO ltc_forecast_snapshot_line
                      (snapshot_id, company_id, lead_id, lead_ref, user_id, team_id, stage_id, category, kind, amount,
                       owner_amount, manager_amount, forecast, basis, date_close)
               SELECT %s, %s, lead_id, lead_id, user_id, team_id, stage_id, category, kind, amount, owner_amount,
                      manager_amount, forecast, %s, date_close
                 FROM (%s) credit""",
            self.id, self.company_id.id, forecast._sql_basis(self.company_id),
            forecast._sql_credits(self.company_id, open_or_new)))

    def _get_first_month(self):
        self.ensure_one()
        return self.date.replace(day=1)

    def _insert_persons(self):
        """Keep what each person's months add up to, and what owner and manager said instead."""
        first = self._get_first_month()
        self.env.cr.execute(SQL(
            """
            INSERT INTO ltc_forecast_snapshot_person
                   (snapshot_id, company_id, user_id, team_id, month, computed, owner_amount, manager_amount, forecast)
            SELECT %(snapshot)s, %(company)s, row.user_id, person.sale_team_id, row.month, SUM(row.computed),
                   MAX(row.owner), MAX(row.manager), COALESCE(MAX(row.manager), MAX(row.owner), SUM(row.computed))
              FROM (SELECT user_id, date_trunc('month', date_close)::date AS month, basis AS computed,
                           NULL::numeric AS owner, NULL::numeric AS manager
                      FROM ltc_forecast_snapshot_line
                     WHERE snapshot_id = %(snapshot)s AND kind = 'revenue' AND user_id IS NOT NULL
                     UNION ALL
                    SELECT user_id, month, 0, CASE WHEN level = 'owner' THEN amount END,
                           CASE WHEN level = 'manager' THEN amount END
                      FROM ltc_forecast_adjustment
                     WHERE company_id = %(company)s AND lead_id IS NULL AND is_current AND NOT is_withdrawn
                   ) row
              JOIN res_users person ON person.id = row.user_id
             WHERE row.month >= %(first)s AND row.month < %(end)s
          GROUP BY row.user_id, person.sale_team_id, row.month
            """,
            snapshot=self.id, company=self.company_id.id, first=first, end=first + relativedelta(months=HORIZON)))

    def _seal(self):
        """Write the totals and the digest once, and put the digest into the audit log."""
        digest = self._digest()
        self.env.cr.execute(SQL(
            """UPDATE ltc_forecast_snapshot
                  SET digest = %(digest)s,
                      line_count = (SELECT COUNT(*) FROM ltc_forecast_snapshot_line WHERE snapshot_id = %(id)s),
                      amount = (SELECT COALESCE(SUM(amount), 0) FROM ltc_forecast_snapshot_line
                                 WHERE snapshot_id = %(id)s AND kind = 'revenue'),
                      forecast = (SELECT COALESCE(SUM(forecast), 0) FROM ltc_forecast_snapshot_person
                                   WHERE snapshot_id = %(id)s)
                WHERE id = %(id)s""", digest=digest, id=self.id))
        self.invalidate_recordset()
        self.env['ltc.audit.log'].sudo()._append([{
            'kind': 'forecast', 'document': self, 'company': self.company_id,
            'values': {'digest': digest, 'rows': self.line_count},
        }])

    def _digest(self):
        """Return the SHA-256 of the rows as they are now; which lead a row points to is kept when it is deleted."""
        self.ensure_one()
        self.env.flush_all()
        [(digest,)] = self.env.execute_query(SQL(
            """
            SELECT encode(sha256(convert_to(COALESCE(string_agg(row.text, '|' ORDER BY row.text), ''), 'UTF8')), 'hex')
              FROM (SELECT concat_ws(',', 'line', lead_ref, COALESCE(user_id, 0), category, kind,
                                     round(amount, 2), round(COALESCE(forecast, 0), 2), date_close) AS text
                      FROM ltc_forecast_snapshot_line WHERE snapshot_id = %(id)s
                     UNION ALL
                    SELECT concat_ws(',', 'person', user_id, month, round(computed, 2), round(forecast, 2))
                      FROM ltc_forecast_snapshot_person WHERE snapshot_id = %(id)s) row
            """, id=self.id))
        return digest

    def _get_sealed_digest(self):
        entry_sudo = self.env['ltc.audit.log'].sudo().search(
            [('res_model', '=', self._name), ('res_id', '=', self.id), ('kind', '=', 'forecast')], limit=1)
        return entry_sudo and json.loads(entry_sudo.payload)['digest']

    @api.model
    def _get_latest(self, company):
        """Return the last snapshot of ``company`` from before today: what changes are told against."""
        today, _end = self.env['ltc.kpi']._get_moments(company, company._ltc_get_today(), company._ltc_get_today())
        return self.sudo().search([('company_id', '=', company.id), ('taken_on', '<', today)], limit=1)


class LtcForecastSnapshotLine(models.Model):
    """One opportunity and person credited with it, as they were."""
    _name = 'ltc.forecast.snapshot.line'
    _description = "Forecast Snapshot Row"
    _order = 'snapshot_id desc, amount desc, id'
    _rec_name = 'lead_id'
    _log_access = False

    snapshot_id = fields.Many2one(
        'ltc.forecast.snapshot', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='restrict')
    currency_id = fields.Many2one(related='company_id.currency_id')
    lead_id = fields.Many2one(
        'crm.lead', string="Opportunity", readonly=True, index='btree_not_null', ondelete='set null')
    lead_ref = fields.Integer(string="Opportunity ID", readonly=True, aggregator=None)
    user_id = fields.Many2one('res.users', string="Salesperson", readonly=True, ondelete='restrict')
    team_id = fields.Many2one('crm.team', string="Sales Team", readonly=True, ondelete='set null')
    stage_id = fields.Many2one('crm.stage', readonly=True, ondelete='set null')
    category = fields.Selection(FORECAST_CATEGORIES, string="Forecast Category", readonly=True)
    kind = fields.Selection(SPLIT_KINDS, readonly=True)
    amount = fields.Monetary(readonly=True)
    owner_amount = fields.Monetary(string="Owner Said", readonly=True)
    manager_amount = fields.Monetary(string="Manager Said", readonly=True)
    forecast = fields.Monetary(string="Forecast Value", readonly=True)
    basis = fields.Monetary(string="Counted", readonly=True, help="What it added to the forecast of its person.")
    date_close = fields.Date(string="Expected Closing", readonly=True)


class LtcForecastSnapshotPerson(models.Model):
    """The forecast of a person's month, as it was."""
    _name = 'ltc.forecast.snapshot.person'
    _description = "Forecast Snapshot of a Person"
    _order = 'snapshot_id desc, month, user_id'
    _rec_name = 'user_id'
    _log_access = False

    snapshot_id = fields.Many2one(
        'ltc.forecast.snapshot', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='restrict')
    currency_id = fields.Many2one(related='company_id.currency_id')
    user_id = fields.Many2one('res.users', string="Salesperson", required=True, readonly=True, ondelete='restrict')
    team_id = fields.Many2one('crm.team', string="Sales Team", readonly=True, ondelete='set null')
    month = fields.Date(required=True, readonly=True)
    computed = fields.Monetary(string="Added Up", readonly=True)
    owner_amount = fields.Monetary(string="Owner Said", readonly=True)
    manager_amount = fields.Monetary(string="Manager Said", readonly=True)
    forecast = fields.Monetary(readonly=True)
