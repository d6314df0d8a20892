from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Guided selling: questions instead of a search in the price list."""
    _inherit = 'sale.order'

    ltc_has_guide = fields.Boolean(string="Has Guide", compute='_compute_ltc_has_guide', groups='base.group_user')

    @api.depends('company_id')
    def _compute_ltc_has_guide(self):
        for order in self:
            order.ltc_has_guide = self.env['ltc.selling.guide']._is_any(order.company_id.id)

    def action_ltc_open_guide(self):
        """Open the first page of guided selling."""
        self.ensure_one()
        self.check_access('write')
        if not self._ltc_is_open():
            raise UserError(self.env._("%s is no quotation any more; guides add to quotations.", self.name))
        guides = self.env['ltc.selling.guide'].search([
            ('company_id', 'in', [False, self.company_id.id]), ('question_ids', '!=', False)])
        if not guides:
            raise UserError(self.env._(
                "There is no selling guide with questions for %s; sales operations set them up.", self.company_id.name))
        is_only = len(guides) == 1
        run = self.env['ltc.guide.run'].create({'order_id': self.id, 'guide_id': guides.id if is_only else False})
        return run.action_next() if is_only else run._reopen()
