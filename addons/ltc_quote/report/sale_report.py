from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.ltc_base.models.ltc_gate_approval import DECISIONS

from ..discount import get_counted, get_percent

DISCOUNT_BANDS = [
    ('00', "None"),
    ('05', "Up to 5 %"),
    ('10', "5 to 10 %"),
    ('20', "10 to 20 %"),
    ('99', "More than 20 %"),
]
GATE_STATES = [
    ('in_review', "In Review"),
    ('returned', "Returned"),
    ('withdrawn', "Withdrawn"),
    *DECISIONS,
]


class SaleReport(models.Model):
    """Quotations by version, margin, discount and decision; a column that nobody asks for costs nothing."""
    _inherit = 'sale.report'

    ltc_version = fields.Integer(string="Version", readonly=True, aggregator='max')
    ltc_margin_percent = fields.Float(
        string="Margin (%)", readonly=True, aggregator='avg', help="Margin ÷ untaxed total, weighted by amount.")
    ltc_discount_band = fields.Selection(
        DISCOUNT_BANDS, string="Discount Band", readonly=True,
        help="The discount of the whole offer from its list prices: prices typed lower and lines that deduct count.")
    ltc_gate_state = fields.Selection(
        GATE_STATES, string="ATB", readonly=True, help="The last round of gate ATB; empty: never submitted.")
    ltc_won_status = fields.Selection(
        [('won', "Won"), ('lost', "Lost"), ('pending', "Pending")], string="Opportunity Is", readonly=True)
    ltc_lost_reason_id = fields.Many2one('crm.lost.reason', string="Lost Reason", readonly=True)
    ltc_competitors = fields.Char(string="Competitors", readonly=True)

    def _select_additional_fields(self):
        return {
            **super()._select_additional_fields(),
            'ltc_version': """(
                SELECT version.number FROM ltc_quote_version version
                 WHERE version.order_id = s.id AND version.is_last)""",
            'ltc_margin_percent': "SUM(l.margin) / NULLIF(SUM(l.price_subtotal), 0) * 100",
            'ltc_discount_band': """
                CASE WHEN MIN(whole.percent) <= 0 THEN '00' WHEN MIN(whole.percent) <= 5 THEN '05'
                     WHEN MIN(whole.percent) <= 10 THEN '10' WHEN MIN(whole.percent) <= 20 THEN '20' ELSE '99' END""",
            'ltc_gate_state': """(
                SELECT CASE review.state WHEN 'decided' THEN review.decision ELSE review.state END
                  FROM ltc_gate_review review
                 WHERE review.res_model = 'sale.order' AND review.res_id = s.id AND review.gate_code = 'atb'
              ORDER BY review.id DESC LIMIT 1)""",
            'ltc_won_status': self._select_opportunity('won_status'),
            'ltc_lost_reason_id': self._select_opportunity('lost_reason_id'),
            'ltc_competitors': self._select_opportunity('ltc_competitors'),
        }

    def _from_sale(self):
        """Join the discount of the whole order: counted once an order, and only of the orders that are looked at.

        It is read through ``MIN`` rather than grouped by, so that PostgreSQL drops the join where nobody asks for it.
        """
        return f"""{super()._from_sale()}
            LEFT JOIN LATERAL (
                SELECT {get_percent('line')} AS percent FROM sale_order_line line
                 WHERE line.order_id = s.id AND {get_counted('line')}) whole ON TRUE"""

    def _select_opportunity(self, column):
        return f"(SELECT lead.{column} FROM crm_lead lead WHERE lead.id = s.opportunity_id)"

    def _read_group_select(self, aggregate_spec, query):
        """Weigh the margin by amount: the average of percentages would say nothing."""
        if aggregate_spec != 'ltc_margin_percent:avg':
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "COALESCE(SUM(%s) / NULLIF(SUM(%s), 0) * 100, 0)",
            self._field_to_sql(self._table, 'margin', query),
            self._field_to_sql(self._table, 'price_subtotal', query))
