from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from .ltc_dunning import SALE_TYPES

AVERAGE_MONTH = 365.25 / 12


class LtcKpi(models.Model):
    """What receivables and receipts tell, from the journal entries and their matching."""
    _inherit = 'ltc.kpi'

    # === RECEIVABLES === #

    def _kpi_dso(self, company, date_from, date_to):
        """Receivables on the last day ÷ credit sales of the period × its days (B8, simple)."""
        domain, sales = self._get_sales(company, date_from, date_to)
        receivable = self._get_receivable(company, date_to)
        days = (date_to - date_from).days + 1
        return {
            'value': self._get_ratio(receivable, sales, scale=days), 'numerator': receivable, 'denominator': sales,
            'count': self.env['account.move'].search_count(domain), 'model': 'account.move', 'domain': domain,
        }

    def _kpi_cei(self, company, date_from, date_to):
        """Collection effectiveness: what was collected of what could be (B9)."""
        domain, sales = self._get_sales(company, date_from, date_to)
        begin = self._get_receivable(company, date_from - timedelta(days=1))
        end_total = self._get_receivable(company, date_to)
        _count, end_open, end_overdue = self._get_open_receivables(company, date_to)
        numerator, denominator = self._get_cei_parts(
            begin, sales, end_total, end_open - end_overdue, self._count_months(date_from, date_to))
        return {
            'value': self._get_ratio(numerator, denominator), 'numerator': numerator, 'denominator': denominator,
            'count': self.env['account.move'].search_count(domain), 'model': 'account.move', 'domain': domain,
        }

    @api.model
    def _get_cei_parts(self, begin, sales, end_total, end_current, months):
        """Return what was collected and what could be; the sales of several months count as one average month."""
        available = begin + sales / months
        return available - end_total, available - end_current

    @api.model
    def _count_months(self, date_from, date_to):
        """Return the length of the period in months, at least one: calendar months where it has whole ones."""
        length = relativedelta(date_to + timedelta(days=1), date_from)
        months = length.years * 12 + length.months
        if length.days:
            months = ((date_to - date_from).days + 1) / AVERAGE_MONTH
        return max(months, 1)

    def _kpi_overdue_share(self, company, date_from, date_to):
        """Open instalments past their due date ÷ open instalments, by amount (B10)."""
        count, total, overdue = self._get_open_receivables(company, date_to)
        return {
            'value': self._get_ratio(overdue, total), 'numerator': overdue, 'denominator': total, 'count': count,
            'model': 'account.move.line',
            'domain': [('id', 'in', SQL(
                "(SELECT line_id FROM (%s) item)", self._sql_open_receivables(company, date_to)))],
        }

    # === RECEIPTS === #

    def _kpi_collection_rate(self, company, date_from, date_to):
        """Received on the nodes due in the period ÷ nodes due in the period (B12)."""
        nodes = self._sql_due_nodes(company, date_from, date_to)
        [(count, due, received)] = self.env.execute_query(SQL(
            """SELECT COUNT(*), COALESCE(SUM(amount), 0), COALESCE(SUM(LEAST(amount, received)), 0)
                 FROM (%s) node""", nodes))
        return {
            'value': self._get_ratio(float(received), float(due)), 'numerator': float(received),
            'denominator': float(due), 'count': count, 'model': 'ltc.payment.plan.line',
            'domain': [('id', 'in', SQL("(SELECT node_id FROM (%s) node)", nodes))],
        }

    def _kpi_days_late(self, company, date_from, date_to):
        """Average days from due date to receipt, over the late receipts of the period (B11)."""
        _count, late, days = self._get_receipts(company, date_from, date_to)
        late_only = SQL("%s AND partial.max_date > line.date_maturity", self._sql_receipts(
            company, date_from, date_to))
        return {
            'value': self._get_ratio(days, late, scale=1), 'numerator': days, 'denominator': late, 'count': late,
            'model': 'account.move.line', 'domain': [('id', 'in', SQL("(SELECT line.id %s)", late_only))],
        }

    def _kpi_late_share(self, company, date_from, date_to):
        """Late receipts ÷ receipts of the period, by number (B11)."""
        count, late, _days = self._get_receipts(company, date_from, date_to)
        return {
            'value': self._get_ratio(late, count), 'numerator': late, 'denominator': count, 'count': count,
            'model': 'account.move.line', 'domain': [('id', 'in', SQL(
                "(SELECT line.id %s)", self._sql_receipts(company, date_from, date_to)))],
        }

    # === WHAT THEY READ === #

    def _get_sales(self, company, date_from, date_to):
        """Return the domain of the invoices and credit notes of the period, and their sum in company currency."""
        domain = [
            ('company_id', '=', company.id), ('state', '=', 'posted'), ('move_type', 'in', (*SALE_TYPES, 'out_refund')),
            ('date', '>=', date_from.isoformat()), ('date', '<=', date_to.isoformat()),
        ]
        [(sales,)] = self.env['account.move']._read_group(domain, aggregates=['amount_total_signed:sum'])
        return domain, sales or 0.0

    def _get_receivable(self, company, day):
        """Return the balance of the receivable accounts at the end of ``day``, unallocated receipts taken off."""
        [(balance,)] = self.env['account.move.line']._read_group([
            ('company_id', '=', company.id), ('parent_state', '=', 'posted'),
            ('account_id.account_type', '=', 'asset_receivable'), ('date', '<=', day.isoformat()),
        ], aggregates=['balance:sum'])
        return balance or 0.0

    def _get_open_receivables(self, company, day):
        """Return (number, amount, amount overdue) of the instalments that were open at the end of ``day``."""
        [(count, total, overdue)] = self.env.execute_query(SQL(
            """SELECT COUNT(*), COALESCE(SUM(residual), 0),
                      COALESCE(SUM(residual) FILTER (WHERE date_maturity < %s), 0)
                 FROM (%s) item""", day, self._sql_open_receivables(company, day)))
        return count, float(total), float(overdue)

    def _sql_open_receivables(self, company, day):
        """Return the SQL of (line_id, date_maturity, residual) as it was: what was matched later was still open."""
        return SQL(
            """SELECT line.id AS line_id, COALESCE(line.date_maturity, line.date) AS date_maturity,
                      line.amount_residual + COALESCE(later.amount, 0) AS residual
                 FROM account_move_line line
                 JOIN account_account account ON account.id = line.account_id
                                             AND account.account_type = 'asset_receivable'
            LEFT JOIN (SELECT partial.debit_move_id, SUM(partial.amount) AS amount
                         FROM account_partial_reconcile partial
                        WHERE partial.company_id = %(company)s AND partial.max_date > %(day)s
                     GROUP BY partial.debit_move_id) later ON later.debit_move_id = line.id
                WHERE line.company_id = %(company)s AND line.parent_state = 'posted' AND line.balance > 0
                  AND line.date <= %(day)s AND line.amount_residual + COALESCE(later.amount, 0) > 0""",
            company=company.id, day=day)

    def _get_receipts(self, company, date_from, date_to):
        """Return (receipts, late ones, days that those were late) of the period."""
        [row] = self.env.execute_query(SQL(
            """SELECT COUNT(*), COUNT(*) FILTER (WHERE partial.max_date > line.date_maturity),
                      COALESCE(SUM(partial.max_date - line.date_maturity)
                               FILTER (WHERE partial.max_date > line.date_maturity), 0) %s""",
            self._sql_receipts(company, date_from, date_to)))
        return row

    def _sql_receipts(self, company, date_from, date_to):
        """Return the FROM and WHERE of the matchings in the period of an instalment with money from bank or cash."""
        return SQL(
            """ FROM account_partial_reconcile partial
                JOIN account_move_line line ON line.id = partial.debit_move_id
                JOIN account_account account ON account.id = line.account_id
                                            AND account.account_type = 'asset_receivable'
                JOIN account_move move ON move.id = line.move_id AND move.move_type IN %s
                JOIN account_move_line credit ON credit.id = partial.credit_move_id
                JOIN account_journal journal ON journal.id = credit.journal_id AND journal.type IN ('bank', 'cash')
               WHERE partial.company_id = %s AND partial.max_date >= %s AND partial.max_date <= %s""",
            SALE_TYPES, company.id, date_from, date_to)

    def _sql_due_nodes(self, company, date_from, date_to):
        """Return the SQL of (node_id, amount, received) of the payment plan nodes that fell due in the period.

        A node is due with its invoice, before that on its planned day; what was received by the end counts.
        """
        amount = self._sql_company_amount(
            SQL("node.amount"), SQL("node.currency_id"), company,
            SQL("COALESCE(invoice.invoiced_on, node.date_planned)"))
        return SQL(
            """SELECT node.id AS node_id, %(amount)s AS amount, COALESCE(receipt.amount, 0) AS received
                 FROM ltc_payment_plan_line node
                 JOIN ltc_contract contract ON contract.id = node.contract_id AND contract.state IN ('signed', 'closed')
            LEFT JOIN LATERAL (SELECT MIN(move.invoice_date_due) AS due_on, MIN(move.invoice_date) AS invoiced_on
                                 FROM account_move move
                                WHERE move.ltc_plan_line_id = node.id AND move.state = 'posted'
                                  AND move.move_type = 'out_invoice') invoice ON TRUE
            LEFT JOIN LATERAL (SELECT SUM(partial.amount) AS amount
                                 %(receipts)s AND move.ltc_plan_line_id = node.id) receipt ON TRUE
                WHERE node.company_id = %(company)s AND node.is_effective AND node.is_void IS NOT TRUE
                  AND COALESCE(invoice.due_on, node.date_planned) BETWEEN %(start)s AND %(end)s""",
            amount=amount, receipts=self._sql_receipts(company, date.min, date_to),
            company=company.id, start=date_from, end=date_to)
