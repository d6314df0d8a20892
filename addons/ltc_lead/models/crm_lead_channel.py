from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class CrmLead(models.Model):
    """By which channel a lead came, and by which it came again."""
    _inherit = 'crm.lead'

    ltc_received_on = fields.Datetime(
        string="Received On", copy=False,
        help="When the lead came in, where that was before it was entered here: on a fair, in another system."
        " Response times and channel figures count from then on.")

    @api.constrains('ltc_received_on')
    def _check_ltc_received_on(self):
        for lead in self.filtered('ltc_received_on'):
            if lead.ltc_received_on > fields.Datetime.now():
                raise ValidationError(self.env._(
                    "%(lead)s cannot have been received in the future; enter when it came in.",
                    lead=lead.display_name))

    # === CRUD METHODS === #

    def write(self, vals):
        if 'ltc_received_on' in vals and not self._ltc_may_correct_reception():
            changed = self.filtered(
                lambda lead: lead.ltc_received_on != fields.Datetime.to_datetime(vals['ltc_received_on'] or False))
            for lead in changed:
                raise AccessError(self.env._(
                    "When %(lead)s came in counts for its response time; ask a sales manager to correct it.",
                    lead=lead.display_name))
        return super().write(vals)

    def _ltc_may_correct_reception(self):
        groups = ('sales_team.group_sale_manager', 'ltc_base.group_ltc_operations')
        return self.env.su or any(self.env.user.has_group(group) for group in groups)

    def _ltc_merge_dependences(self, opportunities, tables):
        """What is merged into this lead came by a channel too: that is a touch of it."""
        came_by = opportunities.sudo().filtered(lambda lead: lead.source_id or lead.medium_id or lead.campaign_id)
        if came_by or 'ltc_lead_touch' in tables:
            self.env['ltc.lead.touch'].sudo()._merge(self, opportunities.ids)
        if 'ltc_web_submission' in tables:
            self.env['ltc.web.submission'].sudo().search([('lead_id', 'in', opportunities.ids)]).lead_id = self
        return super()._ltc_merge_dependences(opportunities, tables)

    # === BUSINESS METHODS === #

    def _ltc_add_touch(self, source=None, medium=None, campaign=None, way='manual', touched_on=None):
        """Note that the customer of this lead came again, and by which channel; return the touch."""
        self.ensure_one()
        touches_sudo = self.env['ltc.lead.touch'].sudo()  # a form on the website notes it too
        return touches_sudo.create({
            'lead_id': self.id, 'source_id': source.id if source else False,
            'medium_id': medium.id if medium else False,
            'campaign_id': campaign.id if campaign else False, 'way': way,
            'touched_on': touched_on or fields.Datetime.now()})
