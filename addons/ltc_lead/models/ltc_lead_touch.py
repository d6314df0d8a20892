from odoo import api, fields, models
from odoo.tools import SQL

TOUCH_WAYS = [
    ('web', "Web Form"),
    ('merge', "Merged Lead"),
    ('manual', "Entered"),
]


class LtcLeadTouch(models.Model):
    """The customer of a lead came again by a channel. How he first came stands on the lead itself."""
    _name = 'ltc.lead.touch'
    _description = "Later Touch of a Lead"
    _order = 'touched_on desc, id desc'
    _rec_name = 'lead_id'

    lead_id = fields.Many2one('crm.lead', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', related='lead_id.company_id')
    touched_on = fields.Datetime(required=True, default=fields.Datetime.now)
    way = fields.Selection(TOUCH_WAYS, required=True, default='manual')
    source_id = fields.Many2one('utm.source', ondelete='set null')
    medium_id = fields.Many2one('utm.medium', ondelete='set null')
    campaign_id = fields.Many2one('utm.campaign', ondelete='set null')

    @api.model
    def _merge(self, lead, tail_ids):
        """Let the touches of the leads that are merged into ``lead``, and how they came themselves, be its own."""
        self.flush_model()
        self.env['crm.lead'].flush_model()
        self.env.cr.execute(SQL(
            """INSERT INTO ltc_lead_touch (lead_id, touched_on, way, source_id, medium_id, campaign_id,
                                           create_uid, create_date, write_uid, write_date)
               SELECT %(lead)s, COALESCE(tail.ltc_received_on, tail.create_date), 'merge',
                      tail.source_id, tail.medium_id, tail.campaign_id, %(uid)s, %(now)s, %(uid)s, %(now)s
                 FROM crm_lead tail
                WHERE tail.id = ANY(%(tails)s)
                  AND COALESCE(tail.source_id, tail.medium_id, tail.campaign_id) IS NOT NULL
            """, lead=lead.id, tails=list(tail_ids), uid=self.env.uid, now=fields.Datetime.now()))
        self.env.cr.execute(SQL(
            "UPDATE ltc_lead_touch SET lead_id = %s WHERE lead_id = ANY(%s)", lead.id, list(tail_ids)))
        self.invalidate_model()
