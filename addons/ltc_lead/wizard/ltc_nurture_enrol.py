from odoo import fields, models


class LtcNurtureEnrol(models.TransientModel):
    """Through which cadence leads are sent."""
    _name = 'ltc.nurture.enrol'
    _description = "Nurture Leads"

    lead_ids = fields.Many2many('crm.lead', required=True)
    cadence_id = fields.Many2one('ltc.nurture.cadence', required=True)
    step_ids = fields.One2many(related='cadence_id.step_ids')

    def action_enrol(self):
        self.ensure_one()
        self.lead_ids._ltc_enrol(self.cadence_id)
        return {'type': 'ir.actions.act_window_close'}
