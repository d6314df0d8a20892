from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import is_html_empty

from odoo.addons.ltc_base.tools import format_record


class SaleOrder(models.Model):
    """What a quotation rests on: the requirement, the approved solution and the approved estimate."""
    _inherit = 'sale.order'

    ltc_solution_id = fields.Many2one(
        'ltc.solution', string="Solution", compute='_compute_ltc_solution_id', store=True, readonly=False,
        precompute=True, index='btree_not_null', ondelete='restrict', check_company=True, groups='base.group_user',
        domain="[('opportunity_id', '=', opportunity_id), ('state', '=', 'approved')]")

    # === COMPUTE METHODS === #

    @api.depends('opportunity_id')
    def _compute_ltc_solution_id(self):
        """Propose the approved solution of the opportunity, where there is exactly one."""
        candidates = self.env['ltc.solution'].sudo()
        if self.opportunity_id:
            candidates = candidates.search([
                ('opportunity_id', 'in', self.opportunity_id.ids), ('state', '=', 'approved')])
        for order in self:
            opportunity = order.opportunity_id._origin
            if order.ltc_solution_id and order.ltc_solution_id.sudo().opportunity_id == opportunity:
                continue
            own = candidates.filtered(lambda solution, opportunity=opportunity: solution.opportunity_id == opportunity)
            order.ltc_solution_id = own if len(own) == 1 else False

    @api.constrains('ltc_solution_id', 'opportunity_id')
    def _check_ltc_solution(self):
        for order in self.filtered('ltc_solution_id'):
            solution_sudo = order.ltc_solution_id.sudo()  # whoever quotes need not see other people's solutions
            if solution_sudo.opportunity_id != order.opportunity_id:
                raise ValidationError(self.env._(
                    "%(order)s: solution %(solution)s belongs to another opportunity; choose one of its own.",
                    order=order.display_name, solution=solution_sudo.display_name))

    # === FIGURES === #

    def _ltc_get_offer_figures(self):
        figures = super()._ltc_get_offer_figures()
        solution = self.sudo().ltc_solution_id
        return {**figures, 'solution': solution.id} if solution else figures

    @api.model
    def _ltc_get_figure_labels(self):
        return {**super()._ltc_get_figure_labels(), 'solution': self.env._("Solution")}

    @api.model
    def _ltc_format_figure(self, key, value):
        if key == 'solution':
            return format_record(self.env, 'ltc.solution', value)
        return super()._ltc_format_figure(key, value)

    # === WHAT THE CUSTOMER READS === #

    def _ltc_get_solution_summary(self):
        """Return what the quotation's solution tells the customer, as HTML, or False where there is none."""
        self.ensure_one()
        solution_sudo = self.sudo().ltc_solution_id  # the customer reads these two texts, nothing else of it
        return False if is_html_empty(solution_sudo.summary) else solution_sudo.summary

    def _ltc_get_solution_exclusions(self):
        """Return what the customer, or somebody else, provides: text, or False."""
        self.ensure_one()
        return (self.sudo().ltc_solution_id.exclusions or '').strip() or False

    # === SUBMISSION === #

    def _ltc_get_submission_blockers(self, code):
        blockers = super()._ltc_get_submission_blockers(code)
        return blockers + self._ltc_get_preparation_blockers() if code == 'atb' else blockers

    def _ltc_get_preparation_blockers(self):
        """Return, as sentences, what of the company's preparation is missing; extend the list of ``super()``."""
        self.ensure_one()
        company = self.company_id.sudo()
        blockers = self._ltc_get_solution_state_blockers()
        if self._ltc_get_amount_company('atb') < company.ltc_preparation_amount:
            return blockers
        if company.ltc_requirement_required:
            blockers += self._ltc_get_requirement_blockers()
        if company.ltc_solution_required and not self.sudo().ltc_solution_id:
            blockers.append(self.env._(
                "%s has no solution; choose an approved one of its opportunity.", self.display_name))
        if company.ltc_estimate_required and not self._ltc_get_estimate():
            blockers.append(self.env._(
                "%s has no approved estimate; have one approved on its opportunity.", self.display_name))
        return blockers

    def _ltc_get_solution_state_blockers(self):
        solution_sudo = self.sudo().ltc_solution_id
        if not solution_sudo or solution_sudo.state == 'approved':
            return []
        return [self.env._(
            "%(order)s: solution %(solution)s is not approved (%(state)s); choose the approved version.",
            order=self.display_name, solution=solution_sudo.display_name,
            state=solution_sudo._get_state_label(solution_sudo.state))]

    def _ltc_get_requirement_blockers(self):
        sheet_sudo = self.env['ltc.requirement'].sudo().search(
            [('opportunity_id', '=', self.opportunity_id.id or 0)], limit=1)
        if not sheet_sudo:
            return [self.env._(
                "%s has no requirement sheet; fill it in on its opportunity.", self.display_name)]
        if sheet_sudo.readiness == 100:
            return []
        return [self.env._(
            "%(order)s: its requirement is %(percent)s %% ready. %(missing)s", order=self.display_name,
            percent=sheet_sudo.readiness, missing=' '.join(sheet_sudo._get_missing()))]

    # === ACTION METHODS === #

    def action_ltc_view_estimates(self):
        """Open the estimates of the opportunity."""
        self.ensure_one()
        return self.opportunity_id.action_ltc_view_estimates()
