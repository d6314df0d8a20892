from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.iap.tools.iap_tools import mail_prepare_for_domain_search
from odoo.addons.phone_validation.tools.phone_validation import phone_format

from ..name_key import get_name_key, get_vat_key

REGISTRATION_STATES = [
    ('submitted', "Submitted"),
    ('approved', "Protected"),
    ('rejected', "Rejected"),
    ('withdrawn', "Withdrawn"),
    ('expired', "Expired"),
]
CHANNEL = 'ltc_lead.group_ltc_channel'
STAFF = 'ltc_lead.group_ltc_channel,ltc_base.group_ltc_operations'  # what partners do not read of their own
CHUNK = 200


class LtcLeadRegistration(models.Model):
    """A customer that a channel partner reports. Once approved it is a lead, and the partner is protected for a time:
    whoever works on the same customer meanwhile is in conflict with him.
    """
    _name = 'ltc.lead.registration'
    _inherit = ['ltc.state.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Partner Registration"
    _order = 'id desc'
    _rec_names_search = ['name', 'customer']

    _transitions = {
        ('submitted', 'approved'): CHANNEL,
        ('submitted', 'rejected'): CHANNEL,
        ('submitted', 'withdrawn'): False,
        ('approved', 'expired'): CHANNEL,
    }
    _server_stamps = ('decided_by_id', 'decided_on', 'reminded_on', 'lead_id', 'date_until', 'submitted_by_id')

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        'res.company', required=True, index=True, ondelete='cascade', default=lambda self: self.env.company)
    partner_id = fields.Many2one(
        'res.partner', string="Channel Partner", required=True, index=True, ondelete='restrict', tracking=True,
        domain="[('ltc_is_channel', '=', True)]")
    submitted_by_id = fields.Many2one('res.users', readonly=True, default=lambda self: self.env.user, copy=False)

    customer = fields.Char(required=True, tracking=True, help="The company that the partner wants to sell to.")
    vat = fields.Char(string="Tax ID")
    contact_name = fields.Char(string="Contact")
    email = fields.Char()
    phone = fields.Char()
    city = fields.Char()
    need = fields.Text(help="What the customer needs.")
    amount = fields.Monetary(string="Expected Revenue")
    currency_id = fields.Many2one(related='company_id.currency_id')

    state = fields.Selection(
        REGISTRATION_STATES, default='submitted', required=True, readonly=True, copy=False, tracking=True, index=True)
    reason = fields.Text(copy=False, help="Why it was rejected; the partner reads it.")
    decided_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)
    date_until = fields.Date(string="Protected Until", readonly=True, copy=False, tracking=True)
    reminded_on = fields.Date(readonly=True, copy=False)
    lead_id = fields.Many2one(
        'crm.lead', readonly=True, copy=False, index='btree_not_null', ondelete='set null', groups=STAFF)
    in_the_way = fields.Text(string="Who Is on It Already", compute='_compute_in_the_way', groups=STAFF)

    name_key = fields.Char(compute='_compute_keys', store=True, precompute=True, groups=STAFF)
    vat_key = fields.Char(compute='_compute_keys', store=True, precompute=True, groups=STAFF)
    domain_key = fields.Char(compute='_compute_keys', store=True, precompute=True, groups=STAFF)
    phone_key = fields.Char(compute='_compute_keys', store=True, precompute=True, groups=STAFF)

    _name_key_idx = models.Index("(name_key) WHERE state = 'approved'")
    _vat_key_idx = models.Index("(vat_key) WHERE state = 'approved'")
    _domain_key_idx = models.Index("(domain_key) WHERE state = 'approved'")
    _phone_key_idx = models.Index("(phone_key) WHERE state = 'approved'")
    _until_idx = models.Index("(date_until) WHERE state = 'approved'")

    # === COMPUTE METHODS === #

    @api.depends('customer', 'vat', 'email', 'phone', 'company_id')
    def _compute_keys(self):
        for registration in self:
            country = registration.company_id.country_id
            registration.name_key = get_name_key(registration.customer)
            registration.vat_key = get_vat_key(registration.vat)
            registration.domain_key = mail_prepare_for_domain_search(registration.email)
            registration.phone_key = registration.phone and phone_format(
                registration.phone, country.code, country.phone_code, force_format='E164', raise_exception=False)

    @api.depends('name', 'customer')
    def _compute_display_name(self):
        for registration in self:
            registration.display_name = ' · '.join(filter(None, [registration.name, registration.customer]))

    @api.depends('name_key', 'vat_key', 'domain_key', 'phone_key', 'state')
    @api.depends_context('uid')
    def _compute_in_the_way(self):
        """Who works on the customer: for the channel manager, when he decides."""
        for registration in self:
            registration.in_the_way = '\n'.join(registration._get_rivals()) if registration.state == 'submitted' else ''

    def _get_rivals(self):
        """Return, as sentences, the team of our own and the partner that are on this customer already."""
        sentences = []
        for row in self._match():
            if row['holder_registration_id'] or self.env['ltc.lead.conflict']._filter_pooled([row]):
                continue
            sentences.append(self.env._(
                "Team %(team)s works on %(customer)s.", team=row['holder_team_name'] or "–", customer=self.customer))
        for rival_sudo in self._get_protected():
            sentences.append(self.env._(
                "%(partner)s is protected until %(date)s.", partner=rival_sudo.partner_id.name,
                date=rival_sudo.date_until))
        return sentences

    def _match(self):
        keys = {kind: self[f'{kind}_key'] for kind in ('vat', 'name', 'phone', 'domain')}
        return self.env['ltc.lead.conflict']._match_keys(
            self.env['res.users'], self.env['crm.team'], self.customer, keys, self.company_id.id, tuple(keys))

    def _get_protected(self):
        """Return in sudo the registrations of other partners that protect this customer today."""
        keys = [(f'{kind}_key', '=', self[f'{kind}_key']) for kind in ('name', 'vat', 'domain', 'phone')
                if self[f'{kind}_key']]
        if not keys:
            return self.sudo().browse()
        return self.sudo().search([
            ('id', '!=', self._origin.id), ('company_id', '=', self.company_id.id), ('state', '=', 'approved'),
            ('date_until', '>=', self.company_id._ltc_get_today()),
            ('partner_id', '!=', self.partner_id.id), *['|'] * (len(keys) - 1), *keys])

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals['name'] = self.env['ir.sequence'].sudo().next_by_code('ltc.lead.registration') or "/"
        registrations = super().create(vals_list)
        registrations._call_channel_manager()
        return registrations

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        for registration in self.filtered(lambda registration: registration.state != 'submitted'):
            raise UserError(self.env._(
                "%s was decided and stays on record; leave it as it is.", registration.display_name))

    def _call_channel_manager(self):
        managers = {company: self._get_channel_managers(company) for company in self.company_id}
        for registration in self.sudo():
            manager = registration._get_channel_manager(managers[registration.company_id])
            if manager and manager != self.env.user:
                registration.activity_schedule(
                    'mail.mail_activity_data_todo', user_id=manager.id, summary=registration.with_context(
                        lang=manager.lang).env._("Decide on the registration of %s", registration.partner_id.name))

    @api.model
    def _get_channel_managers(self, company):
        """Return in sudo who decides in ``company``: those of the house first, the one with the least to decide."""
        managers_sudo = self.env['res.users'].sudo().search([
            ('all_group_ids', 'in', self.env.ref(CHANNEL).ids), ('share', '=', False),
            ('company_ids', 'in', company.ids)])
        to_decide = dict(self.env['mail.activity'].sudo()._read_group(
            [('res_model', '=', self._name), ('user_id', 'in', managers_sudo.ids)], ['user_id'], ['__count']))
        return managers_sudo.sorted(lambda user: (user.company_id != company, to_decide.get(user, 0), user.id))

    def _get_channel_manager(self, managers):
        """Return who of ``managers`` decides on this registration: who attends to the partner, else the first."""
        self.ensure_one()
        return self.partner_id.user_id & managers or managers[:1]

    # === ACTION METHODS === #

    def action_approve(self):
        """Protect the partner and take the customer over as a lead."""
        self._meet()
        for registration in self:
            registration.state = 'approved'
            days = registration.company_id.sudo().ltc_protection_days
            registration.sudo().write({
                'decided_by_id': self.env.uid, 'decided_on': fields.Datetime.now(),
                'date_until': registration.company_id._ltc_get_today() + timedelta(days=days)})
            registration.sudo().lead_id = registration._create_lead()
            registration._log_decision()
            registration._tell_partner(lambda told: told.env._(
                "%(customer)s is registered for you until %(date)s.", customer=told.customer, date=told.date_until))

    def action_reject(self):
        for registration in self:
            if not (registration.reason or '').strip():
                raise UserError(self.env._(
                    "%s is rejected with a reason; the partner reads it. Enter it first.", registration.display_name))
            registration.state = 'rejected'
            registration.sudo().write({'decided_by_id': self.env.uid, 'decided_on': fields.Datetime.now()})
            registration._log_decision()
            registration._tell_partner(lambda told: told.env._(
                "%(customer)s was not registered for you. Reason: %(reason)s", customer=told.customer,
                reason=told.reason))

    def action_withdraw(self):
        self.state = 'withdrawn'

    # === BUSINESS METHODS === #

    def _get_transition_blockers(self, target):
        blockers = super()._get_transition_blockers(target)
        if target == 'approved':
            blockers += [self.env._(
                "%(registration)s: %(partner)s is protected for this customer until %(date)s; reject it.",
                registration=self.display_name, partner=rival_sudo.partner_id.name, date=rival_sudo.date_until)
                for rival_sudo in self._get_protected()]
        return blockers

    def _meet(self):
        """Let approvals in the same company meet at the same moment: the later one is repeated and sees the first."""
        self.env.cr.execute(SQL(
            "UPDATE res_company SET ltc_protection_days = ltc_protection_days WHERE id = ANY(%s)",
            self.company_id.ids), log_exceptions=False)

    def _create_lead(self):
        """Make the lead; it belongs to the channel manager until he hands it on."""
        source = self.env.ref('ltc_lead.utm_source_partner', raise_if_not_found=False)
        return self.env['crm.lead'].sudo().with_company(self.company_id).create({  # he need not be a salesperson
            'type': 'lead', 'name': self.customer, 'partner_name': self.customer, 'contact_name': self.contact_name,
            'email_from': self.email, 'phone': self.phone, 'city': self.city, 'ltc_vat': self.vat,
            'ltc_need': self.need, 'expected_revenue': self.amount, 'referred': self.partner_id.name,
            'company_id': self.company_id.id, 'source_id': source and source.id,
            'country_id': self.company_id.country_id.id, 'user_id': self.env.uid,
            'ltc_registration_id': self.id, 'ltc_protected_until': self.date_until,
        }).id

    def _log_decision(self):
        self.env['ltc.audit.log']._append([{
            'kind': 'registration', 'document': self, 'company': self.company_id,
            'values': {'state': self.state, 'partner': self.partner_id.name, 'reason': self.reason or ''}}])

    def _tell_partner(self, get_sentence):
        """Tell whoever registered the customer, in his language: ``get_sentence`` gets the registration in it."""
        partner = self.submitted_by_id.partner_id or self.partner_id
        told_sudo = self.sudo().with_context(lang=partner.lang)
        told_sudo.message_post(
            body=get_sentence(told_sudo), subject=self.display_name, subtype_xmlid='mail.mt_comment',
            message_type='notification', partner_ids=partner.ids)

    # === CRON === #

    @api.model
    def _cron_expire(self):
        """Remind of protections that end soon and end those that are over: a chunk a commit, each once."""
        cron = self.env['ir.cron']
        for company in self.env['res.company'].sudo().search([]):
            today = company._ltc_get_today()
            soon = today + timedelta(days=company.ltc_protection_remind_days)
            for domain, method in (
                ([('date_until', '<', today)], '_expire'),
                ([('date_until', '<=', soon), ('reminded_on', '=', False)], '_remind'),
            ):
                while registrations := self.sudo().search(
                        [('company_id', '=', company.id), ('state', '=', 'approved'), *domain], limit=CHUNK):
                    getattr(registrations, method)()
                    if not cron._commit_progress(len(registrations), remaining=1):
                        return
        cron._commit_progress(remaining=0)

    def _expire(self):
        self.write({'state': 'expired'})
        for registration in self:
            registration._tell_partner(lambda told: told.env._("The protection for %s is over.", told.customer))

    def _remind(self):
        for registration in self:
            registration.reminded_on = fields.Date.today()
            registration._tell_partner(lambda told: told.env._(
                "Your protection for %(customer)s ends on %(date)s; tell us how far you are.",
                customer=told.customer, date=told.date_until))
