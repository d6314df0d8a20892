from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

LEARNABLE_TYPES = ('many2one', 'selection', 'boolean', 'char', 'integer', 'float', 'monetary')
UNLEARNABLE = {  # they follow from the outcome, or from one another
    'active', 'automated_probability', 'company_id', 'create_uid', 'date_closed', 'date_conversion', 'day_close',
    'day_open', 'lost_reason_id', 'ltc_flow_id', 'ltc_forecast_category', 'ltc_forecast_override', 'ltc_pool_id',
    'ltc_price_gap', 'ltc_winner_id', 'ltc_won_reason_id', 'probability', 'prorated_revenue',
    'recurring_revenue_monthly_prorated', 'recurring_revenue_prorated', 'stage_id', 'type', 'user_id', 'won_status',
    'write_uid',
}


class LtcScoreProposalColumn(models.Model):
    """A field of the lead, or a kind of engagement, that points are learned from."""
    _name = 'ltc.score.proposal.column'
    _description = "Column of a Proposed Scorecard"
    _order = 'kind_id desc, id'

    proposal_id = fields.Many2one('ltc.score.proposal', required=True, index=True, ondelete='cascade')
    field_id = fields.Many2one(
        'ir.model.fields', ondelete='cascade',
        domain=[('model', '=', 'crm.lead'), ('store', '=', True), ('ttype', 'in', LEARNABLE_TYPES),
                ('name', 'not in', list(UNLEARNABLE))])
    kind_id = fields.Many2one('ltc.engagement.kind', string="Engagement", ondelete='cascade')
    filled_share = fields.Float(string="Filled (%)", readonly=True, copy=False, aggregator=None)
    auc = fields.Float(
        string="AUC Alone", digits=(4, 3), readonly=True, copy=False, aggregator=None,
        help="How well this column alone tells won from lost, among the leads kept aside.")
    points_range = fields.Integer(
        string="Points It Moves", readonly=True, copy=False, help="From its worst value to its best.")
    warning = fields.Char(readonly=True, copy=False)

    _one_given = models.Constraint(
        'CHECK((field_id IS NULL) != (kind_id IS NULL))', "A column is a field of the lead or a kind of engagement.")

    @api.depends('field_id', 'kind_id')
    def _compute_display_name(self):
        for column in self:
            column.display_name = column.field_id.sudo().field_description or column.kind_id.name or ''

    @api.constrains('field_id')
    def _check_field(self):
        for column in self.filtered('field_id'):
            field = column.field_id.sudo()
            if (field.model != 'crm.lead' or not field.store or field.ttype not in LEARNABLE_TYPES
                    or field.name in UNLEARNABLE or field.name.startswith('ltc_score')):
                raise ValidationError(self.env._(
                    "%(field)s follows from the outcome or cannot be counted; leave it out.",
                    field=field.field_description))


    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        columns = super().create([self._get_entered(vals) for vals in vals_list])
        columns._check_undecided()
        return columns

    def write(self, vals):
        self._check_undecided()
        return super().write(self._get_entered(vals))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        self._check_undecided()

    def _get_entered(self, vals):
        """Leave out what only the server finds out."""
        if self.env.su:
            return vals
        return {name: value for name, value in vals.items() if name in ('proposal_id', 'field_id', 'kind_id')}

    def _check_undecided(self):
        if self.env.su:
            return
        for proposal in self.proposal_id.filtered(lambda proposal: proposal.state in ('approved', 'rejected')):
            raise UserError(self.env._(
                "%(proposal)s is decided and stays as it was; duplicate it.", proposal=proposal.name))


class LtcScoreProposalLine(models.Model):
    """One proposed rule."""
    _name = 'ltc.score.proposal.line'
    _description = "Proposed Points"
    _order = 'part desc, sequence, id'

    proposal_id = fields.Many2one('ltc.score.proposal', required=True, index=True, ondelete='cascade')
    name = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    part = fields.Selection([('fit', "Fit"), ('engagement', "Engagement")], required=True, readonly=True)
    domain = fields.Char(readonly=True)
    kind_id = fields.Many2one('ltc.engagement.kind', string="Engagement", readonly=True, ondelete='cascade')
    quantity_from = fields.Float(readonly=True)
    quantity_to = fields.Float(readonly=True)
    points = fields.Integer(readonly=True)
    lead_count = fields.Integer(string="Leads", readonly=True, aggregator=None)
    won_share = fields.Float(string="Won (%)", readonly=True, aggregator=None)

    def _prepare_rule_values(self):
        """Return the values of the scoring rule that this line becomes."""
        self.ensure_one()
        return {
            'name': self.name, 'sequence': self.sequence, 'part': self.part, 'domain': self.domain or '[]',
            'kind_id': self.kind_id.id, 'mode': 'band', 'quantity_from': self.quantity_from,
            'quantity_to': self.quantity_to, 'points': self.points,
        }
