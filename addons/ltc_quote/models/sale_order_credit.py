from odoo import models
from odoo.tools import SQL


class SaleOrder(models.Model):
    """What the customer owes and has ordered, on a click."""
    _inherit = 'sale.order'

    def action_view_ltc_credit(self):
        """Show what the customer owes and has ordered."""
        self.ensure_one()
        self.check_access('read')
        credit = self.env['ltc.quote.credit'].create({'order_id': self.id})
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Credit of %s", self.partner_invoice_id.commercial_partner_id.sudo().name),
            'res_model': 'ltc.quote.credit',
            'res_id': credit.id,
            'view_mode': 'form',
            'target': 'new',
        }

    def _ltc_get_credit(self):
        """Return the exposure of this quotation's debtor in company currency: his whole company, our whole group.

        :return: dict of the fields of ``ltc.quote.credit``
        """
        self.ensure_one()
        order_sudo = self.sudo()  # sums for whoever reads the quotation; the invoices stay where they are
        partner = order_sudo.partner_invoice_id.commercial_partner_id
        family = SQL(
            """(WITH RECURSIVE family AS (
                    SELECT %s AS id UNION
                    SELECT child.id FROM res_partner child JOIN family ON child.parent_id = family.id
                ) SELECT id FROM family)""", partner.id)  # in one go: Odoo would ask generation by generation
        receivable, overdue, days = order_sudo._ltc_get_receivables(family)
        ordered = order_sudo._ltc_get_ordered_amount(family)
        quoted = order_sudo._ltc_get_quoted_amount()
        exposure = receivable + ordered + quoted
        has_limit, limit, grade = order_sudo._ltc_get_credit_limit(partner)
        return {
            'partner_id': partner.id, 'receivable': receivable, 'overdue': overdue, 'overdue_days': days,
            'ordered': ordered, 'quoted': quoted, 'exposure': exposure, 'has_limit': has_limit,
            'credit_limit': limit, 'limit_grade': grade,
            'excess': max(exposure - limit, 0.0) if has_limit else 0.0,
        }

    def _ltc_get_credit_limit(self, partner):
        """Return (whether there is a limit, limit in company currency, grade that recommends it).

        The customer's own limit goes before what the company recommends for his grade, that before the limit for all.
        """
        partner = partner.with_company(self.company_id)
        limit = partner.credit_limit if self.company_id.account_use_credit_limit else 0.0
        terms = partner._ltc_get_grade_terms(self.company_id)
        if terms and not (limit and partner.use_partner_credit_limit):
            return True, terms.credit_limit, partner.ltc_grade
        return bool(limit), limit, False

    def _ltc_get_quoted_amount(self):
        """Return the amount of this document in company currency, 0 once it is an order and counts among those."""
        return self.amount_total / (self.currency_rate or 1.0) if self._ltc_is_open() else 0.0

    def _ltc_get_receivables(self, family):
        """Return (open, overdue, days since the oldest due date) of the customer's posted entries, in one query.

        :param family: the SQL of the ids of the customer and all below it
        """
        Line = self.env['account.move.line']
        query = Line._search([
            ('parent_state', '=', 'posted'), ('company_id', 'child_of', self.company_id.root_id.id),
            ('partner_id', 'in', family), ('account_id.account_type', '=', 'asset_receivable'),
            ('reconciled', '=', False),
        ])
        today = self.company_id._ltc_get_today()
        residual = Line._field_to_sql(Line._table, 'amount_residual', query)
        due = Line._field_to_sql(Line._table, 'date_maturity', query)
        [(total, overdue, oldest)] = self.env.execute_query(query.select(
            SQL("COALESCE(SUM(%s), 0)", residual),
            SQL("COALESCE(SUM(%s) FILTER (WHERE %s < %s), 0)", residual, due, today),
            SQL("MIN(%s) FILTER (WHERE %s < %s AND %s > 0)", due, due, today, residual)))
        return float(total), max(float(overdue), 0.0), (today - oldest).days if oldest else 0

    def _ltc_get_ordered_amount(self, family):
        """Return what the customer ordered and we did not invoice yet, with tax, in company currency.

        A return is taken off until it is credited. A down payment that was invoiced is open among the invoices, or
        paid: it is taken off its order until the final invoice takes it off itself, and makes it no less than nothing.
        """
        Line = self.env['sale.order.line']
        query = Line._search([
            ('order_id.state', '=', 'sale'), ('company_id', 'child_of', self.company_id.root_id.id),
            ('order_id.partner_invoice_id', 'in', family), ('display_type', '=', False)])

        def column(name):
            return Line._field_to_sql(Line._table, name, query)

        query.groupby = column('order_id')
        orders = query.select(
            column('order_id'),
            SQL("SUM(%s * GREATEST((%s - %s) / NULLIF(%s, 0), 0)) FILTER (WHERE %s IS NOT TRUE)",
                column('price_total'), column('product_uom_qty'), column('qty_invoiced'), column('product_uom_qty'),
                column('is_downpayment')),
            SQL("SUM(%s) FILTER (WHERE %s)", column('untaxed_amount_invoiced'), column('is_downpayment')))
        self.env['sale.order'].flush_model(['amount_total', 'amount_untaxed', 'currency_rate'])
        [(amount,)] = self.env.execute_query(SQL(
            """SELECT COALESCE(SUM(GREATEST(
                        line.remaining - COALESCE(
                            line.advanced * ordered.amount_total / NULLIF(ordered.amount_untaxed, 0), 0),
                        LEAST(line.remaining, 0))
                        / COALESCE(NULLIF(ordered.currency_rate, 0), 1)), 0)
                 FROM (%s) AS line(order_id, remaining, advanced)
                 JOIN sale_order ordered ON ordered.id = line.order_id""", orders))
        return float(amount)
