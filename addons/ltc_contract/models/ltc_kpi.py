from odoo import models
from odoo.tools import SQL

from .ltc_contract import EFFECTIVE_STATES

LINE_VALUE = SQL(
    """sale_order_line.price_total / NULLIF(sale_order_line.product_uom_qty, 0) / COALESCE((
        SELECT NULLIF(sold.currency_rate, 0) FROM sale_order sold WHERE sold.id = sale_order_line.order_id), 1)""")


class LtcKpi(models.Model):
    """What contracts tell."""
    _inherit = 'ltc.kpi'

    def _kpi_signed_value(self, company, date_from, date_to):
        """Σ amount of the contracts signed in the period, at the rate of the day they were signed."""
        domain = [
            ('company_id', '=', company.id), ('state', 'in', EFFECTIVE_STATES),
            *self._get_period_domain('signed_on', company, date_from, date_to),
        ]
        count, amount = self._get_sums('ltc.contract', domain, self._sql_company_amount(
            SQL("ltc_contract.amount_base"), SQL("ltc_contract.currency_id"), company, SQL("ltc_contract.signed_on")))
        return {
            'value': amount, 'numerator': amount, 'count': int(count), 'model': 'ltc.contract', 'domain': domain}

    def _kpi_backlog(self, company, date_from, date_to):
        """Σ value of what is signed and not delivered yet (B18)."""
        return self._get_backlog(company, SQL("sale_order_line.product_uom_qty"), SQL("sale_order_line.qty_delivered"))

    def _kpi_unbilled(self, company, date_from, date_to):
        """Σ value of what is delivered and not invoiced yet (B18)."""
        return self._get_backlog(company, SQL("sale_order_line.qty_delivered"), SQL("sale_order_line.qty_invoiced"))

    def _get_backlog(self, company, reached, done):
        """Return the result over the lines of signed contracts where the quantity ``reached`` is not ``done`` yet."""
        lines = self.env['sale.order.line']._search([
            ('order_id.state', '=', 'sale'), ('order_id.company_id', '=', company.id),
            ('order_id.ltc_contract_id.state', '=', 'signed'), ('display_type', '=', False),
            ('is_downpayment', '=', False), ('product_uom_qty', '>', 0),
        ])
        lines.add_where(SQL("%s > %s", reached, done))
        domain = [('id', 'in', lines.subselect())]
        count, amount = self._get_sums('sale.order.line', domain, SQL("(%s - %s) * %s", reached, done, LINE_VALUE))
        return {
            'value': amount, 'numerator': amount, 'count': int(count), 'model': 'sale.order.line', 'domain': domain}
