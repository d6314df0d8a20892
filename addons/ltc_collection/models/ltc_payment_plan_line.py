import logging

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import plaintext2html

_logger = logging.getLogger(__name__)


class LtcPaymentPlanLine(models.Model):
    _inherit = 'ltc.payment.plan.line'

    amount_overdue = fields.Monetary(compute='_compute_amount_overdue', compute_sudo=True)
    days_overdue = fields.Integer(compute='_compute_amount_overdue', compute_sudo=True)
    is_overdue = fields.Boolean(
        string="Overdue", compute='_compute_amount_overdue', search='_search_is_overdue', compute_sudo=True)

    @api.depends('amount_invoiced', 'amount_collected')
    def _compute_amount_overdue(self):
        overdue = {
            node: (amount, days) for node, amount, days in self.env['ltc.due.line']._read_group(
                domain=[('plan_line_id', 'in', self.ids), ('days_overdue', '>', 0)],
                groupby=['plan_line_id'], aggregates=['amount_residual:sum', 'days_overdue:max'])
        }
        for node in self:
            node.amount_overdue, node.days_overdue = overdue.get(node._origin, (0.0, 0))
            node.is_overdue = bool(node.days_overdue)

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != 'in':
            return NotImplemented
        overdue = self.env['ltc.due.line'].sudo()._search([('plan_line_id', '!=', False), ('days_overdue', '>', 0)])
        return [('id', 'in', overdue.subselect('plan_line_id'))]

    # === AUTOMATIC INVOICE === #

    def _on_billable(self):
        """Make the draft invoice at once in the companies that want it so.

        The nodes are billable in any case: what keeps an invoice from being made becomes an activity of finance, and
        the delivery or the signature that made the node billable goes through.
        """
        result = super()._on_billable()
        for node in self.with_user(SUPERUSER_ID):  # who accepts a delivery has no rights on invoices, and needs none
            if node.state == 'billable' and node.company_id.ltc_auto_invoice:
                node._auto_invoice()
        return result

    def _auto_invoice(self):
        """Make the draft invoice of this node, or leave nothing of it and tell finance why it could not be made."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._create_node_invoices()
        except psycopg2.OperationalError:
            raise  # a concurrent update: Odoo runs the whole request again
        except (UserError, RedirectWarning) as error:
            self._notify_auto_invoice_failure(error.args[0])
        except Exception as error:
            _logger.exception("The draft invoice of node %s could not be made", self.id)
            self._notify_auto_invoice_failure(error)
        else:
            self._notify_biller(self.env._("%s is billable: check and post its draft invoice", self.name))

    def _notify_auto_invoice_failure(self, reason):
        self._notify_biller(
            self.env._("%s is billable, but its invoice could not be made", self.name),
            note=plaintext2html(str(reason)))

    def _notify_biller(self, summary, note=False):
        """Give finance an activity on this node."""
        self.ensure_one()
        biller = self.company_id._ltc_get_biller() or self.contract_id.user_id
        self.activity_schedule(
            'ltc_collection.mail_activity_type_bill', summary=summary, note=note, user_id=biller.id, automated=True)
