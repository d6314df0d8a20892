from odoo import models


class SaleOrder(models.Model):
    """The approved estimate is the least that a quotation costs, whatever is typed on its lines."""
    _inherit = 'sale.order'

    def _ltc_get_estimate(self):
        """Return in sudo the approved estimate that binds this quotation: that of its solution, else the last one.

        It is searched where it counts, so that no client chooses it.
        """
        self.ensure_one()
        estimates_sudo = self.env['ltc.estimate'].sudo()
        if not self.opportunity_id:
            return estimates_sudo
        estimates_sudo = estimates_sudo.search(
            [('opportunity_id', '=', self.opportunity_id._origin.id), ('state', '=', 'approved')],
            order='decided_on desc, id desc')
        solution = self.sudo().ltc_solution_id
        own = estimates_sudo.filtered(lambda estimate: solution and estimate.solution_id == solution)
        return (own or estimates_sudo)[:1]

    def _ltc_get_estimate_cost(self):
        """Return the approved cost in this quotation's currency, at the dearer of two rates; 0 without an estimate."""
        estimate_sudo = self._ltc_get_estimate()
        if not estimate_sudo:
            return 0.0
        return self._ltc_get_highest(estimate_sudo.cost_company, estimate_sudo.company_id.currency_id)

    def _ltc_get_strict_figures(self, figures):
        """Ask the matrix on the approved cost where the lines say less."""
        net = sum(line.price_subtotal for line in self._ltc_get_offered_lines())
        return self._ltc_count_estimate(net, super()._ltc_get_strict_figures(figures))

    def _ltc_count_estimate(self, net, figures):
        """Return ``figures`` with the margin by the approved cost, where that is the worse one."""
        cost = self._ltc_get_estimate_cost()
        margin = round((1 - cost / net) * 100, 2) if cost and net > 0 else None
        if margin is None or margin >= figures['margin_percent']:
            return figures
        return {**figures, 'margin_percent': margin, 'least_cost': cost, 'is_estimate': True}

    def _ltc_describe_margin_trigger(self, level, figures):
        sentence = super()._ltc_describe_margin_trigger(level, figures)
        if not figures.get('is_estimate'):
            return sentence
        return self.env._(
            "%(margin)s by the approved estimate of %(cost)s", margin=sentence,
            cost=self.currency_id.format(figures['least_cost']))

    def _ltc_get_budget_base(self):
        """Return what the budget of this order is based on (see ``ltc.estimate``), or an empty dict."""
        return self._ltc_get_estimate()._ltc_get_budget_base()
