from odoo import api, fields, models
from odoo.exceptions import UserError

from .ltc_pool_lead import DETAILS


class LtcPoolView(models.Model):
    """Who opened which lead of a pool on which day, and what he saw: the details, masked as the pool wants it."""
    _name = 'ltc.pool.view'
    _description = "Opened Lead of a Public Pool"
    _inherit = ['ltc.fact.mixin']
    _order = 'opened_on desc, id desc'
    _log_access = False

    user_id = fields.Many2one('res.users', string="Opened By", required=True, readonly=True, ondelete='cascade')
    lead_id = fields.Many2one('crm.lead', required=True, readonly=True, index=True, ondelete='cascade')
    pool_id = fields.Many2one('ltc.lead.pool', string="Public Pool", readonly=True, index=True, ondelete='cascade')
    date = fields.Date(required=True, readonly=True)
    opened_on = fields.Datetime(required=True, readonly=True)
    views_left = fields.Integer(compute='_compute_views_left')
    is_waiting = fields.Boolean(compute='_compute_details')

    name = fields.Char(string="Subject", compute='_compute_details')
    partner_name = fields.Char(string="Customer", compute='_compute_details')
    city = fields.Char(compute='_compute_details')
    country_id = fields.Many2one('res.country', compute='_compute_details')
    source_id = fields.Many2one('utm.source', compute='_compute_details')
    priority = fields.Selection(related='lead_id.priority')
    since = fields.Datetime(string="Waiting Since", compute='_compute_details')
    claimable_on = fields.Datetime(string="May Be Claimed From", compute='_compute_details')
    is_frozen = fields.Boolean(compute='_compute_details')
    owner_count = fields.Integer(string="Times Owned", compute='_compute_details')
    last_follow_up = fields.Datetime(string="Last Follow-Up", compute='_compute_details')
    contact_name = fields.Char(compute='_compute_details')
    function = fields.Char(string="Job Position", compute='_compute_details')
    phone = fields.Char(compute='_compute_details')
    email_from = fields.Char(string="Email", compute='_compute_details')
    street = fields.Char(compute='_compute_details')
    website = fields.Char(compute='_compute_details')
    description = fields.Html(string="Notes", compute='_compute_details')
    ltc_need = fields.Text(string="Need", compute='_compute_details')
    referred = fields.Char(string="Referred By", compute='_compute_details')

    _day_uniq = models.UniqueIndex('(user_id, lead_id, date)')

    @api.depends('lead_id', 'date')
    def _compute_details(self):
        """Show what the pool shows, on the day of the view and while the lead waits."""
        names = ('name', 'partner_name', 'city', 'country_id', 'source_id', 'since', 'claimable_on', 'is_frozen',
                 'owner_count', 'last_follow_up', *DETAILS)
        waiting = self.env['ltc.pool.lead'].sudo().search([('id', 'in', self.lead_id.ids)])  # opened under the quota
        for view in self:
            lead = waiting.browse(view.lead_id.id) & waiting
            lead = lead.filtered(lambda lead, view=view: (
                lead.pool_id == view.pool_id and view.date == view.pool_id.company_id._ltc_get_today()))
            view.is_waiting = bool(lead)
            for name in names:
                view[name] = lead[name]

    @api.depends('pool_id')
    def _compute_views_left(self):
        for view in self:
            cap = view.pool_id.sudo().view_cap
            used = self.env['ltc.pool.usage']._get_count(view.pool_id, 'view_count')
            view.views_left = max(cap - used, 0) if cap else -1

    def _compute_display_name(self):
        for view in self:
            view.display_name = view.name or self.env._("Lead in a Public Pool")

    # === ACTION METHODS === #

    def action_claim(self):
        self.ensure_one()
        return self.env['ltc.pool.lead'].browse(self.sudo().lead_id.id).action_claim()

    # === BUSINESS METHODS === #

    @api.model
    def _open(self, lead):
        """Return the user's view of ``lead`` today; the first one of the day counts, beyond the quota it is refused."""
        lead.check_access('read')
        pool_sudo = lead.pool_id.sudo()
        today = pool_sudo.company_id._ltc_get_today()
        views_sudo = self.sudo()
        view = views_sudo.search([
            ('user_id', '=', self.env.uid), ('lead_id', '=', lead.id), ('date', '=', today)])
        if view:
            return view.sudo(False)
        if not pool_sudo.sudo(self.env.su)._is_admin():
            self.env['ltc.pool.usage']._count(pool_sudo, 'view_count', 1)
            self._check_quota(pool_sudo)
        return views_sudo.create({
            'user_id': self.env.uid, 'lead_id': lead.id, 'pool_id': pool_sudo.id, 'date': today,
            'opened_on': fields.Datetime.now()}).sudo(False)

    @api.model
    def _check_quota(self, pool):
        if pool.view_cap and self.env['ltc.pool.usage']._get_count(pool, 'view_count') > pool.view_cap:
            raise UserError(self.env._(
                "You have opened %(cap)s leads of %(pool)s today, as many as a day allows; claim one of those, or come"
                " back tomorrow.", cap=pool.view_cap, pool=pool.name))
