from odoo import api, models
from odoo.tools import SQL


class LtcChannelReport(models.Model):
    """What a channel earned: the margin of the orders that its leads became."""
    _inherit = 'ltc.channel.report'

    _depends = {'sale.order': ['currency_rate', 'margin', 'opportunity_id', 'state']}

    @api.model
    def _get_margin_sql(self) -> SQL:
        return SQL("""(
            SELECT SUM(sold.margin / COALESCE(NULLIF(sold.currency_rate, 0), 1))
              FROM sale_order sold
             WHERE sold.opportunity_id = lead.id AND sold.state = 'sale')""")
