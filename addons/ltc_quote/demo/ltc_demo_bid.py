from datetime import timedelta

from odoo import api, fields, models

# case: days to the closing of the bid, why to bid, risks (what, category, likelihood, impact, owner, measure)
BIDS = {
    'xinhe': (3, "Entry into battery manufacturing: two more lines are planned for next year.", [
        ("Stacking accuracy of 0.1 mm not proven in our hall", 'technical', '2', '3', 'presales',
         "Trial with twelve cells before the contract; tolerance of 0.15 mm until acceptance"),
        ("Laser safety housing has a lead time of 14 weeks", 'schedule', '3', '2', 'delivery',
         "Second supplier asked; delivery counted from the advance"),
        ("Retention of 15 % for two years", 'payment', '2', '1', 'finance', "Bank guarantee instead"),
    ]),
    'taihu': (12, "", [
        ("Floor does not carry 900 kg reels everywhere", 'technical', '2', '2', 'presales',
         "Survey of the floor is part of the customer's scope"),
        ("Relocation of the slitter by the customer is late", 'schedule', '2', '2', 'delivery', ""),
    ]),
}
BOUND_BY_CUSTOMER = ('xinhe',)  # who accepts by a standard of his own
STEADFAST = "Known customer; the effort is small beside the order."


class LtcDemo(models.AbstractModel):
    _inherit = 'ltc.demo'

    @api.model
    def _decide_atb(self, key, order, note):
        """What gate ATB decides on is there before the submission: closing, chance and risks of the bid."""
        self._prepare_bid(key, order)
        return super()._decide_atb(key, order, note)

    @api.model
    def _prepare_bid(self, key, order):
        if key in BIDS and not order.ltc_risk_ids:
            days, reason, risks = BIDS[key]
            order.write({
                'ltc_bid_closing': fields.Date.context_today(self) + timedelta(days=days),
                'ltc_bid_reason': reason,
                'ltc_risk_ids': [fields.Command.create({
                    'name': name, 'category': category, 'likelihood': likelihood, 'impact': impact,
                    'user_id': self._user(owner).id, 'measure': measure,
                }) for name, category, likelihood, impact, owner, measure in risks],
            })
        if key in BOUND_BY_CUSTOMER:
            order.ltc_acceptance_method = 'customer'
        if order.sudo()._ltc_is_challenged():
            order.ltc_bid_reason = STEADFAST
