from odoo import api, fields, models

CHAIN = {'solution_count': 'ltc.solution', 'estimate_count': 'ltc.estimate', 'quotation_count': 'sale.order'}


class LtcOpportunityMixin(models.AbstractModel):
    """From one paper of an opportunity to the others: requirement, solutions, estimates, quotations."""
    _inherit = 'ltc.opportunity.mixin'

    solution_count = fields.Integer(compute='_compute_chain_counts')
    estimate_count = fields.Integer(compute='_compute_chain_counts')
    quotation_count = fields.Integer(compute='_compute_chain_counts')

    @api.depends('opportunity_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_chain_counts(self):
        """Count what the user may see, by one query a kind whatever the number of papers."""
        for name, model in CHAIN.items():
            counts = {}
            if self.env[model].has_access('read'):
                counts = dict(self.env[model]._read_group(
                    [('opportunity_id', 'in', self.opportunity_id.ids)], ['opportunity_id'], ['__count']))
            for paper in self:
                paper[name] = counts.get(paper.opportunity_id._origin, 0)

    # === ACTION METHODS === #

    def action_view_opportunity(self):
        self.ensure_one()
        return self.opportunity_id._get_records_action(name=self.opportunity_id.display_name)

    def action_view_requirement(self):
        return self.opportunity_id.action_ltc_view_requirement()

    def action_view_solutions(self):
        return self.opportunity_id.action_ltc_view_solutions()

    def action_view_estimates(self):
        return self.opportunity_id.action_ltc_view_estimates()

    def action_view_quotations(self):
        return self.opportunity_id.action_ltc_view_quotations()
