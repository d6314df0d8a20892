from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.ltc_target import TARGET_KINDS


class LtcTargetCopy(models.TransientModel):
    """The dialog that sets the targets of a year by those of the year before."""
    _name = 'ltc.target.copy'
    _description = "Copy Targets to Another Year"

    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company)
    kind = fields.Selection(TARGET_KINDS, help="Empty: both.")
    year_from = fields.Integer(string="From Year", required=True, default=lambda self: self._default_year())
    year_to = fields.Integer(
        string="To Year", compute='_compute_year_to', store=True, readonly=False, required=True,
        precompute=True)
    percent = fields.Float(string="Change (%)", default=10.0, help="10: a tenth more than in the year before.")

    def _default_year(self):
        return self.env.company._ltc_get_today().year

    @api.depends('year_from')
    def _compute_year_to(self):
        for copy in self:
            copy.year_to = copy.year_from + 1

    def action_copy(self):
        """Create what is missing in the other year; what stands there already stays as it is."""
        self.ensure_one()
        targets = self.env['ltc.target'].search([
            ('company_id', '=', self.company_id.id), ('year', '=', self.year_from),
            *([('kind', '=', self.kind)] if self.kind else []),
        ])
        if not targets:
            raise UserError(self.env._(
                "%(company)s has no targets for %(year)s; enter them first, or choose another year.",
                company=self.company_id.name, year=self.year_from))
        targets._copy_to_year(self.year_to, self.percent)
        return {
            **self.env['ir.actions.act_window']._for_xml_id('ltc_lead.ltc_target_action'),
            'domain': [('year', '=', self.year_to)],
        }
