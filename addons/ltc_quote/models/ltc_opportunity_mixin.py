from odoo import api, fields, models


class LtcOpportunityMixin(models.AbstractModel):
    """A paper on an opportunity: of its company, and in that company's currency unless somebody chooses another."""
    _name = 'ltc.opportunity.mixin'
    _inherit = ['ltc.opportunity.access.mixin']
    _description = "Paper on an Opportunity"

    opportunity_id = fields.Many2one(
        'crm.lead', required=True, index=True, check_company=True, ondelete='restrict',
        domain="[('type', '=', 'opportunity')]")
    partner_id = fields.Many2one(related='opportunity_id.partner_id', string="Customer")
    company_id = fields.Many2one(
        'res.company', compute='_compute_company_id', store=True, index=True, precompute=True, required=True)
    currency_id = fields.Many2one(
        'res.currency', compute='_compute_currency_id', store=True, readonly=False, precompute=True, required=True)

    @api.depends('opportunity_id')
    def _compute_company_id(self):
        for paper in self:
            paper.company_id = paper.company_id or paper.opportunity_id.sudo().company_id or self.env.company

    @api.depends('company_id')
    def _compute_currency_id(self):
        for paper in self:
            paper.currency_id = paper.currency_id or (paper.company_id or self.env.company).currency_id
