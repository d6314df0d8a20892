from odoo import fields, models


class SaleOrder(models.Model):
    """Win or loss and the competitors, as the opportunity knows them; none of the customer's business."""
    _inherit = 'sale.order'

    ltc_won_status = fields.Selection(
        related='opportunity_id.won_status', string="Opportunity Is", related_sudo=True, groups='base.group_user')
    ltc_lost_reason_id = fields.Many2one(
        related='opportunity_id.lost_reason_id', string="Lost Reason", related_sudo=True, groups='base.group_user')
    ltc_competitors = fields.Char(
        related='opportunity_id.ltc_competitors', string="Competitors", related_sudo=True, groups='base.group_user')
