from odoo import api, fields, models
from odoo.exceptions import UserError


class LtcContract(models.Model):
    _inherit = 'ltc.contract'

    handover_ids = fields.One2many('ltc.contract.handover', 'contract_id')
    acceptance_ids = fields.One2many('ltc.acceptance', 'contract_id', string="Acceptance Certificates")
    handover_state = fields.Selection(related='handover_ids.state', string="Handover State")
    acceptance_count = fields.Integer(compute='_compute_acceptance_count', compute_sudo=True)
    picking_count = fields.Integer(compute='_compute_picking_count', compute_sudo=True)

    def _compute_acceptance_count(self):
        counts = dict(self.env['ltc.acceptance']._read_group(
            [('contract_id', 'in', self.ids)], ['contract_id'], ['__count']))
        for contract in self:
            contract.acceptance_count = counts.get(contract._origin, 0)

    @api.depends('order_id')
    def _compute_picking_count(self):
        counts = dict(self.env['stock.picking']._read_group(
            [('sale_id', 'in', self.order_id.ids)], ['sale_id'], ['__count']))
        for contract in self:
            contract.picking_count = counts.get(contract.order_id, 0)

    # === ACTION METHODS === #

    def action_open_handover(self):
        """Open the handover of this contract, made on the way if there is none yet."""
        self.ensure_one()
        if not self.handover_ids:
            self._check_in_force()
            self._create_handovers()
        return self.handover_ids._get_records_action(name=self.env._("Handover"))

    def action_view_transfers(self):
        self.ensure_one()
        return self.order_id.action_view_delivery()

    def action_view_acceptances(self):
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Acceptance Certificates"),
            'res_model': 'ltc.acceptance',
            'view_mode': 'list,form',
            'domain': [('contract_id', '=', self.id)],
            'context': {'default_contract_id': self.id},
        }

    def action_create_acceptance(self):
        """Open a certificate for the next node that waits for one."""
        self.ensure_one()
        self._check_in_force()
        return self._get_unaccepted_nodes()[:1]._create_acceptance(self)._get_records_action()

    def _check_in_force(self):
        if self.state != 'signed':
            raise UserError(self.env._(
                "Contract %s is not in force; have it signed before its delivery starts.", self.name))

    # === BUSINESS METHODS - HANDOVER === #

    def _create_handovers(self):
        """Create the handover of those contracts that have none; the points are filled from the contract."""
        missing = self.filtered(lambda contract: not contract.sudo().handover_ids)
        missing.check_access('read')
        # whoever signs has no right on handovers; what they hold comes from the contract
        return self.env['ltc.contract.handover'].sudo().create([{'contract_id': contract.id} for contract in missing])

    @api.model
    def _is_handover_in_force(self, company):
        """Return whether ``company`` runs the full profile, where no delivery starts before the handover.

        Answered from the cache of gates in force: no query, so that other companies' transfers pay nothing.
        """
        return 'atcc' in self.env['ltc.gate']._get_activations(company.id)

    def _get_handover_blockers(self):
        """Return {contract id: sentences that keep its delivery and its project from starting}.

        Binds the contracts of companies in the full profile; extend it for what else holds a delivery back.
        """
        blockers = {contract.id: [] for contract in self}
        for contract in self._ltc_is_gate_active('atcc').sudo():
            handover = contract.handover_ids
            if handover.state != 'confirmed':
                blockers[contract.id].append(self.env._(
                    "The handover of contract %s is not confirmed; let the FR and finance confirm it first.",
                    contract.name))
            advances = contract._get_open_advances()
            if advances and not handover.advance_released_on:
                blockers[contract.id].append(self.env._(
                    "The advance of contract %(contract)s is not paid (%(nodes)s); wait for the payment or have finance"
                    " release it in the handover.", contract=contract.name, nodes=', '.join(advances.mapped('name'))))
        return blockers

    def _get_open_advances(self):
        """Return the advance nodes that are not paid in full."""
        return self._get_effective_plan_lines().filtered(
            lambda node: node.kind == 'advance' and node.state != 'collected')

    def _get_handover_contents(self):
        """Return {topic of the handover: what the contract already says about it}; extend for more topics."""
        self.ensure_one()
        return {
            'scope': '\n'.join(
                f"{line.quantity:g} {line.product_uom_id.name or ''} {line._get_short_name()}"
                for line in self.line_ids),
            'acceptance': self.acceptance_criteria,
            'payment': '\n'.join(
                f'{node.name}: {self.currency_id.format(node.amount)}' for node in self._get_effective_plan_lines()),
            'contacts': '\n'.join(
                filter(None, [self.partner_id.display_name, self.partner_id.phone, self.partner_id.email])),
        }

    # === BUSINESS METHODS - DELIVERY === #

    def _get_undelivered_blockers(self):
        """Return a sentence for each contract whose goods are not all with the customer."""
        return [
            self.env._(
                "Contract %(contract)s is not delivered in full (%(products)s); deliver the rest first.",
                contract=contract.name, products=', '.join(lines.product_id.mapped('display_name')))
            for contract in self if (lines := contract.order_id._ltc_get_undelivered_lines())
        ]

    def _refresh_delivery(self):
        """Move the delivery nodes to what the transfers say: billable once all goods are with the customer, back to
        planned when goods come back before the node was invoiced."""
        for contract in self:
            nodes = contract._get_effective_plan_lines().filtered(lambda node: node.trigger == 'delivery')
            order = contract.order_id
            if not nodes or not order._ltc_get_stock_lines():
                continue
            if order._ltc_get_undelivered_lines():
                nodes.filtered(lambda node: not node._is_amended_since())._withdraw_billable(
                    self.env._("Goods are missing or came back."))
            else:
                nodes.filtered(lambda node: node.state == 'planned')._set_billable(self.env._(
                    "All goods delivered: %s", ', '.join(order._ltc_get_done_deliveries().mapped('name'))))

    # === BUSINESS METHODS - ACCEPTANCE === #

    def _get_acceptance_nodes(self):
        return self._get_effective_plan_lines().filtered(lambda node: node.trigger == 'acceptance')

    def _get_unaccepted_nodes(self):
        nodes = self._get_acceptance_nodes()
        return nodes - nodes._filter_accepted()

    def _is_accepted(self):
        """Return whether the customer accepted all: every acceptance node, or one final certificate without nodes."""
        self.ensure_one()
        if self._get_acceptance_nodes():
            return not self._get_unaccepted_nodes()
        return any(acceptance.state == 'accepted' and acceptance.kind == 'final' for acceptance in self.acceptance_ids)

    def _get_acceptance_points(self):
        """Return (item, criterion) pairs to test for the acceptance; extend for product-specific tests."""
        self.ensure_one()
        criteria = (self.acceptance_criteria or '').strip()
        points = [
            (line._get_short_name(), self.env._(
                "%(quantity)g %(uom)s complete and in working order", quantity=line.quantity,
                uom=line.product_uom_id.name or ''))
            for line in self.line_ids
        ]
        return points + [(self.env._("Acceptance criteria of the contract"), criteria)] * bool(criteria)

    def _sync_milestones(self):
        """Give each acceptance node a milestone in the contract's project, if there is one.

        The milestones that Odoo made for service lines wait for the last acceptance node: they deliver the services.
        """
        for contract in self.sudo():  # whoever signs need not be in the project
            nodes = contract._get_unaccepted_nodes()
            project = contract._get_project()
            if not nodes or not project:
                continue
            Milestone = self.env['project.milestone'].sudo()
            bound = Milestone.search([('ltc_plan_line_id', 'in', nodes.ids)])
            project.allow_milestones = True
            Milestone.create([{
                'name': node.name,
                'project_id': project.id,
                'deadline': node.date_planned,
                'ltc_plan_line_id': node.id,
                'sale_line_id': False,
            } for node in nodes - bound.filtered(lambda milestone: not milestone.sale_line_id).ltc_plan_line_id])
            Milestone.search([
                ('sale_line_id', 'in', contract.order_id.order_line.ids),
                ('ltc_plan_line_id', '=', False),
                ('is_reached', '=', False),
            ]).ltc_plan_line_id = nodes[-1]

    def _get_project(self):
        """Return the project in which this contract is delivered, or none."""
        order = self.order_id
        return (order.project_id or order.order_line.project_id[:1]).filtered('active')

    def _deliver_services(self):
        """Deliver the service lines once the customer accepted all, so that the final invoice can be made.

        Lines with milestones are delivered by reaching these, the others by their quantity.
        """
        for contract in self:
            lines = contract.order_id._ltc_get_service_lines()
            if not lines or not contract._is_accepted():
                continue
            milestones = self.env['project.milestone'].search([('sale_line_id', 'in', lines.ids)])
            milestones.filtered(lambda milestone: not milestone.is_reached).is_reached = True
            for line in lines - milestones.sale_line_id:
                line.qty_delivered = line.product_uom_qty

    # === BUSINESS METHODS - SIGNING AND CLOSING === #

    def _after_signature(self):
        result = super()._after_signature()
        self._ltc_is_gate_active('atcc')._create_handovers()
        self._sync_milestones()
        self._refresh_delivery()  # a contract drawn up late finds its goods delivered already
        return result

    def _get_close_blockers(self):
        blockers = super()._get_close_blockers() + self._get_undelivered_blockers()
        unaccepted = self._get_unaccepted_nodes()
        if unaccepted:
            blockers.append(self.env._(
                "Contract %(contract)s is not accepted by the customer (%(nodes)s); have the certificates signed.",
                contract=self.name, nodes=', '.join(unaccepted.mapped('name'))))
        waiting = self.sudo().acceptance_ids.filtered(lambda acceptance: acceptance.state != 'accepted')
        if waiting:
            blockers.append(self.env._(
                "Contract %(contract)s has open certificates (%(certificates)s); finish or delete them.",
                contract=self.name, certificates=', '.join(waiting.mapped('name'))))
        if self.sudo().handover_ids.filtered(lambda handover: handover.state != 'confirmed'):
            blockers.append(self.env._(
                "The handover of contract %s is not confirmed; let the FR and finance confirm it.", self.name))
        return blockers
