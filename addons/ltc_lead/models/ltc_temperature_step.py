from odoo import api, fields, models

from .crm_lead_temperature import TEMPERATURES


class LtcTemperatureStep(models.Model):
    """What usually comes next for a hot, warm or cold lead."""
    _name = 'ltc.temperature.step'
    _description = "Next Step by Temperature"
    _order = 'temperature, company_id, id'

    name = fields.Char(string="Next Step", required=True, translate=True)
    temperature = fields.Selection(TEMPERATURES, required=True)
    activity_type_id = fields.Many2one(
        'mail.activity.type', required=True, index=True, ondelete='restrict',
        domain="[('res_model', 'in', [False, 'crm.lead'])]")
    days = fields.Integer(string="Due in Days", default=7)
    note = fields.Html(translate=True)
    company_id = fields.Many2one('res.company', index='btree_not_null', help="Empty: every company.")
    active = fields.Boolean(default=True)

    _temperature_uniq = models.UniqueIndex(
        '(temperature, COALESCE(company_id, 0)) WHERE active', "There is a next step for that temperature already.")
    _days_positive = models.Constraint('CHECK(days >= 0)', "A step is due today or later.")

    @api.model
    def _get_steps(self):
        """Return {temperature: step} in the current company: its own before those of every company."""
        steps = self.search([('company_id', 'in', [self.env.company.id, False])])
        return {step.temperature: step for step in steps.sorted(lambda step: bool(step.company_id))}

    def _is_planned(self, lead):
        """Return whether this step is planned with ``lead`` already."""
        self.ensure_one()
        return any(
            activity.activity_type_id == self.activity_type_id and activity.summary == self.name
            for activity in lead.activity_ids)
