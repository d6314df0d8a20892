from odoo import api, fields, models


class LtcChannelCost(models.Model):
    """What a channel cost: a fair, a month of advertising, a partner's bonus. Spread evenly over its days."""
    _name = 'ltc.channel.cost'
    _description = "Channel Cost"
    _inherit = ['mail.thread']
    _order = 'date_from desc, id desc'

    name = fields.Char(string="Description", required=True, tracking=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, ondelete='cascade', default=lambda self: self.env.company)
    source_id = fields.Many2one('utm.source', index='btree_not_null', ondelete='restrict', tracking=True)
    medium_id = fields.Many2one('utm.medium', ondelete='restrict')
    campaign_id = fields.Many2one('utm.campaign', index='btree_not_null', ondelete='restrict', tracking=True)
    channel_type = fields.Selection(related='source_id.ltc_channel_type')
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today, tracking=True)
    date_to = fields.Date(
        string="Until", compute='_compute_date_to', store=True, readonly=False, required=True, precompute=True,
        tracking=True)
    currency_id = fields.Many2one(
        'res.currency', required=True, default=lambda self: self.env.company.currency_id)
    amount = fields.Monetary(required=True, tracking=True)
    company_currency_id = fields.Many2one('res.currency', related='company_id.currency_id', string="Company Currency")
    amount_company = fields.Monetary(
        string="Amount (Company)", compute='_compute_amount_company', store=True, precompute=True,
        currency_field='company_currency_id', help="At the rate of the first day.")

    _amount_positive = models.Constraint('CHECK(amount >= 0)', "A cost is not negative.")
    _dates_ordered = models.Constraint('CHECK(date_to >= date_from)', "A cost ends on or after the day it begins.")
    _channel_known = models.Constraint(
        'CHECK(source_id IS NOT NULL OR campaign_id IS NOT NULL)',
        "A cost belongs to a source or to a campaign; choose one.")

    @api.depends('date_from')
    def _compute_date_to(self):
        for cost in self:
            cost.date_to = max(cost.date_to or cost.date_from, cost.date_from)

    @api.depends('amount', 'currency_id', 'company_id', 'date_from')
    def _compute_amount_company(self):
        for cost in self:
            cost.amount_company = cost.currency_id._convert(
                cost.amount, cost.company_id.currency_id, cost.company_id,
                cost.date_from) if cost.currency_id else cost.amount
