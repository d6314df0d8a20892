from odoo import api, fields, models


class MailActivityType(models.Model):
    _inherit = 'mail.activity.type'

    ltc_is_response = fields.Boolean(
        string="Response to the Customer", compute='_compute_ltc_is_response', store=True, readonly=False,
        precompute=True,
        help="Done on a lead, such an activity counts as a response: somebody spoke with the customer.")

    @api.depends('category')
    def _compute_ltc_is_response(self):
        mail = self.env.ref('mail.mail_activity_data_email', raise_if_not_found=False)
        for activity_type in self:
            activity_type.ltc_is_response = (
                activity_type.category in ('phonecall', 'meeting') or activity_type._origin == mail)
