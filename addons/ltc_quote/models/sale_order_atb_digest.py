from hashlib import md5

from odoo import api, models
from odoo.tools import SQL, split_every

from odoo.addons.ltc_base.models.ltc_gate import FIELD_PREFIX
from odoo.addons.ltc_base.side_fields import SideColumn

CHUNK = 1000
DIGEST_VERSION = '1'  # raise it when the figures of an offer read something that the digest does not hold
LOG_COLUMNS = {'create_uid', 'create_date', 'write_uid', 'write_date'}
# columns that say nothing of the offer and move after a Go; whatever is not named here counts, other addons' too
IGNORED_COLUMNS = {
    'sale.order': LOG_COLUMNS | {
        'state', 'validity_date', 'access_token', 'locked', 'signed_by', 'signed_on', 'signature', 'invoice_status',
        'amount_to_invoice', 'amount_invoiced', 'pending_email_template_id', 'ltc_expiry_told',
        'ltc_revision_reason', 'ltc_gates_ahead', 'ltc_flow_id'},
    'sale.order.line': LOG_COLUMNS | {
        'sequence', 'state', 'invoice_status', 'qty_delivered', 'qty_invoiced', 'qty_to_invoice', 'amount_to_invoice',
        'amount_invoiced', 'untaxed_amount_invoiced', 'untaxed_amount_to_invoice', 'salesman_id', 'order_partner_id',
        'analytic_distribution'},
}
HELD_MODELS = ('sale.order', 'sale.order.line', 'ltc.quote.risk', 'account.payment.term.line')  # by whole rows
READ_MODELS = (*HELD_MODELS, 'account.analytic.line', 'res.partner', 'res.currency', 'ltc.gate.review')


