import ast
import re

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools import get_plain_text
from .ltc_gate_approval import PASSING

PROFILES = [
    ('light', "Light: no gate, nothing is blocked"),
    ('standard', "Standard: quotations and contracts are decided"),
    ('full', "Full: all five gates"),
]
SWITCHES = [
    *PROFILES[1:],
    ('own', "Own gate: in the companies named"),
]
FREEZABLE = ('boolean', 'char', 'text', 'html', 'integer', 'float', 'monetary', 'date', 'datetime', 'selection',
             'many2one', 'many2many', 'one2many')
FIELD_PREFIX = 'field.'  # keys of the figures that a gate's configuration adds
PROFILE_RANK = {profile: rank for rank, (profile, _label) in enumerate(PROFILES)}


class LtcGate(models.Model):
    """A decision that a kind of document must pass: who is heard, who decides, what is checked."""
    _name = 'ltc.gate'
    _inherit = ['ltc.audit.config.mixin']
    _description = "Decision Gate"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        string="Technical Name", required=True, compute='_compute_code', store=True, readonly=False, precompute=True,
        help="The name by which documents ask for this gate, such as 'atb'.")
    sequence = fields.Integer(default=10)
    model_id = fields.Many2one(
        'ir.model', string="Document", required=True, ondelete='cascade',
        domain=lambda self: [('model', 'in', self._get_gated_models())])
    model = fields.Char(related='model_id.model', string="Document Model")
    profile = fields.Selection(
        SWITCHES, string="Switched On By", required=True, default='own',
        help="The lowest profile that switches this gate on; a gate of your own is on in the companies named.")
    company_ids = fields.Many2many(
        'res.company', string="Companies", help="Where a gate of your own is in force.")
    guard_domain = fields.Char(
        string="Guarded Condition", help="For a gate of your own: a document may come to match this only after a Go,"
        " by whatever route. Example: a stage, a state, a tag.")
    figure_field_ids = fields.Many2many(
        'ir.model.fields', string="More Figures to Freeze",
        domain=f"[('model_id', '=', model_id), ('ttype', 'in', {FREEZABLE})]",
        help="Fields frozen beside the standard figures: a change of theirs voids the Go.")
    description = fields.Text(translate=True)
    tolerance = fields.Float(
        string="Tolerance (%)", help="How far the amount may move after a Go, and the margin and discount in points,"
        " before the document has to be reviewed again. 0: any change voids the decision.")
    attachment_required = fields.Boolean(help="The document needs an attachment before it is submitted.")
    comment_required = fields.Boolean(help="Every opinion and every decision needs a comment, a Go too.")
    remind_hours = fields.Float(
        string="Remind After (Hours)", default=8.0,
        help="Working hours without an answer after which those awaited are reminded, again and again. 0: never.")
    escalate_hours = fields.Float(
        string="Escalate After (Hours)", default=8.0,
        help="Working hours after the deadline when the next level of authority is called. 0: at the deadline.")
    fallback_group_id = fields.Many2one(
        'res.groups', string="Fallback", required=True,
        default=lambda self: self.env.ref('ltc_base.group_ltc_operations'),
        help="Who gives the opinion or decides when nobody else may: a gate never passes for want of a person.")
    check_ids = fields.One2many('ltc.gate.check', 'gate_id', string="Checklist", copy=True)
    dimension_ids = fields.One2many('ltc.gate.dimension', 'gate_id', string="Opinions to Hear", copy=True)
    rule_ids = fields.One2many('ltc.authority.rule', 'gate_id', string="Authority Matrix", copy=True)
    activation_ids = fields.One2many('ltc.gate.activation', 'gate_id', string="In Force", readonly=True)
    is_in_force = fields.Boolean(string="On in This Company", compute='_compute_is_in_force')
    active_since = fields.Datetime(string="In Force Since", compute='_compute_is_in_force')

    ahead_count = fields.Integer(string="Older Documents", compute='_compute_ahead_count')

    _code_uniq = models.UniqueIndex('(code)', "A gate of that technical name exists already.")
    _tolerance_positive = models.Constraint('CHECK(tolerance >= 0)', "A tolerance cannot be negative.")
    _hours_positive = models.Constraint(
        'CHECK(remind_hours >= 0 AND escalate_hours >= 0)', "Hours cannot be negative.")

    @api.depends('name')
    def _compute_code(self):
        for gate in self.filtered(lambda gate: not gate.code and gate.name):
            gate.code = re.sub(r'[^a-z0-9]+', '_', gate.name.lower()).strip('_') or f'gate_{self.search_count([]) + 1}'

    @api.depends('activation_ids')
    @api.depends_context('company')
    def _compute_is_in_force(self):
        activations = self._get_activations(self.env.company.id)
        for gate in self:
            gate.is_in_force = gate.code in activations
            gate.active_since = activations.get(gate.code)

    @api.depends('activation_ids')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_ahead_count(self):
        for gate in self:
            gate.ahead_count = gate._is_gated() and self.env[gate.model].has_access('read') and (
                self.env[gate.model].with_context(active_test=False).search_count(gate._get_ahead_domain()))

    def _is_gated(self):
        """Return whether this gate's model is there and carries the mixin."""
        return self.model in self.env and 'ltc_gates_ahead' in self.env[self.model]._fields

    # === CONSTRAINTS === #

    @api.constrains('profile', 'guard_domain', 'model_id', 'figure_field_ids')
    def _check_guard(self):
        for gate in self:
            if gate.profile == 'own' and gate.model not in self._get_gated_models():
                raise ValidationError(self.env._(
                    "Gate %(gate)s: %(model)s does not pass through gates; choose another document.",
                    gate=gate.name, model=gate.model_id.name))
            if gate.profile == 'own' and not gate.guard_domain:
                raise ValidationError(self.env._(
                    "Gate %s guards nothing; say which condition a document may meet only after a Go.", gate.name))
            gate._check_domain()
            gate._check_guarded_fields()
            gate._check_figure_fields()

    def _check_domain(self):
        try:
            domain = self._get_guard()
            if domain is not None:
                self.env[self.model].sudo().search_count(domain, limit=1)
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            raise ValidationError(self.env._(
                "Gate %(gate)s: its guarded condition cannot be read (%(error)s); build it with the editor.",
                gate=self.name, error=error)) from error

    def _get_guarded_fields(self):
        guard = self._get_guard()
        return {condition.field_expr for condition in guard.iter_conditions()} if guard is not None else set()

    def _check_guarded_fields(self):
        """A guard watches the document: another record's field changes unseen, and a figure is frozen by the Go.

        What is computed anew whenever it is read, or from lines, changes unseen just as well.
        """
        fields_by_name = self.env[self.model]._fields if self.model in self.env else {}
        for name in self._get_guarded_fields():
            field = fields_by_name.get(name)
            if field and (not field.store or self._follows_lines(field)):
                raise ValidationError(self.env._(
                    "Gate %(gate)s cannot guard %(field)s, which is computed and changes without anybody writing it;"
                    " guard what people set, such as a stage or a tag.", gate=self.name, field=field.string))
            if not field or field.type in ('float', 'monetary'):
                raise ValidationError(self.env._(
                    "Gate %(gate)s cannot guard %(field)s; guard a step of the document itself, such as its stage or"
                    " a tag, and let the authority matrix judge the figures.", gate=self.name, field=name))

    def _follows_lines(self, field):
        """Return whether ``field`` is computed from the document's lines and nobody sets it."""
        paths = self.env.registry.field_depends.get(field, ()) if field.compute and field.readonly else ()
        own_fields = self.env[self.model]._fields
        return any(
            '.' in path and own_fields[path.split('.')[0]].type.endswith('2many') for path in paths)

    def _check_figure_fields(self):
        guarded = self._get_guarded_fields()
        clash = self.figure_field_ids.filtered(lambda field: field.name in guarded)
        if clash:
            raise ValidationError(self.env._(
                "Gate %(gate)s cannot freeze what its own condition changes: %(fields)s; take these fields out.",
                gate=self.name, fields=', '.join(clash.mapped('field_description'))))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        gates = super().create(vals_list)
        self.env.registry.clear_cache()
        self.env['res.company'].sudo().search([])._ltc_sync_gates()
        return gates

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        if {'profile', 'code', 'company_ids'} & vals.keys():
            self.env['res.company'].sudo().search([])._ltc_sync_gates()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # === ACTION METHODS === #

    def action_view_ahead(self):
        """Open the documents that are older than this gate and need its decision at their next move."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Older than %s", self.name),
            'res_model': self.model,
            'view_mode': 'list,form',
            'domain': list(self._get_ahead_domain()),
            'context': {'active_test': False, 'create': False},
            'help': self.env._("No document from before this gate was switched on still has its move before it."),
        }

    # === BUSINESS METHODS === #

    def _get_ahead_domain(self):
        """Return the documents that were open when this gate was switched on and have not got its Go since."""
        Document = self.env[self.model]
        return (
            Domain('ltc_gates_ahead', 'like', f' {self.code} ') & Document._ltc_get_ahead_domain(self.code)
            & ~Domain('ltc_review_ids', 'any', [('gate_code', '=', self.code), ('decision', 'in', PASSING)]))

    def _get_bound_models(self):
        """Return the names of the models whose own move waits for this gate; extend it where another document asks."""
        return [self.model]

    def _is_wanted(self, company):
        """Return whether this gate is in force in ``company``: by its profile, or because it is its own."""
        if self.profile == 'own':
            return company in self.company_ids
        return PROFILE_RANK[self.profile] <= PROFILE_RANK[company.ltc_profile]

    @api.model
    @tools.ormcache('company_id')
    def _get_activations(self, company_id):
        """Return {gate code: in force since} of a company; empty in the light profile. No query when cached."""
        activations = self.env['ltc.gate.activation'].sudo().search([('company_id', '=', company_id)])
        return {activation.gate_id.code: activation.active_since for activation in activations}

    @api.model
    @tools.ormcache()
    def _is_any_in_force(self):
        """Return whether any gate is in force in any company of this database."""
        return bool(self.env['ltc.gate.activation'].sudo().search_count([], limit=1))

    @api.model
    def _get_by_code(self, code):
        """Return the gate of that technical name in sudo, or an empty recordset."""
        return self.sudo().browse(self._get_id_by_code(code))

    @api.model
    @tools.ormcache('code', 'lang')
    def _get_name(self, code, lang):
        """Return the name of the gate in that language; no query when cached."""
        return self._get_by_code(code).with_context(lang=lang).name

    @api.model
    @tools.ormcache('code')
    def _get_id_by_code(self, code):
        return self.sudo().search([('code', '=', code)], limit=1).id

    @api.model
    def _get_gated_models(self):
        """Return the names of the models that carry ``ltc.gate.mixin``."""
        return sorted(
            name for name in self.env.registry.descendants(['ltc.gate.mixin'], '_inherit')
            if not self.env[name]._abstract)

    @api.model
    @tools.ormcache('model_name')
    def _get_own_gates(self, model_name):
        """Return {code: guarded domain} of the gates that companies added on that model themselves."""
        gates = self.sudo().search([('model_id.model', '=', model_name), ('profile', '=', 'own')])
        return {gate.code: gate._get_guard() for gate in gates if gate.activation_ids}

    def _get_guard(self):
        """Return the guarded domain as a :class:`Domain`, or None."""
        return Domain(ast.literal_eval(self.guard_domain.strip())) if (self.guard_domain or '').strip() else None

    @api.model
    @tools.ormcache('code')
    def _get_figure_fields(self, code):
        """Return the fields (paths of fields) that the gate freezes beside the standard figures.

        Those that its set-up names; at a gate of one's own also those that its levels and its opinions look at, for
        another value might have called somebody else.
        """
        gate = self._get_by_code(code)
        names = dict.fromkeys(gate.figure_field_ids.mapped('name'))
        if gate.profile == 'own' and gate.model in self.env:
            names |= dict.fromkeys(gate._get_judged_paths())
        return tuple(names)

    def _get_judged_paths(self):
        """Return the paths of fields that levels and opinions look at, without what the guarded condition changes."""
        guarded = self._get_guarded_fields()
        scopes = [rule._get_scope() for rule in self.rule_ids if rule.scope_domain]
        named = [key for key in self.dimension_ids.figure_ids.mapped('key') if key.startswith(FIELD_PREFIX)]
        paths = {
            *(condition.field_expr for scope in scopes for condition in scope.iter_conditions()),
            *(key.removeprefix(FIELD_PREFIX) for key in named)}
        return sorted(
            path for path in paths
            if path.split('.')[0] not in guarded | {'id'} and self._is_freezable(self.env[self.model], path))

    @api.model
    def _is_freezable(self, model, path):
        """Return whether the frozen figures can hold what lies at ``path``: no part of a date, property or file."""
        name, _dot, rest = path.partition('.')
        field = model._fields.get(name)
        if not field or field.type not in FREEZABLE:
            return False
        return not rest or bool(field.relational) and self._is_freezable(self.env[field.comodel_name], rest)

    def _get_fallback_users(self, company):
        return self.fallback_group_id._ltc_get_participants(company)

    def _get_rule(self, document, figures, amount_company):
        """Return the authority rule that decides: the highest level among those that match, or none."""
        self.ensure_one()
        company = document._ltc_get_company()
        matching = self.rule_ids.filtered(
            lambda rule: rule.company_id in (company, company.browse())
            and rule._applies_to(document) and rule._matches(figures, amount_company))
        return matching.sorted(lambda rule: (rule.level, bool(rule.company_id), rule.id))[-1:]

    def _get_next_rule(self, level, company):
        """Return the rule one level above ``level`` that holds in ``company``, or none."""
        above = self.rule_ids.filtered(
            lambda rule: rule.level > level and rule.company_id in (company, company.browse()))
        return above.sorted(lambda rule: (rule.level, not rule.company_id, rule.id))[:1]

    def _get_reminder_domain(self, company):
        """Return which open rounds of this gate have been silent for the hours after which it reminds, or None."""
        if not self.remind_hours:
            return None
        since = company._ltc_plan_hours(-self.remind_hours, fields.Datetime.now())
        return self._get_open_domain(company) & (
            Domain('reminded_on', '<=', since)
            | Domain('reminded_on', '=', False) & Domain('submitted_on', '<=', since))

    def _get_escalation_domain(self, company):
        """Return which open rounds of this gate are so late that the next level is called."""
        now = fields.Datetime.now()
        since = company._ltc_plan_hours(-self.escalate_hours, now) if self.escalate_hours else now
        return self._get_open_domain(company) & Domain('escalated_on', '=', False) & Domain('deadline', '<=', since)

    def _get_open_domain(self, company):
        return Domain([('state', '=', 'in_review'), ('company_id', '=', company.id), ('gate_id', '=', self.id)])

    # === FIGURES === #

    @api.model
    def _freeze_field(self, document, path):
        """Return the value of a field as the frozen figures hold it: JSON-able, rounded, sorted.

        What is not stored is computed anew: what the cache holds may be older than what it is computed from.
        """
        name, _dot, rest = path.partition('.')
        field = document._fields[name]
        if not field.store and document.ids:
            document.invalidate_recordset([name], flush=False)
        value = document[name]
        if rest:
            return sorted((self._freeze_field(record, rest) for record in value), key=str)
        if field.relational:
            return sorted(value.ids) if field.type.endswith('many') else value.id
        if field.type in ('date', 'datetime'):
            return field.to_string(value) if value else False
        if field.type == 'html':
            return get_plain_text(value)
        return round(value, 6) if field.type in ('float', 'monetary') else value
