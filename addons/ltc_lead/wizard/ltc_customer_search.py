from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.iap.tools.iap_tools import mail_prepare_for_domain_search
from odoo.addons.phone_validation.tools.phone_validation import phone_format

from ..models.ltc_lead_conflict_match import LEAD_KEYS, PARTNER_KEYS
from ..name_key import get_name_key, get_vat_key

MAX_RESULTS = 10


class LtcCustomerSearch(models.TransientModel):
    """Is this customer free? Tells the name and the owner's team, and nothing else, to whoever may enter leads."""
    _name = 'ltc.customer.search'
    _description = "Customer Check"
    _rec_name = 'customer'

    customer = fields.Char(string="Company Name")
    vat = fields.Char(string="Tax ID")
    email = fields.Char()
    phone = fields.Char()
    is_searched = fields.Boolean(readonly=True)
    line_ids = fields.One2many('ltc.customer.search.line', 'search_id', string="Found", readonly=True)

    @api.depends('customer')
    def _compute_display_name(self):
        self.display_name = self.env._("Customer Check")

    # === ACTION METHODS === #

    def action_search(self):
        """Answer, and log that it was asked."""
        self.ensure_one()
        keys = self._get_keys()
        if not any(keys.values()):
            raise UserError(self.env._(
                "Customer Check needs more to look for: three letters of the name (two Chinese characters), a tax ID,"
                " an email address or a phone number."))
        log_sudo = self.env['ltc.customer.search.log']._log_search(
            ' · '.join(filter(None, [self.customer, self.vat, self.email, self.phone])))
        rows = self._find(keys)
        log_sudo.found_count = len(rows)
        search_sudo = self.sudo()  # the lines carry what the searcher does not see
        search_sudo.line_ids.unlink()
        search_sudo.write({'is_searched': True, 'line_ids': [fields.Command.create(row) for row in rows]})
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Customer Check"),
            'res_model': self._name,
            'res_id': self.id,
            'view_mode': 'form',
            'target': 'new',
        }

    # === BUSINESS METHODS === #

    def _get_keys(self):
        self.ensure_one()
        country = self.env.company.country_id
        phone = self.phone and phone_format(
            self.phone, country.code, country.phone_code, force_format='E164', raise_exception=False)
        return {
            'name': get_name_key(self.customer),
            'vat': get_vat_key(self.vat),
            'domain': mail_prepare_for_domain_search(self.email),
            'phone': phone or False,
        }

    def _find(self, keys):
        """Return the values of the lines: one a customer and team, across record rules, in this company."""
        self.env.flush_all()
        like = keys['name'] and SQL("%s", keys['name'].replace('_', r'\_') + '%')
        lang = self.env.lang or 'en_US'
        rows = self.env.execute_query(SQL(
            """
            SELECT customer, team, pool, lead_id, partner_id, registration_id, user_id, team_id FROM (
                SELECT DISTINCT ON (lower(hit.customer), hit.team_id, hit.user_id)
                       hit.*, COALESCE(t.name->>%(lang)s, t.name->>'en_US') AS team,
                       COALESCE(p.name->>%(lang)s, p.name->>'en_US') AS pool
                  FROM (
                    SELECT COALESCE(NULLIF(l.partner_name, ''), c.name, %(asked)s) AS customer, l.id AS lead_id,
                           NULL::int AS partner_id, NULL::int AS registration_id, l.user_id, l.team_id, TRUE AS is_lead
                      FROM crm_lead l
                 LEFT JOIN res_partner p ON p.id = l.partner_id
                 LEFT JOIN res_partner c ON c.id = p.commercial_partner_id
                     WHERE l.active AND l.won_status = 'pending'
                       AND (l.company_id IS NULL OR l.company_id = %(company)s) AND (%(lead_keys)s)
                     UNION ALL
                    SELECT c.name, NULL, c.id, NULL, c.user_id, u.sale_team_id, FALSE
                      FROM res_partner p JOIN res_partner c ON c.id = p.commercial_partner_id
                      JOIN res_users u ON u.id = c.user_id
                     WHERE c.active AND (c.company_id IS NULL OR c.company_id = %(company)s) AND (%(partner_keys)s)
                     UNION ALL
                    SELECT r.customer, NULL, NULL, r.id, r.decided_by_id, NULL, FALSE
                      FROM ltc_lead_registration r
                     WHERE r.state = 'approved' AND r.date_until >= %(today)s AND r.company_id = %(company)s
                       AND (%(registration_keys)s)
                  ) AS hit LEFT JOIN crm_team t ON t.id = hit.team_id
                           LEFT JOIN crm_lead pooled ON pooled.id = hit.lead_id
                           LEFT JOIN ltc_lead_pool p ON p.id = pooled.ltc_pool_id
              ORDER BY lower(hit.customer), hit.team_id, hit.user_id, hit.is_lead DESC
            ) AS hits ORDER BY customer LIMIT %(limit)s
            """,
            lang=lang, asked=self._get_asked(), company=self.env.company.id, limit=MAX_RESULTS,
            today=self.env.company._ltc_get_today(),
            lead_keys=self._where_keys('l', keys, like, LEAD_KEYS),
            partner_keys=self._where_keys('p', keys, like, PARTNER_KEYS),
            registration_keys=self._where_keys('r', keys, like, {kind: f'{kind}_key' for kind in LEAD_KEYS})))
        return [{
            'name': customer, 'team_name': self._get_team_name(team, pool, registration_id),
            'holder_lead_id': lead_id, 'holder_partner_id': partner_id, 'holder_registration_id': registration_id,
            'holder_id': user_id, 'holder_team_id': team_id, 'is_own': user_id == self.env.uid,
        } for customer, team, pool, lead_id, partner_id, registration_id, user_id, team_id in rows]

    def _get_asked(self):
        """Return what was asked for: a lead that names no company is told by nothing else."""
        return next(filter(None, (self.customer, self.vat, self.email, self.phone)), '–')

    @api.model
    def _get_team_name(self, team, pool, registration_id):
        if registration_id:
            return self.env._("Channel partner")
        return self.env._("Public pool %s", pool) if pool else team

    def _get_match(self):
        """Return by what the searcher recognised the customer, the strongest key first."""
        keys = self._get_keys()
        return next((kind for kind in ('vat', 'name', 'phone', 'domain') if keys[kind]), 'name')

    @api.model
    def _where_keys(self, alias, keys, like, columns):
        conditions = [
            SQL('%s = %s', SQL.identifier(alias, columns[kind]), keys[kind])
            for kind in ('vat', 'phone', 'domain') if keys[kind]]
        if like:
            conditions.append(SQL('%s LIKE %s', SQL.identifier(alias, columns['name']), like))
        return SQL(' OR ').join(conditions)


