from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date


class SaleOrder(models.Model):
    """A promised date is compared with what buying, design, assembly and commissioning take."""
    _inherit = 'sale.order'

    ltc_earliest_date = fields.Date(
        string="Earliest Delivery", compute='_compute_ltc_earliest_date', groups='base.group_user',
        help="If the order came today: the longest lead time of a product, and the company's own days for goods.")

    @api.depends('date_order', 'company_id', 'order_line.product_id', 'order_line.customer_lead',
                 'order_line.product_uom_qty')
    def _compute_ltc_earliest_date(self):
        for order in self:
            offers = order._ltc_is_open() and order._ltc_get_offered_lines().product_id
            order.ltc_earliest_date = order._ltc_get_earliest_date() if offers else False

    def _ltc_sum_up_prices(self, facts):
        return {**super()._ltc_sum_up_prices(facts), 'days_too_early': self._ltc_get_days_too_early()}

    def _ltc_get_days_too_early(self):
        """Return how many days the promised date is too early; 0 where none is promised."""
        if not self.commitment_date:
            return 0
        promised = self.company_id._ltc_get_day(self.commitment_date)  # in nobody's own zone: the level rests on it
        return max((self._ltc_get_earliest_date() - promised).days, 0)

    def _ltc_get_earliest_date(self):
        """Return the day on which everything offered can be handed over, if the order came today.

        The longest lead time of a product, and where goods are offered the company's own days on top.
        """
        company = self.company_id
        start = max(company._ltc_get_today(), fields.Date.to_date(self.date_order) or company._ltc_get_today())
        lines = self._ltc_get_offered_lines()
        days = max((line._ltc_get_lead_days() for line in lines), default=0)
        if any(line.product_id.type != 'service' for line in lines if line.product_id):
            days += company._ltc_get_own_lead_days()
        return start + timedelta(days=days)

    def _ltc_describe_lead_time_trigger(self, level, figures):
        days, date = figures['days_too_early'], format_date(self.env, self._ltc_get_earliest_date())
        if days == 1:
            return self.env._("promised 1 day before %(date)s, the earliest possible date", date=date)
        return self.env._("promised %(days)s days before %(date)s, the earliest possible date", days=days, date=date)
