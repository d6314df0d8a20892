from odoo import api, fields, models
from odoo.tools import SQL

from ..models.ltc_gate_approval import DECISIONS
from ..models.ltc_gate_review import REVIEW_STATES


class LtcGateReport(models.Model):
    """The rounds of all gates as figures: how long, how often overdue, how they ended.

    One row a round. Shares are averages of 0 and 1, so that every grouping shows its own.
    """
    _name = 'ltc.gate.report'
    _description = "Gate Statistics"
    _auto = False
    _order = 'submitted_on desc, id desc'
    _rec_name = 'document_name'

    review_id = fields.Many2one('ltc.gate.review', readonly=True)
    gate_id = fields.Many2one('ltc.gate', string="Decision Gate", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    res_model = fields.Char(string="Document Model", readonly=True)
    document_name = fields.Char(string="Document", readonly=True)
    flow_id = fields.Many2one('ltc.flow', string="LTC Case", readonly=True)
    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True)
    submitted_by_id = fields.Many2one('res.users', readonly=True)
    decided_by_id = fields.Many2one('res.users', readonly=True)
    level = fields.Integer(readonly=True, aggregator=None)
    level_name = fields.Char(string="Authority", readonly=True)
    submitted_on = fields.Datetime(readonly=True)
    decided_on = fields.Datetime(readonly=True)
    deadline = fields.Datetime(readonly=True)
    state = fields.Selection(REVIEW_STATES, readonly=True)
    decision = fields.Selection(DECISIONS, readonly=True)
    reason = fields.Char(readonly=True)
    round = fields.Integer(readonly=True, aggregator='max')
    currency_id = fields.Many2one('res.currency', readonly=True)
    amount_company = fields.Monetary(string="Amount (Company)", readonly=True)

    elapsed_hours = fields.Float(
        readonly=True, aggregator='avg', help="From the submission to the decision, nights and weekends included.")
    working_hours = fields.Float(
        string="Cycle Time (Working Hours)", readonly=True, aggregator='avg',
        help="From the submission to the decision, by the working hours of the company.")
    is_overdue = fields.Boolean(string="Overdue", readonly=True)
    overdue_rate = fields.Float(
        string="Overdue Share", readonly=True, aggregator='avg',
        help="Rounds that were decided after their deadline, or still wait behind it.")
    decided_count = fields.Integer(string="Decisions", readonly=True)
    go_rate = fields.Float(string="Go Share", readonly=True, aggregator='avg', help="Go and Conditional Go.")
    conditional_rate = fields.Float(string="Conditional Share", readonly=True, aggregator='avg')
    hold_rate = fields.Float(string="Hold Share", readonly=True, aggregator='avg')
    no_go_rate = fields.Float(string="No-Go Share", readonly=True, aggregator='avg')
    returned_rate = fields.Float(
        string="Rework Share", readonly=True, aggregator='avg', help="Rounds that were returned without a decision.")
    is_open_hold = fields.Boolean(string="Held Now", readonly=True)
    hold_until = fields.Date(string="Clean Up By", readonly=True)
    hold_days = fields.Float(
        string="Age of Hold (Days)", readonly=True, aggregator='avg',
        help="Since the decision, of documents that were not submitted again.")
    is_last = fields.Boolean(string="Last Round", readonly=True)

    _depends = {
        'ltc.gate.review': [
            'amount_company', 'closed_on', 'company_id', 'cycle_hours', 'deadline', 'decided_by_id', 'decided_on',
            'decision', 'document_name', 'flow_id', 'gate_id', 'hold_until', 'level', 'level_name', 'partner_id',
            'reason', 'res_id', 'res_model', 'resumed_on', 'round', 'state', 'submitted_by_id', 'submitted_on'],
        'res.company': ['currency_id'],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s", self._select(), self._from())

    @api.model
    def _select(self) -> SQL:
        return SQL("""
            SELECT review.id, review.id AS review_id, review.gate_id, review.company_id, review.res_model,
                   review.document_name, review.flow_id, review.partner_id, review.submitted_by_id,
                   review.decided_by_id, review.level, review.level_name, review.submitted_on, review.decided_on,
                   review.deadline, review.state, review.decision, review.reason, review.round, review.hold_until,
                   company.currency_id, review.amount_company, review.is_last, review.is_overdue,
                   CASE WHEN review.is_decided THEN review.elapsed_hours END AS elapsed_hours,
                   CASE WHEN review.is_decided THEN review.cycle_hours END AS working_hours,
                   review.is_overdue::int::float AS overdue_rate,
                   review.is_decided::int AS decided_count,
                   CASE WHEN review.is_decided THEN (review.decision IN ('go', 'conditional'))::int::float END
                       AS go_rate,
                   CASE WHEN review.is_decided THEN (review.decision = 'conditional')::int::float END
                       AS conditional_rate,
                   CASE WHEN review.is_decided THEN (review.decision = 'hold')::int::float END AS hold_rate,
                   CASE WHEN review.is_decided THEN (review.decision = 'no_go')::int::float END AS no_go_rate,
                   CASE WHEN review.state IN ('decided', 'returned') THEN (review.state = 'returned')::int::float END
                       AS returned_rate,
                   COALESCE(review.is_last AND review.is_held, FALSE) AS is_open_hold,
                   CASE WHEN review.is_last AND review.is_held THEN review.hold_days END AS hold_days
        """)

    @api.model
    def _from(self) -> SQL:
        return SQL("""
            FROM (SELECT *, state = 'decided' AS is_decided,
                         LEAD(id) OVER (PARTITION BY gate_id, res_model, res_id ORDER BY id) IS NULL AS is_last,
                         COALESCE(state != 'withdrawn' AND COALESCE(closed_on, decided_on, %(now)s) > deadline,
                                  FALSE) AS is_overdue,
                         decision = 'hold' AND resumed_on IS NULL AS is_held,
                         EXTRACT(EPOCH FROM decided_on - submitted_on)::float / 3600 AS elapsed_hours,
                         EXTRACT(EPOCH FROM %(now)s - decided_on)::float / 86400 AS hold_days
                    FROM ltc_gate_review) review
            JOIN res_company company ON company.id = review.company_id
        """, now=fields.Datetime.now())

    def action_open_review(self):
        """Open the round behind the figures."""
        self.ensure_one()
        return self.review_id.action_open()
