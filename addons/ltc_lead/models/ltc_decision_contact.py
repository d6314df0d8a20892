from odoo import api, fields, models

CHAIN_ROLES = [
    ('user', "User"),
    ('technical', "Technical"),
    ('purchasing', "Purchasing"),
    ('executive', "Executive"),
    ('finance', "Finance"),
]
ATTITUDES = [
    ('champion', "Champion"),
    ('supporter', "Supporter"),
    ('neutral', "Neutral"),
    ('sceptic', "Sceptic"),
    ('opponent', "Opponent"),
]
ATTITUDE_COLOURS = {'champion': 10, 'supporter': 4, 'neutral': 0, 'sceptic': 2, 'opponent': 1}
INFLUENCES = [(str(number), label) for number, label in enumerate(
    ["None", "Hardly", "Some", "Much", "Strong", "Decides"])]
RELATIONSHIPS = [(str(number), label) for number, label in enumerate(
    ["Unknown", "Met once", "In contact", "Trusts us", "Confides in us", "Ally"])]


class LtcDecisionContact(models.Model):
    """One person of the customer in the decision on an opportunity: role, attitude, influence, how well we stand."""
    _name = 'ltc.decision.contact'
    _description = "Decision-Chain Contact"
    _order = 'lead_id, influence desc, id'

    lead_id = fields.Many2one('crm.lead', string="Opportunity", required=True, index=True, ondelete='cascade')
    partner_id = fields.Many2one('res.partner', string="Contact", index='btree_not_null', ondelete='set null')
    name = fields.Char(compute='_compute_name', store=True, readonly=False, required=True, precompute=True)
    function = fields.Char(string="Position", compute='_compute_name', store=True, readonly=False, precompute=True)
    role = fields.Selection(CHAIN_ROLES, required=True, default='user', group_expand=True)
    attitude = fields.Selection(ATTITUDES, required=True, default='neutral')
    influence = fields.Selection(INFLUENCES, required=True, default='2', help="On the decision, up to: decides it.")
    relationship = fields.Selection(RELATIONSHIPS, required=True, default='0', help="How well we stand with them.")
    reports_to_id = fields.Many2one(
        'ltc.decision.contact', index='btree_not_null', ondelete='set null',
        domain="[('lead_id', '=', lead_id), ('id', '!=', id)]")
    user_id = fields.Many2one(
        'res.users', string="Attended by", domain="[('share', '=', False)]", help="Who of us looks after this person.")
    notes = fields.Text(help="What matters to this person, and what we do next.")
    color = fields.Integer(compute='_compute_color')

    @api.depends('partner_id')
    def _compute_name(self):
        for contact in self:
            contact.name = contact.partner_id.name or contact.name
            contact.function = contact.partner_id.function or contact.function

    @api.depends('attitude')
    def _compute_color(self):
        for contact in self:
            contact.color = ATTITUDE_COLOURS.get(contact.attitude, 0)

    def _is_friendly(self):
        return self.attitude in ('champion', 'supporter')

    def _is_hostile(self):
        return self.attitude in ('sceptic', 'opponent')

    def _get_gaps(self):
        """Return, as sentences, what the map of one opportunity does not know or leaves unattended."""
        return self._get_unknown_gaps() + self._get_unattended_gaps()

    def _get_unknown_gaps(self):
        roles, gaps = set(self.mapped('role')), []
        if 'executive' not in roles:
            gaps.append(self.env._("No executive is known: find out who decides in the end."))
        if 'technical' not in roles:
            gaps.append(self.env._("No technical contact is known: find out who judges the solution."))
        if 'purchasing' not in roles:
            gaps.append(self.env._("No purchasing contact is known: find out who negotiates."))
        if not any(contact._is_friendly() for contact in self):
            gaps.append(self.env._("Nobody speaks for us: win a champion."))
        if self and not any(contact.influence == '5' for contact in self):
            gaps.append(self.env._("It is not known who decides: mark whose influence decides."))
        return gaps

    def _get_unattended_gaps(self):
        return [
            self.env._("%(name)s decides and is hardly known to us: arrange a meeting.", name=contact.name)
            for contact in self if contact.influence == '5' and contact.relationship in ('0', '1')
        ] + [
            self.env._(
                "%(name)s has much influence, is against us and nobody attends to it: name who does.",
                name=contact.name)
            for contact in self if contact._is_hostile() and contact.influence >= '3' and not contact.user_id
        ]
