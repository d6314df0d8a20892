from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .ltc_score_proposal_column import LEARNABLE_TYPES, UNLEARNABLE

PROPOSAL_STATES = [
    ('draft', "To Learn"),
    ('ready', "To Approve"),
    ('approved', "Approved"),
    ('rejected', "Rejected"),
]
ENTERED = {
    'name', 'company_id', 'team_id', 'date_from', 'column_ids', 'has_pairs', 'doubling', 'outcomes_min',
    'message_main_attachment_id', 'message_follower_ids', 'message_ids', 'activity_ids',
}


class LtcScoreProposal(models.Model):
    """Points proposed from won and lost leads, with the proof on leads that were kept aside. A person approves them."""
    _name = 'ltc.score.proposal'
    _description = "Proposed Scorecard"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'id desc'

    name = fields.Char(required=True, default=lambda self: self.env._(
        "Learned on %(day)s", day=fields.Date.context_today(self)))
    state = fields.Selection(PROPOSAL_STATES, required=True, readonly=True, default='draft', copy=False, tracking=True)
    company_id = fields.Many2one('res.company', index='btree_not_null', default=lambda self: self.env.company)
    team_id = fields.Many2one(
        'crm.team', string="Sales Team", index='btree_not_null', check_company=True, help="Empty: every team.")
    date_from = fields.Date(string="Leads Closed Since", help="Empty: all of them, the latest 20,000 at most.")
    outcomes_min = fields.Integer(
        string="Fewest Outcomes", default=200, help="Fewer won and lost leads tell too little; a quarter of them"
        " must be of each sort.")
    doubling = fields.Integer(
        string="Points That Double the Odds", default=7,
        help="The average lead gets 50 points. With so many more the odds to win are twice as good.")
    has_pairs = fields.Boolean(
        string="Look at Pairs", default=True,
        help="Also give points where two columns together tell more than each alone.")
    column_ids = fields.One2many('ltc.score.proposal.column', 'proposal_id', string="Learned From", copy=True)
    line_ids = fields.One2many('ltc.score.proposal.line', 'proposal_id', string="Proposed Points", readonly=True)
    outcome_count = fields.Integer(string="Outcomes", readonly=True, copy=False)
    won_count = fields.Integer(string="Of Them Won", readonly=True, copy=False)
    auc = fields.Float(
        string="AUC", digits=(4, 3), readonly=True, copy=False, aggregator=None,
        help="How often a won lead scores above a lost one, among the leads kept aside: 0.5 is chance, 1 is always.")
    auc_fit = fields.Float(string="AUC of Fit Alone", digits=(4, 3), readonly=True, copy=False, aggregator=None)
    result = fields.Json(readonly=True, copy=False)
    result_html = fields.Html(string="Back-Test", compute='_compute_result_html', sanitize=False)
    has_warning = fields.Boolean(compute='_compute_has_warning')
    learned_on = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one('res.users', string="Decided by", readonly=True, copy=False)
    approved_on = fields.Datetime(string="Decided on", readonly=True, copy=False)
    card_id = fields.Many2one('ltc.scorecard', string="Scorecard", readonly=True, copy=False)

    _doubling_positive = models.Constraint('CHECK(doubling BETWEEN 1 AND 50)', "1 to 50 points double the odds.")

    @api.model
    def default_get(self, fields):
        """Offer what may be known before the outcome: origin, place, the fields a company added, all engagement."""
        values = super().default_get(fields)
        if 'column_ids' in fields and not values.get('column_ids'):
            values['column_ids'] = [
                *(Command.create({'field_id': field.id}) for field in self._get_usual_fields()),
                *(Command.create({'kind_id': kind.id}) for kind in self.env['ltc.engagement.kind'].search([]))]
        return values

    @api.depends('result')
    @api.depends_context('lang')
    def _compute_result_html(self):
        for proposal in self:
            proposal.result_html = proposal.result and self.env['ir.qweb'].sudo()._render(
                'ltc_lead.score_backtest', {'result': proposal.result, 'proposal': proposal})

    @api.depends('column_ids.warning')
    def _compute_has_warning(self):
        for proposal in self:
            proposal.has_warning = any(proposal.column_ids.mapped('warning'))

    @api.constrains('outcomes_min')
    def _check_outcomes_min(self):
        if any(proposal.outcomes_min < 100 for proposal in self):
            raise ValidationError(self.env._("Points cannot be learned from less than 100 outcomes; ask for more."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._get_entered(vals) for vals in vals_list])

    def write(self, vals):
        vals = self._get_entered(vals)
        if not self.env.su and vals.keys() & {'company_id', 'team_id', 'date_from', 'column_ids', 'has_pairs'}:
            for proposal in self.filtered(lambda proposal: proposal.state in ('approved', 'rejected')):
                raise UserError(self.env._(
                    "%(proposal)s is decided and stays as it was; duplicate it.", proposal=proposal.name))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        for proposal in self.filtered(lambda proposal: proposal.state == 'approved'):
            raise UserError(self.env._(
                "%(proposal)s tells where the points of a scorecard come from; it is kept.", proposal=proposal.name))

    def _get_entered(self, vals):
        """Leave out what only the server finds out: the proof and the decision."""
        if self.env.su:
            return vals
        return {name: value for name, value in vals.items() if name in ENTERED or name.startswith(('activity_', 'x_'))}

    # === ACTION METHODS === #

    def action_learn(self):
        """Learn the points and try them on leads that were kept aside."""
        for proposal in self:
            proposal._check_operations()
            proposal._check_state(('draft', 'ready'))
            proposal.sudo()._learn()

    def action_approve(self):
        """Put the proposed points in force: a new scorecard takes the place of those of the same team and company."""
        for proposal in self:
            proposal._check_operations()
            proposal._check_state(('ready',))
            proposal.sudo()._approve(self.env.user)

    def action_reject(self):
        for proposal in self:
            proposal._check_operations()
            proposal._check_state(('draft', 'ready'))
            proposal.sudo().write({
                'state': 'rejected', 'approved_by_id': self.env.uid, 'approved_on': fields.Datetime.now()})

    def action_view_card(self):
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'ltc.scorecard', 'res_id': self.card_id.id,
            'view_mode': 'form', 'name': self.card_id.name,
        }

    # === BUSINESS METHODS === #

    def _check_operations(self):
        self.check_access('write')
        if not self.env.su and not self.env.user.has_group('ltc_base.group_ltc_operations'):
            raise AccessError(self.env._("Sales operations decides on scorecards; ask them to look at this proposal."))

    def _check_state(self, states):
        labels = dict(self._fields['state']._description_selection(self.env))
        if self.state not in states:
            raise UserError(self.env._(
                "%(proposal)s is %(state)s already; duplicate it to learn anew.",
                proposal=self.name, state=labels[self.state].lower()))

    @api.model
    def _get_usual_fields(self):
        lead_fields = self.env['ir.model.fields'].sudo().search([
            ('model', '=', 'crm.lead'), ('store', '=', True), ('ttype', 'in', LEARNABLE_TYPES)])
        usual = ('source_id', 'medium_id', 'country_id', 'state_id', 'lang_id', 'function')
        return lead_fields.filtered(
            lambda field: field.name not in UNLEARNABLE and (field.name in usual or field.name.startswith('x_')))

    def _approve(self, user):
        self.lock_for_update()
        Card = self.env['ltc.scorecard']
        Card.search([
            ('company_id', '=', self.company_id.id), ('team_id', '=', self.team_id.id),
        ]).active = False
        self.write({
            'state': 'approved', 'approved_by_id': user.id, 'approved_on': fields.Datetime.now(),
            'card_id': Card.create({
                'name': self.name, 'company_id': self.company_id.id, 'team_id': self.team_id.id,
                'fit_max': 1000, 'engagement_max': 1000,  # the points were learned together: no part is cut
                'proposal_id': self.id,
                'rule_ids': [Command.create(line._prepare_rule_values()) for line in self.line_ids],
            }).id,
        })
