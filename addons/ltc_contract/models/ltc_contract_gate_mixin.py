from odoo import api, models
from odoo.fields import Domain

from odoo.addons.ltc_base.tools import get_plain_text

SHOWN_GATES = {
    'draft': ('atc',),
    'signing': ('atc',),
    'signed': ('atcc',),
    'closed': ('atcc',),
    'void': (),
}


class LtcContractGateMixin(models.AbstractModel):
    """The gates of a contract: what ATC decides before the signature, and ATCC before the close."""
    _name = 'ltc.contract.gate.mixin'
    _description = "Gates of a Contract"
    _inherit = ['ltc.gate.mixin']

    _ltc_gate_codes = ('atc', 'atcc')

    @api.model
    def _ltc_get_ahead_domain(self, code):
        """A contract that is signed already goes on, and closes, as it began."""
        if code in ('atc', 'atcc'):
            return Domain('state', 'in', ('draft', 'signing'))
        return super()._ltc_get_ahead_domain(code)

    def _compute_ltc_gate_summary(self):
        result = super()._compute_ltc_gate_summary()
        for contract in self:
            contract.ltc_gate_summary = [
                card for card in contract.ltc_gate_summary or []
                if card['code'] in SHOWN_GATES[contract.state] or self._ltc_is_own_gate(card['code'])
            ]
        return result

    def _ltc_get_team_leader(self):
        return self.order_id.team_id.user_id

    def _ltc_get_gate_figures(self, code):
        figures = super()._ltc_get_gate_figures(code)
        figures.update({
            'amount': self.currency_id.round(self.amount_current),
            'currency': self.currency_id.name,
            'partner': self.partner_id.id,
        })
        if code == 'atc' or self._ltc_is_own_gate(code):
            figures.update(self._get_signing_figures())
        elif code == 'atcc':
            figures.update({
                'invoiced': self.currency_id.round(self.amount_invoiced),
                'received': self.currency_id.round(self.amount_received),
            })
        return figures

    def _get_signing_figures(self):
        """Return what ATC decides on: the money, its rhythm, the lines and the text."""
        return {
            'margin_percent': round(self.order_id.margin_percent * 100, 2),
            'discount_percent': round(max(self.line_ids.mapped('discount'), default=0.0), 2),
            'payment_days': self.payment_term_id._ltc_get_longest_days(),
            'lines': [line._get_figures() for line in self.line_ids],
            'scope': [
                [line.product_id.id, line.product_uom_id.id, round(line.quantity, 4)] for line in self.line_ids],
            'plan': [
                [node.name, node.kind, node.trigger, self.currency_id.round(node.amount)]
                for node in self._get_effective_plan_lines()
            ],
            'terms': get_plain_text(self.terms),
            'acceptance_criteria': (self.acceptance_criteria or '').strip(),
            'period': [str(self.date_start or ''), str(self.date_end or '')],
        }

    @api.model
    def _ltc_get_figure_labels(self):
        return {
            **super()._ltc_get_figure_labels(),
            'plan': self.env._("Payment Plan"),
            'period': self.env._("Start and End"),
            'terms': self.env._("Terms and Conditions"),
            'acceptance_criteria': self.env._("Acceptance Criteria"),
            'invoiced': self.env._("Invoiced"),
            'received': self.env._("Received"),
        }

    @api.model
    def _ltc_get_line_columns(self):
        return self.env['ltc.contract.line']._get_figure_columns()

    @api.model
    def _ltc_format_line(self, line):
        return self.env['ltc.contract.line']._format_figures(line)

    @api.model
    def _ltc_format_figure(self, key, value):
        if key == 'plan':
            return ' · '.join(f'{name}: {amount:,.2f}' for name, _kind, _trigger, amount in value)
        if key == 'period':
            return ' – '.join(value).strip(' –')
        return super()._ltc_format_figure(key, value)

    def _ltc_get_amount_company(self, code):
        return self.order_id._ltc_get_authority_amount(self.amount_current)

    def _ltc_get_authority_figures(self, code):
        figures = super()._ltc_get_authority_figures(code)
        return {**figures, **self.order_id._ltc_get_strict_figures(figures)} if code == 'atc' else figures

    def _ltc_get_submission_blockers(self, code):
        blockers = super()._ltc_get_submission_blockers(code)
        if code == 'atc':
            blockers += self._get_plan_blockers() + self.order_id._ltc_get_contract_differences(self)
            if self.state == 'signing':
                blockers.append(self.env._(
                    "Contract %s waits for its signature; take it back to draft before you submit it.", self.name))
            elif self.state != 'draft':
                blockers.append(self.env._("Contract %s is not a draft any more.", self.name))
        elif code == 'atcc':
            if self.state != 'signed':
                blockers.append(self.env._("Contract %s is not signed; there is nothing to close.", self.name))
            else:
                blockers += self._get_close_blockers()
        return blockers
