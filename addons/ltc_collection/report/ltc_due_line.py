from odoo import api, fields, models
from odoo.tools import SQL, format_date

BUCKETS = [
    ('not_due', "Not Due"),
    ('1_30', "1-30 Days"),
    ('31_60', "31-60 Days"),
    ('61_90', "61-90 Days"),
    ('91_180', "91-180 Days"),
    ('over_180', "Over 180 Days"),
]


class LtcDueLine(models.Model):
    """An open instalment as the collector sees it: how late, how much, who is responsible, what was done.

    A view on the receivable lines in one statement, so that Odoo's own lists carry nothing of it.
    """
    _name = 'ltc.due.line'
    _description = "Due Line"
    _auto = False
    _order = 'weight desc, date_due, id'
    _rec_name = 'move_name'

    line_id = fields.Many2one('account.move.line', string="Journal Item", readonly=True)
    move_id = fields.Many2one('account.move', string="Invoice", readonly=True)
    move_name = fields.Char(string="Number", readonly=True)
    payment_reference = fields.Char(readonly=True)
    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    flow_id = fields.Many2one('ltc.flow', string="Case", readonly=True)
    contract_id = fields.Many2one('ltc.contract', readonly=True)
    plan_line_id = fields.Many2one('ltc.payment.plan.line', string="Payment Plan Node", readonly=True)
    ar_user_id = fields.Many2one('res.users', string="Account Responsible (AR)", readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    company_currency_id = fields.Many2one('res.currency', readonly=True)
    amount = fields.Monetary(string="Instalment", readonly=True)
    amount_residual = fields.Monetary(string="Open Amount", readonly=True)
    amount_residual_company = fields.Monetary(
        string="Open Amount in Company Currency", currency_field='company_currency_id', readonly=True)
    invoice_date = fields.Date(readonly=True)
    date_due = fields.Date(string="Due Date", readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator='max')
    bucket = fields.Selection(BUCKETS, string="Age", readonly=True)
    weight = fields.Float(
        string="Amount × Days", readonly=True, help="Open amount times days overdue: the largest first.")
    level_id = fields.Many2one('ltc.dunning.level', string="Last Level", readonly=True)
    last_dunned_on = fields.Date(string="Last Reminder", readonly=True)
    hold_id = fields.Many2one('ltc.dunning.hold', readonly=True)
    is_on_hold = fields.Boolean(string="On Hold", readonly=True)

    _depends = {
        'account.account': ['account_type'],
        'account.move': [
            'invoice_date', 'invoice_user_id', 'ltc_contract_id', 'ltc_flow_id', 'ltc_plan_line_id', 'move_type',
            'name', 'payment_reference', 'payment_state'],
        'account.move.line': [
            'account_id', 'amount_currency', 'amount_residual', 'amount_residual_currency', 'company_id',
            'currency_id', 'date_maturity', 'move_id', 'parent_state', 'partner_id', 'reconciled'],
        'ltc.dunning': ['date', 'level_id', 'line_id'],
        'ltc.dunning.hold': ['date_until', 'line_id', 'released_on'],
        'ltc.flow': ['ar_user_id'],
        'res.company': ['currency_id'],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s", self._select(), self._from())

    @api.model
    def _select(self) -> SQL:
        return SQL(
            """
            SELECT due.id, due.id AS line_id, due.move_id, due.move_name, due.payment_reference, due.partner_id,
                   due.company_id, due.ltc_flow_id AS flow_id, due.ltc_contract_id AS contract_id,
                   due.ltc_plan_line_id AS plan_line_id, due.ar_user_id, due.currency_id,
                   company.currency_id AS company_currency_id, due.amount_currency AS amount,
                   due.amount_residual_currency AS amount_residual, due.amount_residual AS amount_residual_company,
                   due.invoice_date, due.date_maturity AS date_due, GREATEST(due.days, 0) AS days_overdue,
                   CASE WHEN due.days <= 0 THEN 'not_due'
                        WHEN due.days <= 30 THEN '1_30'
                        WHEN due.days <= 60 THEN '31_60'
                        WHEN due.days <= 90 THEN '61_90'
                        WHEN due.days <= 180 THEN '91_180'
                        ELSE 'over_180' END AS bucket,
                   (due.amount_residual * GREATEST(due.days, 0))::double precision AS weight,
                   dunning.level_id, dunning.date AS last_dunned_on,
                   hold.id AS hold_id, hold.id IS NOT NULL AS is_on_hold
            """)

    @api.model
    def _from(self) -> SQL:
        today = fields.Date.context_today(self)
        return SQL(
            """
            FROM (SELECT line.id, line.move_id, line.partner_id, line.company_id, line.currency_id,
                         line.amount_currency, line.amount_residual_currency, line.amount_residual,
                         line.date_maturity, %(today)s::date - line.date_maturity AS days,
                         move.name AS move_name, move.payment_reference, move.invoice_date, move.ltc_flow_id,
                         move.ltc_contract_id, move.ltc_plan_line_id,
                         COALESCE(flow.ar_user_id, move.invoice_user_id) AS ar_user_id
                  %(open_lines)s) due
            JOIN res_company company ON company.id = due.company_id
            LEFT JOIN LATERAL (SELECT dunning.level_id, dunning.date
                                 FROM ltc_dunning dunning
                                WHERE dunning.line_id = due.id
                             ORDER BY dunning.date DESC, dunning.id DESC
                                LIMIT 1) dunning ON TRUE
            LEFT JOIN ltc_dunning_hold hold ON hold.line_id = due.id AND hold.released_on IS NULL
                                           AND (hold.date_until IS NULL OR hold.date_until >= %(today)s)
            """, today=today, open_lines=self.env['ltc.dunning']._get_open_line_sql())

    # === ACTION METHODS === #

    def action_send_reminder(self):
        """Remind the customers of the selected due lines now."""
        return self.line_id.action_ltc_send_reminder()

    def action_hold(self):
        """Ask for the reason, then take the selected lines out of dunning."""
        self.env['ltc.dunning.hold']._check_collector()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Put Dunning on Hold"),
            'res_model': 'ltc.dunning.hold.place',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_line_ids': self.line_id.ids},
        }

    def action_release(self):
        """Let the selected lines be dunned again."""
        self.hold_id.action_release()
        return {'type': 'ir.actions.client', 'tag': 'soft_reload'}

    def action_register_payment(self):
        """Open Odoo's own payment registration for the selected lines."""
        return self.line_id.action_register_payment()

    def action_view_invoice(self):
        self.ensure_one()
        return self.move_id._get_records_action(name=self.env._("Invoice"))

    def _get_close_blocker(self):
        """Return, as a sentence, how this open instalment keeps its contract from being closed."""
        self.ensure_one()
        values = {
            'invoice': self.move_name,
            'amount': self.currency_id.format(self.amount_residual),
            'date': format_date(self.env, self.date_due),
        }
        if self.is_on_hold:
            return self.env._(
                "Invoice %(invoice)s is on hold with %(amount)s open: %(reason)s; settle what is disputed first.",
                reason=self.hold_id.reason, **values)
        return self.env._(
            "Invoice %(invoice)s has %(amount)s open, due on %(date)s; collect it, or make a credit note.", **values)
