from odoo import api, models
from odoo.tools import SQL

from .ltc_dunning import SALE_TYPES


class LtcTargetAttainment(models.Model):
    """Collection targets are reached by money: bank and cash receipts that were matched with invoices."""
    _inherit = 'ltc.target.attainment'

    _depends = {
        'account.partial.reconcile': ['amount', 'company_id', 'credit_move_id', 'debit_move_id', 'max_date'],
    }

    @api.model
    def _get_fact_queries(self):
        """A receipt counts for the account responsible of the case, else for the salesperson of the invoice."""
        return super()._get_fact_queries() + [SQL(
            """
            SELECT 'collection', partial.company_id, COALESCE(flow.ar_user_id, move.invoice_user_id), move.team_id,
                   'revenue', partial.max_date, partial.amount
              FROM account_partial_reconcile partial
              JOIN account_move_line line ON line.id = partial.debit_move_id
              JOIN account_account account ON account.id = line.account_id
                                          AND account.account_type = 'asset_receivable'
              JOIN account_move move ON move.id = line.move_id AND move.move_type IN %s
              JOIN account_move_line credit ON credit.id = partial.credit_move_id
              JOIN account_journal journal ON journal.id = credit.journal_id AND journal.type IN ('bank', 'cash')
         LEFT JOIN ltc_payment_plan_line node ON node.id = move.ltc_plan_line_id
         LEFT JOIN ltc_contract contract ON contract.id = node.contract_id
         LEFT JOIN ltc_flow flow ON flow.id = contract.ltc_flow_id
            """, SALE_TYPES)]
