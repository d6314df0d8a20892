from odoo import fields, models
from odoo.tools import SQL


class LtcKpi(models.Model):
    """What deliveries and acceptances tell."""
    _inherit = 'ltc.kpi'

    def _kpi_otd(self, company, date_from, date_to):
        """Lines whose last required quantity left by the promised day ÷ lines promised for the period (B5)."""
        due = [
            ('order_id.state', '=', 'sale'), ('order_id.company_id', '=', company.id),
            ('product_id.type', '=', 'consu'), ('display_type', '=', False), ('is_downpayment', '=', False),
            ('product_uom_qty', '>', 0), ('order_id.commitment_date', '<', fields.Datetime.now()),
            *self._get_period_domain('order_id.commitment_date', company, date_from, date_to),
        ]
        return self._get_share('sale.order.line', due, [('id', 'in', self._sql_lines_on_time(company, due))])

    def _sql_lines_on_time(self, company, due):
        """Return the SQL of those of the lines ``due`` whose whole quantity was delivered by the promised day."""
        zone = self._get_timezone(company).zone
        return SQL(
            """(SELECT line.id
                  FROM sale_order_line line
                  JOIN sale_order sold ON sold.id = line.order_id
                  JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
                  JOIN stock_move move ON move.sale_line_id = line.id AND move.state = 'done'
                  JOIN uom_uom move_uom ON move_uom.id = move.product_uom
                  JOIN stock_location source ON source.id = move.location_id
                  JOIN stock_location target ON target.id = move.location_dest_id
                 WHERE line.id IN %(due)s
                   AND (move.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                       <= (sold.commitment_date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
              GROUP BY line.id, line_uom.factor
                HAVING SUM(CASE WHEN target.usage = 'customer' AND source.usage <> 'customer' THEN move.quantity
                                WHEN source.usage = 'customer' AND target.usage <> 'customer' THEN -move.quantity
                                ELSE 0 END * move_uom.factor)
                       >= line.product_uom_qty * line_uom.factor * 0.999999)""",
            due=self.env['sale.order.line']._search(due).subselect(), zone=zone)

    def _kpi_acceptance_time(self, company, date_from, date_to):
        """Median days from handing a certificate to the customer to its acceptance."""
        return self._get_median(
            'ltc.acceptance', self._get_accepted_domain(company, date_from, date_to),
            self._sql_days(SQL("ltc_acceptance.submitted_on"), SQL("ltc_acceptance.accepted_on")))

    def _kpi_acceptance_first_pass(self, company, date_from, date_to):
        """Certificates accepted at the first test ÷ certificates accepted."""
        return self._get_share(
            'ltc.acceptance', self._get_accepted_domain(company, date_from, date_to), [('attempt', '=', 1)])

    def _get_accepted_domain(self, company, date_from, date_to):
        return [
            ('company_id', '=', company.id), ('state', '=', 'accepted'),
            *self._get_period_domain('accepted_on', company, date_from, date_to),
        ]
