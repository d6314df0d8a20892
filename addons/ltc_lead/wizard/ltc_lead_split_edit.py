from odoo import api, fields, models
from odoo.fields import Command

from ..models.ltc_lead_split import SPLIT_KINDS


class LtcLeadSplitEdit(models.TransientModel):
    """The dialog that changes all shares of an opportunity at once."""
    _name = 'ltc.lead.split.edit'
    _description = "Edit the Credit Splits"

    lead_id = fields.Many2one('crm.lead', string="Opportunity", required=True, readonly=True)
    currency_id = fields.Many2one(related='lead_id.company_currency', related_sudo=False)
    expected_revenue = fields.Monetary(related='lead_id.expected_revenue', related_sudo=False)
    line_ids = fields.One2many(
        'ltc.lead.split.edit.line', 'edit_id', compute='_compute_line_ids', store=True, readonly=False)
    revenue_total = fields.Float(string="Revenue Shares (%)", compute='_compute_revenue_total')

    @api.depends('lead_id')
    def _compute_line_ids(self):
        for edit in self:
            splits = self.env['ltc.lead.split'].search([('lead_id', '=', edit.lead_id.id)])
            shares = [(split.user_id.id, split.kind, split.percent) for split in splits]
            if not any(kind == 'revenue' for _user_id, kind, _percent in shares) and edit.lead_id.user_id:
                shares.insert(0, (edit.lead_id.user_id.id, 'revenue', 100.0))
            edit.line_ids = [Command.clear()] + [
                Command.create({'user_id': user_id, 'kind': kind, 'percent': percent})
                for user_id, kind, percent in shares]

    @api.depends('line_ids.kind', 'line_ids.percent')
    def _compute_revenue_total(self):
        for edit in self:
            edit.revenue_total = sum(
                edit.line_ids.filtered(lambda line: line.kind == 'revenue').mapped('percent'))

    def action_apply(self):
        """Replace the shares; that of the salesperson alone is no row."""
        self.ensure_one()
        shares = [(line.user_id.id, line.kind, line.percent) for line in self.line_ids]
        revenue = [share for share in shares if share[1] == 'revenue']
        if revenue == [(self.lead_id.user_id.id, 'revenue', 100.0)]:
            shares.remove(revenue[0])
        self.env['ltc.lead.split']._replace(self.lead_id, shares)


class LtcLeadSplitEditLine(models.TransientModel):
    _name = 'ltc.lead.split.edit.line'
    _description = "Share in the Dialog"

    edit_id = fields.Many2one('ltc.lead.split.edit', required=True, ondelete='cascade', index=True)
    user_id = fields.Many2one('res.users', string="Salesperson", required=True, domain="[('share', '=', False)]")
    kind = fields.Selection(SPLIT_KINDS, required=True, default='revenue')
    percent = fields.Float(string="Share (%)", digits=(5, 2), required=True)
    currency_id = fields.Many2one(related='edit_id.currency_id')
    amount = fields.Monetary(compute='_compute_amount')

    @api.depends('percent', 'edit_id.lead_id.expected_revenue')
    def _compute_amount(self):
        for line in self:
            line.amount = line.edit_id.lead_id.expected_revenue * line.percent / 100
