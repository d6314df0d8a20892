from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

CAP_HELP = "0: no limit."


class LtcLeadPool(models.Model):
    """A public pool (公海): leads that belong to nobody, and the rules by which a member may take one.

    Members see what waits in a pool through :class:`LtcPoolLead` only, never as a lead: what the pool hides cannot be
    searched, exported or guessed there.
    """
    _name = 'ltc.lead.pool'
    _description = "Public Pool"
    _inherit = ['ltc.cached.mixin']
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, ondelete='cascade', default=lambda self: self.env.company)
    sequence = fields.Integer(default=10, help="A lead that several pools would take goes to the first of them.")
    active = fields.Boolean(default=True)
    admin_ids = fields.Many2many(
        'res.users', 'ltc_lead_pool_admin_rel', string="Administrators", domain="[('share', '=', False)]",
        context={'active_test': False}, help="They see the leads of this pool in full, assign them and move them.")
    member_ids = fields.Many2many(
        'res.users', 'ltc_lead_pool_member_rel', string="Members", domain="[('share', '=', False)]",
        context={'active_test': False})
    team_ids = fields.Many2many('crm.team', string="Sales Teams", help="The members of these teams may claim.")
    unit_ids = fields.Many2many(
        'ltc.business.unit', string="Business Units", help="Everybody in these units and below them may claim.")
    domain = fields.Char(default="[]", help="Which leads and opportunities this pool takes when they are recycled.")
    is_distributed = fields.Boolean(
        string="Distribute", help="Odoo's rule-based assignment hands leads of this pool to the members of their sales"
        " team. Otherwise it leaves them alone: they wait until somebody claims them.")
    rule_ids = fields.One2many('ltc.lead.pool.rule', 'pool_id', string="Recycle Rules")

    # what is masked before the claim
    hides_contact = fields.Boolean(string="Contact Name", default=True)
    hides_phone = fields.Boolean(string="Phone", default=True)
    hides_email = fields.Boolean(string="Email", default=True)
    hides_address = fields.Boolean(string="Street and Website", default=True)
    hides_description = fields.Boolean(string="Notes and Need", default=True)
    hides_customer = fields.Boolean(
        string="Contact Records", help="Salespeople do not find the linked customer and its contacts in the address"
        " book either, while nobody else owns an open lead of it. Sales managers, administrators of pools and people"
        " outside sales still do.")
    keeps_phone_hidden = fields.Boolean(
        string="Phone for Ever", help="The phone stays masked after the claim too; only an administrator of the pool"
        " can reveal it, and that is logged. The number of a linked contact is not touched.")

    # what a member may claim
    day_cap = fields.Integer(string="Claims a Day", help=CAP_HELP)
    holding_cap = fields.Integer(
        string="Leads Held", help="How many leads and opportunities of those that this pool takes a member may own when"
        " he claims. 0: no limit.")
    is_won_held = fields.Boolean(string="Won Ones Count", help="Won opportunities count among the leads held.")
    lock_cap = fields.Integer(
        string="Locks", help="How many leads an owner may lock against the recycling. 0: none.")
    view_cap = fields.Integer(string="Views a Day", help="How many leads of the pool a member may open. 0: no limit.")
    cooldown_days = fields.Integer(
        string="Cool-Down (Days)", help="A former owner may not claim a lead again before. 0: at once.")
    freeze_days = fields.Integer(
        string="Freeze (Days)", help="Nobody may claim what came into the pool less than so many days ago.")
    contract_days = fields.Integer(
        string="Days after the Contract", help="A customer without a new contract comes into the pool, as a new lead,"
        " so many days after the last one ended. 0: never.")

    lead_count = fields.Integer(string="Leads", compute='_compute_lead_count')

    _caps_positive = models.Constraint(
        'CHECK(LEAST(day_cap, holding_cap, lock_cap, view_cap, cooldown_days, freeze_days, contract_days) >= 0)',
        "Caps and days of a pool cannot be negative.")

    def _compute_lead_count(self):
        counts = dict(self.env['ltc.pool.lead']._read_group([('pool_id', 'in', self.ids)], ['pool_id'], ['__count']))
        for pool in self:
            pool.lead_count = counts.get(pool, 0)

    @api.constrains('domain')
    def _check_domain(self):
        for pool in self:
            self.env['crm.lead']._ltc_check_domain(pool.domain, pool.name)

    @api.constrains('active', 'company_id')
    def _check_empty(self):
        for pool in self.sudo():
            if not pool.active and self.env['crm.lead'].sudo().search_count([('ltc_pool_id', '=', pool.id)], limit=1):
                raise ValidationError(self.env._(
                    "%(pool)s still holds leads; move them to another pool or assign them first.", pool=pool.name))

    def write(self, vals):
        result = super().write(vals)
        if 'hides_customer' in vals:
            leads = self.env['crm.lead'].sudo().search([('ltc_pool_id', 'in', self.ids)])
            self.env['res.partner'].sudo()._ltc_mark_pooled(leads.partner_id.ids)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        Lead = self.env['crm.lead'].sudo().with_context(active_test=False)
        for pool in self:
            if Lead.search_count([('ltc_pool_id', '=', pool.id)], limit=1):
                raise UserError(self.env._(
                    "%(pool)s still holds leads; move them to another pool or assign them first.", pool=pool.name))

    # === ACTION METHODS === #

    def action_view_leads(self):
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('ltc_lead.ltc_pool_lead_action'),
            'context': {'search_default_pool_id': self.id},
        }

    # === BUSINESS METHODS === #

    def _get_domain(self):
        """Return what this pool takes: its own domain, in its company."""
        self.ensure_one()
        company = self.env['ltc.kpi']._get_lead_company_domain(self.company_id)
        return Domain(literal_eval(self.domain or '[]')) & Domain(company)

    def _filter_member(self, user=None):
        """Return those of these pools from which ``user`` may claim: he is a member or runs them."""
        user = user or self.env.user
        return self.filtered(lambda pool: pool.id in self._get_pool_ids(user.id) or pool._is_admin(user))

    def _is_admin(self, user=None):
        """Return whether ``user`` runs all of these pools."""
        user = user or self.env.user
        return self.env.su or user.has_group('sales_team.group_sale_manager') or (
            set(self.ids) <= set(self._get_admin_pool_ids(user.id)))

    @api.model
    @ormcache('user_id')
    def _get_admin_pool_ids(self, user_id):
        return tuple(self.sudo().with_context(active_test=False).search([('admin_ids', 'in', [user_id])])._ids)

    @api.model
    @ormcache('user_id')
    def _get_pool_ids(self, user_id):
        """Return the ids of the pools in which a user takes part: named, through his team, his unit or as admin."""
        units = self.env['ltc.business.unit'].sudo().search([('member_ids', 'in', [user_id])])
        return tuple(self.sudo().search([
            '|', '|', '|', ('admin_ids', 'in', [user_id]), ('member_ids', 'in', [user_id]),
            ('team_ids.crm_team_member_ids.user_id', 'in', [user_id]), ('unit_ids', 'parent_of', units.ids),
        ])._ids)

    @api.model
    @ormcache()
    def _hides_customers(self):
        """Return whether any pool hides the contact records of its leads."""
        return bool(self.sudo().search_count([('hides_customer', '=', True)], limit=1))

    @api.model
    @ormcache()
    def _has_pools(self):
        """Return whether there is any pool in use."""
        return bool(self.sudo().search_count([], limit=1))

    def _count_held(self, user):
        """Return how many of the leads that this pool takes ``user`` owns."""
        self.ensure_one()
        status = ['pending', 'won'] if self.is_won_held else ['pending']
        domain = self._get_domain() & Domain('user_id', '=', user.id) & Domain('won_status', 'in', status)
        [(count,)] = self.env['crm.lead'].sudo()._read_group(domain, [], ['__count'])
        return count

    def _check_lock_cap(self, user, number):
        """Raise unless ``user`` may lock ``number`` more of the leads that this pool would take."""
        pool = self.sudo()
        if not pool:  # the rule hands leads to the team leader
            raise UserError(self.env._("A lead that goes to the team leader cannot be locked; follow it up."))
        self.env['ltc.pool.usage']._count(pool, 'claim_count', 0)  # who locks in two windows at once meets there
        domain = pool._get_domain() & Domain([('user_id', '=', user.id), ('ltc_is_locked', '=', True)])
        locked = self.env['crm.lead'].sudo().search_count(domain)
        if locked + number > pool.lock_cap:
            raise UserError(self.env._(
                "You may lock %(cap)s leads against %(pool)s and would have %(count)s; unlock another one first.",
                cap=pool.lock_cap, pool=pool.name, count=locked + number))
