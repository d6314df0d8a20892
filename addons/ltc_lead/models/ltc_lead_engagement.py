from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class LtcLeadEngagement(models.Model):
    """A fact: the customer of a lead did something on a day. It is imported or recorded, and never changed."""
    _name = 'ltc.lead.engagement'
    _description = "Engagement of a Lead"
    _order = 'date desc, id desc'
    _rec_name = 'kind_id'

    lead_id = fields.Many2one('crm.lead', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='lead_id.company_id')
    kind_id = fields.Many2one(
        'ltc.engagement.kind', required=True, index=True, ondelete='restrict',
        domain="[('source', '=', 'fact')]")
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    quantity = fields.Float(required=True, default=1.0)
    note = fields.Char()

    @api.constrains('kind_id')
    def _check_kind(self):
        for fact in self:
            if fact.kind_id.source != 'fact':
                raise UserError(self.env._(
                    "%(kind)s is counted from Odoo's own traces and cannot be recorded by hand; choose another kind.",
                    kind=fact.kind_id.name))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        facts = super().create(vals_list)
        if not self.env.su:
            facts.lead_id.check_access('write')
        self.env['ltc.lead.score']._mark_stale(facts.lead_id.ids)
        return facts

    def unlink(self):
        lead_ids = self.lead_id.ids
        result = super().unlink()
        self.env['ltc.lead.score']._mark_stale(lead_ids)
        return result

    @api.model
    def _move(self, leads, survivor):
        """Hand the facts of ``leads`` to the one that is left of them."""
        self.flush_model(['lead_id'])
        self.env.cr.execute(SQL(
            "UPDATE ltc_lead_engagement SET lead_id = %s WHERE lead_id = ANY(%s)", survivor.id, leads.ids))
        self.invalidate_model(['lead_id', 'company_id'])
