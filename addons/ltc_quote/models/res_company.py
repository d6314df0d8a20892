from odoo import fields, models


class ResCompany(models.Model):
    """What a quotation must bring along to gate ATB, and how long the company takes to deliver."""
    _inherit = 'res.company'

    ltc_requirement_required = fields.Boolean(string="Requirement Needed for ATB")
    ltc_solution_required = fields.Boolean(string="Approved Solution Needed for ATB")
    ltc_estimate_required = fields.Boolean(string="Approved Estimate Needed for ATB")
    ltc_preparation_amount = fields.Monetary(
        string="Needed From", help="Quotations below this amount, in the company's currency, need none of them."
        " 0: all do.")
    ltc_target_margin = fields.Float(string="Target Margin (%)", default=25.0)
    ltc_design_days = fields.Integer(string="Design (Days)")
    ltc_assembly_days = fields.Integer(string="Assembly (Days)")
    ltc_commissioning_days = fields.Integer(string="Commissioning (Days)")

    _ltc_days_positive = models.Constraint(
        'CHECK(ltc_design_days >= 0 AND ltc_assembly_days >= 0 AND ltc_commissioning_days >= 0)',
        "Days of design, assembly and commissioning cannot be negative.")
    _ltc_target_margin_sensible = models.Constraint(
        'CHECK(ltc_target_margin < 100)', "A target margin is below 100 %.")

    def _ltc_get_audited_fields(self):
        return super()._ltc_get_audited_fields() | {
            'ltc_requirement_required', 'ltc_solution_required', 'ltc_estimate_required', 'ltc_preparation_amount',
            'ltc_target_margin', 'ltc_concession_room', 'ltc_expired_blocked'}

    def _ltc_get_own_lead_days(self):
        self.ensure_one()
        return self.ltc_design_days + self.ltc_assembly_days + self.ltc_commissioning_days
