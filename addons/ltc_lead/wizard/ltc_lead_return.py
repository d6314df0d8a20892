from odoo import fields, models

from ..models.ltc_lead_reject_reason import RETURN_KINDS


class LtcLeadReturn(models.TransientModel):
    """Why sales gives leads back."""
    _name = 'ltc.lead.return'
    _description = "Return a Lead to Marketing"

    lead_ids = fields.Many2many('crm.lead', required=True)
    kind = fields.Selection(RETURN_KINDS, required=True, default='rejected')
    reason_id = fields.Many2one(
        'ltc.lead.reject.reason', required=True, domain="[('kind', 'in', [False, kind])]")
    note = fields.Text(string="What Marketing Should Know")
    cadence_id = fields.Many2one(
        'ltc.nurture.cadence', string="Nurture By", help="Stay in touch until the customer is ready.")

    def action_return(self):
        self.ensure_one()
        leads = self.lead_ids
        leads._ltc_return(self.kind, self.reason_id, self.note)
        if self.cadence_id and self.kind == 'recycled':
            leads.sudo()._ltc_enrol(self.cadence_id)  # they belong to marketing from here on
        return self.env['ir.actions.act_window']._for_xml_id('crm.crm_lead_all_leads')
