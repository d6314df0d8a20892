from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

POOL_STAMPS = ('ltc_pool_since', 'ltc_is_locked')


class CrmLead(models.Model):
    """A lead is owned or waits in a pool, never both; who writes the one ends the other."""
    _inherit = 'crm.lead'

    ltc_pool_id = fields.Many2one(
        'ltc.lead.pool', string="Public Pool", copy=False, index='btree_not_null', ondelete='restrict',
        tracking=True, help="Where this lead waits for somebody who claims it.")
    ltc_pool_since = fields.Datetime(string="In the Pool Since", readonly=True, copy=False)

    _ltc_pool_or_owner = models.Constraint(
        'CHECK(ltc_pool_id IS NULL OR user_id IS NULL)', "A lead in a public pool has no salesperson.")

    @api.constrains('ltc_pool_id', 'company_id')
    def _check_ltc_pool_company(self):
        for lead in self:
            pool_sudo = lead.ltc_pool_id.sudo()
            if pool_sudo and lead.company_id and lead.company_id != pool_sudo.company_id:
                raise ValidationError(self.env._(
                    "%(lead)s belongs to another company than %(pool)s; choose a pool of that company.",
                    lead=lead.name, pool=pool_sudo.name))

    # === COMPUTE METHODS === #

    @api.depends_context('uid')
    def _compute_potential_lead_duplicates(self):
        """Tell nobody by a duplicate what a pool hides; at no query, and in vain for whoever sends the key himself."""
        leads = self.with_context(ltc_hide_pools=True) if self.env['ltc.lead.pool']._has_pools() else self
        return super(CrmLead, leads)._compute_potential_lead_duplicates()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create([self._ltc_prepare_pooled_lead(vals) for vals in vals_list])
        if any(vals.get('ltc_pool_id') for vals in vals_list):
            leads._ltc_hide_customers()
        return leads

    def write(self, vals):
        if not vals.keys() & {'ltc_pool_id', 'user_id', 'partner_id', 'active', *POOL_STAMPS}:
            return super().write(vals)
        vals = self._ltc_prepare_pool_move(vals)
        pooled, entering = self.filtered('ltc_pool_id'), self if vals.get('ltc_pool_id') else self.browse()
        partners = pooled.partner_id
        owners = {lead.id: lead.user_id.id for lead in self if lead.user_id} if vals.get('ltc_pool_id') else {}
        leaving = pooled if vals.get('user_id') else self.browse()
        result = super().write(vals)
        (entering | pooled)._ltc_hide_customers(partners)
        if owners:
            self.env['ltc.lead.recycle'].sudo()._remember_follow_up(owners)
            self._ltc_leave_owners(owners)
        if leaving:
            leaving._ltc_join_owner()
        return result

    @api.model
    @api.readonly
    def search(self, domain, offset=0, limit=None, order=None):
        if self.env.context.get('ltc_leave_pools'):
            domain = Domain(domain) & Domain(self._ltc_get_assignable_domain())
        if self.env.context.get('ltc_hide_pools'):
            domain = Domain(domain) & Domain(self.env.user._ltc_get_pool_lead_domain())
        return super().search(domain, offset=offset, limit=limit, order=order)

    # === WHAT A MOVE WRITES === #

    @api.model
    def _ltc_prepare_pooled_lead(self, vals):
        if not self.env.su:  # said in so many words, so that no default of a client fills it in
            vals = {'ltc_pool_id': False, **vals, **dict.fromkeys(POOL_STAMPS, False)}
        if vals.get('ltc_pool_id'):
            self._ltc_check_pool_admin(vals['ltc_pool_id'])
            vals = {**vals, 'ltc_pool_since': vals.get('ltc_pool_since') or fields.Datetime.now(), 'user_id': False}
        return vals

    def _ltc_prepare_pool_move(self, vals):
        """Return ``vals`` with what follows from them: a pool ends the ownership, an owner ends the waiting."""
        if not self.env.su:
            vals = {name: value for name, value in vals.items() if name not in POOL_STAMPS}
            if vals.get('ltc_pool_id'):
                self._ltc_check_pool_admin(vals['ltc_pool_id'])
        if vals.get('ltc_pool_id'):
            return {'ltc_pool_since': fields.Datetime.now(), **vals, 'user_id': False, 'ltc_is_locked': False}
        if vals.get('user_id') and any(lead.ltc_pool_id for lead in self):
            vals = {**vals, 'ltc_pool_id': False}
        if 'ltc_pool_id' in vals:
            vals = {**vals, 'ltc_pool_since': False}
        if 'user_id' in vals and any(lead.ltc_is_locked for lead in self):
            vals = {**vals, 'ltc_is_locked': False}
        return vals

    @api.model
    def _ltc_check_pool_admin(self, pool_id):
        pool_sudo = self.env['ltc.lead.pool'].sudo().browse(pool_id)  # its name is no secret
        if not self.env.su and not pool_sudo.sudo(False)._is_admin():
            raise AccessError(self.env._(
                "Only its administrators put leads into %(pool)s; give your lead back by the action Give Back to a"
                " Pool.", pool=pool_sudo.name))

    @api.model
    def _ltc_get_assignable_domain(self):
        """Return what a rule-based assignment may hand out."""
        return ['|', ('ltc_pool_id', '=', False), ('ltc_pool_id.is_distributed', '=', True)]

    # === WHAT FOLLOWS A MOVE === #

    @api.model
    def _ltc_leave_owners(self, owners):
        """Take away from the former owners what would let them follow: ``owners`` is {lead id: user id}.

        Their open activities stay on the lead, for the next owner.
        """
        if not owners:
            return
        pairs = SQL(', ').join(SQL('(%s, %s)', *pair) for pair in owners.items())
        self.env['mail.followers'].flush_model()
        self.env['mail.activity'].flush_model()
        self.env.cr.execute(SQL(
            """DELETE FROM mail_followers AS follower
                USING (VALUES %s) AS former (lead_id, user_id), res_users AS person
                WHERE follower.res_model = 'crm.lead' AND follower.res_id = former.lead_id
                  AND person.id = former.user_id AND follower.partner_id = person.partner_id""", pairs))
        self.env.cr.execute(SQL(
            """UPDATE mail_activity AS activity SET user_id = NULL FROM (VALUES %s) AS former (lead_id, user_id)
                WHERE activity.res_model = 'crm.lead' AND activity.res_id = former.lead_id
                  AND activity.user_id = former.user_id AND activity.active""", pairs))
        self.env['mail.followers'].invalidate_model()
        self.env['mail.activity'].invalidate_model()
        self.invalidate_model(['message_follower_ids', 'message_partner_ids', 'activity_ids', 'activity_user_id'])

    def _ltc_join_owner(self, former=None):
        """Hand the open activities that belong to nobody, or to the ``former`` owners, to the new owner."""
        if not self:
            return
        self.env['mail.activity'].flush_model()
        self.flush_recordset(['user_id'])
        self.env.cr.execute(SQL(
            """UPDATE mail_activity AS activity SET user_id = lead.user_id FROM crm_lead AS lead
                WHERE activity.res_model = 'crm.lead' AND activity.res_id = lead.id AND lead.id = ANY(%s)
                  AND (activity.user_id IS NULL OR activity.user_id = ANY(%s)) AND activity.active
                  AND lead.user_id IS NOT NULL""", self.ids, list(set((former or {}).values()))))
        self.env['mail.activity'].invalidate_model()

    def _ltc_hide_customers(self, partners=None):
        """Hide the customers of leads that came into a pool that wants it, and show those again that left it."""
        if self and self.env['ltc.lead.pool']._hides_customers():
            ids = {*self.sudo().partner_id.ids, *(partners.ids if partners else ())}
            self.env['res.partner'].sudo()._ltc_mark_pooled(sorted(ids))

    # === RELEASE === #

    def _ltc_release(self, pool, reason):
        """Give these leads into ``pool`` for a reason: the owner his own, an administrator any of his pools."""
        self.check_access('write')
        pool = pool.with_env(self.env)
        blockers = [sentence for lead in self for sentence in lead._ltc_get_release_blockers(pool)]
        if blockers:
            raise UserError('\n'.join(blockers))
        sudo = self.sudo()  # an owner has no right on the pool itself
        sudo.write({'ltc_pool_id': pool.id})
        sudo._message_log_batch(bodies={
            lead.id: self.env._("Given to %(pool)s: %(reason)s", pool=pool.sudo().name, reason=reason)
            for lead in self})

    def _ltc_get_release_blockers(self, pool):
        """Return, as sentences, what keeps this lead from going to ``pool``; extend the list of ``super()``."""
        self.ensure_one()
        lead_sudo, pool_sudo, name = self.sudo(), pool.sudo(), self.display_name
        blockers = []
        if lead_sudo.ltc_pool_id and not lead_sudo.ltc_pool_id.sudo(self.env.su)._is_admin():
            blockers.append(self.env._(
                "%(lead)s waits in %(pool)s; ask one of its administrators to move it.",
                lead=name, pool=lead_sudo.ltc_pool_id.name))
        elif not lead_sudo.ltc_pool_id and self.user_id != self.env.user and not pool._is_admin():
            blockers.append(self.env._(
                "%(lead)s is not yours to give away; ask its salesperson or a sales manager.", lead=name))
        if lead_sudo.company_id and lead_sudo.company_id != pool_sudo.company_id:
            blockers.append(self.env._(
                "%(lead)s belongs to another company than %(pool)s; choose a pool of that company.",
                lead=name, pool=pool_sudo.name))
        if self.won_status != 'pending' or not self.active:
            blockers.append(self.env._("%(lead)s is closed; only open leads go into a pool.", lead=name))
        if 'in_review' in lead_sudo.ltc_review_ids.mapped('state'):
            blockers.append(self.env._(
                "%(lead)s is under review; wait for the decision or withdraw the round.", lead=name))
        return blockers
