from odoo import api, fields, models

from odoo.addons.ltc_quote.terms import ACCEPTANCE_METHODS, BILLING_FREQUENCIES, TERMS


class LtcContract(models.Model):
    """How the customer accepts and is billed: taken over from the quotation, decided on at ATC and frozen with it."""
    _inherit = 'ltc.contract'

    ltc_acceptance_method = fields.Selection(ACCEPTANCE_METHODS, string="Acceptance")
    ltc_billing_frequency = fields.Selection(BILLING_FREQUENCIES, string="Billing")

    def _prepare_contract_values(self, order, vals, templates):
        """Propose the quotation's terms, and as criteria those that the customer agreed to in the requirement."""
        sheet_sudo = self.env['ltc.requirement'].sudo().search(
            [('opportunity_id', '=', order.opportunity_id.id), ('is_acceptance_clear', '=', True)], limit=1
        ) if order.opportunity_id else self.env['ltc.requirement']
        proposed = {
            **{name: order[name] for name in TERMS.values()},
            'acceptance_criteria': sheet_sudo.acceptance_criteria,
        }
        return super()._prepare_contract_values(order, {
            **vals, **{name: value for name, value in proposed.items() if value and not vals.get(name)}}, templates)

    def action_update_from_order(self):
        result = super().action_update_from_order()
        for contract in self:
            contract.write({name: contract.order_id[name] for name in TERMS.values()})
        return result

    def _get_signing_figures(self):
        return {
            **super()._get_signing_figures(),
            **{key: self[name] for key, name in TERMS.items() if self[name]},
        }

    @api.model
    def _ltc_get_figure_labels(self):
        return {**super()._ltc_get_figure_labels(), **self.env['sale.order']._ltc_get_term_labels()}

    @api.model
    def _ltc_format_figure(self, key, value):
        if key in TERMS:
            return self.env['sale.order']._ltc_format_term(key, value)
        return super()._ltc_format_figure(key, value)
