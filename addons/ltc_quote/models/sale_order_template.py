from odoo import fields, models

from ..terms import ACCEPTANCE_METHODS, BILLING_FREQUENCIES


class SaleOrderTemplate(models.Model):
    _inherit = 'sale.order.template'

    ltc_acceptance_method = fields.Selection(
        ACCEPTANCE_METHODS, string="Acceptance", help="What quotations of this template offer; empty: left as it is.")
    ltc_billing_frequency = fields.Selection(
        BILLING_FREQUENCIES, string="Billing", help="What quotations of this template offer; empty: left as it is.")