class LtcCustomerSearchLine(models.TransientModel):
    """One answer. The record behind it is for the server alone."""
    _name = 'ltc.customer.search.line'
    _description = "Customer Check: Answer"

    search_id = fields.Many2one('ltc.customer.search', required=True, index=True, ondelete='cascade')
    name = fields.Char(string="Customer", readonly=True)
    team_name = fields.Char(string="Team of the Owner", readonly=True)
    is_own = fields.Boolean(string="Mine", readonly=True)
    is_asked = fields.Boolean(string="Asked", readonly=True)
    holder_lead_id = fields.Many2one('crm.lead', readonly=True, groups='base.group_system')
    holder_partner_id = fields.Many2one('res.partner', readonly=True, groups='base.group_system')
    holder_registration_id = fields.Many2one('ltc.lead.registration', readonly=True, groups='base.group_system')
    holder_id = fields.Many2one('res.users', readonly=True, groups='base.group_system')
    holder_team_id = fields.Many2one('crm.team', readonly=True, groups='base.group_system')

    def action_ask(self):
        """Ask a sales manager who goes on with this customer."""
        self.ensure_one()
        self.check_access('read')
        line_sudo = self.sudo()  # the searcher does not see whose it is
        if line_sudo.is_own:
            raise UserError(self.env._("%s is your own customer; go ahead.", self.name))
        if line_sudo.holder_lead_id.ltc_pool_id:
            raise UserError(self.env._(
                "%(customer)s waits in the public pool %(pool)s already; claim it there.", customer=self.name,
                pool=line_sudo.holder_lead_id.ltc_pool_id.name))
        search, user = line_sudo.search_id, self.env.user
        conflicts_sudo = self.env['ltc.lead.conflict']._open([{
            'name': search.customer or self.name, 'company_id': self.env.company.id, 'match': search._get_match(),
            'lead_id': False, 'user_id': user.id, 'team_id': user.sale_team_id.id, 'team_name': user.sale_team_id.name,
            'holder_lead_id': line_sudo.holder_lead_id.id, 'holder_partner_id': line_sudo.holder_partner_id.id,
            'holder_registration_id': line_sudo.holder_registration_id.id, 'holder_id': line_sudo.holder_id.id,
            'holder_team_id': line_sudo.holder_team_id.id, 'holder_team_name': line_sudo.team_name,
        }], 'asked')
        conflicts_sudo._tell_opened()
        line_sudo.is_asked = True
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success', 'next': {'type': 'ir.actions.act_window_close'},
                'message': self.env._("A sales manager will decide on %s; you will be told.", self.name),
            },
        }
