from odoo import api, models

from odoo.addons.ltc_base.tools import format_record


class SaleOrder(models.Model):
    """The opportunity is decided on: its gate and its approved estimate hold for the quotation that came out of it."""
    _inherit = 'sale.order'

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
