from odoo import api, fields, models


class LtcContract(models.Model):
    _inherit = 'ltc.contract'

    amount_overdue = fields.Monetary(string="Overdue", compute='_compute_amount_overdue', compute_sudo=True)

    @api.depends('plan_line_ids.amount_invoiced', 'plan_line_ids.amount_collected')
    def _compute_amount_overdue(self):
        overdue = dict(self.env['ltc.due.line']._read_group(
            domain=[('contract_id', 'in', self.ids), ('days_overdue', '>', 0)],
            groupby=['contract_id'], aggregates=['amount_residual:sum']))
        for contract in self:
            contract.amount_overdue = overdue.get(contract._origin, 0.0)

    def action_view_due_lines(self):
        """Open what the customer still has to pay on the invoices of these contracts."""
        return {
            **self.env['ir.actions.act_window']._for_xml_id('ltc_collection.ltc_due_line_action'),
            'name': self.env._("Due Lines"),
            'domain': [('contract_id', 'in', self.ids)],
            'context': {},
        }

    def _get_close_blockers(self):
        """A contract is not closed over an instalment that is still open or on hold."""
        due_lines = self.env['ltc.due.line'].sudo().search([('contract_id', '=', self.id)], order='date_due, id')
        return super()._get_close_blockers() + [due_line._get_close_blocker() for due_line in due_lines]
