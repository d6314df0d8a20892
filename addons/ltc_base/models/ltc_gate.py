from odoo import api, fields, models, tools

DIMENSIONS = [
    ('technical', "Technical"),
    ('commercial', "Commercial"),
    ('delivery', "Delivery"),
    ('finance', "Finance"),
    ('legal', "Legal"),
]
PROFILES = [
    ('light', "Light: no gate, nothing is blocked"),
    ('standard', "Standard: quotations and contracts are decided"),
    ('full', "Full: all five gates"),
]
PROFILE_RANK = {profile: rank for rank, (profile, _label) in enumerate(PROFILES)}


class LtcGate(models.Model):
    """A decision that a kind of document must pass: who is heard, who decides, what is checked."""
    _name = 'ltc.gate'
    _description = "Decision Gate"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Technical name by which documents ask for this gate, such as 'atb'.")
    sequence = fields.Integer(default=10)
    model_id = fields.Many2one('ir.model', string="Document", required=True, ondelete='cascade')
    model = fields.Char(related='model_id.model', string="Document Model")
    profile = fields.Selection(
        PROFILES[1:], required=True, default='full', help="The lowest profile that switches this gate on.")
    description = fields.Text(translate=True)
    tolerance = fields.Float(
        string="Tolerance (%)", help="How far the amount may move after a Go, and the margin and discount in points,"
        " before the document has to be reviewed again. 0: any change voids the decision.")
    attachment_required = fields.Boolean(help="The document needs an attachment before it is submitted.")
    fallback_group_id = fields.Many2one(
        'res.groups', string="Fallback", required=True,
        default=lambda self: self.env.ref('ltc_base.group_ltc_operations'),
        help="Who gives the opinion or decides when nobody else may: a gate never passes for want of a person.")
    check_ids = fields.One2many('ltc.gate.check', 'gate_id', string="Checklist", copy=True)
    dimension_ids = fields.One2many('ltc.gate.dimension', 'gate_id', string="Opinions to Hear", copy=True)
    rule_ids = fields.One2many('ltc.authority.rule', 'gate_id', string="Authority Matrix", copy=True)
    activation_ids = fields.One2many('ltc.gate.activation', 'gate_id', string="In Force", readonly=True)
    is_in_force = fields.Boolean(string="On in This Company", compute='_compute_is_in_force')

    _code_uniq = models.UniqueIndex('(code)', "A gate of that technical name exists already.")
    _tolerance_positive = models.Constraint('CHECK(tolerance >= 0)', "A tolerance cannot be negative.")

    @api.depends('activation_ids')
    @api.depends_context('company')
    def _compute_is_in_force(self):
        active_codes = self._get_activations(self.env.company.id)
        for gate in self:
            gate.is_in_force = gate.code in active_codes

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        gates = super().create(vals_list)
        self.env['res.company'].sudo().search([])._ltc_sync_gates()
        return gates

    def write(self, vals):
        result = super().write(vals)
        if {'profile', 'code'} & vals.keys():
            self.env.registry.clear_cache()
            self.env['res.company'].sudo().search([])._ltc_sync_gates()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache('company_id')
    def _get_activations(self, company_id):
        """Return {gate code: in force since} of a company; empty in the light profile. No query when cached."""
        activations = self.env['ltc.gate.activation'].sudo().search([('company_id', '=', company_id)])
        return {activation.gate_id.code: activation.active_since for activation in activations}

    @api.model
    def _get_by_code(self, code):
        """Return the gate of that technical name in sudo, or an empty recordset."""
        return self.sudo().browse(self._get_id_by_code(code))

    @api.model
    @tools.ormcache('code')
    def _get_id_by_code(self, code):
        return self.sudo().search([('code', '=', code)], limit=1).id

    def _get_fallback_users(self, company):
        return self.fallback_group_id._ltc_get_members(company)

    def _get_rule(self, figures, amount_company, company):
        """Return the authority rule that decides: the highest level among those that match, or none."""
        self.ensure_one()
        matching = self.rule_ids.filtered(
            lambda rule: rule.company_id in (company, company.browse()) and rule._matches(figures, amount_company))
        return matching.sorted(lambda rule: (rule.level, bool(rule.company_id), rule.id))[-1:]


class LtcGateCheck(models.Model):
    _name = 'ltc.gate.check'
    _description = "Checklist Item of a Gate"
    _order = 'sequence, id'

    gate_id = fields.Many2one('ltc.gate', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    is_required = fields.Boolean(string="Required", default=True)


class LtcGateDimension(models.Model):
    """A point of view that must be heard before the decision: whose members give the opinion."""
    _name = 'ltc.gate.dimension'
    _description = "Review Dimension of a Gate"
    _order = 'sequence, id'

    gate_id = fields.Many2one('ltc.gate', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    kind = fields.Selection(DIMENSIONS, required=True)
    group_id = fields.Many2one('res.groups', string="Reviewers (Group)")
    user_ids = fields.Many2many('res.users', string="Reviewers (Users)")
    is_required = fields.Boolean(string="Required", default=True)

    _gate_kind_uniq = models.UniqueIndex('(gate_id, kind)', "The gate hears this dimension already.")

    def _get_candidates(self, company, submitter):
        """Return who may give this opinion; falls back to the gate's fallback group, never to the submitter."""
        self.ensure_one()
        named = self.user_ids._ltc_filter_company(company) | self.group_id._ltc_get_members(company)
        return (named - submitter) or (self.gate_id._get_fallback_users(company) - submitter)
