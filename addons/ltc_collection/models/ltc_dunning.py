import logging

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

BATCH_LINES = 500  # due lines a transaction, always whole customers
LOCK_SPACE = 0x4C5443  # "LTC": first key of the advisory lock, the company is the second
SALE_TYPES = ('out_invoice', 'out_receipt')
SETTLED_STATES = ('paid', 'in_payment', 'reversed', 'blocked', 'invoicing_legacy')


class LtcDunning(models.Model):
    """One reminder of one due line at one level. Append-only: written by the run, in SQL, and by nobody else.

    The unique indexes are what makes dunning happen exactly once: whoever claims (line, level) first sends the mail
    in the same transaction; when that transaction dies, claim and mail are gone together and the next run takes over.
    """
    _name = 'ltc.dunning'
    _description = "Dunning Log"
    _order = 'date desc, id desc'

    line_id = fields.Many2one('account.move.line', string="Due Line", readonly=True, index=True, ondelete='set null')
    move_id = fields.Many2one(
        'account.move', string="Invoice", readonly=True, index='btree_not_null', ondelete='set null')
    move_name = fields.Char(string="Invoice Number", readonly=True)
    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True, index=True, ondelete='restrict')
    company_id = fields.Many2one('res.company', readonly=True, required=True, index=True, ondelete='restrict')
    notice_id = fields.Many2one(
        'ltc.dunning.notice', string="Reminder", readonly=True, index='btree_not_null', ondelete='restrict')
    ar_user_id = fields.Many2one(
        'res.users', string="Account Responsible (AR)", readonly=True, index='btree_not_null')
    level_id = fields.Many2one('ltc.dunning.level', readonly=True, required=True, index=True, ondelete='restrict')
    level_days = fields.Integer(readonly=True, help="Days of the level when the reminder went out.")
    is_repeat = fields.Boolean(
        string="Repeated by Hand", readonly=True, help="The level had been reached before; sent again by a person.")
    date = fields.Date(readonly=True, required=True)
    date_due = fields.Date(string="Due Date", readonly=True, required=True)
    days_overdue = fields.Integer(readonly=True, aggregator='max')
    currency_id = fields.Many2one('res.currency', readonly=True, required=True)
    amount_residual = fields.Monetary(string="Open Amount", readonly=True)
    company_currency_id = fields.Many2one('res.currency', readonly=True, required=True)
    amount_residual_company = fields.Monetary(
        string="Open Amount in Company Currency", currency_field='company_currency_id', readonly=True)

    _line_level_uniq = models.UniqueIndex(
        '(line_id, level_id) WHERE is_repeat IS NOT TRUE', "The due line has been dunned at that level already.")
    _line_repeat_uniq = models.UniqueIndex(
        '(line_id, date) WHERE is_repeat', "The customer has been reminded of that due line today already.")

    @api.depends('level_id', 'move_name')
    def _compute_display_name(self):
        for dunning in self:
            dunning.display_name = f'{dunning.move_name}: {dunning.level_id.name}'

    # === AUTOMATIC RUN === #

    @api.model
    def _cron_dun(self):
        """Send every reminder that is due in the companies with dunning switched on.

        Works through the customers in batches, each one its own transaction: kill it at any moment and run it again,
        run it twice at once, and still every (due line, level) is dunned once.
        """
        companies = self.env['res.company'].search([('ltc_dunning', '=', True)], order='id')
        batches = [(company, batch) for company in companies for batch in self._get_batches(company)]
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=len(batches))
        for company, partner_ids in batches:
            if not self._dun_batch(company, partner_ids):
                self.env.ref('ltc_collection.ir_cron_dun')._trigger()  # what this run had to leave alone
            if not cron._commit_progress(1):
                break

    @api.model
    def _get_batches(self, company):
        """Return lists of customer ids whose open reminders make up about ``BATCH_LINES`` due lines each."""
        levels = company._ltc_get_dunning_levels()
        if not levels:
            return []
        self._flush_facts()
        counts = self.env.execute_query(SQL(
            "SELECT line.partner_id, COUNT(*) %s GROUP BY line.partner_id ORDER BY line.partner_id",
            self._get_unreminded_sql(company, levels),
        ))
        batches, room = [], 0
        for partner_id, count in counts:
            if room < count:
                batches.append([])
                room = BATCH_LINES
            batches[-1].append(partner_id)
            room -= count
        return batches

    @api.model
    def _dun_batch(self, company, partner_ids):
        """Dun these customers; return False when another transaction is at it and they have to wait."""
        try:
            with self.env.cr.savepoint():  # a batch that fails leaves nothing behind and the others alone
                if not self._try_lock(company):
                    return False
                self._dun(company, SQL("line.partner_id IN %s", tuple(partner_ids)))
        except psycopg2.errors.SerializationFailure:
            return False
        except Exception:
            _logger.exception("Dunning of %s customers of company %s failed", len(partner_ids), company.id)
        return True

    @api.model
    def _try_lock(self, company):
        """Take the dunning of this company until the end of the transaction, unless another one has it."""
        return self.env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_SPACE, company.id))[0][0]

    # === REMINDER BY HAND === #

    @api.model
    def _remind(self, lines):
        """Remind now of these due ``lines``, whatever the cadence: at the level that they have reached, or else the
        first one. A level that was sent before is repeated, at most once a day.

        :return: the reminders that were made; lines not due, on hold or reminded today are left out
        """
        notices = self.env['ltc.dunning.notice']
        for company, company_lines in lines.grouped('company_id').items():
            if company_lines and company._ltc_get_dunning_levels() and self._try_lock(company):
                notices |= self._dun(company, SQL("line.id IN %s", tuple(company_lines.ids)), by_hand=True)
        return notices

    # === WHAT BOTH DO === #

    @api.model
    def _dun(self, company, scope, by_hand=False):
        """Claim the open reminders within ``scope`` (SQL), then make one reminder a customer out of them."""
        self._flush_facts()
        self = self.with_company(company)
        levels = company._ltc_get_dunning_levels()
        source = self._get_by_hand_sql if by_hand else self._get_unreminded_sql
        rows = self.env.execute_query(self._get_insert_sql(company, SQL("%s AND %s", source(company, levels), scope)))
        notices = self.browse(row[0] for row in rows)._create_notices(company)
        notices._notify()
        return notices

    @api.model
    def _flush_facts(self):
        """Write what the SQL below reads, so that a change in this very transaction counts."""
        self.env['account.move'].flush_model(
            ['name', 'move_type', 'payment_state', 'invoice_user_id', 'ltc_flow_id'])
        self.env['account.move.line'].flush_model([
            'account_id', 'amount_residual', 'amount_residual_currency', 'company_id', 'currency_id', 'date_maturity',
            'move_id', 'no_followup', 'parent_state', 'partner_id', 'reconciled',
        ])
        self.env['account.account'].flush_model(['account_type'])
        self.env['ltc.flow'].flush_model(['ar_user_id'])
        self.env['ltc.dunning.level'].flush_model()
        self.env['ltc.dunning.hold'].flush_model()

    @api.model
    def _get_open_line_sql(self):
        """Return FROM and WHERE of the open due lines: aliases ``line``, ``move``, ``flow``.

        A due line is an instalment of a posted customer invoice that still has something to pay. Refunds, credit
        balances and what is paid already have no part in it.
        """
        return SQL(
            """ FROM account_move_line line
                JOIN account_move move ON move.id = line.move_id
                JOIN account_account account ON account.id = line.account_id
           LEFT JOIN ltc_flow flow ON flow.id = move.ltc_flow_id
               WHERE account.account_type = 'asset_receivable'
                 AND line.reconciled IS NOT TRUE
                 AND line.parent_state = 'posted'
                 AND line.date_maturity IS NOT NULL
                 AND line.amount_residual > 0
                 AND line.amount_residual_currency > 0
                 AND move.move_type IN %s
                 AND COALESCE(move.payment_state, 'not_paid') NOT IN %s""", SALE_TYPES, SETTLED_STATES)

    @api.model
    def _get_overdue_sql(self, company, levels, level_order, level_condition):
        """Return FROM and WHERE of the overdue lines that may be dunned, each with its level (alias ``level``)."""
        today = company._ltc_get_today()
        open_lines = self._get_open_line_sql()
        return SQL(
            """ FROM (SELECT line.*, move.name AS number, move.invoice_user_id, flow.ar_user_id,
                             %(today)s::date - line.date_maturity AS days_overdue %(open_lines)s
                         AND line.company_id = %(company)s
                         AND line.no_followup IS NOT TRUE
                         AND line.date_maturity < %(today)s) line
                JOIN LATERAL (SELECT level.id, level.days
                                FROM ltc_dunning_level level
                               WHERE level.id IN %(levels)s AND %(level_condition)s
                            ORDER BY %(level_order)s
                               LIMIT 1) level ON TRUE
               WHERE NOT EXISTS (SELECT 1
                                   FROM ltc_dunning_hold hold
                                  WHERE hold.line_id = line.id
                                    AND hold.released_on IS NULL
                                    AND (hold.date_until IS NULL OR hold.date_until >= %(today)s))""",
            today=today, open_lines=open_lines, company=company.id, levels=tuple(levels.ids),
            level_condition=level_condition, level_order=level_order,
        )

    @api.model
    def _get_unreminded_sql(self, company, levels):
        """Return FROM and WHERE of the lines that reached a level at which, or above which, nobody was reminded."""
        overdue = self._get_overdue_sql(
            company, levels, SQL("level.days DESC"), SQL("level.days <= line.days_overdue"))
        return SQL(
            """%s AND NOT EXISTS (SELECT 1
                                    FROM ltc_dunning earlier
                                   WHERE earlier.line_id = line.id
                                     AND (earlier.level_id = level.id OR earlier.level_days >= level.days))""", overdue)

    @api.model
    def _get_by_hand_sql(self, company, levels):
        """Return FROM and WHERE of the overdue lines not reminded today: highest level reached, or else the first."""
        overdue = self._get_overdue_sql(
            company, levels,
            SQL("level.days <= line.days_overdue DESC,"
                " CASE WHEN level.days <= line.days_overdue THEN -level.days ELSE level.days END"), SQL("TRUE"))
        return SQL(
            """%s AND NOT EXISTS (SELECT 1
                                    FROM ltc_dunning earlier
                                   WHERE earlier.line_id = line.id AND earlier.date = %s)""",
            overdue, company._ltc_get_today())

    @api.model
    def _get_insert_sql(self, company, source):
        """Return the statement that claims the lines of ``source`` and tells which ones it got."""
        return SQL(
            """INSERT INTO ltc_dunning (
                   line_id, move_id, move_name, partner_id, company_id, ar_user_id, level_id, level_days, is_repeat,
                   date, date_due, days_overdue, currency_id, amount_residual,
                   company_currency_id, amount_residual_company, create_uid, create_date, write_uid, write_date)
               SELECT line.id, line.move_id, line.number, line.partner_id, line.company_id,
                      COALESCE(line.ar_user_id, line.invoice_user_id), level.id, level.days,
                      EXISTS (SELECT 1 FROM ltc_dunning earlier
                               WHERE earlier.line_id = line.id AND earlier.level_id = level.id),
                      %(today)s, line.date_maturity, line.days_overdue, line.currency_id,
                      line.amount_residual_currency, %(currency)s, line.amount_residual,
                      %(uid)s, %(now)s, %(uid)s, %(now)s
               %(source)s
               ORDER BY line.partner_id, line.date_maturity, line.id
               ON CONFLICT DO NOTHING
               RETURNING id""",
            today=company._ltc_get_today(), currency=company.currency_id.id, uid=self.env.uid,
            now=fields.Datetime.now(), source=source,
        )

    def _create_notices(self, company):
        """Gather the claimed reminders into one notice a customer, in the words of the highest level."""
        Notice = self.env['ltc.dunning.notice'].with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True, tracking_disable=True)
        if not self:
            return Notice
        highest = {}
        for dunning in self:
            highest[dunning.partner_id] = max(
                highest.get(dunning.partner_id, dunning), dunning, key=lambda one: (one.level_days, one.id))
        notices = Notice.create([{
            'partner_id': partner.id,
            'company_id': company.id,
            'level_id': dunning.level_id.id,
            'date': dunning.date,
        } for partner, dunning in highest.items()])
        notices.flush_recordset()
        self.env.execute_query(SQL(
            """UPDATE ltc_dunning dunning
                  SET notice_id = notice.id
                 FROM ltc_dunning_notice notice
                WHERE dunning.id IN %s AND notice.id IN %s AND notice.partner_id = dunning.partner_id
            RETURNING dunning.id""", tuple(self.ids), tuple(notices.ids),
        ))
        self.invalidate_recordset(['notice_id'])
        return notices
