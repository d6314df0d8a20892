from odoo import fields, models
from odoo.exceptions import UserError


class LtcPaymentPlanLine(models.Model):
    _inherit = 'ltc.payment.plan.line'

    acceptance_ids = fields.One2many('ltc.acceptance', 'plan_line_id', string="Acceptance Certificates")

    # === ACTION METHODS === #

    def action_create_acceptance(self):
        """Open the certificate that makes this node billable, made on the way if there is none."""
        self.ensure_one()
        self.contract_id._check_in_force()
        waiting = self.acceptance_ids.filtered(lambda acceptance: acceptance.state != 'accepted')
        return (waiting[:1] or self._create_acceptance(self.contract_id))._get_records_action()

    # === BUSINESS METHODS === #

    def _create_acceptance(self, contract):
        """Return a new certificate for this node, or for none when self is empty."""
        contract._sync_milestones()
        nodes = contract._get_acceptance_nodes()
        return self.env['ltc.acceptance'].create({
            'contract_id': contract.id,
            'plan_line_id': self.id,
            'kind': 'final' if not nodes or self == nodes[-1:] else 'sat',
        })

    def _filter_accepted(self):
        """Return those of these nodes that the customer accepted: with a certificate, and none of them open."""
        if not self:
            return self
        certificates = self.env['ltc.acceptance'].sudo().search_fetch(
            [('plan_line_id', 'in', self.ids)], ['plan_line_id', 'state'])
        waiting = certificates.filtered(lambda acceptance: acceptance.state != 'accepted').plan_line_id
        return self & (certificates.plan_line_id - waiting).with_env(self.env)

    def _get_manual_billable_blockers(self):
        return super()._get_manual_billable_blockers() + self._get_proof_blockers()

    def _check_billable(self):
        if self.trigger == 'delivery' and not self._is_amended_since():
            blockers = self._get_proof_blockers()  # the goods may have come back since
            if blockers:
                raise UserError('\n'.join(blockers))
        return super()._check_billable()

    def _get_proof_blockers(self):
        """Return, as sentences, what Odoo's own documents still have to prove before this node is due.

        A delivery node of a contract without goods is due by an evidence, or by a certificate.
        """
        self.ensure_one()
        node_sudo = self.sudo()  # whoever bills need not see transfers and certificates
        if node_sudo.trigger == 'delivery':
            return node_sudo.contract_id._get_undelivered_blockers()
        if node_sudo.trigger == 'acceptance' and not node_sudo._filter_accepted():
            return [self.env._(
                "Node %(node)s of contract %(contract)s waits for the customer's acceptance; have its certificate"
                " signed and accepted.", node=node_sudo.name, contract=node_sudo.contract_id.name)]
        return []

    def _is_amended_since(self):
        """Return whether an amendment changed what is to be delivered after the event of this node happened."""
        self.ensure_one()
        return bool(self.triggered_on) and any(
            amendment.applied_on and amendment.applied_on >= self.triggered_on
            for amendment in self.contract_id.amendment_ids)

    def _withdraw_billable(self, note):
        """Take back the event of those of these nodes that are billable but not invoiced: its facts no longer hold."""
        nodes = self.filtered(lambda node: node.state == 'billable')
        nodes.write({'triggered_on': False, 'trigger_note': note})
        for node in nodes:
            node.message_post(body=self.env._("Not billable any more: %s", note))
