from ast import literal_eval

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

SCORE_PARTS = [
    ('fit', "Fit"),
    ('engagement', "Engagement"),
]
SCORE_MODES = [
    ('each', "For each, faded"),
    ('band', "For an amount within bounds"),
]


class LtcScoreSourceMixin(models.AbstractModel):
    """What the scores follow from: whoever changes it lets all open leads be scored again."""
    _name = 'ltc.score.source.mixin'
    _description = "Source of Scores"
    _inherit = ['ltc.cached.mixin']

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env['ltc.score.pass']._restart()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env['ltc.score.pass']._restart()
        return result

    def unlink(self):
        result = super().unlink()
        self.env['ltc.score.pass']._restart()
        return result


class LtcScorecard(models.Model):
    """The points that leads of a team or company get: for what they are (fit) and for what they do (engagement)."""
    _name = 'ltc.scorecard'
    _description = "Lead Scorecard"
    _inherit = ['ltc.score.source.mixin', 'mail.thread']
    _order = 'active desc, team_id, company_id, id desc'

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one('res.company', index='btree_not_null', tracking=True, help="Empty: every company.")
    team_id = fields.Many2one(
        'crm.team', string="Sales Team", index='btree_not_null', tracking=True, check_company=True,
        help="Empty: every team. The scorecard of a team goes before that of its company.")
    fit_max = fields.Integer(
        string="Most Points for Fit", default=60, tracking=True, help="What a lead is counts up to so many points.")
    engagement_max = fields.Integer(
        string="Most Points for Engagement", default=40, tracking=True,
        help="What its customer does counts up to so many points.")
    rule_ids = fields.One2many('ltc.score.rule', 'card_id', string="Rules", copy=True)
    proposal_id = fields.Many2one('ltc.score.proposal', string="Learned From", readonly=True, copy=False)

    _max_positive = models.Constraint(
        'CHECK(fit_max >= 0 AND engagement_max >= 0)', "Fit and engagement count at least 0 points.")

    # === WHICH CARD === #

    @api.model
    @ormcache()
    def _get_active_ids(self):
        """Return the ids of the cards in force, the most special first: they are tried in this order."""
        cards = self.sudo().search([])
        return tuple(cards.sorted(lambda card: (not card.team_id, not card.company_id, -card.id)).ids)

    @api.model
    def _get_active_cards(self):
        return self.sudo().browse(self._get_active_ids())

    @api.model
    def _sql_card(self, team_id, company_id):
        """Return the SQL of the id of the card that counts for a lead of that team and company."""
        cases = []
        for card in self._get_active_cards():
            conditions = [SQL("TRUE")]
            if card.team_id:
                conditions.append(SQL("%s = %s", team_id, card.team_id.id))
            if card.company_id:
                conditions.append(SQL("%s = %s", company_id, card.company_id.id))
            cases.append(SQL("WHEN %s THEN %s", SQL(" AND ").join(conditions), card.id))
        return SQL("CASE %s END", SQL(" ").join(cases)) if cases else SQL("NULL::int")


class LtcScoreRule(models.Model):
    """So many points for a lead that a domain finds, or for what its customer did."""
    _name = 'ltc.score.rule'
    _description = "Scoring Rule"
    _inherit = ['ltc.score.source.mixin']
    _order = 'part desc, sequence, id'

    card_id = fields.Many2one('ltc.scorecard', string="Scorecard", required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='card_id.company_id')
    team_id = fields.Many2one(related='card_id.team_id')
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    part = fields.Selection(SCORE_PARTS, required=True, default='fit')
    domain = fields.Char(string="Leads", required=True, default="[]", help="Which leads get the points.")
    kind_id = fields.Many2one('ltc.engagement.kind', string="Engagement", index=True, ondelete='restrict')
    half_life = fields.Integer(related='kind_id.half_life')
    mode = fields.Selection(SCORE_MODES, string="Counted", required=True, default='each')
    quantity_from = fields.Float(string="From", help="Bounds of the faded amount: from this one on.")
    quantity_to = fields.Float(string="Below", help="Bounds of the faded amount: below this one. 0: no limit.")
    points = fields.Integer(required=True)
    cap = fields.Integer(string="At Most", help="The rule gives at most so many points. 0: no limit.")

    _kind_given = models.Constraint(
        "CHECK(part != 'engagement' OR kind_id IS NOT NULL)", "A rule on engagement names the kind of engagement.")
    _cap_positive = models.Constraint('CHECK(cap >= 0)', "A rule gives at most a number of points, or 0: no limit.")

    @api.constrains('domain')
    def _check_domain(self):
        for rule in self:
            self.env['crm.lead']._ltc_check_domain(rule.domain, rule.name)

    # === POINTS === #

    def _get_domain(self):
        self.ensure_one()
        return Domain(literal_eval(self.domain or '[]'))

    def _sql_points(self, query, amounts):
        """Return the SQL of the points of this rule.

        :param query: the query on ``crm_lead`` that gets the joins of the domain
        :param amounts: {kind id: SQL of its faded amount}
        """
        self.ensure_one()
        leads = self.env['crm.lead'].sudo().with_context(active_test=False)
        domain = self._get_domain().optimize_full(leads)
        points = self._sql_amount_points(amounts) if self.part == 'engagement' else SQL("%s", self.points)
        if domain.is_true():
            return points
        return SQL("CASE WHEN %s THEN %s ELSE 0 END", domain._to_sql(leads, 'crm_lead', query), points)

    def _sql_amount_points(self, amounts):
        amount = amounts[self.kind_id.id]
        if self.mode == 'band':
            below = SQL(" AND %s < %s", amount, self.quantity_to) if self.quantity_to else SQL()
            return SQL("CASE WHEN %s >= %s%s THEN %s ELSE 0 END", amount, self.quantity_from, below, self.points)
        points = SQL("ROUND(%s * %s)::int", self.points, amount)
        if not self.cap:
            return points
        return SQL("GREATEST(%s, LEAST(%s, %s))", -self.cap, self.cap, points)
