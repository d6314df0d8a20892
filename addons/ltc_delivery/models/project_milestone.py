from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ProjectMilestone(models.Model):
    _inherit = 'project.milestone'

    ltc_plan_line_id = fields.Many2one(
        'ltc.payment.plan.line', string="Payment Node", index='btree_not_null', copy=False, ondelete='set null',
        help="The node of the payment plan that this milestone stands for; an accepted certificate reaches both.")

    @api.constrains('is_reached', 'ltc_plan_line_id', 'sale_line_id', 'project_id')
    def _check_ltc_acceptance(self):
        """Let a milestone of a contract be reached by the customer's acceptance only, and not be taken back after it.

        Like every rule on Odoo's own documents it binds in companies with gates in force, and costs the others nothing.
        """
        for milestone in self:
            contract = milestone._ltc_get_contract()
            if not contract:
                continue
            accepted = milestone._ltc_is_accepted(contract)
            if milestone.is_reached and not accepted:
                raise UserError(self.env._(
                    "Milestone %(milestone)s of contract %(contract)s is reached by the customer's acceptance only;"
                    " have its acceptance certificate signed and accepted.",
                    milestone=milestone.name, contract=contract.name))
            if accepted and not milestone.is_reached and milestone.ltc_plan_line_id:
                raise UserError(self.env._(
                    "Milestone %(milestone)s of contract %(contract)s is accepted by the customer and stays reached;"
                    " agree changes in an amendment.", milestone=milestone.name, contract=contract.name))

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [
                {name: value for name, value in vals.items() if name != 'ltc_plan_line_id'} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if 'ltc_plan_line_id' in vals and not self.env.su:
            self._ltc_check_rebinding(vals['ltc_plan_line_id'])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_ltc_bound(self):
        for milestone in self:
            contract = milestone.ltc_plan_line_id and milestone._ltc_get_contract()
            if contract:
                raise UserError(self.env._(
                    "Milestone %(milestone)s stands for a payment node of contract %(contract)s and cannot be deleted;"
                    " change the payment plan in an amendment.", milestone=milestone.name, contract=contract.name))

    def _ltc_check_rebinding(self, node_id):
        """Raise unless these milestones may stand for another node of the same contract."""
        if not self.env.user.has_group('ltc_base.group_ltc_delivery'):
            raise AccessError(self.env._(
                "The payment node of milestone %s is not yours to choose; ask the delivery team.", self[:1].name))
        node_sudo = self.env['ltc.payment.plan.line'].sudo().browse(node_id).exists()
        for milestone in self.sudo():
            if milestone.is_reached or node_sudo.contract_id != milestone.ltc_plan_line_id.contract_id:
                raise UserError(self.env._(
                    "Milestone %s can only be bound to another node of the same contract, and not once it is reached;"
                    " choose such a node.", milestone.name))

    def _ltc_get_contract(self):
        """Return the signed contract whose acceptance decides on this milestone, in companies with gates in force."""
        milestone_sudo = self.sudo()  # project members need not see contracts
        order = milestone_sudo.sale_line_id.order_id
        if milestone_sudo.ltc_plan_line_id.is_void or not (milestone_sudo.ltc_plan_line_id or order):
            return self.env['ltc.contract']
        company = milestone_sudo.ltc_plan_line_id.company_id or order.company_id
        if not self.env['ltc.gate']._get_activations(company.id):
            return self.env['ltc.contract']
        contract = milestone_sudo.ltc_plan_line_id.contract_id or order.ltc_contract_id
        is_bound = contract.state == 'signed' and contract._get_acceptance_nodes()
        return contract if is_bound else contract.browse()

    def _ltc_get_order(self):
        """Return the order that this milestone helps to deliver, or none."""
        self.ensure_one()
        milestone_sudo = self.sudo()  # project members need not see the order
        project_sudo = milestone_sudo.project_id
        return (
            milestone_sudo.ltc_plan_line_id.contract_id.order_id or milestone_sudo.sale_line_id.order_id
            or project_sudo.sale_order_id or project_sudo.reinvoiced_sale_order_id)

    def _ltc_is_accepted(self, contract):
        """Return whether the customer accepted what this milestone stands for."""
        self.ensure_one()
        node_sudo = self.sudo().ltc_plan_line_id
        if node_sudo:
            return bool(node_sudo._filter_accepted())
        return contract._is_accepted() or bool(self.env['ltc.acceptance'].sudo().search_count(
            [('milestone_id', '=', self.id), ('state', '=', 'accepted')], limit=1))
