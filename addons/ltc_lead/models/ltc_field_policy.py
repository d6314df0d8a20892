from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL

LEAD_TYPES = [
    ('lead', "Leads"),
    ('opportunity', "Opportunities"),
    ('both', "Leads and Opportunities"),
]
CHUNK = 5000


class LtcFieldPolicy(models.Model):
    """Which fields a lead is expected to have, how much each counts, and which an opportunity cannot do without.

    All policies that apply to a lead count together. Without one every lead is complete and nothing is refused.
    """
    _name = 'ltc.field.policy'
    _inherit = ['ltc.cached.mixin', 'ltc.audit.config.mixin']
    _description = "Field Policy"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        'res.company', index='btree_not_null', ondelete='cascade', help="Empty: leads of every company.")
    lead_type = fields.Selection(LEAD_TYPES, string="For", required=True, default='both')
    team_ids = fields.Many2many('crm.team', string="Sales Teams", help="Empty: every team.")
    stage_ids = fields.Many2many('crm.stage', string="Stages", help="Empty: every stage. Leads have no stage to show.")
    line_ids = fields.One2many('ltc.field.policy.line', 'policy_id', string="Fields", copy=True)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        policies._ask_refresh()
        return policies

    def write(self, vals):
        if 'company_id' in vals or 'active' in vals:
            self._ask_refresh()
        result = super().write(vals)
        self._ask_refresh()
        return result

    def unlink(self):
        self._ask_refresh()
        return super().unlink()

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache()
    def _get_policies(self):
        """Return all policies as (company id, type, team ids, stage ids, ((field, weight, needed), …)); cached."""
        return tuple((
            policy.company_id.id or False, policy.lead_type, frozenset(policy.team_ids.ids),
            frozenset(policy.stage_ids.ids),
            tuple((line.field_name, line.weight, line.is_needed) for line in policy.line_ids),
        ) for policy in self.sudo().with_context(active_test=True).search([]) if policy.line_ids)

    @api.model
    @tools.ormcache('company_id', 'lead_type', 'team_id', 'stage_id')
    def _get_expected(self, company_id, lead_type, team_id, stage_id):
        """Return {field: (weight, needed for an opportunity)} of a lead that stands there; empty without policies."""
        expected = {}
        for policy_company_id, policy_type, team_ids, stage_ids, lines in self._get_policies():
            if (policy_company_id in (False, company_id) and policy_type in ('both', lead_type)
                    and (not team_ids or team_id in team_ids) and (not stage_ids or stage_id in stage_ids)):
                for name, weight, is_needed in lines:
                    old_weight, was_needed = expected.get(name, (0, False))
                    expected[name] = max(weight, old_weight), is_needed or was_needed
        return expected

    # === REFRESHING === #

    def _ask_refresh(self):
        """Have the completeness of the leads computed anew, in chunks and soon."""
        companies = self.env['res.company'].sudo().with_context(active_test=False).search([])
        affected = self.company_id if all(policy.company_id for policy in self) else companies
        self.env.cr.execute(SQL(
            "UPDATE res_company SET ltc_completeness_cursor = 1 WHERE id = ANY(%s)", affected.ids))
        companies.invalidate_recordset(['ltc_completeness_cursor'])
        cron = self.env.ref('ltc_lead.ir_cron_completeness', raise_if_not_found=False)
        if cron and affected:
            cron._trigger()

    @api.model
    def _cron_refresh(self):
        """Compute the completeness anew where a policy changed: a chunk a commit, only changed leads are written.

        Killed at any moment it goes on at the cursor of the company.
        """
        cron = self.env['ir.cron']
        waiting = self.env['res.company'].sudo().with_context(active_test=False).search(
            [('ltc_completeness_cursor', '>', 0)])
        for company in waiting:
            while lead_ids := self._get_chunk(company):
                self.env['crm.lead'].sudo().browse(lead_ids)._ltc_refresh_completeness()
                self.env.invalidate_all()  # the memory of one chunk is enough
                self._move_cursor(company, lead_ids[-1] + 1)
                if not cron._commit_progress(len(lead_ids), remaining=1):
                    return
            self._move_cursor(company, 0)
        cron._commit_progress(remaining=0)

    @api.model
    def _get_chunk(self, company):
        rows = self.env.execute_query(SQL(
            """SELECT id FROM crm_lead WHERE id >= (SELECT ltc_completeness_cursor FROM res_company WHERE id = %s)
                  AND (company_id IS NULL OR company_id = %s) ORDER BY id LIMIT %s""", company.id, company.id, CHUNK))
        return [lead_id for lead_id, in rows]

    @api.model
    def _move_cursor(self, company, lead_id):
        """By SQL: a write on the company would empty the caches of every worker."""
        self.env.cr.execute(SQL(
            "UPDATE res_company SET ltc_completeness_cursor = %s WHERE id = %s", lead_id, company.id))
        company.invalidate_recordset(['ltc_completeness_cursor'])


class LtcFieldPolicyLine(models.Model):
    """One expected field and how much it counts."""
    _name = 'ltc.field.policy.line'
    _inherit = ['ltc.cached.mixin']
    _description = "Expected Field"
    _order = 'sequence, id'

    policy_id = fields.Many2one('ltc.field.policy', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    field_id = fields.Many2one(
        'ir.model.fields', required=True, ondelete='cascade',
        domain=lambda self: [
            ('model', '=', 'crm.lead'), ('name', 'in', self.env['crm.lead']._ltc_get_policy_fields())])
    field_name = fields.Char(related='field_id.name', string="Technical Name")
    weight = fields.Integer(default=1, required=True, help="How much this field counts beside the others.")
    is_needed = fields.Boolean(
        string="Needed for an Opportunity", help="Without it no lead becomes an opportunity, in any profile.")

    _weight_positive = models.Constraint('CHECK(weight > 0)', "The weight of a field is a positive number.")
    _field_uniq = models.UniqueIndex('(policy_id, field_id)', "The policy names this field already.")

    @api.constrains('field_id')
    def _check_field_id(self):
        allowed = self.env['crm.lead']._ltc_get_policy_fields()
        for line in self:
            if line.field_id.model != 'crm.lead' or line.field_id.name not in allowed:
                raise ValidationError(self.env._(
                    "%(policy)s cannot expect %(field)s; choose a field that people fill in on the lead itself.",
                    policy=line.policy_id.name, field=line.field_id.field_description))

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.policy_id._ask_refresh()
        return lines

    def write(self, vals):
        result = super().write(vals)
        self.policy_id._ask_refresh()
        return result

    def unlink(self):
        self.policy_id._ask_refresh()
        return super().unlink()
