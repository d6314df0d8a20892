from odoo import api, fields, models

FEASIBILITY = [
    ('feasible', "Feasible"),
    ('conditional', "Feasible with Conditions"),
    ('infeasible', "Not Feasible"),
]


class LtcRequirement(models.Model):
    """What the customer requires, and whether enough is known to make an offer. One sheet an opportunity."""
    _name = 'ltc.requirement'
    _inherit = ['ltc.opportunity.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Requirement Sheet"
    _order = 'id desc'
    _rec_name = 'opportunity_id'
    _check_company_auto = True

    opportunity_id = fields.Many2one(ondelete='cascade')
    user_id = fields.Many2one(
        'res.users', string="Responsible", tracking=True, default=lambda self: self.env.user,
        domain="[('share', '=', False)]", index='btree_not_null')
    object = fields.Text(tracking=True, help="What is to be made, moved, tested or measured.")
    performance = fields.Text(tracking=True, help="Output, precision, cycle time, availability.")
    interfaces = fields.Text(tracking=True, help="Machines, media, data and people that it works with.")
    site_constraints = fields.Text(tracking=True, help="Space, load, power, climate, access, working hours.")
    acceptance_criteria = fields.Text(tracking=True, help="How it will be judged, by whom, and against which figures.")
    safety = fields.Text(tracking=True, help="Standards, risks and protection.")

    budget_min = fields.Monetary(string="Budget From", tracking=True)
    budget_max = fields.Monetary(string="Budget To", tracking=True)
    decision_chain = fields.Text(related='opportunity_id.ltc_decision_chain', readonly=False)
    date_delivery_from = fields.Date(string="Delivery From", tracking=True)
    date_delivery_to = fields.Date(string="Delivery To", tracking=True)
    is_acceptance_clear = fields.Boolean(
        string="Acceptance Agreed", tracking=True, help="The customer agrees with the criteria as written.")
    feasibility = fields.Selection(FEASIBILITY, string="First Feasibility", tracking=True)
    feasibility_note = fields.Text(string="Conditions and Doubts", tracking=True)
    readiness = fields.Integer(
        string="Ready (%)", compute='_compute_readiness', store=True, aggregator='avg', compute_sudo=True)
    missing = fields.Text(string="Still Missing", compute='_compute_missing', compute_sudo=True)

    _opportunity_uniq = models.UniqueIndex('(opportunity_id)', "The opportunity has a requirement sheet already.")
    _budget_in_order = models.Constraint(
        'CHECK(budget_min >= 0 AND (budget_max = 0 OR budget_max >= budget_min))',
        "The upper end of the budget is below the lower one.")
    _delivery_in_order = models.Constraint(
        'CHECK(date_delivery_from IS NULL OR date_delivery_to IS NULL OR date_delivery_from <= date_delivery_to)',
        "The delivery window ends before it begins.")

    # === COMPUTE METHODS === #

    @api.depends('budget_max', 'decision_chain', 'date_delivery_to', 'acceptance_criteria', 'is_acceptance_clear',
                 'feasibility', 'object')
    def _compute_readiness(self):
        for sheet in self:
            points = sheet._get_points()
            sheet.readiness = round(100 * sum(known for known, _sentence in points) / len(points))

    @api.depends('readiness')
    @api.depends_context('lang')
    def _compute_missing(self):
        for sheet in self:
            sheet.missing = '\n'.join(sheet._get_missing()) or False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        sheets = super().create(vals_list)
        sheets._show()
        return sheets

    def write(self, vals):
        result = super().write(vals)
        self._show()
        return result

    def _show(self):
        """Let the opportunities show their readiness anew; it stands in a side column there."""
        self.opportunity_id.invalidate_recordset(['ltc_readiness', 'ltc_glance'], flush=False)

    # === BUSINESS METHODS === #

    def _get_points(self):
        """Return [(known, what is missing otherwise)] of what must be clear before an offer; extend the list."""
        return [
            (bool((self.object or '').strip()), self.env._("What the customer requires is not described.")),
            (self.budget_max > 0, self.env._("The customer's budget range is not known.")),
            (bool((self.decision_chain or '').strip()), self.env._("Who decides, and how, is not known.")),
            (bool(self.date_delivery_to), self.env._("The delivery window is not known.")),
            (bool((self.acceptance_criteria or '').strip()) and self.is_acceptance_clear,
             self.env._("The acceptance criteria are not agreed.")),
            (self.feasibility in ('feasible', 'conditional'),
             self.env._("A first look at the feasibility is missing, or says no.")),
        ]

    def _get_missing(self):
        return [sentence for known, sentence in self._get_points() if not known]
