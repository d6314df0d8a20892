from odoo import api, models
from odoo.tools import SQL


class LtcChannelReport(models.Model):
    """What a channel brought in cash: what was paid of the invoices on the cases of its leads."""
    _inherit = 'ltc.channel.report'

    _depends = {'account.move': ['amount_residual_signed', 'amount_total_signed', 'ltc_flow_id', 'move_type', 'state']}

    @api.model
    def _get_collected_sql(self) -> SQL:
        return SQL("""(
            SELECT SUM(move.amount_total_signed - move.amount_residual_signed)
              FROM account_move move
             WHERE move.ltc_flow_id = lead.ltc_flow_id AND move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund'))""")
