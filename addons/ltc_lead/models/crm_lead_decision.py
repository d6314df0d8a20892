from odoo import api, fields, models


class CrmLead(models.Model):
    """The decision chain as a map, on a screen of its own: the form of the opportunity pays nothing for it."""
    _inherit = 'crm.lead'

    ltc_contact_ids = fields.One2many('ltc.decision.contact', 'lead_id', string="Decision Chain Contacts", copy=True)
    ltc_chain_gaps = fields.Text(string="Gaps of the Decision Chain", compute='_compute_ltc_chain_gaps')

    @api.depends(
        'ltc_contact_ids.role', 'ltc_contact_ids.attitude', 'ltc_contact_ids.influence', 'ltc_contact_ids.name',
        'ltc_contact_ids.relationship', 'ltc_contact_ids.user_id')
    @api.depends_context('lang')
    def _compute_ltc_chain_gaps(self):
        for lead in self:
            lead.ltc_chain_gaps = '\n'.join(lead.ltc_contact_ids._get_gaps())

    def action_ltc_view_chain(self):
        """Open the people of the decision, with what is missing."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Decision Chain: %s", self.display_name),
            'res_model': self._name,
            'res_id': self.id,
            'view_mode': 'form',
            'views': [(self.env.ref('ltc_lead.crm_lead_view_form_chain').id, 'form')],
            'context': {'create': False},
        }

    def action_ltc_view_chain_board(self):
        """Open the same people role by role."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('ltc_lead.ltc_decision_contact_action'),
            'name': self.env._("Decision Chain: %s", self.display_name),
            'domain': [('lead_id', '=', self.id)],
            'context': {'default_lead_id': self.id, 'group_by': 'role'},
        }

    def _ltc_prepare_review_values(self, gate, answers, note, urgent=False):
        """Keep, beside the figures, what the map of the decision chain leaves open."""
        values = super()._ltc_prepare_review_values(gate, answers, note, urgent)
        if gate.code == 'ati':
            values['chain_gaps'] = self.sudo().ltc_chain_gaps
        return values

    def _ltc_merge_dependences(self, opportunities, tables):
        """The people of merged opportunities stay known."""
        if 'ltc_decision_contact' in tables:
            opportunities.sudo().ltc_contact_ids.lead_id = self
        return super()._ltc_merge_dependences(opportunities, tables)
