from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import NO_ACCESS
from odoo.tools import SQL

from odoo.addons.ltc_base.models.ltc_owner_log import OwnerWay

DETAILS = (
    'contact_name', 'function', 'phone', 'email_from', 'street', 'website', 'description', 'ltc_need', 'referred')


class LtcPoolLead(models.Model):
    """What members see of the leads in a pool: a view in which everything that the pool hides is masked by SQL.

    No search, group, export or name search can tell more than it shows. The details are read through
    :class:`LtcPoolView` alone, which counts who opened what.
    """
    _name = 'ltc.pool.lead'
    _description = "Lead in a Public Pool"
    _auto = False
    _order = 'since desc, id desc'
    _depends = {
        'crm.lead': [
            'active', 'won_status', 'type', 'name', 'partner_id', 'partner_name', 'contact_name', 'function', 'phone',
            'email_from', 'street', 'website', 'description', 'ltc_need', 'referred', 'city', 'state_id', 'country_id',
            'source_id', 'medium_id', 'campaign_id', 'priority', 'expected_revenue', 'ltc_pool_id', 'ltc_pool_since',
        ],
        'ltc.lead.pool': [
            'company_id', 'freeze_days', 'hides_contact', 'hides_phone', 'hides_email', 'hides_address',
            'hides_description',
        ],
        'ltc.lead.recycle': ['lead_id', 'last_follow_up'],
        'ltc.owner.log': ['res_model', 'res_id', 'user_id'],
        'res.partner': ['name', 'commercial_company_name'],
    }

    name = fields.Char(string="Subject", readonly=True)
    type = fields.Selection([('lead', "Lead"), ('opportunity', "Opportunity")], readonly=True)
    pool_id = fields.Many2one('ltc.lead.pool', string="Public Pool", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    partner_name = fields.Char(string="Customer", readonly=True)
    city = fields.Char(readonly=True)
    state_id = fields.Many2one('res.country.state', string="Province", readonly=True)
    country_id = fields.Many2one('res.country', readonly=True)
    source_id = fields.Many2one('utm.source', readonly=True)
    medium_id = fields.Many2one('utm.medium', readonly=True)
    campaign_id = fields.Many2one('utm.campaign', readonly=True)
    priority = fields.Selection([('0', "Low"), ('1', "Medium"), ('2', "High"), ('3', "Very High")], readonly=True)
    expected_revenue = fields.Monetary(readonly=True, aggregator='sum')
    currency_id = fields.Many2one(related='company_id.currency_id')
    since = fields.Datetime(string="Waiting Since", readonly=True)
    waiting_days = fields.Integer(string="Days Waiting", readonly=True, aggregator='avg')
    claimable_on = fields.Datetime(string="May Be Claimed From", readonly=True)
    is_frozen = fields.Boolean(string="Frozen", compute='_compute_is_frozen')
    owner_count = fields.Integer(string="Times Owned", readonly=True, aggregator='avg')
    last_follow_up = fields.Datetime(string="Last Follow-Up", readonly=True)

    contact_name = fields.Char(readonly=True, groups=NO_ACCESS)
    function = fields.Char(readonly=True, groups=NO_ACCESS)
    phone = fields.Char(readonly=True, groups=NO_ACCESS)
    email_from = fields.Char(readonly=True, groups=NO_ACCESS)
    street = fields.Char(readonly=True, groups=NO_ACCESS)
    website = fields.Char(readonly=True, groups=NO_ACCESS)
    description = fields.Html(readonly=True, groups=NO_ACCESS)
    ltc_need = fields.Text(readonly=True, groups=NO_ACCESS)
    referred = fields.Char(readonly=True, groups=NO_ACCESS)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT lead.id, lead.name, lead.type, lead.ltc_pool_id AS pool_id, pool.company_id,
                   COALESCE(NULLIF(lead.partner_name, ''), customer.commercial_company_name) AS partner_name,
                   lead.city, lead.state_id, lead.country_id, lead.source_id, lead.medium_id, lead.campaign_id,
                   lead.priority, lead.expected_revenue, lead.ltc_pool_since AS since,
                   EXTRACT(DAY FROM NOW() AT TIME ZONE 'UTC' - lead.ltc_pool_since)::int AS waiting_days,
                   lead.ltc_pool_since + pool.freeze_days * INTERVAL '1 day' AS claimable_on,
                   (SELECT COUNT(*) FROM ltc_owner_log AS log
                     WHERE log.res_model = 'crm.lead' AND log.res_id = lead.id AND log.user_id IS NOT NULL
                   ) AS owner_count,
                   recycle.last_follow_up, lead.function, lead.referred,
                   CASE WHEN pool.hides_contact THEN %(contact)s ELSE lead.contact_name END AS contact_name,
                   CASE WHEN pool.hides_phone OR pool.keeps_phone_hidden THEN %(phone)s ELSE lead.phone END AS phone,
                   CASE WHEN pool.hides_email THEN %(email)s ELSE lead.email_from END AS email_from,
                   CASE WHEN NOT pool.hides_address THEN lead.street END AS street,
                   CASE WHEN NOT pool.hides_address THEN lead.website END AS website,
                   CASE WHEN NOT pool.hides_description THEN lead.description END AS description,
                   CASE WHEN NOT pool.hides_description THEN lead.ltc_need END AS ltc_need
              FROM crm_lead AS lead
              JOIN ltc_lead_pool AS pool ON pool.id = lead.ltc_pool_id
         LEFT JOIN ltc_lead_recycle AS recycle ON recycle.lead_id = lead.id
         LEFT JOIN res_partner AS customer ON customer.id = lead.partner_id
             WHERE lead.active AND COALESCE(lead.won_status, 'pending') = 'pending'
            """,
            contact=self._sql_mask_name(SQL("lead.contact_name")), phone=self._sql_mask_phone(SQL("lead.phone")),
            email=self._sql_mask_email(SQL("lead.email_from")))

    @api.model
    def _sql_mask_name(self, name):
        return SQL("LEFT(TRIM(%s), 1) || '**'", name)

    @api.model
    def _sql_mask_phone(self, phone):
        """Return the SQL of 138****1234, without the country; of a short number the last two digits alone."""
        digits = SQL(r"REGEXP_REPLACE(REGEXP_REPLACE(%s, '\D', '', 'g'), '^(00)?86(?=1\d{10}$)', '')", phone)
        return SQL(
            """CASE WHEN LENGTH(%(digits)s) >= 11 THEN LEFT(%(digits)s, 3) || '****' || RIGHT(%(digits)s, 4)
                    WHEN LENGTH(%(digits)s) > 0 THEN '****' || RIGHT(%(digits)s, 2) END""", digits=digits)

    @api.model
    def _sql_mask_email(self, email):
        return SQL(
            "LEFT(SUBSTRING(%(email)s FROM '([^<[:space:]]+)@'), 1) || '***@'"
            " || SUBSTRING(%(email)s FROM '@([^>[:space:]]+)')", email=email)

    @api.depends('claimable_on')
    def _compute_is_frozen(self):
        now = fields.Datetime.now()
        for lead in self:
            lead.is_frozen = bool(lead.claimable_on and lead.claimable_on > now)

    # === ACTION METHODS === #

    def action_open(self):
        """Show the details of this lead, as far as the pool lets them be seen; it counts against the daily views."""
        self.ensure_one()
        view = self.env['ltc.pool.view']._open(self)
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Lead in a Public Pool"), 'res_model': 'ltc.pool.view',
            'res_id': view.id, 'view_mode': 'form', 'target': 'new',
        }

    def action_claim(self):
        """Become the owner of these leads, by the rules of their pools; show them."""
        leads = self._claim()
        action = {
            'type': 'ir.actions.act_window', 'name': self.env._("Claimed"), 'res_model': 'crm.lead',
            'view_mode': 'list,form', 'domain': [('id', 'in', leads.ids)],
        }
        if len(leads) == 1:
            return {**action, 'view_mode': 'form', 'views': [(False, 'form')], 'res_id': leads.id}
        return {**action, 'views': [(False, 'list'), (False, 'form')]}

    def _assign(self, user):
        """Let an administrator of their pools hand these leads to ``user``; no cap holds him back."""
        self.check_access('read')
        for pool in self.pool_id:
            if not pool._is_admin():
                raise AccessError(self.env._(
                    "Only its administrators assign leads of %(pool)s; claim yours instead.", pool=pool.name))
        leads_sudo = self.env['crm.lead'].sudo().browse(self.ids)  # the pools are his
        self._lock_or_refuse(leads_sudo)
        leads_sudo.with_context(ltc_owner_way=OwnerWay.ASSIGN).write({'user_id': user.id})
        self.env.flush_all()
        self.env['ltc.pool.lead'].invalidate_model()

    # === CLAIM === #

    def _claim(self):
        """Let the user own these leads; of two claimants at once one gets them, the other is told so."""
        waiting = self._get_waiting()
        leads_sudo = self.env['crm.lead'].sudo().browse(waiting.ids)  # nobody but admins has a right on them yet
        self._lock_or_refuse(leads_sudo)
        blockers = []
        for pool, pool_leads in waiting.grouped('pool_id').items():
            self.env['ltc.pool.usage']._count(pool, 'claim_count', len(pool_leads))
            blockers += pool_leads._get_claim_blockers(pool.sudo())
        if blockers:
            raise UserError('\n'.join(blockers))
        leads_sudo.with_context(ltc_owner_way=OwnerWay.CLAIM).write({'user_id': self.env.uid})
        self.env.flush_all()
        self.env['ltc.pool.lead'].invalidate_model()
        return leads_sudo.sudo(False)

    def _get_waiting(self):
        """Return these leads as the user may claim them; those that are gone raise."""
        self.env['crm.lead'].check_access('write')
        self.env.invalidate_all()  # what was shown may be long ago
        waiting = self.exists()
        waiting.check_access('read')
        strangers = waiting.pool_id - waiting.pool_id._filter_member()
        if strangers:
            raise AccessError(self.env._(
                "You are not a member of %(pool)s; ask one of its administrators.",
                pool=', '.join(strangers.sudo().mapped('name'))))
        if len(waiting) < len(self):
            self._raise_taken()
        return waiting

    @api.model
    def _lock_or_refuse(self, leads_sudo):
        try:
            leads_sudo.lock_for_update(allow_referencing=True)
        except LockError:
            self._raise_taken()

    @api.model
    def _raise_taken(self):
        raise UserError(self.env._(
            "A colleague was faster: at least one of these leads is not in its pool any more; refresh the list and"
            " choose again."))

    def _get_claim_blockers(self, pool):
        """Return, as sentences, what forbids the user to claim these leads of one pool; extend the list of ``super()``.

        The claims of today include these.
        """
        blockers = [
            self.env._("%(lead)s came into the pool only lately and is frozen until %(date)s; claim it then.",
                       lead=lead.name, date=fields.Datetime.context_timestamp(self, lead.claimable_on).date())
            for lead in self if lead.is_frozen]
        blockers += [
            self.env._("%(lead)s was yours within the last %(days)s days; leave it to a colleague.",
                       lead=lead.name, days=pool.cooldown_days)
            for lead in self._get_cooling(pool.cooldown_days)]
        claimed = self.env['ltc.pool.usage']._get_count(pool, 'claim_count')
        if pool.day_cap and claimed > pool.day_cap:
            blockers.append(self.env._(
                "You may claim %(cap)s leads a day from %(pool)s and this would be number %(count)s; come back"
                " tomorrow.", cap=pool.day_cap, pool=pool.name, count=claimed))
        held = pool._count_held(self.env.user) + len(self)
        if pool.holding_cap and held > pool.holding_cap:
            blockers.append(self.env._(
                "You may hold %(cap)s leads of those that %(pool)s takes and would hold %(count)s; close some or give"
                " them back first.", cap=pool.holding_cap, pool=pool.name, count=held))
        return blockers

    def _get_cooling(self, days):
        """Return those of these leads that the user owned within the last ``days``."""
        if not days or not self:
            return self.browse()
        self.env['ltc.owner.log']._write_changes()
        rows = self.env.execute_query(SQL(
            """SELECT DISTINCT res_id FROM (
                   SELECT res_id, user_id, LEAD(since) OVER (PARTITION BY res_id ORDER BY since, id) AS until
                     FROM ltc_owner_log WHERE res_model = 'crm.lead' AND res_id = ANY(%s)) AS period
                WHERE user_id = %s AND (until IS NULL OR until > NOW() AT TIME ZONE 'UTC' - %s * INTERVAL '1 day')""",
            self.ids, self.env.uid, days))
        return self.browse([res_id for [res_id] in rows])
