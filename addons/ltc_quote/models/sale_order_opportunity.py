from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.ltc_base.tools import format_record
from odoo.addons.ltc_lead.models.crm_lead_conflict import MERGING


class SaleOrder(models.Model):
    """The opportunity is decided on: its gate and its approved estimate hold for the quotation that came out of it."""
    _name = 'sale.order'
    _inherit = ['sale.order', 'ltc.opportunity.access.mixin']

    # === CRUD METHODS === #

    def write(self, vals):
        if vals.get('opportunity_id'):
            self._ltc_check_relinking(vals['opportunity_id'])
        return super().write(vals)

    def _ltc_check_relinking(self, opportunity_id):
        """Refuse to take quotations to another opportunity than the one whose approved estimate says what they cost.

        A merge passes, and so does whoever operates the process.
        """
        if self.env.su or self.env.context.get('ltc_merging') is MERGING or self.env.user.has_group(
                'ltc_base.group_ltc_operations'):
            return
        for order in self:
            origin_sudo = order.opportunity_id.sudo() or order._ltc_get_lost_opportunity()
            if origin_sudo and origin_sudo.id != opportunity_id and self.env['ltc.estimate'].sudo().search_count(
                    [('opportunity_id', '=', origin_sudo.id), ('state', '=', 'approved')], limit=1):
                raise UserError(self.env._(
                    "%(order)s came out of opportunity %(opportunity)s, whose approved estimate holds for it; make"
                    " another quotation for the other opportunity, or ask sales operations.", order=order.display_name,
                    opportunity=origin_sudo.display_name))

    # === FIGURES === #

    def _ltc_get_offer_figures(self):
        figures = super()._ltc_get_offer_figures()
        opportunity = self.opportunity_id._origin
        return {**figures, 'opportunity': opportunity.id} if opportunity else figures

    @api.model
    def _ltc_get_figure_labels(self):
        return {**super()._ltc_get_figure_labels(), 'opportunity': self.env._("Opportunity")}

    @api.model
    def _ltc_format_figure(self, key, value):
        if key == 'opportunity':
            return format_record(self.env, 'crm.lead', value)
        return super()._ltc_format_figure(key, value)

    # === SUBMISSION === #

    def _ltc_get_submission_blockers(self, code):
        blockers = super()._ltc_get_submission_blockers(code)
        return blockers + self._ltc_get_opportunity_blockers() if code == 'atb' else blockers

    def _ltc_get_opportunity_blockers(self):
        """Return a sentence where this quotation has no opportunity and needs one.

        What came out of an opportunity stays with one. Where the company asks for one, repeat orders need none: whoever
        bought the same products before is served without a new case.
        """
        if self.opportunity_id:
            return []
        lost_sudo = self._ltc_get_lost_opportunity()
        if lost_sudo:
            return [self.env._(
                "%(order)s came out of opportunity %(opportunity)s, whose gate and estimate hold for it; link it"
                " again.", order=self.display_name, opportunity=lost_sudo.name)]
        company = self.company_id.sudo()
        if (
            not company.ltc_opportunity_required
            or self._ltc_get_amount_company('atb') < company.ltc_preparation_amount or self._ltc_is_repeat_order()
        ):
            return []
        return [self.env._(
            "%s has no opportunity; link the one that it answers. Only what the customer ordered before needs none.",
            self.display_name)]

    def _ltc_get_lost_opportunity(self):
        """Return in sudo the opportunity of this quotation's case; clients cannot take a document out of its case."""
        flow_sudo = self.sudo().ltc_flow_id
        opportunities_sudo = self.env['crm.lead'].sudo()
        return flow_sudo and opportunities_sudo.with_context(active_test=False).search(
            [('ltc_flow_id', '=', flow_sudo.id), ('type', '=', 'opportunity')], limit=1)

    def _ltc_is_repeat_order(self):
        """Return whether the customer's company ordered every product of this quotation before."""
        products = self._ltc_get_offered_lines().product_id
        ordered = self.env['sale.order.line'].sudo()._read_group([  # other salespersons' orders count too
            ('order_id.partner_id', 'child_of', self.partner_id.commercial_partner_id.id), ('state', '=', 'sale'),
            ('company_id', '=', self.company_id.id), ('product_id', 'in', products.ids), ('product_uom_qty', '>', 0),
        ], ['product_id'])
        return len(ordered) == len(products)
