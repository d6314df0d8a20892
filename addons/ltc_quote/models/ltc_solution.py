from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import is_html_empty


class LtcSolution(models.Model):
    """What is offered technically, and what it rests on: owned by the SR, reviewed by colleagues."""
    _name = 'ltc.solution'
    _inherit = ['ltc.version.mixin']
    _description = "Solution"
    _check_company_auto = True

    _ltc_content = {'summary', 'exclusions', 'assumptions', 'reviewer_ids', 'line_ids', 'currency_id'}
    _ltc_approver_group = 'ltc_base.group_ltc_presales'

    user_id = fields.Many2one(
        string="Solution (SR)", compute='_compute_user_id', store=True, readonly=False, precompute=True, default=None)
    reviewer_ids = fields.Many2many(
        'res.users', string="Reviewers", context={'active_test': False}, domain="[('share', '=', False)]",
        help="Any one of them approves. Nobody named: anybody of the presales team but the author.")
    summary = fields.Html(help="The solution as the customer may read it.")
    exclusions = fields.Text(
        string="Not Included", help="What the customer or somebody else provides; printed on the quotation.")
    assumptions = fields.Text(
        string="Assumptions and Limits", help="What the solution and its cost rest on; for colleagues, not printed.")
    line_ids = fields.One2many('ltc.solution.line', 'solution_id', string="Cost Basis", copy=True)
    cost_total = fields.Monetary(string="Cost Basis Total", compute='_compute_cost_total', store=True)

    _series_version_uniq = models.UniqueIndex(
        '(series, version) WHERE series IS NOT NULL', "This version of the solution exists already.")

    # === COMPUTE METHODS === #

    @api.depends('opportunity_id')
    def _compute_user_id(self):
        for solution in self:
            solution.user_id = solution.user_id or solution.opportunity_id.ltc_sr_user_id or self.env.user

    @api.depends('line_ids.amount')
    def _compute_cost_total(self):
        for solution in self:
            solution.cost_total = sum(solution.line_ids.mapped('amount'))

    # === CONSTRAINT METHODS === #

    @api.constrains('reviewer_ids')
    def _check_reviewers(self):
        group = 'ltc_base.group_ltc_reviewer'
        self.reviewer_ids._ltc_check_participants()
        for solution in self:
            stranger = solution.reviewer_ids.sudo().filtered(lambda user: not user.has_group(group))[:1]
            if stranger:
                raise ValidationError(self.env._(
                    "%(user)s is no reviewer and cannot review %(solution)s; choose somebody who is.",
                    user=stranger.name, solution=solution.display_name))

    # === ACTION METHODS === #

    def action_create_estimate(self):
        """Make an estimate of the costs of this solution and open it."""
        self.ensure_one()
        if self.state != 'approved':
            raise UserError(self.env._("%s is not approved; have it approved before you estimate.", self.display_name))
        estimate = self.env['ltc.estimate'].create(self._prepare_estimate_values())
        return {
            'type': 'ir.actions.act_window', 'res_model': 'ltc.estimate', 'res_id': estimate.id, 'view_mode': 'form',
            'name': estimate.display_name,
        }

    def _prepare_estimate_values(self):
        return {
            'opportunity_id': self.opportunity_id.id,
            'solution_id': self.id,
            'currency_id': self.currency_id.id,
            'line_ids': [Command.create({
                'sequence': line.sequence, 'kind': line.kind, 'name': line.name, 'product_id': line.product_id.id,
                'quantity': line.quantity, 'unit_cost': line.unit_cost,
            }) for line in self.line_ids],
        }

    # === BUSINESS METHODS === #

    def _get_approvers(self):
        return self.reviewer_ids.filtered('active') or super()._get_approvers()

    def _get_transition_blockers(self, target):
        blockers = super()._get_transition_blockers(target)
        if target == 'submitted':
            if is_html_empty(self.summary):
                blockers.append(self.env._("%s has no summary; describe the solution.", self.display_name))
            if not self.line_ids:
                blockers.append(self.env._("%s has no cost basis; add what it costs.", self.display_name))
        return blockers


class LtcSolutionLine(models.Model):
    _name = 'ltc.solution.line'
    _inherit = ['ltc.cost.line.mixin']
    _description = "Cost Basis of a Solution"

    _ltc_paper_field = 'solution_id'

    solution_id = fields.Many2one('ltc.solution', required=True, index=True, ondelete='cascade')
    currency_id = fields.Many2one(related='solution_id.currency_id', store=True, precompute=True)
