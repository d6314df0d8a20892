from odoo import api, fields, models

from ..models.ltc_forecast_adjustment import LEVELS


class LtcForecastAdjust(models.TransientModel):
    """The dialog in which somebody says what he expects of an opportunity."""
    _name = 'ltc.forecast.adjust'
    _description = "Adjust a Forecast"

    lead_id = fields.Many2one('crm.lead', string="Opportunity", required=True, readonly=True)
    currency_id = fields.Many2one(related='lead_id.company_currency', related_sudo=False)
    expected_revenue = fields.Monetary(related='lead_id.expected_revenue', string="Amount", related_sudo=False)
    category = fields.Selection(related='lead_id.ltc_forecast_category', related_sudo=False)
    level = fields.Selection(LEVELS, string="You Speak As", compute='_compute_level')
    amount = fields.Monetary(string="Expected Instead")
    note = fields.Char(string="Why")
    adjustment_ids = fields.Many2many('ltc.forecast.adjustment', string="Said So Far", compute='_compute_level')
    can_withdraw = fields.Boolean(compute='_compute_level')

    @api.depends('lead_id')
    def _compute_level(self):
        Adjustment = self.env['ltc.forecast.adjustment']
        for dialog in self:
            dialog.level = Adjustment._get_lead_level(dialog.lead_id)
            dialog.adjustment_ids = Adjustment.search([('lead_id', '=', dialog.lead_id.id)])
            dialog.can_withdraw = bool(dialog.adjustment_ids.filtered_domain([
                ('is_current', '=', True), ('is_withdrawn', '=', False), ('level', '=', dialog.level)]))

    def action_say(self):
        self.ensure_one()
        self.env['ltc.forecast.adjustment'].say_about_lead(self.lead_id.id, self.amount, self.note)

    def action_withdraw(self):
        self.ensure_one()
        self.env['ltc.forecast.adjustment'].say_about_lead(self.lead_id.id, False, self.note)
