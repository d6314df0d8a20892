from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists

POLICY_FIELDS = [
    'partner_id', 'partner_name', 'contact_name', 'function', 'email_from', 'phone', 'website', 'street', 'city', 'zip',
    'state_id', 'country_id', 'lang_id', 'user_id', 'source_id', 'medium_id', 'campaign_id', 'referred', 'description',
    'expected_revenue', 'date_deadline', 'ltc_vat', 'ltc_industry_id', 'ltc_object', 'ltc_need', 'ltc_constraints',
    'ltc_acceptance_basis', 'ltc_decision_chain', 'ltc_competitors', 'ltc_sr_user_id', 'ltc_fr_user_id',
]
GOOD_PERCENT = 80
POOR_PERCENT = 50


class CrmLead(models.Model):
    """How complete a lead is against the field policies of its company, stage and team: stored, to be grouped by."""
    _inherit = 'crm.lead'

    ltc_completeness = fields.Integer(
        string="Completeness (%)", compute='_compute_ltc_completeness', store=True, aggregator='avg',
        help="Filled-in share of the fields that the field policies expect, by weight. 100 where none expects any.")
    ltc_missing = fields.Char(
        string="Missing Fields", compute='_compute_ltc_completeness', store=True, export_string_translation=False)

    _ltc_incomplete_idx = models.Index('(ltc_completeness) WHERE ltc_completeness < 80')

    def _auto_init(self):
        """No policy stands at the installation, so everything is complete: no lead is read for that."""
        if not column_exists(self.env.cr, self._table, 'ltc_completeness'):
            self.env.cr.execute(SQL(
                """ALTER TABLE crm_lead ADD COLUMN ltc_completeness int4 DEFAULT 100, ADD COLUMN ltc_missing varchar;
                   ALTER TABLE crm_lead ALTER COLUMN ltc_completeness DROP DEFAULT"""))
        return super()._auto_init()

    # === COMPUTE METHODS === #

    @api.depends(lambda self: ['type', 'stage_id', 'team_id', 'company_id', *self._ltc_get_policy_fields()])
    def _compute_ltc_completeness(self):
        for lead in self:
            expected = lead._ltc_get_expected_fields()
            missing = [name for name in expected if lead._ltc_is_empty(name)]
            total = sum(weight for weight, _is_needed in expected.values())
            lacking = sum(expected[name][0] for name in missing)
            lead.ltc_completeness = round(100 * (total - lacking) / total) if total else 100
            lead.ltc_missing = ','.join(missing) or False

    @api.model
    def _ltc_get_policy_fields(self):
        """Return the names of the columns that a field policy may expect; extend the list of ``super()``.

        Fields that the company made itself belong to them.
        """
        own = [
            name for name, field in self._fields.items()
            if field.manual and field.store and field.type not in ('one2many', 'many2many', 'binary')]
        return [*POLICY_FIELDS, *own]

    def _ltc_get_expected_fields(self):
        """Return {field: (weight, needed for an opportunity)}; no query when cached."""
        self.ensure_one()
        expected = self.env['ltc.field.policy']._get_expected(
            self.company_id.id or False, self.type, self.team_id.id or False, self.stage_id.id or False)
        return {name: values for name, values in expected.items() if name in self._fields}

    # === QUALIFICATION === #

    def _ltc_get_qualification_blockers(self):
        return super()._ltc_get_qualification_blockers() + self._ltc_get_policy_blockers()

    def _ltc_get_conversion_blockers(self):
        """What a policy calls needed is needed in every profile."""
        return super()._ltc_get_conversion_blockers() or self._ltc_get_policy_blockers()

    def _ltc_get_policy_blockers(self):
        """Return, in one sentence, which needed fields are missing, by the policies of leads and of opportunities."""
        Policy = self.env['ltc.field.policy']
        company_id, *place = self.company_id.id or False, self.team_id.id or False, self.stage_id.id or False
        needed = dict.fromkeys(
            name for lead_type in ('lead', 'opportunity')
            for name, (_weight, is_needed) in Policy._get_expected(company_id, lead_type, *place).items() if is_needed)
        missing = self._ltc_get_missing_labels(needed)
        if not missing:
            return []
        return [self.env._(
            "%(lead)s needs as an opportunity: %(fields)s; fill them in first.", lead=self.display_name,
            fields=', '.join(missing))]

    # === AT A GLANCE === #

    @api.model
    def _ltc_get_glance_fields(self):
        return super()._ltc_get_glance_fields() + ['ltc_completeness', 'ltc_missing']

    def _ltc_get_glance_chips(self):
        chips = super()._ltc_get_glance_chips()
        if self.ltc_missing:
            chips.append({
                'key': 'completeness', 'label': self.env._("%s%%", self.ltc_completeness), 'icon': 'fa-pencil-square-o',
                'tone': self._ltc_get_completeness_tone(),
                'title': self.env._("Missing: %s", ', '.join(self._ltc_get_labels(self.ltc_missing.split(',')))),
            })
        return chips

    def _ltc_get_completeness_tone(self):
        if self.ltc_completeness >= GOOD_PERCENT:
            return 'muted'
        return 'warning' if self.ltc_completeness >= POOR_PERCENT else 'danger'

    @api.model
    def _ltc_get_labels(self, names):
        return [self._fields[name]._description_string(self.env) for name in names if name in self._fields]
