from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .ltc_cost_line_mixin import COST_KINDS
from .ltc_version_mixin import PAPER_STAMPS

TOTALS = [f'cost_{kind}' for kind, _label in COST_KINDS]


class LtcEstimate(models.Model):
    """What a deal may cost (price × (1 − target margin)) beside what it will cost, kind by kind.

    Approved, it is the cost that gate ATB counts when the quotation's own lines say less, and later the budget.
    """
    _name = 'ltc.estimate'
    _inherit = ['ltc.version.mixin']
    _description = "Estimate"
    _check_company_auto = True

    _ltc_content = {'solution_id', 'currency_id', 'price', 'target_margin', 'line_ids', 'note'}
    _ltc_approver_group = 'ltc_base.group_ltc_finance'
    _server_stamps = (*PAPER_STAMPS, 'cost_company')

    solution_id = fields.Many2one(
        'ltc.solution', index='btree_not_null', ondelete='restrict', check_company=True,
        domain="[('opportunity_id', '=', opportunity_id), ('state', '=', 'approved')]")
    company_currency_id = fields.Many2one(related='company_id.currency_id', string="Company Currency")
    price = fields.Monetary(
        string="Price without Tax", compute='_compute_price', store=True, readonly=False, precompute=True,
        tracking=True, help="Begins with the expected revenue of the opportunity.")
    target_margin = fields.Float(
        string="Target Margin (%)", compute='_compute_target_margin', store=True, readonly=False, precompute=True,
        tracking=True)
    allowed_cost = fields.Monetary(
        compute='_compute_figures', store=True, help="Price × (1 − target margin).")
    line_ids = fields.One2many('ltc.estimate.line', 'estimate_id', string="Breakdown", copy=True)
    cost_material = fields.Monetary(string="Material", compute='_compute_figures', store=True)
    cost_labour = fields.Monetary(string="Labour", compute='_compute_figures', store=True)
    cost_subcontract = fields.Monetary(string="Subcontract", compute='_compute_figures', store=True)
    cost_travel = fields.Monetary(string="Travel", compute='_compute_figures', store=True)
    cost_other = fields.Monetary(string="Other", compute='_compute_figures', store=True)
    cost_total = fields.Monetary(string="Estimated Cost", compute='_compute_figures', store=True, tracking=True)
    gap = fields.Monetary(
        compute='_compute_figures', store=True, help="Allowed cost less estimated cost; negative: too expensive.")
    margin_percent = fields.Float(
        string="Expected Margin (%)", compute='_compute_figures', store=True, aggregator='avg')
    cost_company = fields.Monetary(
        string="Approved Cost", readonly=True, copy=False, currency_field='company_currency_id',
        help="In the company's currency, at the rate of the day of the approval.")
    note = fields.Text(string="Explanation", help="Needed where the estimated cost is higher than the allowed one.")

    _series_version_uniq = models.UniqueIndex(
        '(series, version) WHERE series IS NOT NULL', "This version of the estimate exists already.")
    _target_margin_sensible = models.Constraint(
        'CHECK(target_margin < 100)', "A target margin is below 100 %.")
    _opportunity_approved_idx = models.Index("(opportunity_id, decided_on) WHERE state = 'approved'")

    # === COMPUTE METHODS === #

    @api.depends('company_id')
    def _compute_target_margin(self):
        for estimate in self:
            estimate.target_margin = (
                estimate.target_margin or (estimate.company_id or self.env.company).sudo().ltc_target_margin)

    @api.depends('opportunity_id')
    def _compute_price(self):
        for estimate in self:
            estimate.price = estimate.price or estimate._get_expected_price()

    @api.depends('price', 'target_margin', 'line_ids.amount', 'line_ids.kind')
    def _compute_figures(self):
        for estimate in self:
            costs = dict.fromkeys(TOTALS, 0.0)
            for line in estimate.line_ids:
                costs[f'cost_{line.kind}'] += line.amount
            total = sum(costs.values())
            allowed = estimate.price * (1 - estimate.target_margin / 100)
            estimate.update({
                **costs,
                'allowed_cost': allowed,
                'cost_total': total,
                'gap': allowed - total,
                'margin_percent': round((1 - total / estimate.price) * 100, 2) if estimate.price else 0.0,
            })

    @api.onchange('opportunity_id')
    def _onchange_opportunity_id(self):
        """Another opportunity has another price."""
        self.price = self._get_expected_price() or self.price

    def _get_expected_price(self):
        """Return the expected revenue of the opportunity in the currency of the estimate."""
        opportunity_sudo = self.opportunity_id.sudo()  # as its company, whoever estimates
        if not opportunity_sudo.expected_revenue:
            return 0.0
        company = self.company_id or self.env.company
        return opportunity_sudo.company_currency._convert(
            opportunity_sudo.expected_revenue, self.currency_id or company.currency_id, company,
            fields.Date.context_today(self))

    # === CONSTRAINT METHODS === #

    @api.constrains('solution_id', 'opportunity_id')
    def _check_solution(self):
        for estimate in self.filtered('solution_id'):
            if estimate.solution_id.opportunity_id != estimate.opportunity_id:
                raise ValidationError(self.env._(
                    "%(estimate)s: %(solution)s belongs to another opportunity; choose one of its own.",
                    estimate=estimate.display_name, solution=estimate.solution_id.display_name))

    # === BUSINESS METHODS === #

    def _get_transition_blockers(self, target):
        blockers = super()._get_transition_blockers(target)
        if target != 'submitted':
            return blockers
        name = self.display_name
        if self.price <= 0:
            blockers.append(self.env._("%s has no price; enter the price without tax.", name))
        if not self.cost_total:
            blockers.append(self.env._("%s has no costs; break them down.", name))
        if self.currency_id.compare_amounts(self.gap, 0.0) < 0 and not (self.note or '').strip():
            blockers.append(self.env._(
                "%(estimate)s is %(gap)s over the allowed cost; lower the costs or explain it.", estimate=name,
                gap=self.currency_id.format(-self.gap)))
        return blockers

    def _on_approved(self):
        """Fix the cost in the company's currency: from now on the quotations of the opportunity count it."""
        result = super()._on_approved()
        estimate_sudo = self.sudo()
        company = estimate_sudo.company_id
        estimate_sudo.cost_company = estimate_sudo.currency_id._convert(
            estimate_sudo.cost_total, company.currency_id, company, company._ltc_get_today())
        return result

    def _ltc_get_budget_base(self):
        """Return what a budget is based on, in the currency of the estimate, or an empty dict.

        Whoever keeps budgets asks it of ``sale.order._ltc_get_budget_base()``; extend the dict of ``super()``.
        """
        if not self or self.state not in ('approved', 'superseded'):
            return {}
        self.ensure_one()
        return {
            'estimate_id': self.id,
            'version': self.version,
            'currency_id': self.currency_id.id,
            'price': self.price,
            'allowed_cost': self.allowed_cost,
            'total': self.cost_total,
            'cost_company': self.cost_company,
            'by_kind': {kind: self[f'cost_{kind}'] for kind, _label in COST_KINDS},
        }


class LtcEstimateLine(models.Model):
    _name = 'ltc.estimate.line'
    _inherit = ['ltc.cost.line.mixin']
    _description = "Line of an Estimate"

    _ltc_paper_field = 'estimate_id'

    estimate_id = fields.Many2one('ltc.estimate', required=True, index=True, ondelete='cascade')
    currency_id = fields.Many2one(related='estimate_id.currency_id', store=True, precompute=True)
