from odoo import api, models

from odoo.addons.ltc_lead.demo.ltc_demo import CASES

NEGOTIATED = 'minjiang'


class LtcDemo(models.AbstractModel):
    _inherit = 'ltc.demo'

    @api.model
    def _play_versions(self):
        """One offer is negotiated: a second version, a Go with room, and what each side gave way in."""
        self._company().write({'ltc_expiry_reminder_days': 3, 'ltc_expiry_notice': True})
        order = self._as('sales', self._find(f'order_{NEGOTIATED}'))
        order.ltc_revise("The customer wants its second shift trained as well, and asks for a better robot price")
        order.ltc_concession_room = 3.0
        robots, training = order.order_line[0], order.order_line[-1]
        robots.discount, training.product_uom_qty = 4.0, 2
        self._decide_atb(NEGOTIATED, order, "Second shift trained as well; 3 % of room for the closing talk.")
        self._backdate(order.sudo().ltc_flow_id, CASES[NEGOTIATED][2])
        self._play_negotiation(order, robots)
        versions_sudo = order.env['ltc.quote.version'].sudo().search([('order_id', '=', order.id)])
        for version in versions_sudo.filtered(lambda version: version.origin == 'submitted'):
            version.frozen_on = version.review_id.submitted_on

    @api.model
    def _play_negotiation(self, order, robots):
        robots.discount = 5.5
        self.env.cr.precommit.run()  # what a person saves is logged when it is committed
        order.ltc_log_concession(
            'scope', 'us', "Wear parts for the first season", 12000.0, "Order before the end of the month")
        order.ltc_log_concession(
            'term', 'us', "10 % of the price due after acceptance instead of on delivery", 4000.0,
            "Our customers may visit the lines for two years", 6000.0)
        order.ltc_log_concession(
            'scope', 'customer', "Foundations and power supply by the customer", 18000.0)
