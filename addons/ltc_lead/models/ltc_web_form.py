import hashlib
import re
import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from odoo.addons.phone_validation.tools.phone_validation import phone_format

ALLOWED_FIELDS = {  # name a visitor sends: (field of the lead, longest value)
    'name': ('name', 200),
    'company': ('partner_name', 200),
    'contact': ('contact_name', 120),
    'job': ('function', 120),
    'email': ('email_from', 200),
    'phone': ('phone', 40),
    'website': ('website', 200),
    'street': ('street', 200),
    'city': ('city', 120),
    'zip': ('zip', 24),
    'vat': ('ltc_vat', 40),
    'need': ('ltc_need', 4000),
    'object': ('ltc_object', 1000),
    'message': ('description', 4000),
}
DEFAULT_FIELDS = 'name company contact email phone city need message'
ORIGIN = re.compile(r'^https?://[^/\s]+$')


class LtcWebForm(models.Model):
    """A door through which leads come in from outside: a website, a landing page, a fair's app.

    The key opens it and is kept as a hash; it is shown once. What comes in may fill the fields named here only.
    """
    _name = 'ltc.web.form'
    _description = "Web-Lead Form"
    _order = 'name, id'

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, ondelete='cascade', default=lambda self: self.env.company)
    key_hash = fields.Char(readonly=True, copy=False, groups='base.group_system')
    key_hint = fields.Char(string="Key", readonly=True, copy=False, help="The last characters of the key in force.")
    allowed_origins = fields.Text(
        help="Websites that may post from the visitor's browser, one a line, such as https://www.example.com."
        " Empty: servers only.")
    field_names = fields.Char(
        string="Accepted Fields", required=True, default=DEFAULT_FIELDS,
        help="Which fields a visitor may send, separated by blanks: " + ' '.join(ALLOWED_FIELDS))
    required_names = fields.Char(
        string="Required Fields", help="Which of them must be filled in. An email or a phone number is always asked.")
    team_id = fields.Many2one('crm.team', string="Sales Team", check_company=True, ondelete='set null')
    user_id = fields.Many2one(
        'res.users', string="Salesperson", check_company=True, ondelete='set null', domain="[('share', '=', False)]")
    source_id = fields.Many2one('utm.source', ondelete='set null')
    medium_id = fields.Many2one('utm.medium', ondelete='set null')
    campaign_id = fields.Many2one('utm.campaign', ondelete='set null')
    tag_ids = fields.Many2many('crm.tag', string="Tags")
    duplicate_days = fields.Integer(
        string="Same Visitor Within (Days)", default=30,
        help="Who posts again within these days adds to the lead that he made, instead of making a second. 0: never.")
    rate_limit = fields.Integer(
        string="Posts an Hour", default=600, required=True, help="With this key, from everywhere together.")
    rate_limit_ip = fields.Integer(string="Posts an Hour and Address", default=20, required=True)
    submission_count = fields.Integer(compute='_compute_submission_count')

    _key_uniq = models.UniqueIndex('(key_hash) WHERE key_hash IS NOT NULL', "That key is in use already.")
    _limits_positive = models.Constraint(
        'CHECK(rate_limit > 0 AND rate_limit_ip > 0 AND duplicate_days >= 0)',
        "The limits of a web form are positive numbers.")

    def _compute_submission_count(self):
        counts = dict(self.env['ltc.web.submission']._read_group(
            [('form_id', 'in', self.ids)], ['form_id'], ['__count']))
        for form in self:
            form.submission_count = counts.get(form._origin, 0)

    # === CONSTRAINTS === #

    @api.constrains('field_names', 'required_names')
    def _check_field_names(self):
        for form in self:
            accepted = form._get_accepted()
            unknown = [name for name in accepted if name not in ALLOWED_FIELDS] + [
                name for name in (form.required_names or '').split() if name not in accepted]
            if unknown:
                raise ValidationError(self.env._(
                    "%(form)s does not know these fields: %(names)s; choose among: %(allowed)s.", form=form.name,
                    names=', '.join(unknown), allowed=', '.join(ALLOWED_FIELDS)))

    @api.constrains('allowed_origins')
    def _check_allowed_origins(self):
        for form in self:
            for origin in form._get_origins():
                if not ORIGIN.match(origin):
                    raise ValidationError(self.env._(
                        "%(form)s: %(origin)s is no origin; write it as https://www.example.com.", form=form.name,
                        origin=origin))

    # === ACTION METHODS === #

    def action_generate_key(self):
        """Make a new key, show it once and keep its hash; the old key stops working."""
        self.ensure_one()
        self.check_access('write')
        key = secrets.token_urlsafe(24)
        self.sudo().write({'key_hash': self._hash(key), 'key_hint': f'…{key[-4:]}'})  # the hash is for nobody to read
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success', 'sticky': True, 'title': self.env._("Key of %s, shown this once", self.name),
                'message': key, 'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'},
            },
        }

    def action_view_submissions(self):
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('ltc_lead.ltc_web_submission_action'),
            'domain': [('form_id', '=', self.id)],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _hash(self, key):
        return hashlib.sha256((key or '').encode()).hexdigest()

    @api.model
    def _get_by_key(self, key):
        """Return in sudo the form that a key opens, or an empty recordset."""
        return self.sudo().search([('key_hash', '=', self._hash(key))], limit=1) if key else self.sudo()

    def _get_accepted(self):
        return (self.field_names or '').split()

    def _get_origins(self):
        return [line.strip().rstrip('/') for line in (self.allowed_origins or '').splitlines() if line.strip()]

    def _is_origin_allowed(self, origin):
        """A browser names where the page comes from; a server names nothing."""
        return not origin or origin.rstrip('/') in self._get_origins()

    def _validate(self, values):
        """Return (values of a lead, {name sent: what is wrong with it, in a sentence})."""
        self.ensure_one()
        accepted, errors, lead_values = self._get_accepted(), {}, {}
        for name, value in values.items():
            if name not in accepted:
                errors[name] = self.env._("%s is not accepted here; leave it out.", name)
            elif not isinstance(value, str):
                errors[name] = self.env._("%s must be a text.", name)
            elif len(value) > ALLOWED_FIELDS[name][1]:
                errors[name] = self.env._(
                    "%(name)s is too long; at most %(count)s characters.", name=name, count=ALLOWED_FIELDS[name][1])
            elif value.strip():
                lead_values[ALLOWED_FIELDS[name][0]] = value.replace('\x00', '').strip()
        for name in (self.required_names or '').split():
            if ALLOWED_FIELDS[name][0] not in lead_values:
                errors.setdefault(name, self.env._("%s is missing; fill it in.", name))
        self._validate_reach(lead_values, errors)
        return lead_values, errors

    def _validate_reach(self, lead_values, errors):
        """Check how the visitor is reached: one of email and phone, and what there is can be used."""
        email, phone = lead_values.get('email_from'), lead_values.get('phone')
        if not (email or phone or errors.keys() & {'email', 'phone'}):
            errors['email'] = self.env._("email and phone are both missing; fill in one of them.")
        if email and not email_normalize(email):
            errors['email'] = self.env._("email is no email address; correct it.")
        if phone:
            country = self.company_id.country_id
            formatted = phone_format(
                phone, country.code, country.phone_code, force_format='INTERNATIONAL', raise_exception=False)
            if len(re.sub(r'\D', '', phone)) < 5:
                errors['phone'] = self.env._("phone is no phone number; correct it.")
            else:
                lead_values['phone'] = formatted