class SaleOrder(models.Model):
    """One text that holds all that the figures of an offer are made of: where it is the same, they are the same.

    It is taken of many quotations in one query. What was found of a Go is kept with its digest, so that a search asks
    the figures of those quotations only that changed since.
    """
    _inherit = 'sale.order'

    def _ltc_after_decision(self, review):
        result = super()._ltc_after_decision(review)
        if review.gate_code == 'atb':
            self._ltc_keep_digest()
        return result

    @api.autovacuum
    def _ltc_keep_digests(self):
        """Look again, nightly, at the open Gos that changed since they were looked at: searches need not any more.

        :return: how many were looked at, and how many are left where the time is up
        """
        orders = self.sudo().search(self._ltc_get_open_go_domain())
        unsure = sorted(set(orders.ids) - orders._ltc_read_digests().keys())
        done = 0
        for ids in split_every(CHUNK, unsure):
            self.sudo().browse(ids)._ltc_keep_digest()
            done += len(ids)
            self.env.invalidate_all()
            if not self.env['ir.cron']._commit_progress():
                break
        return done, len(unsure) - done

    def _ltc_keep_digest(self):
        """Keep with the last decision of each of these orders whether it holds, and for which digest."""
        digests = self._ltc_get_digests()
        for order in self.sudo():
            review_sudo = order._ltc_get_last_review('atb')
            if review_sudo and order._ltc_is_digestible(review_sudo.figures):
                review_sudo.write({'offer_digest': digests[order.id], 'offer_holds': review_sudo._matches(order)})

    def _ltc_read_digests(self):
        """Return {id: whether its Go holds} of those of these orders that are as they were when that was found out."""
        if not self.ids:
            return {}
        return dict(self._ltc_query_digests(SQL(
            """SELECT offer.id, review.offer_holds
                 FROM (%s) offer
                 JOIN LATERAL (
                     SELECT review.offer_digest, review.offer_holds FROM ltc_gate_review review
                      WHERE review.res_model = 'sale.order' AND review.res_id = offer.id
                        AND review.gate_code = 'atb' AND review.state = 'decided'
                      ORDER BY review.id DESC LIMIT 1) review
                   ON review.offer_digest = offer.digest""", self._ltc_sql_digests())))

    def _ltc_get_digests(self):
        return dict(self._ltc_query_digests(self._ltc_sql_digests())) if self.ids else {}

    @api.model
    def _ltc_query_digests(self, query):
        for model in READ_MODELS:
            self.env[model].flush_model()
        return self.env.execute_query(query)

    @api.model
    def _ltc_is_digestible(self, figures):
        """Return whether the digest holds all of ``figures``: of the fields that the set-up added, columns only."""
        columns = set(self._ltc_get_digest_columns('sale.order'))
        return all(key.removeprefix(FIELD_PREFIX) in columns for key in figures or () if key.startswith(FIELD_PREFIX))

    @api.model
    def _ltc_get_digest_columns(self, model):
        """Return the columns of ``model`` whose values are the same for everybody, but for those ignored."""
        ignored = IGNORED_COLUMNS.get(model, LOG_COLUMNS)
        return sorted(
            name for name, field in self.env[model]._fields.items()
            if field.store and field.column_type and name not in ignored
            and not (isinstance(field, SideColumn) or field.translate or field.company_dependent))

    @api.model
    def _ltc_sql_row(self, model, alias):
        """Return the SQL of what a row of ``model`` holds, as text."""
        columns = [SQL.identifier(alias, name) for name in self._ltc_get_digest_columns(model)]
        return SQL("ROW(%s)::text", SQL(', ').join(columns))

    @api.model
    def _ltc_get_digest_layout(self):
        """Return what tells digests of other columns apart."""
        names = [name for model in HELD_MODELS for name in self._ltc_get_digest_columns(model)]
        return md5(' '.join([DIGEST_VERSION, *names]).encode(), usedforsecurity=False).hexdigest()

    def _ltc_sql_digests(self):
        """Return the SQL of (id, digest) of these orders."""
        return SQL(
            """SELECT sale.id, md5(ROW(
                      %(layout)s, %(order)s, currency.name, currency.rounding, debtor.commercial_partner_id, term.rows,
                      line.rows, risk.rows)::text) AS digest
                 FROM sale_order sale
            LEFT JOIN res_currency currency ON currency.id = sale.currency_id
            LEFT JOIN res_partner debtor ON debtor.id = sale.partner_invoice_id
            LEFT JOIN (
                      SELECT term.payment_id, string_agg(%(term)s, ' ' ORDER BY term.id) AS rows
                        FROM account_payment_term_line term GROUP BY term.payment_id
                      ) term ON term.payment_id = sale.payment_term_id
            LEFT JOIN (%(lines)s) line ON line.order_id = sale.id
            LEFT JOIN (
                      SELECT risk.order_id, string_agg(%(risk)s, ' ' ORDER BY risk.id) AS rows
                        FROM ltc_quote_risk risk WHERE risk.order_id = ANY(%(ids)s) GROUP BY risk.order_id
                      ) risk ON risk.order_id = sale.id
                WHERE sale.id = ANY(%(ids)s)""",
            layout=self._ltc_get_digest_layout(), order=self._ltc_sql_row('sale.order', 'sale'),
            term=self._ltc_sql_row('account.payment.term.line', 'term'), lines=self._ltc_sql_line_rows(),
            risk=self._ltc_sql_row('ltc.quote.risk', 'risk'), ids=self.ids)

    def _ltc_sql_line_rows(self):
        """Return the SQL of (order, its lines as text): their taxes, and whether they re-invoice a cost, included."""
        taxes = self.env['sale.order.line']._fields['tax_ids']
        return SQL(
            """SELECT line.order_id, string_agg(ROW(
                      %(line)s, tax.ids,
                      line.is_expense AND EXISTS (
                          SELECT FROM account_analytic_line cost WHERE cost.so_line = line.id)
                      )::text, ' ' ORDER BY line.id) AS rows
                 FROM sale_order_line line
            LEFT JOIN (
                      SELECT taxed.id, array_agg(rel.%(tax_id)s ORDER BY rel.%(tax_id)s) AS ids
                        FROM sale_order_line taxed JOIN %(relation)s rel ON rel.%(line_id)s = taxed.id
                       WHERE taxed.order_id = ANY(%(ids)s) GROUP BY taxed.id
                      ) tax ON tax.id = line.id
                WHERE line.order_id = ANY(%(ids)s) GROUP BY line.order_id""",
            line=self._ltc_sql_row('sale.order.line', 'line'), relation=SQL.identifier(taxes.relation),
            line_id=SQL.identifier(taxes.column1), tax_id=SQL.identifier(taxes.column2), ids=self.ids)
