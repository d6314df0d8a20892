from odoo import api, fields, models

from odoo.addons.ltc_base.models.ltc_authority_rule import GRADES


class LtcQuoteCredit(models.TransientModel):
    """What the customer of a quotation owes and has ordered, before more effort is spent on it.

    Whoever reads the quotation learns the sums of its customer in its company, and no single invoice.
    """
    _name = 'ltc.quote.credit'
    _description = "Credit of a Customer"

    order_id = fields.Many2one('sale.order', string="Quotation", required=True, readonly=True, ondelete='cascade')
    partner_id = fields.Many2one('res.partner', string="Customer", compute='_compute_credit')
    company_id = fields.Many2one(related='order_id.company_id')
    currency_id = fields.Many2one(related='order_id.company_id.currency_id')
    receivable = fields.Monetary(string="Open Invoices", compute='_compute_credit')
    overdue = fields.Monetary(compute='_compute_credit')
    overdue_days = fields.Integer(string="Overdue Since (Days)", compute='_compute_credit')
    ordered = fields.Monetary(string="Ordered, Not Yet Invoiced", compute='_compute_credit')
    quoted = fields.Monetary(string="This Quotation", compute='_compute_credit')
    exposure = fields.Monetary(
        compute='_compute_credit', help="Open invoices, what was ordered and is not invoiced yet, and this quotation.")
    has_limit = fields.Boolean(compute='_compute_credit')
    credit_limit = fields.Monetary(compute='_compute_credit')
    limit_grade = fields.Selection(
        GRADES, string="Recommended for Grade", compute='_compute_credit',
        help="The customer has no limit of his own: that of his grade counts.")
    excess = fields.Monetary(string="Beyond the Limit", compute='_compute_credit')

    @api.depends('order_id')
    def _compute_credit(self):
        for credit in self:
            credit.order_id.check_access('read')
            credit.update(credit.order_id._origin._ltc_get_credit())
