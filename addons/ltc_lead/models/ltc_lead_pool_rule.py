from ast import literal_eval

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.ltc_base.models.ltc_authority_rule import GRADES

KINDS = [
    ('no_follow_up', "No Follow-Up"),
    ('no_opportunity', "No Opportunity"),
    ('not_won', "Not Won"),
]
TARGETS = [
    ('pool', "Public Pool"),
    ('leader', "Team Leader"),
]


class LtcLeadPoolRule(models.Model):
    """When a lead is taken from its owner: after so many days without follow-up, opportunity or win.

    It falls into the pool, or goes to the leader of its sales team (else to the superior of its owner). The owner is
    warned first, so a rule that comes into force takes nothing away over night.
    """
    _name = 'ltc.lead.pool.rule'
    _description = "Recycle Rule"
    _inherit = ['ltc.cached.mixin']
    _order = 'pool_id, sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    target = fields.Selection(TARGETS, string="Goes To", required=True, default='pool')
    pool_id = fields.Many2one('ltc.lead.pool', string="Public Pool", index=True, ondelete='cascade')
    company_id = fields.Many2one(
        'res.company', compute='_compute_company_id', store=True, readonly=False, precompute=True, required=True,
        index=True, ondelete='cascade')
    kind = fields.Selection(KINDS, string="Taken When", required=True, default='no_follow_up')
    days = fields.Integer(
        string="Limit (Days)", required=True, default=30, help="No Follow-Up: since the owner's last message, note,"
        " done activity, meeting or stage move. No Opportunity: since he got the lead. Not Won: since the lead is an"
        " opportunity in his hands.")
    warn_days = fields.Integer(
        string="Warned Before (Days)", default=3, help="The owner gets an activity so many days before, and has them"
        " from the warning on. 0: no warning.")
    grade = fields.Selection(GRADES, string="Customer Grade", help="Empty: customers of every grade.")
    team_ids = fields.Many2many('crm.team', string="Sales Teams", help="Empty: all.")
    unit_ids = fields.Many2many(
        'ltc.business.unit', string="Business Units", help="Leads of the people in these units. Empty: all.")
    domain = fields.Char(default="[]", help="Further condition on the lead.")
    takes_won = fields.Boolean(
        string="Customers Who Bought", help="Leads of a customer with a won opportunity are taken too.")
    takes_pursued = fields.Boolean(
        string="Customers with an Open Opportunity",
        help="Leads of a customer with another open opportunity are taken too.")

    _days_positive = models.Constraint('CHECK(days > 0 AND warn_days >= 0)', "The limit is at least one day.")
    _pool_given = models.Constraint(
        "CHECK(target != 'pool' OR pool_id IS NOT NULL)", "Name the pool into which the rule puts the leads.")

    @api.depends('pool_id')
    def _compute_company_id(self):
        for rule in self:
            rule.company_id = rule.pool_id.company_id or rule.company_id or self.env.company

    @api.constrains('domain')
    def _check_domain(self):
        for rule in self:
            self.env['crm.lead']._ltc_check_domain(rule.domain, rule.name)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules.company_id._ltc_set_recycle_cursor(0)  # what counts anew is looked at again today
        return rules

    def write(self, vals):
        result = super().write(vals)
        self.company_id._ltc_set_recycle_cursor(0)
        return result

    # === SQL === #

    def _get_domain(self):
        """Return which leads this rule looks at, the pool's domain left aside."""
        self.ensure_one()
        domain = Domain(literal_eval(self.domain or '[]'))
        if self.kind == 'no_opportunity':
            domain &= Domain('type', '=', 'lead')
        elif self.kind == 'not_won':
            domain &= Domain('type', '=', 'opportunity')
        if self.team_ids:
            domain &= Domain('team_id', 'in', self.team_ids.ids)
        if self.unit_ids:
            units = self.env['ltc.business.unit'].search([('id', 'child_of', self.unit_ids.ids)])
            domain &= Domain('user_id', 'in', units.member_ids.ids)
        if self.grade:
            domain &= self._get_grade_domain()
        if self.target == 'leader':
            domain &= Domain(self.env['ltc.kpi']._get_lead_company_domain(self.company_id))
        return domain

    def _get_grade_domain(self):
        """Return the domain of the leads of customers with the grade of this rule."""
        return Domain('partner_id.commercial_partner_id.ltc_grade', '=', self.grade)

    def _sql_start(self):
        """Return the SQL of the moment from which the days count, on the alias ``owned``."""
        return {
            'no_follow_up': SQL("GREATEST(owned.since, owned.last_follow_up)"),
            'no_opportunity': SQL("owned.since"),
            'not_won': SQL("GREATEST(owned.since, owned.date_conversion)"),
        }[self.kind]

    def _sql_spared(self):
        """Return the SQL of which leads are spared for their customer's sake, on the alias ``owned``.

        What he buys from another company spares nothing here. An open opportunity spares the leads beside it, not
        another opportunity: two idle ones would keep each other.
        """
        spared = []
        if not self.takes_won:
            spared.append(SQL("other.won_status = 'won'"))
        if not self.takes_pursued:
            spared.append(SQL(
                "(owned.type = 'lead' AND other.type = 'opportunity' AND other.active"
                " AND other.won_status = 'pending')"))
        if not spared or self.target == 'leader':
            return SQL("FALSE")
        return SQL(
            """EXISTS (SELECT FROM res_partner AS kin JOIN crm_lead AS other ON other.partner_id = kin.id
                        WHERE kin.commercial_partner_id = owned.customer_id AND (%s) AND %s)""",
            SQL(" OR ").join(spared), self.env['ltc.kpi']._sql_lead_company(self.company_id, 'other'))
